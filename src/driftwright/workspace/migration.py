"""Migrations: how a release moves what an earlier one stored, and what must hold of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from driftwright.base.path import StorePath
from driftwright.workspace.code import Code
from driftwright.workspace.schemas.load import Store, Version


class MigrationKind(StrEnum):
    """What a migration does.

    `RE_KEY`: records that lie under many keys become one record for each parent. `UPGRADE`: stores are written anew in
    the form that a new release reads.
    """

    RE_KEY = "re-key"
    UPGRADE = "upgrade"


class FieldClass(StrEnum):
    """The kind of a field of a new record; it decides how the values of several old records are merged in it."""

    COUNTERS = "counters"
    LOGS = "logs"
    TIMES = "times"
    FLAGS = "flags"
    VALUES = "values"


MERGES: Mapping[FieldClass, str] = {
    FieldClass.COUNTERS: "max of copies, sum of distinct",
    FieldClass.LOGS: "union",
    FieldClass.TIMES: "max",
    FieldClass.FLAGS: "any",
    FieldClass.VALUES: "newest",
}
"""How each class of fields merges, in the words of a migration's file."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A store whose entries are moved.

    Args:
        store: The store.
        versions: The versions that profiles may hold, oldest first.
    """

    store: Store
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that is kept.

    Args:
        store: The store that it stands in.
        path: Its place in an entry of that store; empty for the whole entry.
        to: The store that it goes to.
        new: Its place in an entry of that; empty for the whole entry.
    """

    store: str
    path: tuple[str, ...]
    to: str
    new: tuple[str, ...]

    def __str__(self) -> str:
        """The field as a migration's file writes it."""
        return ".".join((self.store, *self.path))

    @property
    def target(self) -> str:
        """The new field as a migration's file writes it."""
        return ".".join((self.to, *self.new))


@dataclass(frozen=True, slots=True)
class Parents:
    """Where a profile tells which parent a key belongs to.

    Args:
        known: Maps whose keys are parents.
        children: Values below a map: each is the id of a child of that key of the map under which it stands.
        named: Fields of entries that name the entry's parent; such a name counts only where it is the key of a map in
            `known`, for an entry may be wrong about itself.
    """

    known: tuple[StorePath, ...] = ()
    children: tuple[StorePath, ...] = ()
    named: tuple[StorePath, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration of a consumer's own storage.

    Args:
        name: Its file's name without the ending.
        title: What it does, in words.
        file: Its file.
        kind: What it does.
        moved: The stores whose entries are moved.
        read: Stores of others that it reads and never writes.
        to: The stores that it writes.
        move: The function `(stores, now) => {write, remove, wait, drop}`.
        back: The function that undoes it, for a release that is taken back; None where there is none.
        apply: The function `(plan, storage) => void` that carries an answer out; None for the usual order.
        keep: The fields that are kept.
        classes: What the kept fields of new records are, by `Kept.target`; `VALUES` where nothing is said.
        copies: Lists of an entry by which copies of one record are known: those of one begin those of the other.
        parents: Where a profile tells which parent a key belongs to.
        dropped: Fields that are not kept, as `store.field`, each with the reason.
        dropped_keys: The reasons for which a whole key may be dropped, by the word that the function answers.
    """

    name: str
    title: str
    file: str
    kind: MigrationKind
    moved: tuple[Moved, ...]
    read: tuple[Store, ...]
    to: tuple[Store, ...]
    move: Code
    back: Code | None
    apply: Code | None
    keep: tuple[Kept, ...]
    classes: Mapping[str, FieldClass]
    copies: tuple[str, ...]
    parents: Parents
    dropped: Mapping[str, str]
    dropped_keys: Mapping[str, str]

    @property
    def own(self) -> tuple[Store, ...]:
        """The stores that it may write or remove from: those that are moved, then the new ones."""
        stores = {moved.store.name: moved.store for moved in self.moved}
        return tuple((stores | {store.name: store for store in self.to}).values())

    @property
    def stores(self) -> tuple[Store, ...]:
        """All stores that its function is given."""
        return (*self.own, *self.read)

    def class_of(self, kept: Kept) -> FieldClass:
        """What a kept field is."""
        return self.classes.get(kept.target, FieldClass.VALUES)

    def codes(self) -> Iterator[Code]:
        """Yield its functions."""
        yield from filter(None, (self.move, self.back, self.apply))
