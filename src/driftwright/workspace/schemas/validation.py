"""Validate a store by the JSON Schema of its version; messages name types and never contain values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import json_text
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step
from driftwright.structure import EMPTY, Layout, Shape
from driftwright.workspace.schemas.deadline import TooSlow, bounded
from driftwright.workspace.schemas.evident import evidently_valid
from driftwright.workspace.schemas.load import Version

MAX_ERRORS = 200
DEADLINE = 20.0  # seconds; a store of the largest size takes a few


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One way in which a store violates its version's schema.

    Args:
        path: Where, with map keys and list positions generalised.
        keyword: The schema keyword that failed.
        message: What was expected and found, by type names only.
        times: How often, up to `MAX_ERRORS` in all.
    """

    path: str
    keyword: str
    message: str
    times: int


def violations(value: Any, version: Version, shape: Shape = EMPTY) -> tuple[Violation, ...]:
    """Validate a redacted store against a version's schema.

    Args:
        value: The store.
        version: The version by whose schema it is validated.
        shape: What was folded of the store, where that is known already.

    Raises:
        InputFault: The schema itself is not a valid JSON Schema 2020-12, or takes too long.
    """
    if (shape.total and evidently_valid(version.schema, shape)) or _quickly_valid(value, version):
        return ()
    errors = islice(_validator(version).iter_errors(value), MAX_ERRORS)
    try:
        counted = Counter(
            (str(_generalise(error.absolute_path, version.layout)), error.validator, _describe_error(error))
            for error in errors
        )
    except TooSlow:
        problem = f"validating by this schema takes more than {DEADLINE:g} s"
        raise InputFault(problem, version.file, "/", "declare fewer alternatives, or capture fewer stores") from None
    return tuple(
        sorted(Violation(path, keyword, problem, times) for (path, keyword, problem), times in counted.items())
    )


def _quickly_valid(value: Any, version: Version) -> bool:
    """Ask the compiled validator first: it answers a hundred times faster and the answer is nearly always yes."""
    try:
        import jsonschema_rs
    except ImportError:
        return False
    linear = jsonschema_rs.RegexOptions()  # an engine without backtracking
    try:
        validator = jsonschema_rs.Draft202012Validator(dict(version.schema), offline=True, pattern_options=linear)
        return bool(validator.is_valid(value))
    except (ValueError, TypeError):
        return False  # a lone surrogate, or a schema that is wrong: the authority below says it with its place


def _validator(version: Version) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    _check_schema(json_text(version.schema), version.file)
    return bounded(Draft202012Validator, DEADLINE)(version.schema, registry=Registry())


@lru_cache(maxsize=256)  # checking a schema takes many times as long as writing it
def _check_schema(text: str, file: str) -> None:
    """Raise an `InputFault` unless a text is a valid JSON Schema 2020-12."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(json.loads(text))
    except SchemaError as error:
        place = "/" + "/".join(map(str, error.absolute_path))
        raise InputFault("not a valid JSON Schema", file, place, f"mend the keyword {error.validator!r}") from None


def _generalise(path: Any, layout: Layout) -> Path:
    steps: list[Step] = []
    declared: Layout | None = layout
    for part in path:
        step: Step = EACH_ITEM if isinstance(part, int) else Key(part)
        below = None
        if declared is not None and step == EACH_ITEM:
            below = declared.items
        elif declared is not None and declared.kind == "map":
            step, below = EACH_VALUE, declared.values
        elif declared is not None:
            below = declared.fields.get(part)
        steps.append(step)
        declared = below
    return Path(tuple(steps))


_TYPE_NAMES: Mapping[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def _describe_error(error: Any) -> str:
    """Say what failed without the instance: a validator's own message embeds it whole."""
    type_name = _TYPE_NAMES.get(type(error.instance), "value")
    match error.validator:
        case "type":
            wanted = error.validator_value
            return f"expected {wanted if isinstance(wanted, str) else ' or '.join(wanted)}, found {type_name}"
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"required but absent: {', '.join(missing)}"
        case "enum" | "const":
            return f"not one of the declared values ({type_name})"
        case keyword:
            return f"fails {keyword} ({type_name})"
