"""What runs the calls of a plan: one small protocol for every language that readers are written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from driftwright.impact.javascript.plan import Plan
from driftwright.impact.javascript.program import Program


class Runtime(Protocol):
    """One runtime in a process of its own. What was loaded is gone after `close`.

    What comes back of calls is `{"results": [...], "stained": bool}`: a record a call, and whether a reader has left
    behind what nobody can undo, so that the runtime must be closed. `Stopped` is raised for a call that did not end.
    """

    def start(self) -> object:
        """Start the process now, so that it is ready when the first call comes."""

    def close(self) -> None:
        """End the process; whatever is asked next starts another."""

    def load(self, plan: Plan, first: int) -> None:
        """Hand over a plan whose run begins at call `first`."""

    def begin(self, plan: Plan, first: int, count: int) -> Mapping[str, Any]:
        """Hand over a plan and run at most `count` calls from `first` on."""

    def advance(self, count: int) -> Mapping[str, Any]:
        """Run at most `count` calls of the plan, and return the results of some of them."""

    def abandon(self) -> Mapping[str, Any] | None:
        """Skip the call that did not end, and return the results before it; None when the runtime is lost."""

    def functions(self, program: Program) -> tuple[str, ...]:
        """Return the exports of a program that are functions."""
