"""Version resolution: which published version a captured store is nearest to, and its distance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driftwright.base.terms import JsonType
from driftwright.structure import Layout, Shape, fold, merge
from driftwright.workspace.schemas.load import Store, Version


@dataclass(frozen=True, slots=True)
class Resolution:
    """The nearest version of a store.

    Args:
        version: The nearest version or documented alternative; None when nothing is near.
        distance: How many declared things are missing, of another type, or undeclared.
        runner_up: The next nearest version's name; empty when there is only one.
    """

    version: Version | None
    distance: int
    runner_up: str = ""


def accepted_shape(version: Version) -> Shape:
    """Return what a version is known to look like: all records that were counted, and the witnesses beside them."""
    others = [document for document in version.witnesses.values() if not version.counted.holds(document)]
    witnesses = fold(others, version.layout)
    return merge(version.counted.shape, witnesses) if version.counted.counted else witnesses


def resolve(shape: Shape, store: Store) -> Resolution:
    """Return the nearest version of a store to a captured shape; its version is None when none is near enough.

    A version that declares what is not there is further off than one that does not, so that five shapes under one
    version number are told apart by what their writers wrote.
    """
    return _nearest(store, lambda _: shape)


def resolve_document(document: Any, store: Store, newest: Shape | None = None) -> Resolution:
    """Return the nearest version of a store to a captured document, folded as each version declares it.

    What one version declares as a map is a record of strange names to another: only its own layout does it justice.

    Args:
        document: The captured store.
        store: Its declaration.
        newest: The document folded by the newest version's layout, where that is known already.
    """
    shape = newest or fold([document], store.latest.layout)
    if _Distance.of(shape, store.latest.layout) == _Distance(0, 0):
        return Resolution(store.latest, 0, store.versions[-2].name if len(store.versions) > 1 else "")
    # Most versions differ in fields and types alone, and are folded alike.
    shapes = {_decisions(store.latest.layout): shape}

    def shape_by(version: Version) -> Shape:
        decisions = _decisions(version.layout)
        if decisions not in shapes:
            shapes[decisions] = fold([document], version.layout)
        return shapes[decisions]

    return _nearest(store, shape_by)


_Decisions = tuple[Any, ...]


def _decisions(layout: Layout | None) -> _Decisions:
    """What of a layout decides how a document is folded: where maps are, and where records; () where it is silent."""
    if layout is None:
        return ()
    below = ((name, _decisions(part)) for name, part in sorted(layout.fields.items()))
    fields = tuple((name, decisions) for name, decisions in below if decisions)
    values, items = _decisions(layout.values), _decisions(layout.items)
    return (layout.kind, fields, values, items) if layout.kind or fields or values or items else ()


def _nearest(store: Store, shape_by: Callable[[Version], Shape]) -> Resolution:
    measured = [
        (_Distance.of(shape_by(version), version.layout), -number, version)
        for number, version in enumerate((*store.alternatives, *store.versions))
    ]
    # What fits a version that was seen written is that version, however little else an unseen alternative declares.
    ranked = sorted(
        (measure.wrong, not version.published, measure, number, version) for measure, number, version in measured
    )
    _, _, distance, _, nearest = ranked[0]
    runner_up = ranked[1][-1].name if len(ranked) > 1 else ""
    declared = max(1, _size(nearest.layout))
    if distance.wrong * 2 > declared:
        return Resolution(None, distance.wrong, nearest.name)
    return Resolution(nearest, distance.wrong, runner_up)


@dataclass(frozen=True, slots=True, order=True)
class _Distance:
    wrong: int
    absent: int

    @classmethod
    def of(cls, shape: Shape, layout: Layout) -> _Distance:
        wrong, absent = _compare(shape, layout)
        return cls(wrong, absent)


def _compare(shape: Shape, layout: Layout) -> tuple[int, int]:
    if layout.types and any(not _allowed(kind, layout) for kind in shape.types):
        return 1 + len(layout.required), 0
    wrong = absent = 0
    if shape.count(JsonType.OBJECT) > shape.empty and layout.kind == "record":
        missing = [name for name in layout.fields if name not in shape.fields]
        wrong += sum(1 for name in missing if name in layout.required)
        absent += sum(1 for name in missing if name not in layout.required)
        wrong += sum(1 for name in shape.fields if name not in layout.fields)
    pairs = [(shape.fields[name], part) for name, part in layout.fields.items() if name in shape.fields]
    pairs += [(s, d) for s, d in ((shape.values, layout.values), (shape.items, layout.items)) if s and d]
    for part, declared in pairs:
        wrong_below, absent_below = _compare(part, declared)
        wrong, absent = wrong + wrong_below, absent + absent_below
    return wrong, absent


def _allowed(kind: JsonType, layout: Layout) -> bool:
    return kind in layout.types or (kind is JsonType.INTEGER and JsonType.NUMBER in layout.types)


def _size(layout: Layout) -> int:
    parts = [part for part in (layout.values, layout.items) if part]
    return len(layout.fields) + sum(map(_size, (*layout.fields.values(), *parts)))
