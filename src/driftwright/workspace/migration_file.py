"""Read migrations: one TOML file each, checked against the stores that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.path import Path, StorePath
from driftwright.base.toml import Table, read_table, suggestion
from driftwright.workspace.code import Code, read_code
from driftwright.workspace.migration import MERGES, FieldClass, Kept, Migration, MigrationKind, Moved, Parents
from driftwright.workspace.schemas.load import Store, Version
from driftwright.workspace.schemas.nodes import Node, follow_reference

FORMAT = "migration-v1"

_STORE = re.compile(r"(\w+)(?:@(v[1-9][0-9]*)(?:\.\.(v[1-9][0-9]*))?)?\Z")
_PLACE = re.compile(r"(\w+):(/.*)\Z")


def load_migrations(folder: File, stores: Mapping[str, Store]) -> tuple[Migration, ...]:
    """Load every migration of a folder, by name; none where there is no such folder.

    Args:
        folder: The folder of the migrations.
        stores: The stores of the workspace, by name.

    Raises:
        InputFault: A file has an unknown key, a missing one, or one of the wrong type, or names a store, a version, a
            field or a function that is not there.
    """
    return tuple(load_migration(file, stores) for file in sorted(folder.glob("*.toml")))


def load_migration(file: File, stores: Mapping[str, Store]) -> Migration:
    """Load one migration.

    Raises:
        InputFault: See `load_migrations`.
    """
    table = read_table(file)
    table.choice("format", [FORMAT], FORMAT)
    kind = MigrationKind(table.choice("kind", list(MigrationKind), MigrationKind.RE_KEY))
    ends = _ends(table, stores)
    keep = tuple(_keep(table, ends))
    migration = Migration(
        name=file.stem,
        title=table.text("title"),
        file=table.file,
        kind=kind,
        moved=ends.moved,
        read=ends.read,
        to=ends.to,
        move=read_code(table, "move"),
        back=_optional(table, "back"),
        apply=_optional(table, "apply"),
        keep=keep,
        classes=_classes(table, ends, keep),
        copies=table.texts("copies"),
        parents=_parents(table, ends),
        dropped=_reasons(table, "drop"),
        dropped_keys=_reasons(table, "drop_keys"),
    )
    _check(migration, table)
    table.close()
    return migration


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where a migration starts and where it ends."""

    moved: tuple[Moved, ...]
    read: tuple[Store, ...]
    to: tuple[Store, ...]

    def source(self, table: Table, text: str) -> tuple[Moved, tuple[str, ...]]:
        """Return the store and the field that `store.field` names; a field alone is one of the first store."""
        parts = tuple(text.split("."))
        for moved in self.moved:
            if moved.store.name == parts[0]:
                return moved, parts[1:]
        if not all(parts):
            raise table.fault(f"{text!r} is no field", "keep", "write it as field, store.field or store")
        return self.moved[0], parts

    def target(self, table: Table, text: str, place: str) -> tuple[Store, tuple[str, ...]]:
        """Return the store and the field that a new field's name means."""
        parts = tuple(text.split("."))
        for store in self.to:
            if store.name == parts[0]:
                return store, parts[1:]
        if not all(parts):
            raise table.fault(f"{text!r} is no field", place, "write it as field, store.field or store")
        return self.to[0], parts


def _ends(table: Table, stores: Mapping[str, Store]) -> _Ends:
    moved: list[Moved] = []
    read: list[Store] = []
    for text in table.texts("from"):
        store, versions = _versions(table, "from", text, stores)
        if versions:
            moved.append(Moved(store, versions))
        else:
            read.append(store)
    if not moved:
        raise table.fault(
            "names no store whose entries are moved", "from", 'write it with its versions: "store@v1..v3"'
        )
    to = tuple(_versions(table, "to", text, stores)[0] for text in _to(table))
    if not to:
        raise table.fault("names no store", "to", 'write the new store: "store@v1"')
    own = [*(end.store for end in moved), *to]
    keys = [(store.area, store.key) for store in {store.name: store for store in own}.values()]
    if len({key for _, key in keys}) < len(keys):
        raise table.fault("two of its stores have one key", "to", "one key must tell which store it belongs to")
    return _Ends(tuple(moved), tuple(read), to)


def _to(table: Table) -> tuple[str, ...]:
    value = table.value("to")
    return (value,) if isinstance(value, str) else table.texts("to")


