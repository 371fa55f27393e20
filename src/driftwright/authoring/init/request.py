"""The input of init."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.terms import Area

Redact = Callable[[Mapping[str, Any], Sequence[Any]], Sequence[Any]]
"""Hides the values of documents as a capture does: takes a redaction policy and documents."""


@dataclass(frozen=True, slots=True)
class StoreGiven:
    """One store of which a workspace is made.

    Args:
        name: The name that readers will call it by.
        area: Where it lies.
        key: Its key there.
        is_assumed: Whether nothing says the area.
    """

    name: str
    area: Area
    key: str
    is_assumed: bool = False

    @property
    def title(self) -> str:
        """Its title in the workspace."""
        return f"The store {self.name}"


@dataclass(frozen=True, slots=True)
class InitRequest:
    """The input from which a workspace is made.

    Args:
        stores: The stores.
        owner: Their owner: a folder below `schemas`.
        url: Where the page is; empty when that is not known yet.
        moments: The stores as they were, at least twice: by name the document of each store that was there.
        readers: The source of the module of readers.
        readers_file: How messages name that module.
        is_chosen: Whether the stores were named; otherwise those that no reader reads are left out.
        notes: Sentences about what was left out.
    """

    stores: tuple[StoreGiven, ...]
    owner: str
    url: str
    moments: tuple[Mapping[str, Any], ...]
    readers: str
    readers_file: str
    is_chosen: bool = True
    notes: tuple[str, ...] = ()

    @property
    def has_target(self) -> bool:
        """Whether a probe can look at the stores: the page is known, or all of them lie in files."""
        return bool(self.url) or all(store.area is Area.FILE for store in self.stores)

    @property
    def target(self) -> str:
        """The name of the probe's target: that of the store, where it is the only one."""
        return self.stores[0].name if len(self.stores) == 1 else "page"

    def documents(self, store: str) -> tuple[Any, ...]:
        """Return the documents of a store, by the order of the moments in which it was there."""
        return tuple(moment[store] for moment in self.moments if store in moment)
