"""The input of init."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.terms import Area

Redact = Callable[[Mapping[str, Any], Sequence[Any]], Sequence[Any]]
"""Hides the values of documents as a capture does: takes a redaction policy and documents."""


@dataclass(frozen=True, slots=True)
class InitRequest:
    """The input from which a workspace is made.

    Args:
        store: The name that readers will call the store by.
        owner: The owner of the store: a folder below `schemas`.
        area: The storage area it lies in.
        key: Its key there.
        url: Where the page is; empty when that is not known yet.
        documents: The store as it was, at least twice.
        readers: The source of the module of readers.
        readers_file: How messages name that module.
    """

    store: str
    owner: str
    area: Area
    key: str
    url: str
    documents: tuple[Any, ...]
    readers: str
    readers_file: str
