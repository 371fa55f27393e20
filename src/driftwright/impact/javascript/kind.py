"""The kind of an answer: all that may be told of what a reader answers on values that stay hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from driftwright.base.forms import text_form
from driftwright.impact.javascript.outcome import Answer

ANSWER_ERRORS = ("Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError")
ANSWER_TYPES = (
    *("null", "boolean", "integer", "number", "NaN", "string", "array", "object"),
    *("undefined", "function", "symbol", "bigint", "promise", "iterator"),
)
ANSWER_FORMS = (
    *("empty", "digits", "numeric", "time", "local-date", "uuid", "hex", "json", "url", "blob", "data"),
    *("token", "word", "path", "text", "true", "false"),
)
_TIMES = frozenset({"time-utc", "time-offset", "time-local", "date"})
_DEEPEST = 4  # levels of an answer whose types are told
_NOT_HIDDEN = {"null": "null", "undefined": "undefined", "NaN": "NaN"}
_EMPTY = {"integer": "0", "string": '""', "array": "[]", "object": "{}"}


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """What kind of an answer a reader gave, without the answer.

    Args:
        kind: As of `Answer`: `value`, `undefined`, `throws` or `stopped`.
        type: As of `Answer`, one of `ANSWER_TYPES`; empty when there is no answer.
        empty: Whether it is null, undefined, "", 0, NaN, or has no items.
        size: How many items or keys, up to the next power of two; None for a scalar.
        form: The form of a text or the name of a flag, one of `ANSWER_FORMS`; of what was thrown its type, one of
            `ANSWER_ERRORS`; else empty.
        shape: The types seen at each path of the answer, as of `Answer`, down to a few levels.
    """

    kind: str
    type: str
    empty: bool
    size: int | None = None
    form: str = ""
    shape: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def answer(self) -> Answer:
        """An answer of this kind, whose text says no more than the kind does."""
        text = self._text()
        return Answer(self.kind, self.type, text, text, self.empty, self.size, self.shape)

    def _text(self) -> str:
        if self.kind == "throws":
            return self.form
        if self.kind == "stopped":
            return "deadline"
        if self.type == "boolean":
            return self.form
        known = _NOT_HIDDEN.get(self.type) or (_EMPTY.get(self.type) if self.empty else None)
        return known or f"({self.form or self.type}, hidden)"


def kind_of(answer: Answer) -> AnswerKind:
    """Return the kind of an answer, as `redactor/answers.js` tells it in a page."""
    if answer.kind == "throws":
        name = re.match(r"\w*", answer.text)
        form = name[0] if name and name[0] in ANSWER_ERRORS else "Error"
        return AnswerKind("throws", "", empty=False, form=form)
    if answer.kind == "stopped":
        return AnswerKind("stopped", "", empty=False)
    shape = {path: types for path, types in answer.shape.items() if path.count("/") <= _DEEPEST}
    size = answer.size if not answer.size else 1 << (answer.size - 1).bit_length()
    return AnswerKind(answer.kind, answer.type, answer.empty, size, _form(answer), MappingProxyType(shape))


def _form(answer: Answer) -> str:
    if answer.type == "boolean":
        return answer.text
    if answer.type != "string":
        return ""
    try:
        form = text_form(json.loads(answer.text))
    except ValueError:  # the text of an answer of which only the kind is known
        return ""
    return "time" if form in _TIMES else "word" if form == "boolean" else form
