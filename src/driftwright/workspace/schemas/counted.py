"""What all known-good records of a version looked like: `vN.shape.json`, counts and forms without the records.

Witnesses are few and small, so that they cannot say how often a field is there. This file counts every record that was
ever accepted, and which known-good documents were counted, so that none is counted twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json_file
from driftwright.structure import EMPTY, Shape, merge, shape_of_record, shape_record

FORMAT = "known-good-shape-v1"
_KEYS = frozenset({"format", "counted", "shape"})
_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of known-good documents.

    Args:
        shape: The shape of all of them together.
        counted: The digest of each, by which it is known again.
    """

    shape: Shape = EMPTY
    counted: frozenset[str] = frozenset()

    def holds(self, document: Any) -> bool:
        """Whether a document was counted."""
        return digest_of(document) in self.counted

    def plus(self, documents: Iterable[Any], shape: Shape) -> Counted:
        """Return the counts with those of more documents.

        Args:
            documents: What was counted: each is known again by its digest.
            shape: The shape of all of them together.
        """
        return Counted(merge(self.shape, shape), self.counted | {digest_of(document) for document in documents})

    def record(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {"format": FORMAT, "counted": sorted(self.counted), "shape": shape_record(self.shape)}


def digest_of(document: Any) -> str:
    """Return the digest of a document by which it is known again, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def load_counted(file: File) -> Counted:
    """Return the counts of a version; none when the file is not there.

    Args:
        file: `vN.shape.json`.

    Raises:
        InputFault: It is not what this module writes.
    """
    if not file.exists():
        return Counted()
    record = parse_json_file(file)
    if not isinstance(record, dict) or record.get("format") != FORMAT or record.keys() != _KEYS:
        raise InputFault(f"not a {FORMAT} file", str(file), "/format", "restore it, or remove it")
    counted = record["counted"]
    if not isinstance(counted, list) or not all(isinstance(digest, str) for digest in counted):
        raise InputFault("must be a list of digests", str(file), "/counted", "restore it, or remove it")
    return Counted(shape_of_record(record["shape"], str(file)), frozenset(counted))