def _versions(table: Table, name: str, text: str, stores: Mapping[str, Store]) -> tuple[Store, tuple[Version, ...]]:
    match = _STORE.match(text)
    if match is None:
        raise table.fault(f"{text!r} is no store", name, "write store, store@v1 or store@v1..v3")
    store = stores.get(match[1])
    if store is None:
        raise table.fault(f"unknown store {match[1]!r}", name, suggestion(match[1], stores) or "see schemas/")
    known = [version.name for version in store.versions]
    first, last = match[2], match[3] or match[2]
    if first is None:
        return store, ()
    for version in (first, last):
        if version not in known:
            raise table.fault(f"{store.name} has no version {version!r}", name, f"known versions: {', '.join(known)}")
    chosen = store.versions[known.index(first) : known.index(last) + 1]
    if not chosen:
        raise table.fault(f"{text!r} ends before it begins", name, f"write {store.name}@{last}..{first}")
    return store, chosen


def _optional(table: Table, name: str) -> Code | None:
    return read_code(table, name) if name in table else None


def _keep(table: Table, ends: _Ends) -> Iterator[Kept]:
    for text, new in table.mapping("keep").items():
        if not isinstance(new, str):
            raise table.fault("must be the name of a new field", f"keep.{text}", "write it as a text")
        moved, path = ends.source(table, text)
        store, target = ends.target(table, new, f"keep.{text}")
        _check_field(table, f"keep.{text}", moved.store, moved.versions, path)
        _check_field(table, f"keep.{text}", store, (store.latest,), target)
        yield Kept(moved.store.name, path, store.name, target)


def _check_field(table: Table, place: str, store: Store, versions: tuple[Version, ...], path: tuple[str, ...]) -> None:
    """Refuse a field that no version declares: it would never be there, and prove nothing."""
    known: set[str] = set()
    for version in versions:
        node: Node | None = entry_of(store, version)
        for depth, name in enumerate(path):
            fields = node.fields() if node is not None else {}
            if depth == 0:
                known |= set(fields)
            node = fields.get(name)
            if node is None:
                break
        else:
            return
    mend = suggestion(path[0], known) or "declare it in the schema"
    raise table.fault(f"{store.name} declares no field {'.'.join(path)!r}", place, mend)


def entry_of(store: Store, version: Version) -> Node:
    """Return what a version declares of one entry of a store: of each value of its map, or of the whole document."""
    root = follow_reference(Node(version.schema, version.schema, version.file))
    values = root.values() if store.placeholder else None
    return values if values is not None else root


def _classes(table: Table, ends: _Ends, keep: tuple[Kept, ...]) -> Mapping[str, FieldClass]:
    for name, rule in table.mapping("merge").items():
        if name not in list(FieldClass) or rule != MERGES[FieldClass(name)]:
            known = "; ".join(f'{kind} = "{words}"' for kind, words in MERGES.items())
            raise table.fault("no such way to merge", f"merge.{name}", f"known: {known}")
    fields = table.table("fields")
    classes: dict[str, FieldClass] = {}
    for kind in FieldClass:
        for text in fields.texts(str(kind)):
            store, path = ends.target(fields, text, str(kind))
            name = ".".join((store.name, *path))
            if name not in {kept.target for kept in keep}:
                raise fields.fault(f"{text!r} is no field that is kept", str(kind), "name it in keep")
            classes[name] = kind
    fields.close()
    return classes


def _parents(table: Table, ends: _Ends) -> Parents:
    part = table.table("parent")
    names = {*(moved.store.name for moved in ends.moved), *(store.name for store in ends.read)}
    parents = Parents(*(tuple(_places(part, name, names)) for name in ("known", "children", "named")))
    part.close()
    return parents


def _places(table: Table, name: str, stores: set[str]) -> Iterator[StorePath]:
    for text in table.texts(name):
        match = _PLACE.match(text)
        if match is None:
            raise table.fault(f"{text!r} is no place", name, "write it as store:/path")
        if match[1] not in stores:
            raise table.fault(f"{match[1]!r} is no store of 'from'", name, suggestion(match[1], stores))
        yield StorePath(match[1], Path.parse(match[2]))


def _reasons(table: Table, name: str) -> Mapping[str, str]:
    reasons = table.mapping(name)
    for word, reason in reasons.items():
        if not isinstance(reason, str) or not reason.strip():
            raise table.fault("needs a reason", f"{name}.{word}", "say in words why nobody misses it")
    return reasons


def _check(migration: Migration, table: Table) -> None:
    if not migration.keep:
        raise table.fault("keeps nothing", "keep", "name each old field with the new one that it becomes")
    if migration.kind is MigrationKind.UPGRADE:
        return
    if not migration.parents.known or not migration.parents.children:
        mend = "write known and children, so that a wrong parent can be told"
        raise table.fault("does not say where parents are known", "parent", mend)
    if len(migration.to) > 1 or not migration.to[0].placeholder:
        raise table.fault("must be one store of many keys", "to", 'give it a key with one "{placeholder}"')
