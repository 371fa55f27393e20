"""Generate mutations: the changes that rules name, at every position that some reader reads."""

from __future__ import annotations

from collections.abc import Iterator

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure import Change, ChangeMaker, Shape, load_rules

_IDS = ("uuid", "hex", "digits", "token")


def mutations(store: str, shape: Shape, read: frozenset[Path]) -> Iterator[Change]:
    """Yield every change of one store that a reader could notice.

    Args:
        store: The store's name.
        shape: Its accepted shape.
        read: The paths that are read, as paths of the whole document.
    """
    make = ChangeMaker(store, load_rules())
    yield make("store-missing", ROOT, {})
    yield make("store-encoded-twice", ROOT, {})
    if shape.fields:
        yield make("envelope-wrapped", ROOT, {"names": sorted(shape.fields), "into": "wrapped"}, ROOT / "wrapped")
    yield from _mutate_records(make, shape, read)
    for path in sorted({Path(end.steps[:n]) for end in read for n in range(1, len(end.steps) + 1)}):
        part, holder = shape.at(path), shape.at(path.parent)
        if part is None or holder is None or not part.total:
            continue
        if isinstance(path.last, Key):
            yield from _mutate_field(make, path, part, holder)
        yield from _mutate_kind(make, path, part)


def _mutate_records(make: ChangeMaker, shape: Shape, read: frozenset[Path]) -> Iterator[Change]:
    """Yield changes of whole records: other styles of their names, and sibling maps merged into one."""
    for path in sorted({end.parent for end in read if isinstance(end.last, Key)}):
        record = shape.at(path)
        if record is None or not record.fields or record.values is not None:
            continue
        snake = {name: restyled for name in record.fields if (restyled := _snake(name)) != name}
        if snake:
            yield make("names-changed-style", path, {"names": snake})
        letters = {name: f"k{number}" for number, name in enumerate(record.fields)}
        yield make("names-minified", path, {"names": letters})
        maps = {name: f"{name}Part" for name, part in record.fields.items() if part.values is not None}
        if len(maps) > 1:
            yield make("slices-merged", path, {"names": maps, "into": "merged"}, path / "merged")


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def _mutate_field(make: ChangeMaker, path: Path, shape: Shape, holder: Shape) -> Iterator[Change]:
    name = f"{path.name}Renamed"
    yield make("field-removed", path, {"share": 1.0})
    yield make("field-renamed", path, {"name": name}, path.parent / name)
    if shape.count(JsonType.NULL) == 0:
        yield make("field-became-nullable", path, {"share": 1.0})
        yield make("field-became-nullable", path, {"share": 0.5})
    if holder.presence(path.name) == 1.0 and holder.count(JsonType.OBJECT) > 1:
        yield make("field-became-optional", path, {"share": 0.5})
    if shape.fields and JsonType.OBJECT in shape.kinds:
        yield make("envelope-unwrapped", path, {}, path.parent)
    yield make("envelope-wrapped", path, {"names": [path.name], "into": "details"}, path.parent / "details")


def _mutate_kind(make: ChangeMaker, path: Path, shape: Shape) -> Iterator[Change]:
    if JsonType.BOOLEAN in shape.kinds:
        yield make("flag-became-number", path, {"as": "integer", "from": "boolean"})
        yield make("flag-became-text", path, {"as": "string", "from": "boolean", "words": ["true", "false"]})
        yield make("scalar-became-object", path, {"as": "object", "from": "boolean", "field": "value"})
        yield make("flag-inverted", path, {})
        if isinstance(path.last, Key):
            words = {"name": "status", "words": ["off", "on"], "as": "string", "from": "boolean"}
            yield make("flag-became-enum", path, words, path.parent / "status")
    if JsonType.INTEGER in shape.kinds:
        yield make("number-became-text", path, {"as": "string", "from": "integer"})
        yield make("value-changed-scale", path, {"as": "scale", "factor": 0.01})
        yield make("whole-became-fraction", path, {"as": "number", "from": "integer", "high": 1e9})
    if JsonType.STRING in shape.kinds:
        yield from _mutate_text(make, path, shape)
    if JsonType.ARRAY in shape.kinds:
        yield from _mutate_list(make, path, shape)
    if shape.values is not None:
        yield from _mutate_map(make, path, shape)
    if JsonType.ARRAY in shape.kinds or shape.values is not None:
        yield make("entries-dropped", path, {"keep": "last"})
        yield make("entries-dropped", path, {"keep": "first"})
        yield make("entries-emptied", path, {})


