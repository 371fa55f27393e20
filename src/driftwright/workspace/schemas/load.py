"""Load the stores of a workspace: where each lies, its versions, and the small known-good stores of each version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json, parse_json_file, read_bytes
from driftwright.base.terms import Area, JsonType
from driftwright.base.toml import read_table
from driftwright.structure import Layout
from driftwright.workspace.schemas.bounds import check_bounds
from driftwright.workspace.schemas.counted import Counted, load_counted
from driftwright.workspace.schemas.nodes import Node, follow_reference
from driftwright.workspace.schemas.place import check_place, read_take
from driftwright.workspace.schemas.published import check_published, locked_digests

_PLACEHOLDER = re.compile(r"[^{}]*\{([^{}]+)\}[^{}]*\Z")  # as the redactor reads it
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KNOWN_GOOD = ("hidden", "made-up")


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of a store, or one documented alternative of it.

    Args:
        name: `v1`, `v2`, ... or `alt-...` for a shape that is documented but was never seen written.
        schema: The JSON Schema as parsed.
        file: The schema's file.
        layout: What it declares, compiled for folding.
        witnesses: Known-good stores by the name of their moment.
        counted: The counts of all known-good records, of which the witnesses keep a few.
    """

    name: str
    schema: Mapping[str, Any]
    file: str
    layout: Layout
    witnesses: Mapping[str, Any]
    counted: Counted = field(default_factory=Counted)

    @property
    def published(self) -> bool:
        """Whether some writer really wrote this shape."""
        return not self.name.startswith("alt-")

    @property
    def claims(self) -> Layout | None:
        """What the schema says beyond its known-good stores; None where a tool drafted it from nothing but them.

        What such a draft requires is what those stores happened to have: it makes no absence surer than they do.
        """
        sources = self.schema.get("x-source")
        is_draft = isinstance(sources, list) and all(str(source).startswith("tool: ") for source in sources)
        return None if is_draft and sources else self.layout


@dataclass(frozen=True, slots=True)
class Store:
    """A store that contracts may read.

    Args:
        name: The name contracts use.
        title: What it is, in words.
        owner: `<owner>/<store>`, its folder below the schemas.
        area: Where it lies: a storage area, or one beside storage.
        key: Its key, or a pattern with one `{placeholder}`.
        to_see: What to do in the app so that a capture shows it.
        versions: Published versions, oldest first.
        alternatives: Documented shapes that were never seen written.
        made_up: Whether the values of the known-good stores are made up in the form of the real ones; else they are
            hidden as a capture hides them.
        made_with: Which secret they were made up with, by the beginning of its hash; empty when that is not known.
        take: Beside storage, which of several it is: `first`, `last`, `all` or a number from 1; else empty.
    """

    name: str
    title: str
    owner: str
    area: Area
    key: str
    to_see: str
    versions: tuple[Version, ...]
    alternatives: tuple[Version, ...] = field(default=())
    made_up: bool = False
    made_with: str = ""
    take: str = ""

    @property
    def placeholder(self) -> str:
        """The name inside the key pattern's braces; empty for an exact key."""
        match = _PLACEHOLDER.match(self.key)
        return match.group(1) if match else ""

    @property
    def latest(self) -> Version:
        """The newest published version."""
        return self.versions[-1]

    def version(self, name: str) -> Version:
        """The version or alternative of that name.

        Raises:
            InputFault: There is none.
        """
        for version in (*self.versions, *self.alternatives):
            if version.name == name:
                return version
        names = ", ".join(version.name for version in self.versions)
        raise InputFault(f"{self.owner} has no version {name!r}", mend=f"known versions: {names}")


def load_stores(folder: File) -> Mapping[str, Store]:
    """Load every store below a schemas folder, by name.

    Raises:
        InputFault: A file is missing, not what it should be, or two stores have one name.
    """
    if not folder.is_dir():
        raise InputFault("no such folder of schemas", str(folder), "", "name a workspace with schemas/")
    locked = locked_digests(folder)
    stores: dict[str, Store] = {}
    for file in sorted(folder.glob("*/*/store.toml")):
        store = _load_store(file, locked)
        if store.name in stores:
            raise InputFault(f"the store name {store.name!r} is taken", str(file), "name", "choose another")
        stores[store.name] = store
    if not stores:
        raise InputFault("no store.toml in any <owner>/<store>/ folder", str(folder), "", "add a store")
    return stores


def _load_store(file: File, locked: Mapping[str, str]) -> Store:
    table = read_table(file)
    folder = file.parent
    versions = [_load_version(path, locked) for path in folder.glob("*.schema.json")]
    published = sorted((v for v in versions if v.published), key=lambda v: _number(v, file))
    if not published:
        raise InputFault("no published version", str(folder), "", "add v1.schema.json")
    area, key = Area(table.choice("area", list(Area))), table.text("key")
    check_place(table, area, key)
    store = Store(
        name=table.text("name"),
        title=table.text("title"),
        owner=f"{folder.parent.name}/{folder.name}",
        area=area,
        key=key,
        to_see=table.text("to_see", ""),
        versions=tuple(published),
        alternatives=tuple(sorted((v for v in versions if not v.published), key=lambda v: v.name)),
        made_up=table.choice("known_good", _KNOWN_GOOD, _KNOWN_GOOD[0]) == _KNOWN_GOOD[1],
        made_with=table.text("made_with", ""),
        take=read_take(table, area),
    )
    table.close()
    if not store.name.isidentifier():
        raise table.fault("must be a name that a function can take as an argument", "name")
    return store


def _number(version: Version, file: File) -> int:
    if not re.fullmatch(r"v[1-9][0-9]*", version.name):
        raise InputFault(f"{version.name!r} is not a version", str(file.parent), "", "name it vN or alt-NAME")
    return int(version.name[1:])


@lru_cache(maxsize=256)  # a process that judges several captures loads the same schemas for each
def _compile_schema(data: bytes, file: File) -> tuple[Mapping[str, Any], Layout]:
    """Return a schema that is checked, and its layout; nobody changes either."""
    schema = parse_json(data, str(file))
    if not isinstance(schema, dict):
        raise InputFault("a schema must be an object", str(file), "/", "write a JSON Schema")
    if schema.get("$schema") != _DIALECT:
        raise InputFault("unknown or missing $schema", str(file), "/$schema", f"write {_DIALECT!r}")
    root = Node(schema, schema, str(file))
    check_bounds(root)
    return schema, layout(follow_reference(root))


def _load_version(file: File, locked: Mapping[str, str]) -> Version:
    schema, declared = _compile_schema(read_bytes(file), file)
    name = file.name.removesuffix(".schema.json")
    check_published(file, f"{file.parent.parent.name}/{file.parent.name}/{name}", locked)
    witnesses = {
        path.name.removesuffix(".witness.json"): parse_json_file(path)
        for path in sorted((file.parent / name).glob("*.witness.json"))
    }
    counted = load_counted(file.with_name(f"{name}.shape.json"))
    return Version(name, schema, str(file), declared, witnesses, counted)


def layout(node: Node) -> Layout:
    """Compile a schema position into the layout that folding needs."""
    values, items = node.values(), node.items()
    fields = {name: layout(child) for name, child in node.fields().items()}
    kind = "map" if values is not None else "record" if fields else ""
    return Layout(
        kind=kind,
        fields=fields,
        required=frozenset(node.schema.get("required", ())),
        values=layout(values) if values else None,
        items=layout(items) if items else None,
        types=frozenset(JsonType(kind) for kind in node.types()),
        enum=tuple(node.schema.get("enum", ())),
    )
