"""Compatibility of two schemas, for a reader: does the later one admit a value that the earlier one did not?

The answer comes from trying values, and includes one that breaks. A value that is no longer admitted hurts no reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.workspace.schemas.examples import examples

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Compatibility:
    """What a reader of the earlier schema must expect of the later one.

    Args:
        breaks: Whether the later schema admits a value that the earlier one refuses.
        example: Such a value; None when there is none.
        tried: How many values were tried.
    """

    breaks: bool
    example: Any
    tried: int


def compatibility(before: Any, after: Any) -> Compatibility:
    """Compare two schemas by values at and around every bound that either names.

    Raises:
        InputFault: One of them is not a JSON Schema.
    """
    old, new = _validator(before, "BEFORE"), _validator(after, "AFTER")
    tried = 0
    for tried, value in enumerate(islice(examples([after, before]), _MOST), 1):
        if new.is_valid(value) and not old.is_valid(value):
            return Compatibility(breaks=True, example=value, tried=tried)
    return Compatibility(breaks=False, example=None, tried=tried)


def _validator(schema: Any, name: str) -> Any:
    import jsonschema_rs

    tidy = _tidy(schema)
    kind = jsonschema_rs.Draft7Validator if _is_old(tidy) else jsonschema_rs.Draft202012Validator
    try:
        return kind(tidy, offline=True, validate_formats=False)
    except (ValueError, TypeError) as error:
        raise InputFault("not a valid JSON Schema", name, "", str(error).splitlines()[0][:80]) from None


def _tidy(node: Any) -> Any:
    """Leave out keywords whose value is null, which say nothing, and the dialect, which is told by what is used."""
    if isinstance(node, Mapping):
        return {
            name: part if name in ("enum", "const", "default", "examples") else _tidy(part)
            for name, part in _bounds(node).items()
            if part is not None or name in ("const", "default")
            if name not in ("$schema", "$id", "id") or isinstance(part, Mapping)
        }
    return [_tidy(item) for item in node] if isinstance(node, list) else node


def _bounds(node: Mapping[str, Any]) -> dict[str, Any]:
    """Write the bounds of draft 4, which are excluded by a flag beside them, as later drafts do."""
    written = dict(node)
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if written.get(flag) is True and bound in written:
            written[flag] = written.pop(bound)
        elif isinstance(written.get(flag), bool):
            del written[flag]
    return written


def _is_old(node: Any) -> bool:
    """Whether a schema writes lists of items as drafts before 2020-12 did."""
    if isinstance(node, Mapping):
        return isinstance(node.get("items"), list) or "definitions" in node or any(map(_is_old, node.values()))
    return isinstance(node, list) and any(map(_is_old, node))
