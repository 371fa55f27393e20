"""JSON as JavaScript in which equal parts are written once: schemas and rules repeat their definitions many times."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from driftwright.base.jsontext import json_text

_NAME, _DECLARED = 3, 6
"""Letters that a constant takes where it is named, and beside its value where it is declared, once it is minified."""
_GAIN = 16
"""Letters that a constant has to spare: whoever takes one of the values alone has its declaration for nothing."""
_PROTOTYPE = '"__proto__"'
"""A literal with this name would set the prototype: such a value is parsed from its text."""


def literal(value: Any) -> str:
    """Return a JSON value as an expression of JavaScript."""
    text = json_text(value)
    return f"JSON.parse({json.dumps(text)})" if _PROTOTYPE in text else text


class SharedText:
    """Writes values as expressions; a part that comes more than once in any of them is a constant.

    Args:
        prefix: What the names of the constants begin with: an identifier.
        values: All values that will be written, as parsed JSON.
    """

    def __init__(self, prefix: str, values: list[Any]) -> None:
        self._prefix = prefix
        self._times: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._declared: list[str] = []
        for value in values:
            if _PROTOTYPE not in _text(value):
                self._count(value)

    @property
    def declarations(self) -> tuple[str, ...]:
        """One statement a constant, those first that others hold; complete once all values are written."""
        return tuple(self._declared)

    def expression(self, value: Any) -> str:
        """Return a value as an expression that may name constants."""
        return literal(value) if _PROTOTYPE in _text(value) else self._written(value)

    def _count(self, value: Any) -> None:
        text = _text(value)
        self._times[text] += 1
        if self._times[text] == 1:  # what lies in a part that comes again comes once, with that part
            for below in _parts(value):
                self._count(below)

    def _written(self, value: Any) -> str:
        text = _text(value)
        if text in self._names:
            return self._names[text]
        if isinstance(value, dict):
            written = "{" + ",".join(f"{_text(name)}:{self._written(part)}" for name, part in value.items()) + "}"
        elif isinstance(value, list):
            written = "[" + ",".join(map(self._written, value)) + "]"
        else:
            written = text
        if not self._is_worth_a_name(text):
            return written
        name = self._names[text] = f"{self._prefix}{len(self._names)}"
        self._declared.append(f"const {name} = {written};")
        return name

    def _is_worth_a_name(self, text: str) -> bool:
        times, length = self._times[text], len(text)
        return times * (length - _NAME) - length - _DECLARED >= _GAIN


def _parts(value: Any) -> Iterator[Any]:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield from (part for part in held if isinstance(part, (dict, list, str)))


def _text(value: Any) -> str:
    # ASCII, so that whoever embeds it need not care for line separators that JavaScript of old does not take.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