def _mutate_text(make: ChangeMaker, path: Path, shape: Shape) -> Iterator[Change]:
    yield make("scalar-became-object", path, {"as": "object", "from": "string", "field": "value"})
    yield make("text-emptied", path, {"as": "empty"})
    if isinstance(path.last, Key) and path.parent.last in (EACH_ITEM, EACH_VALUE) and shape.enum is None:
        yield make("values-became-alike", path, {"as": "constant", "value": "placeholder"})
    if "time-utc" in shape.forms:
        yield make("text-changed-form", path, {"as": "form", "old": "time-utc", "form": "time-local"})
        yield make("text-changed-form", path, {"as": "form", "old": "time-utc", "form": "local-date"})
        for high in (2e9, 2e12, 2e15):
            yield make("text-became-number", path, {"as": "integer", "from": "string", "high": high})
    elif set(_IDS) & set(shape.forms):
        yield make("text-became-number", path, {"as": "integer", "from": "string"})
    if "url" in shape.forms:
        yield make("text-changed-form", path, {"as": "form", "old": "url", "form": "blob"})
    if "json" in shape.forms:
        yield make("json-text-encoded-twice", path, {})


def _mutate_list(make: ChangeMaker, path: Path, shape: Shape) -> Iterator[Change]:
    items = shape.items
    ids = [name for name, part in items.fields.items() if set(_IDS) & set(part.forms)] if items else []
    yield make("list-became-map", path, {"key_field": ids[0] if ids else ""})
    yield make("list-became-page", path, {"field": "items", "beside": ["nextCursor"]}, path / "items")
    yield make("list-became-single", path, {})
    yield make("list-nested", path, {})
    yield make("order-reversed", path, {})
    if items is not None and len(items.types) > 1 and not items.fields:
        yield make("items-reordered", path, {"order": [1, 0], "rest": "stays"})
    yield make("items-repeated", path, {})
    yield make("list-became-text", path, {"as": "string", "from": "array"})
    if ids:
        home = Path((Key("records"),))
        yield make("records-became-references", Path((*path.steps, EACH_ITEM)), {"field": ids[0]}, home)
    if items is not None and items.count(JsonType.NULL) == 0:
        yield make("list-got-null-items", Path((*path.steps, EACH_ITEM)), {"share": 0.2})


def _mutate_map(make: ChangeMaker, path: Path, shape: Shape) -> Iterator[Change]:
    yield make("map-became-list", path, {"form": "values"})
    yield make("map-became-list", path, {"form": "entries"})
    yield make("map-became-tagged-entries", path, {})
    yield make("object-became-json-text", path, {})
    yield make("keys-changed-form", path, {"old": "uuid", "form": "hex"})
    yield make("keys-changed-form", path, {"old": "uuid", "form": "prefixed"})
    yield make("keys-changed-form", path, {"form": "suffix", "suffix": ":2", "followed": False})
    if shape.keys.keys() == {"digits"}:
        yield make("keys-changed-form", path, {"form": "counted", "by": 1})
    below = shape.values
    records = below.items if below is not None and below.items is not None else below
    for name, part in sorted(records.fields.items()) if records is not None else ():
        everywhere = records is not None and records.presence(name) == 1.0
        if everywhere and set(_IDS) & set(part.forms) and not shape.keyed.get(name):
            yield make("keys-changed-space", path, {"field": name})


def read_in_document(path: Path, *, inside_entry: bool) -> Path:
    """Return a path that a reader reads as a path of the whole document.

    Args:
        path: The path as the reader reads it.
        inside_entry: Whether the reader is given one entry of a store of many keys.
    """
    return Path((EACH_VALUE, *path.steps)) if inside_entry else path
