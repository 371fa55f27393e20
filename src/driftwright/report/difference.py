"""Differences of two small JSON documents, entry by entry; they describe the evidence of a change in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.jsontext import json_text

MOST = 12
_LONGEST = 60
_WORDS = {
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "dictionary_item_removed": "removed",
    "iterable_item_removed": "removed",
    "values_changed": "changed",
    "type_changes": "retyped",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that two documents do not share.

    Args:
        what: Kind: `added`, `removed`, `changed`, or `retyped` (another JSON type).
        at: JSON Pointer of the entry.
        before: Beginning of its JSON text in the first document; None where it is missing there.
        after: The same of the second document.
    """

    what: str
    at: str
    before: str | None
    after: str | None


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Return the differences of two documents, ordered by JSON Pointer; at most `MOST`.

    Args:
        before: A small JSON document, parsed.
        after: The document to compare it with.
    """
    from deepdiff import DeepDiff

    diff = DeepDiff(_mark_flags(before), _mark_flags(after), view="tree", ignore_type_in_groups=[(int, float)])
    return tuple(sorted(_list_differences(diff), key=lambda difference: (difference.at, difference.what))[:MOST])


def _list_differences(diff: Mapping[str, Any]) -> Iterator[Difference]:
    for kind, word in _WORDS.items():
        for level in diff.get(kind, ()):
            steps = level.path(output_format="list")
            pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps) or "/"
            before = None if word == "added" else _shorten_json(level.t1)
            after = None if word == "removed" else _shorten_json(level.t2)
            yield Difference(word, pointer, before, after)


class _Flag(str):
    """A flag that equals no number: in a list, Python and so DeepDiff would take false for 0 and true for 1."""

    __slots__ = ()


def _mark_flags(value: Any) -> Any:
    if isinstance(value, bool):
        return _Flag(f"\0{value}")
    if isinstance(value, dict):
        return {key: _mark_flags(part) for key, part in value.items()}
    return [_mark_flags(part) for part in value] if isinstance(value, list) else value


def _unmark_flags(value: Any) -> Any:
    if isinstance(value, _Flag):
        return value == "\0True"
    if isinstance(value, dict):
        return {key: _unmark_flags(part) for key, part in value.items()}
    return [_unmark_flags(part) for part in value] if isinstance(value, list) else value


def _shorten_json(value: Any) -> str:
    text = json_text(_unmark_flags(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
