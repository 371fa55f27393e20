"""Generate values at and around every bound that schemas name, to find one that only some of them admit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product, zip_longest
from typing import Any

_MAX_DEPTH = 5
_MAX_LENGTH = 160
_LARGE = 10_000
_PER_PART = 14
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_NOTHING = object()
_LISTS = ("allOf", "anyOf", "oneOf")


def examples(schemas: Sequence[Any]) -> Iterator[Any]:
    """Yield short values that may be valid by some of the schemas and not by others.

    Args:
        schemas: The schemas; the numbers, words and names of each are tried against the structure of all.
    """
    pool = _Pool(schemas)
    for schema in schemas:
        yield from _of(schema, schema, pool, 0)
    yield from pool.scalars()
    yield from _plain_structures(pool)


class _Pool:
    """The constants that stand in the schemas, with their neighbours."""

    def __init__(self, schemas: Sequence[Any]) -> None:
        self._numbers: set[float] = {0, 1, -1, 0.5, 2}
        self._texts: set[str] = {"", "a", "ab", "0"}
        self.names: list[str] = []
        for schema in schemas:
            self._gather(schema)

    def _gather(self, node: Any) -> None:
        if isinstance(node, bool) or node is None:
            return
        if isinstance(node, (int, float)) and math.isfinite(node):
            self._numbers.add(node)
        elif isinstance(node, str):
            self._texts.add(node[:_MAX_LENGTH])
        elif isinstance(node, list):
            for item in node:
                self._gather(item)
        elif isinstance(node, Mapping):
            for name, part in node.items():
                if name in ("properties", "patternProperties") and isinstance(part, Mapping):
                    self.names += [key for key in part if key not in self.names]
                if name == "pattern" and isinstance(part, str):
                    self._texts.update(_matching(part))
                if name not in ("title", "description", "$schema", "$id", "format"):
                    self._gather(part)

    def numbers(self) -> list[Any]:
        """The numbers, their neighbours, and the least common multiples of the whole ones."""
        base = sorted(self._numbers, key=abs)[:24]
        whole = [int(n) for n in base if float(n).is_integer() and 1 < abs(n) < _LARGE][:8]
        values: list[Any] = [*base, *(math.lcm(a, b) for a in whole for b in whole)]
        values += [n + step for n in base for step in (-1, 1, -0.5, 0.5)]
        values += [n * k for n in base for k in (-1, 2, 3, 4, 5, 6, 7, 11)]
        tidy = [int(n) if float(n).is_integer() else n for n in values]
        return list(dict.fromkeys(tidy))

    def texts(self) -> list[str]:
        """The texts, and texts of every length that a schema names."""
        lengths = {int(n) + step for n in self._numbers if 0 <= n <= _MAX_LENGTH for step in (-1, 0, 1)}
        return [*sorted(self._texts, key=lambda text: (len(text), text)), *("x" * n for n in sorted(lengths) if n > 0)]

    def scalars(self) -> Iterator[Any]:
        """Every scalar."""
        yield from (None, True, False)
        yield from self.numbers()
        yield from self.texts()


def _plain_structures(pool: _Pool) -> Iterator[Any]:
    samples: list[Any] = [None, True, 1, 1.5, "a", [], {}]
    yield from ([], {}, *([item] for item in samples), *([a, b] for a in samples for b in samples))
    yield from ([1, 1], [1, 2, 3], ["a"] * 4, ["a", "b", "c", "d", "e"])
    for count in range(1, 13):
        yield list(range(count))
        yield {f"n{number}": number for number in range(count)}
    for name in pool.names:
        for item in samples:
            yield {name: item}


def _of(schema: Any, root: Any, pool: _Pool, depth: int) -> Iterator[Any]:
    """Yield values near one position of a schema, those that fit it best first."""
    if depth > _MAX_DEPTH or not isinstance(schema, Mapping):
        yield from (None, True, 1, 1.5, "a", [], {}) if schema is not False else ()
        return
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    yield from _referred(schema, root, pool, depth)
    for name in _LISTS:
        parts = schema.get(name, ())
        for part in parts if isinstance(parts, list) else ():
            yield from _of(part, root, pool, depth + 1)
    for name in ("not", "if", "then", "else"):
        if name in schema:
            yield from _of(schema[name], root, pool, depth + 1)
    kinds = schema.get("type", _TYPES)
    for kind in (kinds,) if isinstance(kinds, str) else kinds:
        yield from _of_type(kind, schema, root, pool, depth)


def _referred(schema: Mapping[str, Any], root: Any, pool: _Pool, depth: int) -> Iterator[Any]:
    target = schema.get("$ref")
    if not isinstance(target, str) or not target.startswith("#"):
        return
    node = root
    for part in target.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        node = node.get(key) if isinstance(node, Mapping) else None
    if node is not None:
        yield from _of(node, root, pool, depth + 1)


def _of_type(kind: str, schema: Mapping[str, Any], root: Any, pool: _Pool, depth: int) -> Iterator[Any]:
    match kind:
        case "null":
            yield None
        case "boolean":
            yield from (True, False)
        case "integer" | "number":
            yield from islice(pool.numbers(), 200 if depth < 2 else _PER_PART)  # noqa: PLR2004 - breadth near the root
        case "string":
            yield from islice(pool.texts(), 200 if depth < 2 else _PER_PART)  # noqa: PLR2004 - breadth near the root
        case "array":
            yield from _arrays(schema, root, pool, depth)
        case "object":
            yield from _objects(schema, root, pool, depth)


def _some(schema: Any, root: Any, pool: _Pool, depth: int) -> list[Any]:
    """Values near a position, one of each type first."""
    by_type: dict[type, list[Any]] = {}
    for value in islice(_of(schema, root, pool, depth + 1), _PER_PART * 6):
        by_type.setdefault(type(value), []).append(value)
    rounds = zip_longest(*by_type.values(), fillvalue=_NOTHING)
    return [value for row in rounds for value in row if value is not _NOTHING][: _PER_PART * 3]


def _arrays(schema: Mapping[str, Any], root: Any, pool: _Pool, depth: int) -> Iterator[Any]:
    items = schema.get("items", True)
    heads = schema.get("prefixItems", items if isinstance(items, list) else [])
    additional = schema.get("additionalItems", True) if isinstance(items, list) else items
    parts = [_some(head, root, pool, depth) or [None] for head in heads]
    more = _some(additional, root, pool, depth) or [None]
    bounds = [schema.get(name) for name in ("minItems", "maxItems")]
    sizes = {0, 1, 2, 3, len(parts)} | {b + step for b in bounds if isinstance(b, int) for step in (-1, 0, 1)}
    for size in sorted(size for size in sizes if 0 <= size <= _MAX_LENGTH):
        row = [(parts[n] if n < len(parts) else more) for n in range(size)]
        yield [options[0] for options in row]
        for n, options in enumerate(row[:4]):
            for option in options:
                yield [option if at == n else others[0] for at, others in enumerate(row)]
        yield [options[min(at, len(options) - 1)] for at, options in enumerate(row)]


def _objects(schema: Mapping[str, Any], root: Any, pool: _Pool, depth: int) -> Iterator[Any]:
    declared = schema.get("properties", {})
    fields = {name: _some(part, root, pool, depth) for name, part in declared.items()}
    required = [name for name in schema.get("required", ()) if isinstance(name, str)]
    patterns = schema.get("patternProperties", {})
    for pattern, part in patterns.items():
        for name in islice(_matching(pattern), 3):
            fields.setdefault(name, _some(part, root, pool, depth))
    extra = schema.get("additionalProperties", True)
    more = _some(extra, root, pool, depth) if extra is not False else [1]
    for name in required:
        fields.setdefault(name, more)
    for base in _bases(fields, required):
        yield base
        for name, options in fields.items():
            for option in options:
                yield {**base, name: option}
        for name in base:
            yield {key: value for key, value in base.items() if key != name}
        for option, name in product(more[:6], ("extra", *pool.names[:6])):
            yield {**base, name: option}


def _bases(fields: Mapping[str, list[Any]], required: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {}
    yield {name: (fields.get(name) or [1])[0] for name in required}
    whole = {name: options[0] for name, options in fields.items() if options}
    yield whole
    for count in range(1, min(4, len(whole))):
        yield dict(islice(whole.items(), count))


_CLASSES = {"\\d": "1", "\\w": "a", "\\s": " ", ".": "a"}


def _matching(pattern: str) -> Iterator[str]:
    """Yield short texts that a simple pattern is likely to match, and the pattern's own words."""
    body = pattern.removeprefix("^").removesuffix("$")
    for branch in body.split("|"):
        text = re.sub(r"\[(\^?)(.)[^\]]*\]", lambda m: "~" if m[1] else m[2], branch)
        for name, char in _CLASSES.items():
            text = text.replace(name, char)
        text = re.sub(r"\(([^()]*)\)\{(\d+)[^}]*\}", lambda m: m[1] * min(int(m[2]), 20), text)
        plain = re.sub(r"\{(\d+)[^}]*\}|[*+?()]", "", text).replace("\\", "").strip("^$")
        repeated = re.sub(r"(.)\{(\d+)[^}]*\}", lambda m: m[1] * min(int(m[2]), _MAX_LENGTH), text)
        for candidate in (plain, re.sub(r"[*+?()\\^$]", "", repeated), plain + plain, plain[:-1], plain + "x"):
            yield candidate[:_MAX_LENGTH]
