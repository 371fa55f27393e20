"""Weighing: what the replay says, held against what the reader itself does on the later document.

The replay says what a change would do to known-good data; the later document shows what the reader really does there.
A prediction that must show there and does not was a wrong reading of the change, and a change that another session of
the same program might show as well is no evidence of one.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from driftwright.base.terms import Effect, Verdict
from driftwright.impact import Answer, Impact, absent, failed
from driftwright.structure import Change, by_chance

_CONTAINERS = frozenset({"array", "object"})
_NUMBERS = frozenset({"integer", "number"})
_NOTHING = frozenset({"undefined", "NaN", "null"})
_INFINITE = frozenset({"Infinity", "-Infinity"})
_NO_VALUES = frozenset({"function", "iterator", "promise", "symbol"})
OBJECT_AS_TEXT = "[object Object]"
"""What a record turns into where code joins it to a text, which nobody wants to read."""
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNDEFINED = re.compile(r"\b(?:undefined|NaN)\b")
"""What code makes of a value that is missing where it joins it to a text."""
UNDEFINED_AS_TEXT = "undefined in a text"
"""The sign that code joined a missing value to a text, which no data that it was written for make it do."""
_SEVERAL = 2
_EMPTIED = "emptied items"
_PARTIAL = ("field-became-optional", "field-became-nullable", "list-got-null-items")


def signs(before: Answer, after: Answer, defaults: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return what is plainly worse about an answer than about a known-good one; empty when it is of the same kind.

    Args:
        before: A known-good answer.
        after: The answer to hold against it.
        defaults: The texts of the reader's own source, one of which may stand in for an answer.
    """
    if failed(after):
        return frozenset({"throws"})
    problems: set[str] = set()
    if absent(after) and not absent(before):
        problems.add("absent")
    if (after.empty and not before.empty) or (after.text in _INFINITE and before.text not in _INFINITE):
        problems.add("empty")  # the largest of no numbers is infinite
    if after.type != before.type and not {after.type, before.type} <= _NUMBERS and not absent(after):
        problems.add("type")
    if OBJECT_AS_TEXT in after.text and OBJECT_AS_TEXT not in before.text:
        problems.add("object in a text")
    if _joins_undefined(after) and not _joins_undefined(before):
        problems.add(UNDEFINED_AS_TEXT)
    if {after.type, before.type} == {"string"} and _is_one_of(after, defaults) and not _is_one_of(before, defaults):
        problems.add("default")
    if _are_emptied(_scalar_items(before), _scalar_items(after)):
        problems.add(_EMPTIED)
    for path, kinds in after.shape.items():
        known = before.shape.get(path)
        if known is not None and path != "/":
            problems |= {f"{kind} at {path}" for kind in (_NOTHING & set(kinds)) - set(known)}
            if _is_container_turned(known, kinds):
                problems.add(f"type at {path}")
    return frozenset(problems)


