"""Published formats: whether a record is one, by its schema, which is read and compiled once a run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

import driftwright

FORMATS = Path(driftwright.__file__).parent / "report" / "formats"


@cache
def _validator(file: Path) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))


def check_format(record: Any, file: Path = FORMATS / "report-v1.schema.json") -> None:
    """Raise `jsonschema_rs.ValidationError` for a record that is not of a published format; else do nothing.

    Args:
        record: The record as it is read from JSON.
        file: The schema of the format; that of a report when none is named.
    """
    _validator(file).validate(record)
