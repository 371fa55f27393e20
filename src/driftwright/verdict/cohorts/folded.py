"""What many captures hold, folded: each distinct outline with its merged shapes, and how often it was seen.

It is a monoid: the folded parts of many captures, merged in any order, are the fold of all, to the byte.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from driftwright.base.errors import InputFault, visible
from driftwright.base.terms import Area
from driftwright.snapshot import AreaView, Entry
from driftwright.structure import Shape, fingerprint_of_shape, merge, outline_of

_MOST_NAMED = 20
_LONGEST = 300  # characters of what a foreign input is told with
_STRAYS = 50  # entries of one area that are no store where it should be


class Sighting(NamedTuple):
    """The outline, day and labels under which one user's stores are counted.

    Args:
        outline: The id of their outline.
        day: ISO 8601 date.
        app: The app's version; empty when it did not say.
        country: Two capital letters; empty when it did not say.
    """

    outline: str
    day: str
    app: str
    country: str


@dataclass(frozen=True, slots=True)
class SeenArea:
    """One storage area, with the shapes of the stores in it.

    Args:
        area: Which area.
        denied: Why it could not be looked at; empty when it could.
        strays: Entries that are a store in another place or way of writing: key, store, form.
        shapes: The shape of each store.
    """

    area: str
    denied: str
    strays: tuple[tuple[str, str, str], ...]
    shapes: Mapping[str, Shape]

    def merged(self, other: SeenArea) -> SeenArea:
        """Return the area of both, which have one outline."""
        shapes = {name: merge(shape, other.shapes[name]) for name, shape in self.shapes.items()}
        return SeenArea(self.area, self.denied, self.strays, shapes)

    def view(self) -> AreaView:
        """Return the area as a fingerprint tells it."""
        strays = tuple(Entry(key, store, {}, 0, form, None) for key, store, form in self.strays)
        shapes = tuple(
            Entry("", name, {}, 0, "shape", fingerprint_of_shape(shape)) for name, shape in self.shapes.items()
        )
        return AreaView(Area(self.area), (*strays, *shapes), 0, self.denied)

    def outline(self) -> Any:
        """Return the area without counts, as plain JSON."""
        return [self.area, self.denied, self.strays, {name: outline_of(shape) for name, shape in self.shapes.items()}]


@dataclass(frozen=True, slots=True)
class Odd:
    """Inputs that were set aside.

    Args:
        count: How many.
        named: The first in the order of their text, at most 20, each with the reason.
    """

    count: int = 0
    named: tuple[str, ...] = ()

    def merged(self, other: Odd) -> Odd:
        """Return both together."""
        named = tuple(sorted({*self.named, *other.named})[:_MOST_NAMED])
        return Odd(self.count + other.count, named)


@dataclass(frozen=True, slots=True)
class Folded:
    """Many captures, folded.

    Args:
        outlines: Each distinct outline by its id, with its merged shapes.
        counts: How many captures there are of each sighting.
        odd: The inputs that were set aside.
    """

    outlines: Mapping[str, tuple[SeenArea, ...]] = field(default_factory=dict)
    counts: Mapping[Sighting, int] = field(default_factory=dict)
    odd: Odd = Odd()


def odd_input(name: str, reason: str, count: int = 1) -> Odd:
    """Return so many inputs that are set aside, the first of them named within bounds."""
    return Odd(count, (f"{visible(name)[:_LONGEST]}: {visible(reason)[:_LONGEST]}",))


def seen_area(view: AreaView, shapes: Mapping[str, Shape], strays: Iterable[Entry]) -> SeenArea:
    """Return an area with the shapes of its stores; of entries that are none the key, store and form are kept.

    Raises:
        InputFault: It has more strays than any capture.
    """
    others = tuple(sorted({(entry.key[:_LONGEST], entry.store[:_LONGEST], entry.form) for entry in strays}))
    if len(others) > _STRAYS:
        raise InputFault("too many entries that are no store", "", f"/areas/{view.area}", "capture it again")
    return SeenArea(str(view.area), view.denied[:_LONGEST], others, dict(sorted(shapes.items())))


def outline_id(areas: tuple[SeenArea, ...]) -> str:
    """Return the id of an outline: 16 hex digits."""
    text = json.dumps([area.outline() for area in areas], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def merge_folded(parts: Iterable[Folded]) -> Folded:
    """Return all parts together; in which order and in which parts does not matter."""
    outlines: dict[str, tuple[SeenArea, ...]] = {}
    counts: Counter[Sighting] = Counter()
    odd = Odd()
    for part in parts:
        for name, areas in part.outlines.items():
            before = outlines.get(name)
            outlines[name] = (
                tuple(area.merged(other) for area, other in zip(before, areas, strict=True)) if before else areas
            )
        counts.update(part.counts)
        odd = odd.merged(part.odd)
    return Folded(dict(sorted(outlines.items())), dict(sorted(counts.items())), odd)


def folded_text(folded: Folded) -> str:
    """Return what was folded as JSON; the same captures give the same text."""
    record = {
        "outlines": {
            name: [
                [
                    area.area,
                    area.denied,
                    area.strays,
                    {store: fingerprint_of_shape(s) for store, s in area.shapes.items()},
                ]
                for area in areas
            ]
            for name, areas in sorted(folded.outlines.items())
        },
        "counts": [[*sighting, count] for sighting, count in sorted(folded.counts.items())],
        "odd": [folded.odd.count, folded.odd.named],
    }
    return json.dumps(record, ensure_ascii=True, sort_keys=True)
