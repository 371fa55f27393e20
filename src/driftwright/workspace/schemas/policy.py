"""The redaction policy: what the schemas allow a capture to keep, compiled for the redactor in the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from driftwright.workspace.schemas.load import Store
from driftwright.workspace.schemas.nodes import Node, follow_reference

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def redaction_policy(stores: Iterable[Store]) -> dict[str, Any]:
    """Return the policy for a capture of these stores, without a salt.

    Returns:
        `{"words": [...], "stores": [{"name", "area", "key", "rule"}]}`, beside storage with `take` as well: a rule
        tells a position's named fields, map values, list items, declared types, and whether its scalars are kept, made
        pseudonyms of or masked.
    """
    listed = list(stores)
    words: set[str] = set()
    compiled = []
    for store in listed:
        rule: dict[str, Any] = {}
        for version in (*store.alternatives, *store.versions):
            schema = version.schema
            _join(rule, _rule(follow_reference(Node(schema, schema, version.file))))
        words.update(_words(store.key), *map(_words, _names(rule)))
        # A store of many keys is declared as the map of its entries; the redactor meets one entry at a time.
        entry = rule.get("values", {}) if store.placeholder else rule
        place = {"name": store.name, "area": str(store.area), "key": store.key}
        compiled.append({**place, **({"take": store.take} if store.take else {}), "rule": entry})
    return {"words": sorted(words), "stores": compiled}


def _rule(node: Node) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    fields = {name: _rule(child) for name, child in node.fields().items()}
    values, items = node.values(), node.items()
    if fields:
        rule["fields"] = fields
    if values is not None:
        rule["values"] = _rule(values)
    if items is not None:
        rule["items"] = _rule(items)
    if "x-redact" in node.schema:
        rule["redact"] = node.schema["x-redact"]
    if node.types():
        rule["types"] = list(node.types())
    return rule


def _join(into: dict[str, Any], rule: Mapping[str, Any]) -> None:
    """Join a newer version's rule into an older one's; where both speak, the newer one does."""
    for name, child in rule.get("fields", {}).items():
        _join(into.setdefault("fields", {}).setdefault(name, {}), child)
    for part in ("values", "items"):
        if part in rule:
            _join(into.setdefault(part, {}), rule[part])
    if "redact" in rule:
        into["redact"] = rule["redact"]
    if "types" in rule:
        into["types"] = sorted({*into.get("types", ()), *rule["types"]})


def _names(rule: Mapping[str, Any]) -> Iterator[str]:
    for name, child in rule.get("fields", {}).items():
        yield name
        yield from _names(child)
    for part in ("values", "items"):
        if part in rule:
            yield from _names(rule[part])


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}
