"""4a. Replay: a change as an operator on a known-good store."""

from driftwright.replay.apply import MISSING, Replayed, replay, replay_item

__all__ = ["MISSING", "Replayed", "replay", "replay_item"]
