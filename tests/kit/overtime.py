"""How far past a deadline something may end: two seconds of a machine that does nothing else.

No test knows how fast the machine is or what else runs on it. So the two seconds are stretched by as much as a piece of
work of known processor time was stretched beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

GRACE = 2.0  # seconds past the deadline, where nothing else runs
_PIECE = 0.05  # seconds of processor time


def stretch() -> float:
    """Return how many times its processor time a piece of work takes now; 1 where it has a processor to itself."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < _PIECE:
        pass
    return max(1.0, (time.monotonic() - began) / _PIECE)


@dataclass(frozen=True, slots=True)
class Timed:
    """How long something took that had a deadline, in seconds.

    Args:
        took: From its begin to its end.
        deadline: What it was given.
        stretched: How busy the machine was before or after it, whichever was more; see `stretch`.
    """

    took: float
    deadline: float
    stretched: float

    @property
    def is_late(self) -> bool:
        """Whether it ended later than the deadline and the stretched grace."""
        return self.took > self.deadline + GRACE * self.stretched


def timed(deadline: float, do: Callable[[], object]) -> Timed:
    """Do something that has a deadline, and return how long it took and how busy the machine was."""
    before, began = stretch(), time.monotonic()
    do()
    took = time.monotonic() - began
    return Timed(took, deadline, max(before, stretch()))
