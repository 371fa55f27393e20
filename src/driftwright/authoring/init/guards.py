"""Guards: what a reader relies on, written out as a function, so that a fallback takes over when it no longer holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step, StorePath
from driftwright.impact import Seen

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_TYPEOF = {"integer": "number", "number": "number", "NaN": "number", "string": "string", "boolean": "boolean"}


@dataclass(slots=True)
class _Place:
    """What is known of one position that a reader asks for."""

    seen: Seen | None = None
    below: dict[Step, _Place] = field(default_factory=dict)

    def at(self, path: Path) -> _Place:
        here = self
        for step in path.steps:
            here = here.below.setdefault(step, _Place())
        return here


def guard(store: str, reads: Mapping[StorePath, Seen]) -> str:
    """Return a function of the stores that is true while every read meets the types it met on known-good stores.

    It is plain code with plain names, so that a patch of the reader for a renamed field mends it as well.
    """
    root = _Place()
    for read, seen in reads.items():
        if read.store == store and seen.present:
            root.at(read.path).seen = seen
    types = root.seen.types if root.seen else frozenset({"object"})
    told = list(_inside(store, root, types, 0))
    return f"({{ {store} }}) =>\n  " + " &&\n  ".join(told or ["true"])


def _told(value: str, place: _Place, depth: int) -> Iterator[str]:
    types = place.seen.types if place.seen else frozenset()
    plain = sorted({_TYPEOF[kind] for kind in types if kind in _TYPEOF})
    held = any(kind in types for kind in ("object", "array"))
    if plain and not held:
        told = [f'typeof {value} === "{kind}"' for kind in plain]
        yield _unless(value, place, " || ".join(told), alone=len(told) == 1)
        return
    inner = " && ".join(_inside(value, place, types, depth))
    if inner:
        yield _unless(value, place, inner, alone="&&" not in inner)


def _inside(value: str, place: _Place, types: frozenset[str], depth: int) -> Iterator[str]:
    if place.below.get(EACH_ITEM) or "array" in types:
        yield f"Array.isArray({value})"
    elif place.below.get(EACH_VALUE):
        yield f'typeof {value} === "object" && !Array.isArray({value})'
    elif "object" in types:
        yield f'typeof {value} === "object"'
    for step, below in place.below.items():
        if isinstance(step, Key):
            reached = f"{value}.{step.name}" if _PLAIN.match(step.name) else f"{value}[{json.dumps(step.name)}]"
            yield from _told(reached, below, depth)
            continue
        each = f"item{depth or ''}" if step == EACH_ITEM else f"entry{depth or ''}"
        inner = " && ".join(_told(each, below, depth + 1))
        if inner:
            over = value if step == EACH_ITEM else f"Object.values({value})"
            yield f"{over}.every(({each}) => {inner})"


def _unless(value: str, place: _Place, told: str, *, alone: bool) -> str:
    """Let what need not be there be absent, and what may be null be null."""
    ways = []
    if place.seen and place.seen.presence != "always":
        ways.append(f"{value} === undefined")
    if place.seen and "null" in place.seen.types:
        ways.append(f"{value} === null")
    if not ways:
        return told if alone or " || " not in told else f"({told})"
    return f"({' || '.join(ways)} || {told if alone else f'({told})'})"
