"""Run the redactor without a page: the same code, run in V8 on saved storage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from driftwright.base.errors import BlindFault, InputFault, MachineFault
from driftwright.snapshot.capture.redactor import MEMORY, SECONDS, redactor_source

if TYPE_CHECKING:
    from driftwright.impact import Process
    from driftwright.snapshot.answers import RawAnswers
    from driftwright.snapshot.capture.asking import Readers

_LAST_REDACTED = "globalThis.told"  # what a page would have told of what was redacted last


def redact(policy: Mapping[str, Any], salt: bytes, views: Sequence[Mapping[str, Any]]) -> str:
    """Run the redactor in V8 once: the same code as in a page."""
    with OfflineRedactor() as redactor:
        return redactor.redact(policy, salt, views)


class OfflineRedactor:
    """The redactor in one process of V8, for as many documents as are to be redacted."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._hidden_by: tuple[Mapping[str, Any], bytes] = ({}, b"")

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
        from driftwright.snapshot.capture.answer import KEPT, literal, page_policy_text
        from driftwright.snapshot.capture.rekeying import rekeying_call

        source, self._hidden_by = KEPT, (policy, salt)
        if self._process is None:
            self._process, source = Process(MEMORY, "UTC"), f"({KEPT} = {redactor_source()})"
        page = literal(page_policy_text(policy, salt, [Area(view["area"]) for view in views]))
        answer = f"({_LAST_REDACTED} = {source}.redact({page}, {literal(json_text(views))}))"
        try:
            return self._process.evaluate(rekeying_call(policy, salt, answer), SECONDS)
        except (Stopped, Refused):
            self._end()
            raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
        except MachineFault:
            self._end()
            # What V8 says may hold text of the dump.
            raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None

    def ask(self, readers: Readers | None, file: str) -> RawAnswers | None:
        """Ask readers about what was redacted last; their parameters are bound by the pseudonyms that it shows.

        Args:
            readers: The readers; None when there are none to ask.
            file: The target's file, for messages.

        Returns:
            The kinds of their answers; None when there are none to ask.
        """
        from driftwright.snapshot.capture.answer import views_of
        from driftwright.snapshot.capture.asking import TOO_LARGE, CutOffError, ask, not_asked
        from driftwright.snapshot.capture.rekeying import Rekeyer

        if readers is None:
            return None
        try:
            page = views_of(str(self.evaluate(_LAST_REDACTED, SECONDS * 1000)), "", file)
        except (CutOffError, BlindFault):
            return not_asked(readers, TOO_LARGE)
        answers = ask(readers, page, self.evaluate)
        # Where the readers ran the salt is given to nobody any more: what they left behind may still be at work.
        with Rekeyer(*self._hidden_by, file) as rekeyer:
            return rekeyer.answers(answers)

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
