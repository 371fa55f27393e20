"""Processes of V8 that go on to the next test: what one evaluated is gone with its isolate, and no start is paid twice.

Each command of a test starts up to five of them: engines in three time zones, and redactors. A test that asks such a
process itself, such as what it may open, what it costs or how it ends, is marked `own_engines`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from driftwright import impact
from driftwright.impact.javascript import host, process, worker
from driftwright.impact.javascript.process import V8, Process, Worker
from kit import v8_again

_PACKAGE = Path(process.__file__).parents[1]
_AGAIN = replace(V8, script=Path(v8_again.__file__), arguments=(str(_PACKAGE),))
_MOST = 6  # that wait at the same time
_SECONDS = 5.0  # for a process to begin anew
_MOST_USES = 60  # of one isolate, whose programs stay there
_RUNTIME = re.compile(r"const (driftwright_\w+) = ")
_STAINED, _BEGINNING = '"stained":true', 40

_WAITING: list[tuple[tuple[int, str], KeptProcess]] = []


class KeptProcess(Process):
    """As a process of the package; when it is closed, what it evaluated goes and it waits for its next use."""

    def __new__(cls, memory: int, zone: str, runs: Worker = V8) -> KeptProcess:  # noqa: PYI034 - one that waited
        del runs
        for place, (of, waiting) in enumerate(_WAITING):
            if of == (memory, zone):
                del _WAITING[place]
                return waiting
        return super().__new__(cls)

    def __init__(self, memory: int, zone: str, runs: Worker = V8) -> None:
        del runs
        if not hasattr(self, "_of"):
            super().__init__(memory, zone, _AGAIN)
            self._of = (memory, zone)
            self._runtime: tuple[str, str] | None = None
            self._is_stained, self._uses = False, 0

    def _value_of(self, status: bytes, text: str) -> str:
        # What a reader changed in the world of all others, or was ended in, is there for nobody else.
        self._is_stained |= status != worker.VALUE or _STAINED in text[:_BEGINNING] or _STAINED in text[-_BEGINNING:]
        return super()._value_of(status, text)

    def evaluate(self, code: str, seconds: float) -> str:
        """As a process of its own; the runtime that was made for another user of this isolate gets one more name."""
        made = _RUNTIME.match(code)
        if made is None:
            return super().evaluate(code, seconds)
        name, runtime = made[1], code[made.end() :]
        if self._runtime is not None and self._runtime[1] == runtime:
            return super().evaluate(f"const {name} = {self._runtime[0]}; ''", seconds)
        answer = super().evaluate(code, seconds)
        self._runtime = (name, runtime)
        return answer

    def close(self) -> None:
        """Let it wait for its next use; it ends if it is lost, or was used as often as it can be."""
        if self._child.poll() is None and (self._is_clean() or self._is_new()):
            _WAITING.append((self._of, self))
            while len(_WAITING) > _MOST:
                _WAITING.pop(0)[1].end()
        else:
            self.end()

    def _is_clean(self) -> bool:
        """Whether the isolate may go on as it is: nothing but the runtime was changed, and that forgets its texts."""
        self._uses += 1
        if self._runtime is None or self._is_stained or self._uses > _MOST_USES:
            return False
        status, _ = self._ask(f"{self._runtime[0]}.forget()", _SECONDS)
        return status == worker.VALUE

    def _is_new(self) -> bool:
        if not self._ready:
            return True
        self._runtime, self._is_stained, self._uses = None, False, 0
        status, left = self._ask("", _SECONDS, v8_again.AGAIN)
        return status == worker.VALUE and int(left) > 0

    def end(self) -> None:
        super().close()


def keep_engines(*, keep: bool) -> None:
    """Let the engines and redactors that start from now on take processes that are kept, or ones of their own."""
    for module in (host, impact):
        setattr(module, "Process", KeptProcess if keep else Process)  # noqa: B010 - to a type checker it is a class


def end_kept_engines() -> None:
    while _WAITING:
        _WAITING.pop()[1].end()
