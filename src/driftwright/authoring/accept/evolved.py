"""Build the schema of the next version: the old schema, rewritten only where something changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.init.draft import kind_of
from driftwright.base.forms import is_hidden
from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure import Shape
from driftwright.workspace import Node, follow_reference

_STRUCTURE = ("properties", "required", "additionalProperties", "items", "x-key-space")
_BOUNDS = frozenset(
    [
        "enum",
        "const",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "examples",
        "default",
    ]
)
_OF_FILES = ("$schema", "$id", "$defs")
_VERSION = re.compile(r"\bversion \d+\b")


@dataclass(frozen=True, slots=True)
class Evolution:
    """The input from which the next version's schema is built.

    Args:
        schema: The old schema.
        file: Its file, for messages.
        store: The store's name.
        shape: The shape of the next version.
        touched: The paths that changed, old and new ones.
        moved: The old path of each moved position, by its new path.
    """

    schema: Mapping[str, Any]
    file: str
    store: str
    shape: Shape
    touched: frozenset[Path]
    moved: Mapping[Path, Path]

    def result(self, number: int) -> dict[str, Any]:
        """Return the next schema.

        Args:
            number: Its version number, for its title.
        """
        new = self._declare(ROOT, ROOT, self.shape)
        for name in _OF_FILES:
            if name in self.schema:
                new[name] = self.schema[name]
        if isinstance(new.get("title"), str):
            new["title"] = _VERSION.sub(f"version {number}", new["title"])
        ordered = {name: new[name] for name in ("$schema", "title", "description") if name in new}
        result: dict[str, Any] = self._redirect_references({**ordered, **new})
        return result

    def _declare(self, path: Path, origin: Path | None, shape: Shape) -> dict[str, Any]:
        """Return the schema of `path`; `origin` is its path in the old schema, None where it is new."""
        old = self._find_old(origin) if origin is not None else None
        if old is not None and not self._is_touched(path):
            return {name: part for name, part in old.schema.items() if name not in _OF_FILES}
        before = dict(follow_reference(old).schema) if old is not None else {}
        bounds = _BOUNDS if path in self.touched else frozenset()
        new = {name: part for name, part in before.items() if name not in {*bounds, *_STRUCTURE, *_OF_FILES}}
        types = _types(before.get("type", []), shape)
        if types:
            new["type"] = types[0] if len(types) == 1 else types
        if shape.values is not None and (not shape.fields or "x-key-space" in before):
            new["x-key-space"] = before.get("x-key-space", kind_of(path))
            new["additionalProperties"] = self._declare_below(path, origin, EACH_VALUE, shape.values)
        elif shape.count(JsonType.OBJECT) or "properties" in before:
            new |= self._declare_record(path, origin, shape, before)
        if shape.items is not None:
            new["items"] = self._declare_below(path, origin, EACH_ITEM, shape.items)
        elif "items" in before and JsonType.ARRAY in types:
            new["items"] = before["items"]
        return new

    def _declare_record(
        self, path: Path, origin: Path | None, shape: Shape, before: Mapping[str, Any]
    ) -> dict[str, Any]:
        declared = before.get("properties", {})
        always = frozenset(before.get("required", ()))
        left = {Path((*origin.steps, Key(name))) for name in declared} & self.touched if origin is not None else set()
        gone = {path_.name for path_ in left if path_.name not in shape.fields}
        properties: dict[str, Any] = {
            name: self._declare_below(path, origin, Key(name), shape.fields[name]) if name in shape.fields else part
            for name, part in declared.items()
            if name not in gone
        }
        for name, part in shape.fields.items():
            if name not in properties and not is_hidden(name):
                properties[name] = self._declare_below(path, origin, Key(name), part)
        required = [
            name for name in properties if shape.presence(name) >= 1.0 and (name in always or name not in declared)
        ]
        result: dict[str, Any] = {"required": required} if required else {}
        return {**result, "properties": properties} if properties else result

    def _declare_below(self, path: Path, origin: Path | None, step: Any, shape: Shape) -> dict[str, Any]:
        position = Path((*path.steps, step))
        if position in self.moved:
            return self._declare(position, self.moved[position], shape)
        below = Path((*origin.steps, step)) if origin is not None else None
        return self._declare(
            position, below if below is not None and self._find_old(below) is not None else None, shape
        )

    def _find_old(self, path: Path) -> Node | None:
        """Return the old declaration of a path, its own `$ref` not yet followed; None when there is none."""
        position = Node(self.schema, self.schema, self.file)
        for step in path.steps:
            resolved = follow_reference(position)
            if isinstance(step, Key):
                if step.name not in resolved.schema.get("properties", {}):
                    return None
                position = resolved.below("properties", step.name)
                continue
            word = "items" if step == EACH_ITEM else "additionalProperties"
            if not isinstance(resolved.schema.get(word), Mapping):
                return None
            position = resolved.below(word)
        return position

    def _is_touched(self, path: Path) -> bool:
        return any(place.within(path) for place in self.touched)

    def _redirect_references(self, value: Any) -> Any:
        """Return the schema with every `x-references` to a moved map changed to the map's new path."""
        if isinstance(value, list):
            return [self._redirect_references(item) for item in value]
        if not isinstance(value, dict):
            return value
        result = {name: self._redirect_references(part) for name, part in value.items()}
        store, _, text = str(result.get("x-references", "")).partition(":")
        if store == self.store and isinstance(result.get("x-references"), str):
            place = Path.parse(text)
            for new, old in self.moved.items():
                if place.within(old):
                    result["x-references"] = f"{store}:{Path((*new.steps, *place.steps[len(old.steps) :]))}"
        return result


def _types(declared: str | Iterable[str], shape: Shape) -> list[str]:
    """Return the types of the next version: the declared ones while they fit the shape, else the shape's own."""
    old = [declared] if isinstance(declared, str) else list(declared)
    present = {str(kind) for kind in shape.types}
    fits = present <= {*old, *(["integer"] if "number" in old else [])}
    if old and fits:
        return old
    both = (
        {*old, *present} if present - {"null"} and set(old) & (present - {"null"}) else present | (set(old) & {"null"})
    )
    if "number" in both:
        both.discard("integer")
    return [str(kind) for kind in JsonType if str(kind) in both]
