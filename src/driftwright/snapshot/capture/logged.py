"""Stores in files that a client logged, as a capture looks for them.

They never come near a page: readers are asked about them in V8, apart from what a page holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, TypeAlias

from driftwright.snapshot.capture.asking import Readers
from driftwright.workspace import Store, Target

Place: TypeAlias = "tuple[File, str]"
"""A folder, and a path or glob that is named from there."""


@dataclass(frozen=True, slots=True, repr=False)
class LoggedStores:
    """Stores that lie in files; without a `repr`, for it holds the salt.

    Args:
        stores: The stores.
        places: By the name of each store where it lies.
        policy: What may be kept of them.
        salt: Key of the pseudonyms.
        readers: The readers to ask about them; None to ask none.
    """

    stores: tuple[Store, ...]
    places: Mapping[str, Place]
    policy: Mapping[str, Any]
    salt: bytes = field(repr=False)
    readers: Readers | None = None


def places_of(stores: Sequence[Store], target: Target, home: File) -> Mapping[str, Place]:
    """Return by the name of each store in files where they lie.

    Args:
        stores: The stores.
        target: Whose file may say for each where it lies on this machine, named from there.
        home: The folder of the workspace, from which a store's key is named.
    """
    beside = File(target.file).parent
    return {
        store.name: (beside, target.files[store.name]) if store.name in target.files else (home, store.key)
        for store in stores
    }
