"""4a. Replay: a change as an operator on a known-good store."""

from driftwright.structure.replay.apply import MISSING, Replayed, apply_changes, apply_to_item

__all__ = ["MISSING", "Replayed", "apply_changes", "apply_to_item"]
