"""The kinds of readers' answers on what a page holds, told before anything is hidden; a snapshot carries them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault
from driftwright.impact import ANSWER_ERRORS, ANSWER_FORMS, ANSWER_TYPES, AnswerKind
from driftwright.snapshot.fields import AGAIN as _AGAIN

if TYPE_CHECKING:
    from driftwright.snapshot.fields import FieldReader

_KINDS = ("value", "undefined", "throws", "stopped")
_PATH = re.compile(r"/|(?:/(?:\[\]|\{\}))+")
_REASON = re.compile(r"[A-Za-z ,.']{0,120}")
_WHY = re.compile(
    r"(?:needs )?"
    r"(?:throws|is not true|gives (?:null|undefined|NaN|a promise)|violates [a-zA-Z]+|cannot be checked|it has)"
)


@dataclass(frozen=True, slots=True)
class AnswersAt:
    """What the readers of one fact answer in one situation of a page.

    Args:
        params: The fact's parameters, as the snapshot shows them.
        sources: By the name of each source that reads something, the kind of its answer.
        holds: The same of each invariant.
        agree: By the name of each agreement, whether its sources answer the same; None where one gives no answer.
        serves: The source that the resolver takes; empty when it takes none.
        passed: The sources that it passes over before, each with the reason.
    """

    params: Mapping[str, str]
    sources: Mapping[str, AnswerKind]
    holds: Mapping[str, AnswerKind] = field(default_factory=dict)
    agree: Mapping[str, bool | None] = field(default_factory=dict)
    serves: str = ""
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FactAnswers:
    """What the readers of one fact answer on a page.

    Args:
        code: Digest of the fact's reading code; the answers of other code tell nothing.
        answers: The answers, once for each binding of the fact's parameters that was asked.
        without: Why there are none; empty when there are.
    """

    code: str
    answers: tuple[AnswersAt, ...] = ()
    without: str = ""


@dataclass(frozen=True, slots=True)
class RawAnswers:
    """The kinds of the answers that readers give on a page's own stores, before anything is hidden; never a value.

    Args:
        facts: By the name of each fact, what its readers answer.
        without: Why no reader was asked; empty when they were.
    """

    facts: Mapping[str, FactAnswers] = field(default_factory=dict)
    without: str = ""

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits over all of it."""
        text = json.dumps(_content(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def all_answers(self) -> Iterator[AnswersAt]:
        """Yield the answers of all facts, one fact after another."""
        return (answers for fact in self.facts.values() for answers in fact.answers)

    def bound(self, bindings: Iterable[Mapping[str, str]]) -> RawAnswers:
        """Return these answers with other parameters, given in the order of `all_answers`."""
        params = iter(bindings)
        facts = {
            name: replace(
                fact, answers=_first_of_each(replace(answers, params=next(params)) for answers in fact.answers)
            )
            for name, fact in self.facts.items()
        }
        return replace(self, facts=facts)


def _first_of_each(all_answers: Iterable[AnswersAt]) -> tuple[AnswersAt, ...]:
    """Return the answers, only the first for equal parameters: names that share a pseudonym are bound alike."""
    by_params: dict[tuple[tuple[str, str], ...], AnswersAt] = {}
    for answers in all_answers:
        by_params.setdefault(tuple(sorted(answers.params.items())), answers)
    return tuple(by_params.values())


def answers_record(answers: RawAnswers) -> dict[str, Any]:
    """Return answers as the JSON of a file."""
    return {"digest": answers.digest, **_content(answers)}


def _content(answers: RawAnswers) -> dict[str, Any]:
    facts = {
        name: {"code": fact.code, "without": fact.without, "found": [_at_record(answers) for answers in fact.answers]}
        for name, fact in answers.facts.items()
    }
    return {"without": answers.without, "facts": facts}


def _at_record(answers: AnswersAt) -> dict[str, Any]:
    return {
        "params": dict(answers.params),
        "sources": {name: _kind_record(kind) for name, kind in answers.sources.items()},
        "holds": {name: _kind_record(kind) for name, kind in answers.holds.items()},
        "agree": dict(answers.agree),
        "serves": answers.serves,
        "passed": [list(pair) for pair in answers.passed],
    }


def _kind_record(kind: AnswerKind) -> dict[str, Any]:
    record: dict[str, Any] = {"kind": kind.kind}
    if kind.type:
        record |= {"type": kind.type, "empty": kind.empty}
    if kind.shape.keys() - {"/"}:  # the type at its root is told already
        record["shape"] = {at: list(of) for at, of in kind.shape.items() if at != "/"}
    if kind.size is not None:
        record["size"] = kind.size
    return {**record, "form": kind.form} if kind.form else record


def answers_of(reader: FieldReader, holder: Mapping[str, Any], place: str) -> RawAnswers:
    """Return the answers that the object `holder` at `place` of a snapshot holds.

    Raises:
        InputFault: They are malformed, or were edited by hand.
    """
    facts = reader.field(holder, place, "facts", dict)
    answers = RawAnswers(
        {
            name: _fact(reader, reader.field(facts, f"{place}/facts", name, dict), f"{place}/facts/{name}")
            for name in facts
        },
        _reason(reader, holder, place),
    )
    if reader.field(holder, place, "digest", str) != answers.digest:
        raise InputFault("the answers do not match their digest", reader.file, f"{place}/digest", _AGAIN)
    return answers


def _fact(reader: FieldReader, record: Mapping[str, Any], place: str) -> FactAnswers:
    answers = tuple(answers_at(reader, item, below) for below, item in reader.objects(record, place, "found"))
    return FactAnswers(reader.field(record, place, "code", str), answers, _reason(reader, record, place))


def _reason(reader: FieldReader, record: Mapping[str, Any], place: str) -> str:
    """Return why there are no answers. Reports print this reason, so only plain words are accepted."""
    reason = reader.field(record, place, "without", str)
    if not _REASON.fullmatch(reason):
        raise InputFault("without is no reason in plain words", reader.file, f"{place}/without", _AGAIN)
    return reason


def answers_at(reader: FieldReader, record: Mapping[str, Any], place: str) -> AnswersAt:
    """Return the answers in one situation, which come from a page or a file.

    Raises:
        InputFault: They are malformed.
    """
    params = reader.field(record, place, "params", dict)
    agree = reader.field(record, place, "agree", dict)
    if any(type(value) is not bool and value is not None for value in agree.values()):
        raise InputFault("agree holds what is no answer", reader.file, f"{place}/agree", _AGAIN)
    return AnswersAt(
        {name: reader.field(params, f"{place}/params", name, str) for name in params},
        dict(_kinds(reader, record, place, "sources")),
        dict(_kinds(reader, record, place, "holds")),
        agree,
        reader.field(record, place, "serves", str),
        tuple(_passed(reader, record, place)),
    )


def _kinds(reader: FieldReader, record: Mapping[str, Any], place: str, name: str) -> Iterator[tuple[str, AnswerKind]]:
    held = reader.field(record, place, name, dict)
    for of in held:
        yield of, _kind(reader, reader.field(held, f"{place}/{name}", of, dict), f"{place}/{name}/{of}")


def _kind(reader: FieldReader, record: Mapping[str, Any], place: str) -> AnswerKind:
    kind = _word(reader, record, place, "kind", _KINDS)
    form = _word(reader, record, place, "form", (*ANSWER_FORMS, *ANSWER_ERRORS)) if "form" in record else ""
    if kind in ("throws", "stopped"):
        return AnswerKind(kind, "", empty=False, form=form)
    shape = reader.field(record, place, "shape", dict) if "shape" in record else {}
    for path in shape:
        types = reader.field(shape, f"{place}/shape", path, list)
        if not _PATH.fullmatch(path) or not all(
            type(type_name) is str and type_name in ANSWER_TYPES for type_name in types
        ):
            raise InputFault("not the types of an answer", reader.file, f"{place}/shape", _AGAIN)
    size = reader.field(record, place, "size", int) if "size" in record else None
    if size is not None and (size < 0 or size & (size - 1)):
        raise InputFault("size is no power of two", reader.file, f"{place}/size", _AGAIN)
    type_ = _word(reader, record, place, "type", ANSWER_TYPES)
    types_by_path = {"/": (type_,), **{path: tuple(types) for path, types in shape.items()}}
    return AnswerKind(kind, type_, reader.field(record, place, "empty", bool), size, form, types_by_path)


def _word(reader: FieldReader, record: Mapping[str, Any], place: str, name: str, words: tuple[str, ...]) -> str:
    word = reader.field(record, place, name, str)
    if word not in words:
        raise InputFault(f"no such {name} of an answer", reader.file, f"{place}/{name}", _AGAIN)
    return word


def _passed(reader: FieldReader, record: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for number, pair in enumerate(reader.field(record, place, "passed", list)):
        is_pair = isinstance(pair, list) and len(pair) == 2 and all(type(part) is str for part in pair)  # noqa: PLR2004 - a pair
        if not is_pair or not _WHY.fullmatch(pair[1]):
            raise InputFault("not a source with a reason", reader.file, f"{place}/passed/{number}", _AGAIN)
        yield pair[0], pair[1]
