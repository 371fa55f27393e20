"""Replay: apply a change, as its rule's operator, to a known-good document."""

from driftwright.structure.replay.apply import MISSING, Replayed, apply_change, apply_changes

__all__ = ["MISSING", "Replayed", "apply_change", "apply_changes"]
