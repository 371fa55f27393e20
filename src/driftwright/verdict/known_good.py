"""Known-good documents, and situations small enough to be replayed many times: made alike for `diff` and `check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from driftwright.base.jsontext import json_text
from driftwright.impact import Situation
from driftwright.structure import Shape, make_witness

_LARGE = 20_000
"""Characters of JSON from which on a known-good store is made smaller before changes are replayed on it."""


def distinct(documents: Iterable[Any]) -> tuple[Any, ...]:
    """Return documents without repetitions: the same store twice is no second session."""
    return tuple({json_text(document): document for document in documents}.values())


def small_situations(
    known: Sequence[Situation], shapes: Mapping[str, Callable[[], Shape]], named: frozenset[str]
) -> tuple[Situation, ...]:
    """Return known-good situations with their large stores made smaller; those without a large one as they are.

    Args:
        known: The situations.
        shapes: By the name of each store, what returns the shape of its known-good documents.
        named: The texts that stand in the readers' source: entries under these keys are kept.
    """
    return tuple(_reduced(situation, shapes, named) for situation in known)


def _reduced(situation: Situation, shapes: Mapping[str, Callable[[], Shape]], named: frozenset[str]) -> Situation:
    large = {
        name: make_witness(document, shapes[name](), named)
        for name, document in situation.stores.items()
        if document is not None and len(json_text(document)) > _LARGE
    }
    return replace(situation, stores={**situation.stores, **large}) if large else situation
