"""The process in which readers in Python run: starts it, sends it calls, and restarts it after it was lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.impact.javascript.plan import Plan, key
from driftwright.impact.javascript.process import Process, Stopped, Worker
from driftwright.impact.javascript.program import Program
from driftwright.impact.python.program import PythonProgram

# A crossing hands its results over after this time in seconds, so that the deadline of each call in it is its own.
_SLICE = 0.2
_SETUP = 30.0
# A document is parsed within the call that asks for it, at some nanoseconds a character.
_PER_CHARACTER = 1e-7
_RUNS_OF_TRACED = 4
_HARVEST = 5.0
_STOPS = {"deadline": "what stands at its top does not end", "crash": "what stands at its top ends the process"}
_WORKER = Worker(Path(__file__).with_name("worker.py"), "the process of the readers", "reinstall driftwright")


class Host:
    """One process. Everything that was defined or loaded is gone after `close`.

    Args:
        seconds: The most that one call may take.
        memory: The most that readers may take, in bytes.
        zone: The time zone that they see, by its IANA name.
    """

    def __init__(self, seconds: float, memory: int, zone: str) -> None:
        self._seconds = seconds
        self._memory = memory
        self._zone = zone
        self._process: Process | None = None
        self._roots: frozenset[str] = frozenset()
        self._defined: set[str] = set()
        self._programs: dict[str, PythonProgram] = {}
        self._parsing = 0.0
        self._runs = 1

    def start(self) -> Process:
        """Return the running process."""
        if self._process is None:
            runs = replace(_WORKER, arguments=tuple(sorted(self._roots)))
            self._process = Process(self._memory, self._zone, runs)
        return self._process

    def close(self) -> None:
        """End the process; whatever is asked next starts another."""
        if self._process is not None:
            self._process.close()
        self._process = None
        self._defined = set()

    def load(self, plan: Plan, first: int) -> None:
        """Hand over a plan whose run begins at call `first`.

        Raises:
            MachineFault: The stores do not fit into the memory given to readers.
        """
        record = {"inputs": plan.inputs, "jobs": plan.jobs, "now": plan.now, "seed": plan.seed}
        self._runs = _RUNS_OF_TRACED if any(job.get("traced") for job in plan.jobs) else 1
        self._parsing = _PER_CHARACTER * max(map(len, plan.texts), default=0)
        message = {"do": "load", "texts": plan.texts, "plan": record, "first": first}
        try:
            self._ask(message, _SETUP, plan.programs)
        except Stopped as stop:
            self.close()
            problem = f"the process of the readers stopped ({stop.why}) while it took over the stores"
            raise MachineFault(problem, mend="give fewer or smaller stores") from None

    def begin(self, plan: Plan, first: int, count: int) -> Mapping[str, Any]:
        """Hand over a plan and run at most `count` calls from `first` on.

        Raises:
            InputFault: A program cannot be loaded.
            Stopped: A call did not end.
        """
        self.load(plan, first)
        return self.advance(count)

    def advance(self, count: int) -> Mapping[str, Any]:
        """Run at most `count` calls of the plan, and return the results of some of them.

        Raises:
            InputFault: A program cannot be loaded.
            Stopped: A call did not end.
        """
        most = self._seconds + self._parsing
        message = {"do": "advance", "count": count, "slice": _SLICE, "seconds": most}
        reply = self._ask(message, most * self._runs + _SLICE)
        if not isinstance(reply.get("results"), list):
            self.close()
            raise Stopped("crash", alive=False)
        for result in reply["results"]:
            if "unloadable" in result:
                raise self._unloadable(result["unloadable"])
        return reply

    def abandon(self) -> Mapping[str, Any] | None:
        """Skip the call that did not end, and return the results before it; None when the process is lost."""
        try:
            return self._ask({"do": "abandon"}, _HARVEST)
        except Stopped:
            self.close()
            return None

    def functions(self, program: Program) -> tuple[str, ...]:
        """Return the names at the top of `program` that can be called.

        Raises:
            InputFault: It cannot be loaded, or that does not end.
        """
        message = {"do": "functions", "name": key(program), "seconds": self._seconds}
        try:
            answer = self._ask(message, self._seconds + _SLICE, (program,))
        except Stopped as stop:
            why = _STOPS.get(stop.why, stop.why)
            raise InputFault(f"does not load: {why}", program.file, program.place, "correct it") from None
        if "unloadable" in answer:
            raise self._unloadable(answer["unloadable"])
        return tuple(answer["names"])

    def _unloadable(self, why: Mapping[str, Any]) -> InputFault:
        missing = why["missing"]
        mend = f"install {missing} beside driftwright, or put {missing}.py beside it" if missing else "correct it"
        program = self._programs[why["program"]]
        file, place = why["file"] or program.file, str(why["line"])
        if Path(program.root, file) == Path(program.path):
            file = program.file
        return InputFault(f"does not load: {why['says']}", file, f"{program.place} {place}".strip(), mend)

    def _ask(self, message: Mapping[str, Any], seconds: float, programs: Iterable[Program] = ()) -> dict[str, Any]:
        used = {key(program): program for program in programs if isinstance(program, PythonProgram)}
        self._programs |= used
        roots = frozenset(folder for program in used.values() for folder in program.folders)
        if not roots <= self._roots:
            # What a running process may read cannot be widened.
            self.close()
            self._roots |= roots
        new = {name: program.source for name, program in used.items() if name not in self._defined}
        try:
            text = self.start().evaluate(json.dumps({**message, "define": new}), seconds)
        except Stopped as stop:
            if not stop.alive:
                self.close()
            raise
        self._defined |= used.keys()
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if not isinstance(record, dict):  # a reader has broken what tells its answers
            self.close()
            raise Stopped("crash", alive=False)
        return record
