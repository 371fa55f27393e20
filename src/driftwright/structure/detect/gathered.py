"""Gathered keys: entries of a storage that now stand together in one entry, each under the last part of its key.

`app:cart`, `app:session` and `app:ui` became the fields `cart`, `session` and `ui` of the one entry `app`. Each entry
by itself looks like one of many that happens not to be there; that the contents stand elsewhere shows that they moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.jsontext import parse_text
from driftwright.base.path import ROOT, Path
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.likeness import likeness
from driftwright.structure.detect.keys import common_prefix
from driftwright.structure.rules import load_rules
from driftwright.structure.shape import fold

_FEWEST = 2
_ALIKE = 0.45
_LAST_PART = re.compile(r"[A-Za-z0-9_]+\Z")


def add_gathered_changes(comparison: Comparison, known: Sequence[Any], later: Any) -> Comparison:
    """Return the comparison with the entries that now stand together in another entry added to its changes.

    Args:
        comparison: What changed.
        known: The known-good documents.
        later: The later one.
    """
    gathered = tuple(_find_gathered(known, later))
    if not gathered:
        return comparison
    gone = [change.path for change in gathered]
    changes = tuple(change for change in comparison.changes if change.path not in gone)
    unseen = tuple(path for path in comparison.unseen if not any(path.within(moved) for moved in gone))
    return Comparison((*changes, *gathered), unseen)


def _find_gathered(known: Sequence[Any], later: Any) -> Iterator[Change]:
    if not isinstance(later, dict) or not known or not all(isinstance(document, dict) for document in known):
        return
    always = set(known[0]).intersection(*known[1:])
    gone = sorted(key for key in always if key not in later)
    new = [key for key in later if not any(key in document for document in known)]
    if len(gone) < _FEWEST:
        return
    for into in new:
        inner = parse_text(later[into])
        names = _fields_of(gone, known[-1], inner) if isinstance(inner, dict) else {}
        if len(names) < _FEWEST:
            continue
        for key, name in names.items():
            yield _make_move(ROOT / key, ROOT / into / name)
        return


def _make_move(path: Path, to: Path) -> Change:
    rule = load_rules()["field-moved"]
    return Change(rule, "", path, to, "", "", rule.message.format(path=path, to=to, before="", after=""), {})


def _fields_of(gone: Sequence[str], before: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, str]:
    """Return the entries that stand in a record, each with the field that it became.

    Under their whole keys they went into an envelope, which the shapes show.
    """
    shared = len(common_prefix(min(gone), max(gone)))
    fields = {}
    for key in gone:
        last = _LAST_PART.search(key)
        names = (key[shared:], last.group() if last else "")
        name = next((name for name in names if name not in ("", key) and name in inner), None)
        if name is not None and _are_alike(before[key], inner[name]):
            fields[key] = name
    return fields


def _are_alike(value: Any, other: Any) -> bool:
    return likeness(fold([parse_text(value)]), fold([parse_text(other)])) >= _ALIKE
