"""A validator with a deadline: it checks the time at every keyword, and every keyword takes bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from driftwright.workspace.schemas.patterns import matcher

Keyword = Callable[[Any, Any, Any, Any], Any]


class TooSlow(Exception):
    """The time is over."""


def bounded(validator: Any, seconds: float) -> Any:
    """Return a class of validators like `validator` whose instances raise `TooSlow` after so many seconds from now."""
    from jsonschema.validators import extend

    end = time.monotonic() + seconds
    own: dict[str, Keyword] = {"pattern": _pattern, "patternProperties": _pattern_properties, "uniqueItems": _unique}
    keywords = {**validator.VALIDATORS, **own}
    return extend(validator, {name: _time_limited(keyword, end) for name, keyword in keywords.items()})


def _time_limited(keyword: Keyword, end: float) -> Keyword:
    def watched(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        if time.monotonic() > end:
            raise TooSlow
        return keyword(validator, value, instance, schema)

    return watched


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "string") and not matcher(pattern)(instance):
        yield _error("does not match")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _: Any) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, schema in patterns.items():
        matches = matcher(pattern)
        for name, below in instance.items():
            if matches(name):
                yield from validator.descend(below, schema, path=name, schema_path=pattern)


def _unique(validator: Any, wanted: Any, instance: Any, _: Any) -> Iterator[Any]:
    if wanted and validator.is_type(instance, "array"):
        distinct = {_key(item) for item in instance}
        if len(distinct) < len(instance):
            yield _error("has equal items")


def _key(value: Any) -> Any:
    """Return something hashable that two JSON values share exactly when they are equal; true is not 1, 1.0 is."""
    if isinstance(value, dict):
        return frozenset((name, _key(below)) for name, below in value.items())
    if isinstance(value, list):
        return tuple(_key(item) for item in value)
    return (type(value) is bool, value)


def _error(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)