def _are_emptied(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether several items of a list are all 0 or empty, and none was; a lone 0 may be the first of some numbers."""
    return len(new) > 1 and bool(old) and all(old) and not any(new)


def _is_container_turned(known: Collection[str], kinds: Collection[str]) -> bool:
    """Whether parts of an answer that all were single values are all records or lists now, or the other way round."""
    before, after = (set(types) - _NOTHING for types in (known, kinds))
    sides = [types <= _CONTAINERS for types in (before, after)]
    return bool(before and after) and before.isdisjoint(after) and any(sides) and not all(sides)


def turned_items(before: Answer, after: Answer, defaults: frozenset[str]) -> bool:
    """Whether all items of a list turned into what none of them was, and were too many for that to be chance.

    Args:
        before: A known-good answer.
        after: The answer to hold against it.
        defaults: The texts of the reader's own source, one of which may stand in for an answer.

    Returns:
        True when every item is of another type now, or is the same default of the reader.
    """
    old, new = _scalar_items(before), _scalar_items(after)
    if len(new) < _SEVERAL or by_chance(len(old), len(new), len(new)):
        return False
    return _types(old).isdisjoint(_types(new)) or _are_stand_ins(old, new, defaults)


def turned_for_all(known: Sequence[Answer], after: Answer, defaults: frozenset[str]) -> bool:
    """Whether every item turned, held against each of some known-good answers, none of which is the same."""
    return all(not answer.same_as(after) and turned_items(answer, after, defaults) for answer in known)


def are_stand_ins(before: Answer, after: Answer, defaults: frozenset[str]) -> bool:
    """Whether all items of a list, or names of an object, are one default of the reader's source, and none was before.

    Args:
        before: A known-good answer.
        after: The answer to hold against it.
        defaults: The texts of the reader's own source.
    """
    if before.type == after.type == "object":
        return _are_stand_ins(_own_names(before), _own_names(after), defaults)
    return _are_stand_ins(_scalar_items(before), _scalar_items(after), defaults)


def _own_names(answer: Answer) -> list[str]:
    """Return the names of the fields of an answer that is an object."""
    try:
        fields = json.loads(answer.text) if answer.kind == "value" else None
    except ValueError:
        return []  # it holds what JSON does not
    return list(fields) if isinstance(fields, dict) else []


def has_new_items(before: Answer, predicted: Answer, after: Answer) -> bool:
    """Whether two lists hold the same values, however often, and none of a known-good one's."""
    old, expected, new = (frozenset(map(str, _scalar_items(answer))) for answer in (before, predicted, after))
    return bool(new) and new == expected and new.isdisjoint(old)


def effect_shown(effect: Effect, before: Answer, after: Answer) -> Effect:
    """Return the effect that a capture shows: its own code may catch the error that the replay has, or find a way."""
    if effect is not Effect.THROWS or not signs(before, after) or failed(after):
        return effect
    return Effect.UNAVAILABLE if absent(after) else Effect.SILENT


def emptied_texts(before: Answer, after: Answer) -> frozenset[str]:
    """Return the paths within an answer at which all texts are empty, and none of them was on known-good data."""
    old, new = _texts_by_path(before), _texts_by_path(after)
    return frozenset(path for path, texts in new.items() if path in old and not any(texts) and all(old[path]))


def _texts_by_path(answer: Answer) -> Mapping[str, Sequence[str]]:
    try:
        value = json.loads(answer.text) if answer.kind == "value" and answer.type in _CONTAINERS else None
    except ValueError:
        return {}  # it holds what JSON does not
    texts: defaultdict[str, list[str]] = defaultdict(list)
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack += ((f"{path}/{name}", part) for name, part in value.items())
        elif isinstance(value, list):
            stack += ((f"{path}/[]", part) for part in value)
        elif isinstance(value, str):
            texts[path].append(value)
    return texts


def _are_stand_ins(old: Sequence[Any], new: Sequence[Any], defaults: frozenset[str]) -> bool:
    stand_ins = {*defaults, ""}
    return bool(old) and len(set(new)) == 1 and new[0] in stand_ins and stand_ins.isdisjoint(old)


def _scalar_items(answer: Answer) -> list[Any]:
    """Return the items of a list of texts and numbers; none for any other answer."""
    if answer.kind != "value" or answer.type != "array":
        return []
    try:
        items = json.loads(answer.text)
    except ValueError:
        return []  # it holds what JSON does not
    return items if all(isinstance(item, (str, int, float)) and not isinstance(item, bool) for item in items) else []


def _types(items: Sequence[Any]) -> set[type]:
    return {str if isinstance(item, str) else float for item in items}


def no_answer(answer: Answer) -> str:
    """Return why an answer on a known-good document says nothing; empty when it says something."""
    if failed(answer):
        return "it already fails on BEFORE, so nothing can be said"
    if answer.kind == "undefined" or answer.type in ("null", "NaN"):
        return f"it answers {answer.preview} on BEFORE, so nothing can be said"
    if answer.type in _NO_VALUES:
        article = "an" if answer.type == "iterator" else "a"
        return f"it answers {article} {answer.type}, which cannot be compared; let it answer a value"
    return ""


def turned_to_nothing(before: Answer, after: Answer) -> Verdict | None:
    """Whether a whole answer, or a part of it that was always something, is undefined or not a number now."""
    if absent(after) and not absent(before):
        return Verdict.BROKEN
    for path, kinds in after.shape.items():
        new = (set(kinds) & {"undefined", "NaN"}) - set(before.shape.get(path, kinds))
        if new:
            return Verdict.BROKEN if set(kinds) <= _NOTHING else Verdict.DEGRADED
    if _joins_undefined(after) and not _joins_undefined(before):
        hurt = [map(_UNDEFINED.search, texts) for texts in _texts_by_path(after).values()]
        return Verdict.DEGRADED if hurt and not any(map(all, hurt)) else Verdict.BROKEN
    return None


def _joins_undefined(answer: Answer) -> bool:
    """Whether a text of an answer has in it what code makes of a value that is missing."""
    return _UNDEFINED.search(answer.text) is not None and any(map(_UNDEFINED.search, _TEXTS.findall(answer.text)))


def _is_one_of(answer: Answer, texts: frozenset[str]) -> bool:
    return answer.text[1:-1] in texts


def is_refuted(predicted: Sequence[Answer], before: Answer, after: Answer) -> bool:
    """Whether a predicted effect would have to show on the later document, and does not.

    Args:
        predicted: What the reader answers on the whole known-good document after the changes, for each way in which
            they may have come about; none when it could not be asked.
        before: What it answers on the whole known-good document.
        after: What it answers on the later one.
    """
    if not predicted or signs(before, after):
        return False
    turned = [answer for answer in predicted if answer.type == "boolean" and not before.same_as(answer)]
    if turned and before.type == "boolean" and before.same_as(after):
        # A yes or no that had to turn stands as it was; where the records may lie so that it need not, nothing is hurt.
        return all(answer in turned or before.same_as(answer) for answer in predicted)
    return all(signs(before, answer) - {_EMPTIED} for answer in predicted)  # how many there are is the data's


def is_partial(impact: Impact, before: Answer, after: Answer) -> bool:
    """Whether only a part of the records is hurt: the cause is partial, and the answer still holds what it held."""
    shares = [share_of(change) for change in impact.because]
    if not shares or any(share >= 1.0 for share in shares):
        return False
    old, new = _scalar_items(before), _scalar_items(after)
    if old and new and _types(old).isdisjoint(_types(new)):
        return False  # whatever part of the records it is, the reader takes in no other
    if impact.proof is not None and _is_another_type(impact.proof.answer_before, impact.proof.answer_after):
        return False  # a single value of another type is wrong as a whole
    return after.type == before.type and not (after.empty and not before.empty)


def _is_another_type(before: Answer, after: Answer) -> bool:
    """Whether a text became a number, or the reverse."""
    types = {before.type, after.type}
    return "string" in types and bool(types & _NUMBERS)


def share_of(change: Change) -> float:
    """Return the share of the records that a change befalls, from 0 to 1; 0 where that of a part is not known."""
    return float(change.params.get("share", 0.0 if change.rule.id in _PARTIAL else 1.0))
