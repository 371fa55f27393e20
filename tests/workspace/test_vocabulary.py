"""The declared vocabulary against stores: repeated keys, references, uniqueness and order, told without a value."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from driftwright.structure.shape.model import OPEN
from driftwright.workspace.schemas.load import Store, Version
from driftwright.workspace.schemas.vocabulary import vocabulary_violations
from kit.project import STORES

TRACK = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "x-unique": True},
        "album": {"type": "string", "x-key-equals": True, "x-references": "music:/albums"},
        "at": {"type": "integer", "x-order": "ascending"},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "albums": {"type": "object", "x-key-space": "album", "additionalProperties": {"type": "object"}},
        "tracks": {
            "type": "object",
            "x-key-space": "album",
            "additionalProperties": {"type": "array", "items": TRACK},
        },
        "tags": {"type": "array", "items": {"type": "string", "x-unique": True, "x-order": "descending"}},
    },
}
GOOD: Any = {
    "albums": {"tide": {}, "dusk": {}},
    "tracks": {
        "tide": [{"id": "a", "album": "tide", "at": 1}, {"id": "b", "album": "tide", "at": 2}],
        "dusk": [{"id": "a", "album": "dusk", "at": 1}],
    },
    "tags": ["slow", "loud"],
}
VERSION = Version("v1", SCHEMA, "v1.schema.json", OPEN, {})


def told(document: Any, store: str = "music") -> list[tuple[str, str, int]]:
    return [(one.path, one.keyword, one.times) for one in vocabulary_violations(document, VERSION, store)]


def test_a_store_that_keeps_its_word_violates_nothing() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda d: d["tracks"]["tide"][1].update(id="a"), ("/tracks/{}/[]/id", "x-unique", 1)),
        (lambda d: d["tracks"]["tide"][1].update(at=0), ("/tracks/{}/[]/at", "x-order", 1)),
        (lambda d: d["tracks"]["tide"][1].update(album="dusk"), ("/tracks/{}/[]/album", "x-key-equals", 1)),
        (lambda d: d["albums"].pop("dusk"), ("/tracks/{}/[]/album", "x-references", 1)),
        (lambda d: d["tags"].append("slow"), ("/tags/[]", "x-unique", 1)),
        (lambda d: d["tags"].append("zinc"), ("/tags/[]", "x-order", 1)),
    ],
)
def test_each_word_is_checked(edit: Callable[[Any], object], found: tuple[str, str, int]) -> None:
    document = copy.deepcopy(GOOD)
    edit(document)
    assert found in told(document)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["tracks"]["tide"].insert(0, None),
        lambda d: d["tracks"].update(tide="gone"),
        lambda d: d["tracks"]["tide"][1].update(at="later"),
        lambda d: d.update(albums={}),
        lambda d: d["tracks"]["tide"][0].pop("id"),
    ],
    ids=["a hole", "another structure", "another type", "an empty map proves nothing", "no field"],
)
def test_what_is_left_to_structure_is_not_told_twice(edit: Callable[[Any], object]) -> None:
    document = copy.deepcopy(GOOD)
    edit(document)
    assert told(document) == []


def test_a_reference_into_another_store_is_not_followed() -> None:
    document = {**GOOD, "albums": {"other": {}}}
    assert told(document, "elsewhere") == []
    assert told(document) == [("/tracks/{}/[]/album", "x-references", 3)]


def test_no_value_is_told() -> None:
    document = copy.deepcopy(GOOD)
    document["tracks"]["tide"][1] = {"id": "a", "album": "secret words", "at": -7}
    text = str(vocabulary_violations(document, VERSION, "music"))
    assert "x-key-equals" in text
    assert "secret" not in text
    assert "-7" not in text


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_every_known_good_store_keeps_its_word(store: Store) -> None:
    for version in store.versions:
        for moment, document in version.witnesses.items():
            assert vocabulary_violations(document, version, store.name) == (), (version.name, moment)
