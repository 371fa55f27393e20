"""Write a shape as JSON that people review, and read it again; every part is checked, as a file may be edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.terms import JsonType
from driftwright.structure.shape.model import EMPTY, MAX_ENUMERATION, Shape

_DEEPEST = 160  # a document may be nested 128 deep
_LEAST_EXPONENT = 10**21  # from here on JavaScript writes a number with an exponent
_COUNTS = ("keys", "keyed", "forms")
_SCALARS = ("low", "high")
_NUMBERS = ("empty", "true")
_PARTS = ("values", "items")
_KNOWN = frozenset({"types", "fields", "enum", *_COUNTS, *_SCALARS, *_NUMBERS, *_PARTS})


def shape_record(shape: Shape) -> dict[str, Any]:
    """Return a shape as plain JSON; what is empty is left out, and names are sorted."""
    record: dict[str, Any] = {"types": _sorted({str(kind): count for kind, count in shape.types.items()})}
    for name in _COUNTS:
        if counts := getattr(shape, name):
            record[name] = _sorted(counts)
    for name in _NUMBERS:
        if count := getattr(shape, name):
            record[name] = count
    for name in _SCALARS:
        if (bound := getattr(shape, name)) is not None:
            record[name] = _plain(bound)
    if shape.enum:
        record["enum"] = sorted(map(_plain, shape.enum), key=lambda value: (isinstance(value, str), value))
    elif shape.enum is None:
        record["enum"] = None
    if shape.fields:
        record["fields"] = {name: shape_record(part) for name, part in sorted(shape.fields.items())}
    for name in _PARTS:
        if (part := getattr(shape, name)) is not None:
            record[name] = shape_record(part)
    return record


def _plain(value: Any) -> Any:
    """Return a scalar in its one writing: 2 and 2.0 are the same number, and which was seen first must not matter."""
    if type(value) is float and value.is_integer() and abs(value) < _LEAST_EXPONENT:
        return int(value)
    if type(value) is int and abs(value) >= _LEAST_EXPONENT:
        try:
            return float(value) if float(value) == value else value
        except OverflowError:
            return value
    return value


def shape_of_record(record: Any, file: str, place: str = "/shape") -> Shape:
    """Return the shape that `shape_record` wrote.

    Args:
        record: The parsed JSON.
        file: The file that it comes from, for the message.
        place: Where in the file it stands.

    Raises:
        InputFault: It is no such shape.
    """
    return _read(record, file, place, 0)


def _read(record: Any, file: str, place: str, depth: int) -> Shape:
    if not isinstance(record, dict) or depth > _DEEPEST or record.keys() - _KNOWN:
        raise _not_a_shape(file, place)
    types = _read_counts(record.get("types", {}), file, f"{place}/types")
    if types.keys() - set(JsonType):
        raise _not_a_shape(file, f"{place}/types")
    fields = record.get("fields", {})
    if not isinstance(fields, dict):
        raise _not_a_shape(file, f"{place}/fields")

    def part(name: str) -> Shape | None:
        return _read(record[name], file, f"{place}/{name}", depth + 1) if name in record else None

    def counts(name: str) -> Mapping[str, int]:
        return _read_counts(record.get(name, {}), file, f"{place}/{name}")

    def count(name: str) -> int:
        return _read_counts({name: record.get(name, 0)}, file, place)[name]

    return Shape(
        total=sum(types.values()),
        types={JsonType(kind): count for kind, count in types.items()},
        fields={name: _read(part, file, f"{place}/fields/{name}", depth + 1) for name, part in fields.items()},
        values=part("values"),
        items=part("items"),
        keys=counts("keys"),
        keyed=counts("keyed"),
        forms=counts("forms"),
        enum=_read_enumeration(record, file, place),
        low=_read_bound(record.get("low"), file, f"{place}/low"),
        high=_read_bound(record.get("high"), file, f"{place}/high"),
        empty=count("empty"),
        true=count("true"),
    )


def _read_counts(value: Any, file: str, place: str) -> Mapping[str, int]:
    if not isinstance(value, dict) or any(type(count) is not int or count < 0 for count in value.values()):
        raise _not_a_shape(file, place)
    return value


def _read_bound(value: Any, file: str, place: str) -> float | None:
    if value is not None and type(value) not in (int, float):
        raise _not_a_shape(file, place)
    return value  # type: ignore[no-any-return]


def _read_enumeration(record: Mapping[str, Any], file: str, place: str) -> frozenset[Any] | None:
    if "enum" not in record:
        return EMPTY.enum
    values = record["enum"]
    if values is None:
        return None
    if not isinstance(values, list) or len(values) > MAX_ENUMERATION or {*map(type, values)} - {str, int, float}:
        raise _not_a_shape(file, f"{place}/enum")
    return frozenset(values)


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _not_a_shape(file: str, place: str) -> InputFault:
    return InputFault("not a shape", file, place, "restore the file, or remove it: it is written anew by accept")
