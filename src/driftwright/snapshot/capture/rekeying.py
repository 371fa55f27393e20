"""Hide the pseudonyms of a page's answer once more, under the workspace's salt; see `salt.py` for why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Self

from driftwright.base.errors import BlindFault, MachineFault
from driftwright.snapshot.capture.answer import areas_in, literal, policy_text
from driftwright.snapshot.capture.redactor import MEMORY, SECONDS, rekeying_source

if TYPE_CHECKING:
    from driftwright.impact import Process
    from driftwright.snapshot.answers import RawAnswers
    from driftwright.snapshot.capture.request import CaptureRequest
    from driftwright.snapshot.model import AreaView, Snapshot


def rekeying_call(policy: Mapping[str, Any], salt: bytes, answer: str) -> str:
    """Return the expression that hides once more what stands between marks in `answer`, itself an expression."""
    return f"(globalThis.rekeyed ??= {rekeying_source()})({literal(policy_text(policy, salt, ()))}, {answer})"


class Rekeyer:
    """V8 in a process of its own, which starts while the browser does.

    Args:
        policy: What may be kept.
        salt: The workspace's salt.
        file: The target's file, for messages.
    """

    def __init__(self, policy: Mapping[str, Any], salt: bytes, file: str) -> None:
        from driftwright.impact import Process

        self._policy, self._salt, self._file = policy, salt, file
        self._process: Process = Process(MEMORY, "UTC")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()

    def areas(self, views: Iterable[AreaView]) -> tuple[AreaView, ...]:
        """Return the areas with the pseudonyms that are kept.

        Raises:
            BlindFault: No answer of the redactor is like this.
        """
        held = list(views)
        answer = self._rekey_answer(
            {"areas": [{"entries": [asdict(entry) for entry in view.entries]} for view in held]}
        )
        records = [
            {"area": str(view.area), "others": view.others, "denied": view.denied, **record}
            for view, record in zip(held, answer["areas"], strict=True)
        ]
        areas = areas_in({"areas": records}, self._file)
        return tuple(replace(area, where=view.where) for area, view in zip(areas, held, strict=True))

    def answers(self, answers: RawAnswers | None) -> RawAnswers | None:
        """Return answers with parameters that are bound by the pseudonyms that are kept.

        Raises:
            BlindFault: No answer of the redactor is like this.
        """
        if answers is None or not any(answer.params for answer in answers.all_answers()):
            return answers
        bindings = [dict(answer.params) for answer in answers.all_answers()]
        return answers.bound(self._rekey_answer({"areas": [], "bindings": bindings})["bindings"])

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with the pseudonyms that are kept, in its areas and its answers.

        Raises:
            BlindFault: No answer of the redactor is like this.
        """
        return replace(snapshot, areas=self.areas(snapshot.areas), answers=self.answers(snapshot.answers))

    def _rekey_answer(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        from driftwright.impact import Refused, Stopped

        call = rekeying_call(self._policy, self._salt, literal(json.dumps(answer)))
        try:
            rekeyed: dict[str, Any] = json.loads(self._process.evaluate(call, SECONDS))
        except (Stopped, Refused, MachineFault):  # what V8 says may hold text of the answer
            problem = "what the page answered is more than can be read"
            raise BlindFault(problem, self._file, "crash", "run it again") from None
        return rekeyed


def rekeyer_of(request: CaptureRequest) -> Rekeyer:
    """Return what hides the answers to a request."""
    return Rekeyer(request.policy, request.salt, request.target.file)
