"""Confirm a capture that shows no drift: its records are counted, and what no known-good store shows is kept as one.

One session proves little about what is optional, constant or small. Each confirmed capture makes false alarms rarer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from driftwright.authoring.accept.moments import drop_hidden_fields
from driftwright.authoring.init.texts import json_file
from driftwright.authoring.known_good import is_kept_whole
from driftwright.structure import Shape, adapt_layout, fold, make_witness
from driftwright.verdict import Observed
from driftwright.workspace import Counted, accepted_shape

_MOST_WITNESSES = 12
"""Known-good stores of a version; each is replayed at every check."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmed capture adds to one store.

    Args:
        files: The text of each file, by its path from the workspace's folder.
        line: What was added, in one line of text.
    """

    files: Mapping[str, str]
    line: str


def confirm_stores(observed: Mapping[str, Observed]) -> Iterator[Confirmed]:
    """Yield what a capture without drift adds to each store that it shows, and that was not counted before.

    Args:
        observed: The captured stores by name.
    """
    for item in observed.values():
        is_here = item.state == "here" and item.document is not None and item.accepted is item.store.latest
        if is_here and not item.accepted.counted.holds(item.document):
            yield _confirm(item)


def _confirm(item: Observed) -> Confirmed:
    version, usual = item.accepted, accepted_shape(item.accepted)
    shape = fold([item.document], adapt_layout(item.document, version.layout, usual))
    # The page hides a store in another way than the one in which its known-good stores were made up.
    is_hidden_alike = not item.store.made_up or item.raw is not None
    known = Counted(usual, version.counted.counted).plus(version.witnesses.values(), Shape())
    counted = known.plus([item.document], shape if is_hidden_alike else _without_values(shape))
    folder = f"schemas/{item.store.owner}"
    files = {f"{folder}/{version.name}.shape.json": json_file(counted.record())}
    line = f"{item.store.name}: {version.name} ({item.store.owner}), its records are counted as known to be good"
    if is_hidden_alike and item.comparison.unseen and len(version.witnesses) < _MOST_WITNESSES:
        moment = _free_name(version.witnesses)
        files[f"{folder}/{version.name}/{moment}.witness.json"] = json_file(_witness(item, shape))
        line += f", and kept as the moment {moment}, which lacks what the others have"
    return Confirmed(files, line)


def _witness(item: Observed, shape: Shape) -> Any:
    document = item.document
    small = document if is_kept_whole(document) else make_witness(document, shape)
    return drop_hidden_fields(small, shape)


def _free_name(taken: Mapping[str, Any]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"confirmed-{number}") not in taken)


def _without_values(shape: Shape) -> Shape:
    """Return a shape without the words and bounds of its values."""
    return replace(
        shape,
        enum=frozenset(),
        low=None,
        high=None,
        fields={name: _without_values(part) for name, part in shape.fields.items()},
        values=_without_values(shape.values) if shape.values else None,
        items=_without_values(shape.items) if shape.items else None,
    )
