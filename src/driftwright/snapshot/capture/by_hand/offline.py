"""Run the redactor without a page: the same code, run in V8 on saved storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from driftwright.base.errors import InputFault, MachineFault

if TYPE_CHECKING:
    from driftwright.impact import Process

_SECONDS = 30.0
_MEMORY = 1 << 30


def redact(policy: Mapping[str, Any], salt: bytes, views: Sequence[Mapping[str, Any]]) -> str:
    """Run the redactor in V8 once: the same code as in a page."""
    with OfflineRedactor() as redactor:
        return redactor.redact(policy, salt, views)


class OfflineRedactor:
    """The redactor in one process of V8, for as many documents as are to be redacted."""

    def __init__(self) -> None:
        self._process: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def redact(self, policy: Mapping[str, Any], salt: bytes, views: Sequence[Mapping[str, Any]]) -> str:
        """Return the redactor's answer, hidden under both keys.

        Args:
            policy: What may be kept.
            salt: The workspace's salt, or one that serves only here.
            views: Areas with their entries, each a key and a text.

        Raises:
            InputFault: The areas hold more than it can take.
            MachineFault: It failed on them.
        """
        from driftwright.base.jsontext import json_text
        from driftwright.base.terms import Area
        from driftwright.impact import Process, Refused, Stopped
        from driftwright.snapshot.capture.answer import literal, page_policy_text
        from driftwright.snapshot.capture.redactor import redactor_source
        from driftwright.snapshot.capture.rekeying import rekeying_call

        source = "globalThis.redactor"
        if self._process is None:
            self._process, source = Process(_MEMORY, "UTC"), f"(globalThis.redactor = {redactor_source()})"
        page = literal(page_policy_text(policy, salt, [Area(view["area"]) for view in views]))
        answer = f"{source}.redact({page}, {literal(json_text(views))})"
        try:
            return self._process.evaluate(rekeying_call(policy, salt, answer), _SECONDS)
        except (Stopped, Refused):
            self._end()
            raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
        except MachineFault:
            self._end()
            # What V8 says may hold text of the dump.
            raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None

    def _end(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = None
