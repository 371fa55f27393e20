"""Writings: texts that say what they said in another notation: other separators, units or abbreviations, or coded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from driftwright.base.jsontext import parse_text
from driftwright.base.path import Path, values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import by_chance
from driftwright.structure.change.durations import duration_notation, duration_text
from driftwright.structure.change.measures import unit_factor
from driftwright.structure.change.notation import Notation, is_base64, is_percent_coded, is_percent_plain
from driftwright.structure.shape import Shape, shape_rows

_FEWEST = 3
_MOST = 2000
_SHOWN = 1234.5
_SHOWN_SECONDS = 185

_MOST_LOOKED_AT = 20_000

_WORD = re.compile(r"[^\W\d_]+")

_Sides = tuple[Sequence[Any], Sequence[Any]]


def add_writing_changes(
    comparison: Comparison, documents: _Sides, shapes: tuple[Shape, Shape], same: frozenset[str] | None = None
) -> Comparison:
    """Return the comparison with the columns of texts that are written in another notation added to its changes.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
        same: The texts whose words say the same on both sides, for all others were made up on each side by itself; None
            where all words do.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("type", "place")}
    words = None if same is None else frozenset(word.lower() for text in same for word in _WORD.findall(text))
    changes = [item for item in _writing_changes(documents, shapes, words) if item.path not in known_paths]
    # What another notation explains is no other form besides.
    rewritten = {change.path for change in changes}
    kept = tuple(
        change for change in comparison.changes if change.rule.aspect != "form" or change.path not in rewritten
    )
    return replace(comparison, changes=kept).plus(changes)


def _writing_changes(documents: _Sides, shapes: tuple[Shape, Shape], words: frozenset[str] | None) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if later is None or row.shape.kinds != {JsonType.STRING} or later.kinds != {JsonType.STRING}:
            continue
        before, after = (_texts(side, row.path) for side in documents)
        if before and after and _is_encoded_twice(before, after):
            change = make_change(("form", "encoded-twice"), row.path, ("JSON text", "a JSON string"), {})
        else:
            change = _change_at(row.path, before, after, words) if min(len(before), len(after)) >= _FEWEST else None
        if change is not None:
            yield change


def _texts(side: Sequence[Any], path: Path) -> list[str]:
    values = islice(values_in(side, path), _MOST_LOOKED_AT)
    texts = [value for value in values if isinstance(value, str) and value]
    return texts[:: max(1, len(texts) // _MOST)]


def _is_encoded_twice(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether texts that held a JSON document hold a JSON string of such a text now."""
    return all(map(_holds_document, before)) and all(_holds_document(_unquoted(text)) for text in after)


def _holds_document(text: str) -> bool:
    return parse_text(text) is not text


def _unquoted(text: str) -> str:
    """Return the text that a JSON string holds; nothing for what is no JSON string."""
    if not text.startswith('"'):
        return ""
    try:
        held = json.loads(text)
    except ValueError:
        return ""
    return held if isinstance(held, str) else ""


def _change_at(path: Path, before: Sequence[str], after: Sequence[str], words: frozenset[str] | None) -> Change | None:
    lasts, lasts_now = duration_notation(before), duration_notation(after)
    if lasts and lasts_now and lasts != lasts_now and not by_chance(len(before), len(after), len(after)):
        shown = (duration_text(_SHOWN_SECONDS, lasts), duration_text(_SHOWN_SECONDS, lasts_now))
        return make_change(("form", "reformed"), path, shown, {"as": "duration", "before": lasts, "after": lasts_now})
    usual = Notation.of(before)
    if usual is None:
        if not is_base64(before) and is_base64(after):
            return make_change(("form", "reformed"), path, ("plain text", "Base64"), {"as": "base64"})
        return _percent_change(path, before, after)
    odd = [text for text in after if not usual.fits(text)]
    if not odd or by_chance(len(before), len(after), len(odd)):
        return None
    written = Notation.of(after)
    if written is None:
        return None
    now = written if words is None else _with_words_of(usual, written, words)
    if now in (usual, replace(usual, decimal=usual.decimal or ".", places=now.places)):
        return None  # numbers that were whole by chance
    numbers = [number for text in before if (number := usual.number(text)) is not None]
    numbers_now = [number for text in after if (number := written.number(text)) is not None]
    factor = unit_factor(usual, now, (numbers, numbers_now))
    params = {"as": "notation", "before": usual.record(), "after": now.record(), "factor": factor}
    return make_change(("form", "reformed"), path, (usual.text(_SHOWN), now.text(_SHOWN * factor)), params)


def _percent_change(path: Path, before: Sequence[str], after: Sequence[str]) -> Change | None:
    """Return that texts are written as in a URL now, or no longer; None where neither is so."""
    plain, coded = "plain text", "text as in a URL"
    # The first plain text shows that a side is not coded, so that is asked first.
    if is_percent_coded(after) and is_percent_plain(before):
        return make_change(("form", "reformed"), path, (plain, coded), {"as": "percent"})
    if is_percent_coded(before) and is_percent_plain(after):
        return make_change(("form", "reformed"), path, (coded, plain), {"as": "percent-decoded"})
    return None


def _with_words_of(usual: Notation, now: Notation, words: frozenset[str]) -> Notation:
    """Return a notation with the words of the usual one, where they differ in nothing but words that were made up."""

    def plain(text: str) -> str:
        return _WORD.sub(lambda word: word[0] if word[0].lower() in words else "_", text)

    prefix = usual.prefix if plain(usual.prefix) == plain(now.prefix) else now.prefix
    suffix = usual.suffix if plain(usual.suffix) == plain(now.suffix) else now.suffix
    return replace(now, prefix=prefix, suffix=suffix)
