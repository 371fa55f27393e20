"""Runs all calls of a plan: a call that does not end is cut off, and the others still run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.impact.javascript import outcome
from driftwright.impact.javascript.outcome import Outcome, Resolved
from driftwright.impact.javascript.plan import Plan
from driftwright.impact.javascript.process import Stopped
from driftwright.impact.javascript.runtime import Runtime

Result = Outcome | Resolved

# A function that never ends is not tried on the rest of a long list: each try costs the whole deadline.
PATIENCE = 3


class Batch:
    """One run of one plan.

    Args:
        host: The runtime to run it in.
        plan: The calls.
    """

    def __init__(self, host: Runtime, plan: Plan) -> None:
        self._host = host
        self._plan = plan
        self._done: list[Result] = []
        self._stops: Counter[str] = Counter()
        self._loaded = False
        self._singly = False
        self._stained = False

    def results(self) -> tuple[Result, ...]:
        """Run every call.

        Raises:
            InputFault: V8 does not parse a program, or a store is not JSON.
        """
        while len(self._done) < len(self._plan.jobs):
            if self._stained:
                # What a reader did to the built-in objects and nobody can undo would show in the next one.
                self._host.close()
                self._loaded = self._stained = False
            if self._stops[self._group()] >= PATIENCE:
                self._done.append(self._cut("not run"))
                self._loaded = False
            else:
                self._advance()
        if self._stained:
            self._host.close()
        return tuple(self._done)

    def _advance(self) -> None:
        count = 1 if self._singly else self._harmless()
        begins = not self._loaded and not self._singly and self._plan.is_small
        if not self._loaded and not begins:
            self._host.load(self._plan, len(self._done))
        self._loaded = True
        try:
            self._take(self._host.begin(self._plan, len(self._done), count) if begins else self._host.advance(count))
        except Stopped as stop:
            self._stopped(stop, count)

    def _stopped(self, stop: Stopped, count: int) -> None:
        harvest = self._host.abandon() if stop.alive else None
        if harvest is not None:
            self._take(harvest)
        elif count > 1:
            # The results are lost with the runtime: go call by call until the one shows that did it.
            self._loaded, self._singly = False, True
            return
        self._loaded, self._singly = harvest is not None, False
        if len(self._done) < len(self._plan.jobs):
            self._stops[self._group()] += 1
            self._done.append(self._cut(stop.why))

    def _take(self, harvest: Mapping[str, Any]) -> None:
        for record in harvest["results"]:
            if "bad" in record:
                raise InputFault(f"the store {record['bad']} is not JSON", mend="give JSON without NaN or Infinity")
            self._done.append(self._result_of(record))
        self._stained = self._stained or bool(harvest["stained"])

    def _result_of(self, record: Mapping[str, Any]) -> Result:
        try:
            return outcome.resolved(record) if self._walks() else outcome.outcome(record)
        except (AttributeError, KeyError, TypeError, ValueError):
            return self._cut("crash")  # it has changed the built-in objects so that its answer cannot be told

    def _cut(self, why: str) -> Result:
        answer = outcome.stopped(why)
        return Resolved(answer, "", "", "") if self._walks() else Outcome(answer)

    def _walks(self) -> bool:
        """Whether the next call is a walk down the sources of a fact."""
        return "fact" in self._plan.jobs[len(self._done)]

    def _group(self) -> str:
        return self._plan.groups[len(self._done)]

    def _harmless(self) -> int:
        """How many calls to run at once: up to the next of a function that did not end before."""
        first = len(self._done)
        for index in range(first, len(self._plan.groups)):
            if self._stops[self._plan.groups[index]]:
                return max(index - first, 1)
        return len(self._plan.groups) - first
