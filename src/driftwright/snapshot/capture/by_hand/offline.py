"""Run the redactor without a page: the same code, run in V8 on saved storage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from driftwright.base.errors import InputFault, MachineFault

if TYPE_CHECKING:
    from driftwright.impact import Process

_SECONDS = 30.0
_MEMORY = 1 << 30


def redact(policy: str, areas: str) -> str:
    """Run the redactor in V8 once: the same code as in a page."""
    with OfflineRedactor() as redactor:
        return redactor.redact(policy, areas)


class OfflineRedactor:
    """The redactor in one process of V8, for as many documents as are to be redacted."""

    def __init__(self) -> None:
        self._process: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def redact(self, policy: str, areas: str) -> str:
        """Return the redactor's answer.

        Raises:
            InputFault: The areas hold more than it can take.
            MachineFault: It failed on them.
        """
        from driftwright.impact import Process, Refused, Stopped
        from driftwright.snapshot.capture.answer import KEPT, literal
        from driftwright.snapshot.capture.redactor import redactor_source

        source = KEPT
        if self._process is None:
            self._process, source = Process(_MEMORY, "UTC"), f"({KEPT} = {redactor_source()})"
        try:
            return self._process.evaluate(f"{source}.redact({literal(policy)}, {literal(areas)})", _SECONDS)
        except (Stopped, Refused):
            self._end()
            raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
        except MachineFault:
            self._end()
            # What V8 says may hold text of the dump.
            raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None

    def evaluate(self, expression: str, milliseconds: float) -> Any:
        """Evaluate where the redactor ran last, and return the plain value.

        Raises:
            CutOffError: It threw, took too long or too much, or the redactor did not run.
        """
        from driftwright.impact import Refused, Stopped
        from driftwright.snapshot.capture.asking import CutOffError

        if self._process is None:
            raise CutOffError
        try:
            return json.loads(self._process.evaluate(f"JSON.stringify({expression})", milliseconds / 1000))
        except Stopped as stop:
            if not stop.alive:
                self._end()
            raise CutOffError from None
        except (Refused, MachineFault):
            raise CutOffError from None

    def _end(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = None
