"""Draft the first schema of a store from documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftwright.base.forms import ID_FORMS
from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Key, Path, values_at
from driftwright.base.terms import JsonType
from driftwright.structure import Shape, shape_rows

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DRAFTED = "tool: drafted from known-good stores, and requires what these had"
_ORDER = tuple(JsonType)
_LEAST_ID = 1000
_BY = re.compile(r"(?<=[a-z])By[A-Z]\w*$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A schema draft.

    Args:
        store: The store's name.
        title: The schema's title.
        documents: The documents that it is made from.
        shape: Their shape.
        places: The storage area and the key of the store by its name, for readers that ask the storage themselves.
    """

    store: str
    title: str
    documents: Sequence[Any]
    shape: Shape
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def schema(self, kept: frozenset[Path] = frozenset()) -> dict[str, Any]:
        """Return the JSON Schema; values at the paths `kept` are declared as ones that a capture may keep."""
        root = {"$schema": DIALECT, "title": self.title, "x-source": [DRAFTED]}
        return {**root, **_Writer(self, kept, _find_maps(self)).node(self.shape, ROOT)}


def kind_of(path: Path) -> str:
    """Return the singular noun for the keys of a map, taken from its name: `order` for `ordersById`."""
    name = next((step.name for step in reversed(path.steps) if isinstance(step, Key)), "")
    words = re.sub(r"[^A-Za-z0-9]+", " ", _BY.sub("", name)).strip()
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", words).lower().rpartition(" ")[2]
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    return word or "entry"


def _find_maps(drafted: Draft) -> dict[Path, tuple[frozenset[str], ...]]:
    """Return for each map that ids may refer to its keys in each document."""
    named = [
        row.path
        for row in shape_rows(drafted.shape)
        if row.shape.values is not None and all(isinstance(step, Key) for step in row.path.steps)
    ]
    return {
        path: tuple(frozenset(_map_keys(document, path)) for document in drafted.documents)
        for path in named
        if path.steps
    }


def _map_keys(document: Any, path: Path) -> Iterator[str]:
    for value in values_at(document, path):
        if isinstance(value, dict):
            yield from value


@dataclass(frozen=True, slots=True)
class _Writer:
    draft: Draft
    kept: frozenset[Path]
    maps: dict[Path, tuple[frozenset[str], ...]]

    def node(self, shape: Shape, path: Path) -> dict[str, Any]:
        """Return the schema of one position."""
        schema: dict[str, Any] = {}
        types = _types(shape)
        if types:
            schema["type"] = types[0] if len(types) == 1 else types
        if shape.values is not None:
            schema["x-key-space"] = kind_of(path)
            schema["additionalProperties"] = self._declare_values(shape, path)
        elif shape.fields:
            always = [name for name in shape.fields if shape.presence(name) >= 1.0]
            if always:
                schema["required"] = always
            schema["properties"] = {name: self.node(part, path / name) for name, part in shape.fields.items()}
        if shape.items is not None:
            schema["items"] = self.node(shape.items, Path((*path.steps, EACH_ITEM)))
        return {**schema, **self._declare_scalar(shape, path)}

    def _declare_values(self, shape: Shape, path: Path) -> dict[str, Any]:
        assert shape.values is not None  # noqa: S101 - only maps are asked for their values
        values = self.node(shape.values, Path((*path.steps, EACH_VALUE)))
        looked = shape.keyed.get("*", 0)
        for name, times in shape.keyed.items():
            field = values.get("properties", {}).get(name)
            if name != "*" and looked and times == looked and field is not None:
                field.pop("x-references", None)
                field.update({"x-key-equals": True, "x-redact": "pseudonym"})
        return values

    def _declare_scalar(self, shape: Shape, path: Path) -> dict[str, Any]:
        if path in self.kept:
            return {"x-redact": "keep"}
        if not shape.kinds & {JsonType.STRING, JsonType.INTEGER} or not path.steps:
            return {}
        keywords = {"x-redact": "pseudonym"} if shape.forms and shape.forms.keys() <= ID_FORMS else {}
        referred = self._find_referred(path)
        if referred is None:
            return keywords
        named = {"x-references": f"{self.draft.store}:{referred}"} if shape.kinds == {JsonType.STRING} else {}
        return {"x-redact": "pseudonym", **named}

    def _find_referred(self, path: Path) -> Path | None:
        """Return the map whose keys include all values at a path, in every document; None without two values."""
        columns = [
            {str(value) for value in values_at(document, path) if _may_be_id(value)}
            for document in self.draft.documents
        ]
        if len(set().union(*columns)) < 2:  # noqa: PLR2004 - see above
            return None
        for place, keys in self.maps.items():
            if all(map(frozenset.issuperset, keys, columns)):
                return place
        return None


def _may_be_id(value: Any) -> bool:
    """Whether a value may name an entry; a small number is a count sooner than an id."""
    return isinstance(value, str) or (type(value) is int and value >= _LEAST_ID)


def _types(shape: Shape) -> list[str]:
    types = set(shape.types)
    if JsonType.NUMBER in types:
        types.discard(JsonType.INTEGER)
    return [str(kind) for kind in _ORDER if kind in types]
