"""The lock of published versions: once published, a version's schema is never edited, only followed by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json_file, read_bytes

NAME = "versions.lock.json"


def locked_digests(folder: File) -> Mapping[str, str]:
    """Return the digests of the published versions below a schemas folder; empty when there is no lock yet.

    Raises:
        InputFault: The lock is not a JSON object of texts.
    """
    file = folder / NAME
    if not file.exists():
        return {}
    lock = parse_json_file(file)
    if not isinstance(lock, dict) or not all(isinstance(digest, str) for digest in lock.values()):
        raise InputFault("not a lock of versions", str(file), "/", "restore it, or remove it and write it anew")
    return lock


def check_published(file: File, name: str, locked: Mapping[str, str]) -> None:
    """Refuse a published version that was edited.

    Args:
        file: The schema file.
        name: `<owner>/<store>/<version>`, its name in the lock.
        locked: The lock.

    Raises:
        InputFault: The file's digest is not the locked one.
    """
    if name in locked and digest_of(file) != locked[name]:
        raise InputFault(
            "a published version was edited", str(file), "", "restore it, and publish the change as a new one"
        )


def digest_of(file: File) -> str:
    """Return `sha256:` and the digest of a file, whatever its line ends are."""
    return "sha256:" + hashlib.sha256(read_bytes(file).replace(b"\r\n", b"\n")).hexdigest()


def versions_lock(folder: File) -> str:
    """Return the lock's text for all published versions below a schemas folder: old entries kept, new ones added."""
    lock = dict(locked_digests(folder))
    for file in sorted(folder.glob("*/*/v*.schema.json")):
        name = f"{file.parent.parent.name}/{file.parent.name}/{file.name.removesuffix('.schema.json')}"
        lock.setdefault(name, digest_of(file))
    return json.dumps(lock, indent=2, sort_keys=True) + "\n"
