"""The schema of a next version: the old one, written anew only where something changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.accept.moments import is_hidden
from driftwright.authoring.init.draft import kind_of
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
    """What leads from one version to the next.

    Args:
        schema: The old schema.
        file: Its file, for messages.
        store: The store's name.
        shape: What the next version looks like.
        touched: Where something changed, before and after.
        moved: Where what stands at a new path stood before.
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
        new = self._node(ROOT, ROOT, self.shape)
        for name in _OF_FILES:
            if name in self.schema:
                new[name] = self.schema[name]
        if isinstance(new.get("title"), str):
            new["title"] = _VERSION.sub(f"version {number}", new["title"])
        ordered = {name: new[name] for name in ("$schema", "title", "description") if name in new}
        result: dict[str, Any] = self._referring({**ordered, **new})
        return result

    def _node(self, path: Path, origin: Path | None, shape: Shape) -> dict[str, Any]:
        """Declare the position `path`, which was declared at `origin` before; None where it is new."""
        old = self._old(origin) if origin is not None else None
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
            new["additionalProperties"] = self._below(path, origin, EACH_VALUE, shape.values)
        elif shape.count(JsonType.OBJECT) or "properties" in before:
            new |= self._record(path, origin, shape, before)
        if shape.items is not None:
            new["items"] = self._below(path, origin, EACH_ITEM, shape.items)
        elif "items" in before and JsonType.ARRAY in types:
            new["items"] = before["items"]
        return new

    def _record(self, path: Path, origin: Path | None, shape: Shape, before: Mapping[str, Any]) -> dict[str, Any]:
        known = before.get("properties", {})
        always = frozenset(before.get("required", ()))
        left = {Path((*origin.steps, Key(name))) for name in known} & self.touched if origin is not None else set()
        gone = {path_.name for path_ in left if path_.name not in shape.fields}
        properties: dict[str, Any] = {
            name: self._below(path, origin, Key(name), shape.fields[name]) if name in shape.fields else part
            for name, part in known.items()
            if name not in gone
        }
        for name, part in shape.fields.items():
            if name not in properties and not is_hidden(name):
                properties[name] = self._below(path, origin, Key(name), part)
        required = [
            name for name in properties if shape.presence(name) >= 1.0 and (name in always or name not in known)
        ]
        found: dict[str, Any] = {"required": required} if required else {}
        return {**found, "properties": properties} if properties else found

    def _below(self, path: Path, origin: Path | None, step: Any, shape: Shape) -> dict[str, Any]:
        here = Path((*path.steps, step))
        if here in self.moved:
            return self._node(here, self.moved[here], shape)
        below = Path((*origin.steps, step)) if origin is not None else None
        return self._node(here, below if below is not None and self._old(below) is not None else None, shape)

    def _old(self, path: Path) -> Node | None:
        """The old declaration of a position, its own reference not yet followed."""
        here = Node(self.schema, self.schema, self.file)
        for step in path.steps:
            resolved = follow_reference(here)
            if isinstance(step, Key):
                if step.name not in resolved.schema.get("properties", {}):
                    return None
                here = resolved.below("properties", step.name)
                continue
            word = "items" if step == EACH_ITEM else "additionalProperties"
            if not isinstance(resolved.schema.get(word), Mapping):
                return None
            here = resolved.below(word)
        return here

    def _is_touched(self, path: Path) -> bool:
        return any(place.within(path) for place in self.touched)

    def _referring(self, value: Any) -> Any:
        """Let references follow a map that went elsewhere."""
        if isinstance(value, list):
            return [self._referring(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {name: self._referring(part) for name, part in value.items()}
        store, _, text = str(found.get("x-references", "")).partition(":")
        if store == self.store and isinstance(found.get("x-references"), str):
            place = Path.parse(text)
            for new, old in self.moved.items():
                if place.within(old):
                    found["x-references"] = f"{store}:{Path((*new.steps, *place.steps[len(old.steps) :]))}"
        return found


def _types(declared: str | Iterable[str], shape: Shape) -> list[str]:
    """Return the types of the next version: the declared ones while they hold, else what is there now."""
    old = [declared] if isinstance(declared, str) else list(declared)
    seen = {str(kind) for kind in shape.types}
    fits = seen <= {*old, *(["integer"] if "number" in old else [])}
    if old and fits:
        return old
    both = {*old, *seen} if seen - {"null"} and set(old) & (seen - {"null"}) else seen | (set(old) & {"null"})
    if "number" in both:
        both.discard("integer")
    return [str(kind) for kind in JsonType if str(kind) in both]
