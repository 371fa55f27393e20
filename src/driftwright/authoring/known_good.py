"""How much of a known-good store a workspace keeps."""

from __future__ import annotations

from typing import Any

from driftwright.base.jsontext import json_text

_LARGEST = 64_000
"""Characters of JSON up to which it is kept whole: its counts tell what may be missing."""


def is_kept_whole(document: Any) -> bool:
    """Whether a known-good store is small enough to be kept as it is; a larger one is shrunk to a witness."""
    return len(json_text(document)) <= _LARGEST
