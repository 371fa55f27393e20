"""Check the keywords, references, patterns and size of a whole schema before a validator gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from driftwright.workspace.schemas.nodes import MAX_DEPTH, Node, check_keywords, referred
from driftwright.workspace.schemas.patterns import why_refused

MAX_POSITIONS = 5_000
MAX_ALTERNATIVES = 500

_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLES = ("additionalProperties", "contains", "items", "not", "propertyNames")
_ALTERNATIVES = frozenset({"allOf", "anyOf", "oneOf", "not"})
_TOP_ONLY = ("$id", "$schema")
_RANGES = "minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems"
_NUMBERS = frozenset(f"{_RANGES} minProperties maxProperties".split())


@dataclass(frozen=True, slots=True)
class _Size:
    """How large a schema is when every reference is written out.

    Args:
        positions: How many schemas.
        alternatives: How many of them are tried on one and the same value.
    """

    positions: int = 1
    alternatives: int = 0

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.positions + other.positions, self.alternatives + other.alternatives)


def check_bounds(root: Node) -> None:
    """Check every position of a schema, including those that only a validator uses.

    Raises:
        InputFault: An unknown keyword, a reference that leaves the file or leads back to itself, a pattern that may
            take exponential time, or more alternatives than a validator could try in time.
    """
    _Walk().size(root)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Sizes by JSON Pointer; None while a position is being measured: meeting None again means a loop."""

    sizes: dict[str, _Size | None] = field(default_factory=dict)

    def size(self, node: Node) -> _Size:
        measured = self.sizes.get(node.pointer)
        if measured is not None:
            return measured
        if node.pointer in self.sizes or node.depth > MAX_DEPTH:
            raise node.fault(f"nested or referring to itself more than {MAX_DEPTH} times", "", "remove the $ref loop")
        self.sizes[node.pointer] = None
        _check(node)
        total = _Size()
        for keyword, child in _children(node):
            size = self.size(child)
            if keyword != "$defs":  # counted where it is referred to
                total += size
                total += _Size(0, 1) if keyword in _ALTERNATIVES else _Size(0)
        _check_size(node, total)
        self.sizes[node.pointer] = total
        return total


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield each schema that a position holds or refers to, with the keyword that holds it."""
    for keyword in _MAPS:
        for name in node.schema.get(keyword, {}):
            yield keyword, node.below(keyword, name)
    for keyword in _LISTS:
        held = node.schema.get(keyword, [])
        if not isinstance(held, list):
            raise node.fault("must be a list of schemas", keyword, "write them in [ ]")
        for number in range(len(held)):
            yield keyword, node.below(keyword, number)
    for keyword in _SINGLES:
        if keyword in node.schema and not isinstance(node.schema[keyword], bool):
            yield keyword, node.below(keyword)
    if "$ref" in node.schema:
        yield "$ref", referred(node)


def _check(node: Node) -> None:
    if not isinstance(node.schema, Mapping):
        raise node.fault("a schema must be an object", mend="write { } to allow anything")
    check_keywords(node)
    for name in _TOP_ONLY:
        if name in node.schema and node.pointer:
            raise node.fault(f"{name} below the top of the file", "", "remove it: references stay in the file")
    for keyword, pattern in _patterns(node):
        why = why_refused(pattern)
        if why:
            raise node.fault(why, keyword, "write a simpler pattern, or leave it out")
    for name in _NUMBERS & node.schema.keys():
        if type(node.schema[name]) not in (int, float):
            raise node.fault("must be a number", name, "write the bound as a number, without quotes")
    step = node.schema.get("multipleOf", 1)
    if isinstance(step, bool) or not isinstance(step, int | float) or step <= 0:
        raise node.fault("must be a number greater than 0", "multipleOf", "write the step, or leave it out")


def _patterns(node: Node) -> Iterator[tuple[str, object]]:
    if "pattern" in node.schema:
        yield "pattern", node.schema["pattern"]
    for pattern in node.schema.get("patternProperties", {}):
        yield "patternProperties", pattern


def _check_size(node: Node, size: _Size) -> None:
    if size.alternatives > MAX_ALTERNATIVES:
        problem = f"more than {MAX_ALTERNATIVES} alternatives when references are written out"
        raise node.fault(problem, "", "join alternatives of allOf, anyOf and oneOf")
    if size.positions > MAX_POSITIONS:
        problem = f"more than {MAX_POSITIONS} schemas when references are written out"
        raise node.fault(problem, "", "declare less of the store")
