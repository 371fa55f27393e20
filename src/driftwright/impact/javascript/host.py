"""The runtime inside V8: starts it, sends it calls, and restarts it after it was lost."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any

from driftwright.base.errors import MachineFault
from driftwright.impact.javascript.dialect import mend_thrown
from driftwright.impact.javascript.parts import joined, part
from driftwright.impact.javascript.plan import Plan, key
from driftwright.impact.javascript.process import Process, Refused, Stopped
from driftwright.impact.javascript.program import LINES_BEFORE, Program

# A crossing hands its results over after this time in seconds, so that the deadline of each call in it is its own.
_SLICE = 0.2
_MILLISECONDS = round(_SLICE * 1000)
_SETUP = 30.0
# A document is parsed within the call that asks for it, at some nanoseconds a character; a busy machine takes longer.
_PER_CHARACTER = 1e-7
# Handing over results takes milliseconds; a runtime that needs longer is still busy with what should have ended.
_HARVEST = 0.5
_PARTS = (
    *("answer", "clock", "clone", "coding", "domain", "intrinsics", "memory", "page"),
    *("resolver", "sandbox", "shared", "storage", "timers", "tracer", "url"),
)
# A text of so many characters is kept by the runtime, up to so many characters in all.
_LARGE, _KEPT = 16_384, 160_000_000
_FRAME = re.compile(r"<anonymous>:(\d+):(\d+)")
_PARSE_ERROR = re.compile(r":(\d+): SyntaxError: ([^\n]*)(?:\n[^\n]*\n( *)\^)?")


class Host:
    """One runtime. Everything that was defined or loaded is gone after `close`.

    Args:
        seconds: The most that one call may take.
        memory: The most that the JavaScript heap may take, in bytes.
        zone: The time zone that readers see, by its IANA name.
    """

    def __init__(self, seconds: float, memory: int, zone: str) -> None:
        self._seconds = seconds
        self._most = seconds + _SLICE
        self._memory = memory
        self._zone = zone
        self._process: Process | None = None
        # A reader that knew it could define the others anew. Nothing enumerates such names, and no stack shows them.
        self._name = f"driftwright_{secrets.token_hex(16)}"
        self._defined: set[str] = set()
        self._kept: dict[str, int] = {}
        self._parsing = 0.0  # what a call may take beside its own seconds, for its largest document to be parsed

    def start(self) -> Process:
        """Return the running process; the start of V8 overlaps with what the caller does next."""
        if self._process is None:
            self._process = Process(self._memory, self._zone)
        return self._process

    def close(self) -> None:
        """End the process; whatever is asked next starts another."""
        if self._process is not None:
            self._process.close()
        self._process = None
        self._defined = set()
        self._kept = {}

    def load(self, plan: Plan, first: int) -> None:
        """Hand over a plan whose run begins at call `first`.

        Raises:
            InputFault: V8 does not parse one of its programs.
            MachineFault: The stores do not fit into the memory given to V8.
        """
        try:
            self._load(plan, first)
        except Stopped:
            # What earlier plans left behind may be what was too much: a fresh process gets one try.
            self.close()
            try:
                self._load(plan, first)
            except Stopped as stop:
                self.close()
                problem = f"the JavaScript engine stopped ({stop.why}) while it took over the stores"
                raise MachineFault(problem, mend="give fewer or smaller stores") from None

    def _load(self, plan: Plan, first: int) -> None:
        self._ask(f"load({self._hand_over(plan)}, {first})", _SETUP)
        self._parsing = _PER_CHARACTER * max(map(len, plan.texts), default=0)

    def _hand_over(self, plan: Plan) -> str:
        """Define what a plan names and send its large texts; return the plan in JavaScript."""
        self._define_all(plan.programs)
        if sum(map(len, self._kept)) > _KEPT:
            self._kept = {}
            self._ask("forget()", _SETUP)
        texts = ", ".join([self._literal(text) for text in plan.texts])
        return f"[{texts}], {plan.code}"

    def _literal(self, text: str) -> str:
        """Return a text in JavaScript; a large one is sent once and then named."""
        if len(text) < _LARGE:
            return json.dumps(text)
        if text not in self._kept:
            number = len(self._kept)
            self._keep(number, text)
            self._kept[text] = number
        return f"{self._name}.shelf[{self._kept[text]}]"

    def begin(self, plan: Plan, first: int, count: int) -> dict[str, Any]:
        """Hand over a plan and run at most `count` calls from `first` on, in one crossing: most plans need no more.

        Raises:
            InputFault: V8 does not parse one of its programs.
            Stopped: A call did not end.
        """
        return self._read(self._ask(f"begin({self._hand_over(plan)}, {first}, {count}, {_MILLISECONDS})", self._most))

    def advance(self, count: int) -> dict[str, Any]:
        """Run at most `count` calls of the plan, and return the results of some of them.

        Raises:
            Stopped: A call did not end.
        """
        return self._read(self._ask(f"advance({count}, {_MILLISECONDS})", self._most + self._parsing))

    def abandon(self) -> dict[str, Any] | None:
        """Skip the call that did not end, and return the results before it; None when the runtime is lost."""
        try:
            return self._read(self._ask("abandon()", _HARVEST))
        except Stopped:
            self.close()  # it is still busy with the call, whatever V8 was told
            return None

    def functions(self, program: Program) -> tuple[str, ...]:
        """Return the exports of `program` that are functions.

        Raises:
            InputFault: V8 does not parse the program, or evaluating it throws.
            Stopped: Evaluating it did not end.
        """
        self._define(program)
        answer = json.loads(self._ask(f"functions({json.dumps(key(program))})", self._seconds))
        if answer["stained"]:
            self.close()
        if "thrown" in answer:
            place = _FRAME.search(answer["stack"])
            line, column = (int(place[1]) - 1 - LINES_BEFORE, int(place[2])) if place else (1, 1)
            thrown = answer["thrown"]
            raise program.fault(f"throws when it is loaded: {thrown}", max(line, 1), column, mend_thrown(thrown))
        return tuple(answer["names"])

    def _define_all(self, programs: Sequence[Program]) -> None:
        """Define programs in one call into V8; if that fails, one by one, to find the program that does not parse."""
        new = [program for program in programs if key(program) not in self._defined]
        if len(new) > 1:
            try:
                self._ask(f", {self._name}.".join(map(_definition, new)), _SETUP)
            except Refused:
                pass
            else:
                self._defined.update(map(key, new))
        for program in new:
            self._define(program)

    def _define(self, program: Program) -> None:
        name = key(program)
        if name in self._defined:
            return
        try:
            self._ask(_definition(program), _SETUP)
        except Refused as refused:
            match = _PARSE_ERROR.search(refused.message)
            line, problem, indent = (match[1], match[2], match[3]) if match else ("1", "", "")
            reason = f"is no valid JavaScript: {problem}".rstrip(": ")
            raise program.fault(reason, int(line) - 1 - LINES_BEFORE, len(indent or "") + 1) from None
        self._defined.add(name)

    def _running(self) -> Process:
        """Return the process with the runtime in it."""
        fresh = self._process is None
        process = self.start()
        if fresh or not self._defined:
            process.evaluate(f"const {self._name} = {_runtime()}; ''", _SETUP)
            self._defined.add("")
        return process

    def _ask(self, call: str, seconds: float) -> str:
        try:
            return self._running().evaluate(f"{self._name}.{call}", seconds)
        except Stopped as stop:
            if not stop.alive:
                self.close()
            raise

    def _keep(self, number: int, text: str) -> None:
        """Hand over a text as it is, which costs less than its literal."""
        try:
            self._running().keep(f"{self._name}.shelf", number, text, _SETUP)
        except UnicodeEncodeError:  # a lone surrogate, which a literal can carry
            self._ask(f"shelf[{number}] = {json.dumps(text)}, ''", _SETUP)
        except Stopped as stop:
            if not stop.alive:
                self.close()
            raise

    @staticmethod
    def _read(text: str) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(text)
        return record


def _definition(program: Program) -> str:
    asks = json.dumps(program.asks_storage)
    return f"define({json.dumps(key(program))}, () =>\n{_ascii(program.script)}\n, {asks})"


@cache
def _runtime() -> str:
    """Return the expression that makes the runtime out of its files."""
    return f"{part('runtime')}.start({joined(_PARTS)})"


def _ascii(script: str) -> str:
    """Return code that UTF-8 can carry: a lone surrogate cannot stand in a file anyway."""
    return script.encode("utf-8", "replace").decode()
