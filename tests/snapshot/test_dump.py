"""Saved storage: which area a file is of, what is no dump at all, and the databases of a storage state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.by_hand.dump import dumped, named_area
from driftwright.snapshot.capture.by_hand.offline import redact
from driftwright.snapshot.capture.by_hand.storage_state import areas_of_state
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.model import AreaView
from driftwright.workspace.target.target import Target, load_target

LIST = {"items": [{"sku": "a1", "count": 1}]}
RULE: dict[str, Any] = {"fields": {"items": {"items": {"fields": {"sku": {}, "count": {}}}}}}


@pytest.fixture
def page(tmp_path: Path) -> Target:
    file = tmp_path / "list.toml"
    file.write_text('title = "List"\nurl = "https://list.test/"\nstores = ["list"]\n')
    return load_target(file)


def _views(page: Target, document: Any, stores: dict[str, str], area: Area | None = None) -> tuple[AreaView, ...]:
    """The areas of a dump, for stores that are declared by their keys in these areas."""
    declared = [{"name": key[:4].strip("/"), "area": place, "key": key, "rule": RULE} for key, place in stores.items()]
    request = CaptureRequest(page, {"words": ["list"], "stores": declared}, b"0" * 32)
    return dumped(request, [(area, document, "saved.json")], redact).areas


@pytest.mark.parametrize("area", [Area.SESSION, Area.LOCAL])
def test_a_dump_without_an_area_is_of_the_one_where_the_stores_are_declared(page: Target, area: Area) -> None:
    (view,) = _views(page, {"list": json.dumps(LIST), "theme": "dark"}, {"list": str(area)})
    assert (view.area, [entry.store for entry in view.entries], view.others) == (area, ["list"], 1)


def test_of_several_areas_it_is_the_one_whose_keys_it_has(page: Target) -> None:
    declared = {"list": "session", "draft:{id}": "local"}
    (view,) = _views(page, {"draft:7": json.dumps(LIST)}, declared)
    assert view.area is Area.LOCAL


@pytest.mark.parametrize("keys", [["other"], ["list", "draft:7"]])
def test_of_several_areas_that_fit_alike_none_is_chosen(page: Target, keys: list[str]) -> None:
    with pytest.raises(InputFault, match=r"write AREA=saved.json, with one of session, local"):
        _views(page, dict.fromkeys(keys, json.dumps(LIST)), {"list": "session", "draft:{id}": "local"})


@pytest.mark.parametrize("area", [None, Area.SESSION, Area.LOCAL])
def test_the_file_of_one_store_is_no_dump(page: Target, area: Area | None) -> None:
    with pytest.raises(InputFault, match=r"1 of 2 are none; .*--store NAME=saved.json") as told:
        _views(page, {**LIST, "secret-name": "x"}, {"list": "local"}, area)
    assert "secret" not in str(told.value)
    assert "items" not in str(told.value), "a key may be somebody's name"


def test_the_file_of_one_store_is_no_dump_of_databases(page: Target) -> None:
    with pytest.raises(InputFault, match="DATABASE/STORE/KEY"):
        _views(page, LIST, {"db/held/list": "indexed-db"}, Area.INDEXED_DB)
    (view,) = _views(page, {"db/held/list": LIST}, {"db/held/list": "indexed-db"})
    assert [entry.store for entry in view.entries] == ["db/h"]


def test_two_dumps_of_one_area_are_told_by_both_names(page: Target) -> None:
    policy = {"words": [], "stores": [{"name": "list", "area": "local", "key": "list", "rule": RULE}]}
    request = CaptureRequest(page, policy, b"0" * 32)
    with pytest.raises(InputFault, match=r"b.json: a second dump of local, beside a.json"):
        dumped(request, [(Area.LOCAL, {}, "a.json"), (None, {}, "b.json")], redact)


def test_a_misspelt_area_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("saved.json").write_text("{}")
    Path("lokal=saved.json").write_text("{}")
    assert named_area("lokal=saved.json") == (None, "lokal=saved.json"), "there is such a file"
    Path("lokal=saved.json").unlink()
    with pytest.raises(InputFault, match="unknown storage area 'lokal'; did you mean 'local'"):
        named_area("lokal=saved.json")


# ---- databases in a storage state


def _state(*stores: dict[str, Any], **more: Any) -> dict[str, Any]:
    held = {
        "name": "db",
        "version": 1,
        "stores": [{"indexes": [], "autoIncrement": False, **store} for store in stores],
    }
    return {
        "cookies": [],
        "origins": [{"origin": "https://list.test", "localStorage": [], "indexedDB": [held], **more}],
    }


def _databases(page: Target, *stores: dict[str, Any]) -> dict[str, str]:
    areas = dict(areas_of_state(_state(*stores), "state.json", page.origin))
    return dict(areas[Area.INDEXED_DB])


def test_the_databases_of_a_storage_state_are_read_as_the_page_is(page: Target) -> None:
    record = {"key": "list", "value": LIST}
    local, databases = _views(page, _state({"name": "held", "records": [record]}), {"db/held/list": "indexed-db"})
    assert (local.area, databases.area) == (Area.LOCAL, Area.INDEXED_DB)
    assert [(entry.key, entry.form) for entry in databases.entries] == [("db/held/list", "json")]


def test_one_area_of_a_storage_state_may_be_named(page: Target) -> None:
    state = _state({"name": "held", "records": [{"key": "list", "value": LIST}]})
    (view,) = _views(page, state, {"db/held/list": "indexed-db"}, Area.INDEXED_DB)
    assert view.area is Area.INDEXED_DB
    del state["origins"][0]["indexedDB"]
    with pytest.raises(InputFault, match="without indexed-db storage; save it with indexed_db=True"):
        _views(page, state, {"db/held/list": "indexed-db"}, Area.INDEXED_DB)
    assert [view.area for view in _views(page, state, {"db/held/list": "indexed-db"})] == [Area.LOCAL]


@pytest.mark.parametrize(
    ("store", "record", "key"),
    [
        ({}, {"key": "a"}, "a"),
        ({}, {"key": 7}, "7"),
        ({}, {"key": ["a", 7]}, '["a",7]'),
        ({}, {"keyEncoded": {"d": "2026-01-02T03:04:05.000Z"}}, '"2026-01-02T03:04:05.000Z"'),
        ({"keyPath": "at.id"}, {"value": {"at": {"id": "x"}}}, "x"),
        ({"keyPathArray": ["id", "no"]}, {"value": {"id": "x", "no": 2}}, '["x",2]'),
    ],
)
def test_the_key_of_a_record_is_written_as_a_reading_of_the_page_writes_it(
    page: Target, store: dict[str, Any], record: dict[str, Any], key: str
) -> None:
    assert list(_databases(page, {"name": "held", **store, "records": [{"value": 1, **record}]})) == [f"db/held/{key}"]


SHARED = {"o": [{"k": "n", "v": 1}], "id": 2}
CIRCLE = {"o": [{"k": "self", "v": {"ref": 1}}], "id": 1}


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ({"d": "2026-01-02T03:04:05.000Z"}, "2026-01-02T03:04:05.000Z"),
        ({"v": "undefined"}, "null"),
        ({"v": "NaN"}, "null"),
        ({"bi": "12345678901234567890"}, "12345678901234567890"),
        ({"m": [{"k": "a", "v": 1}], "id": 1}, "{}"),
        ({"s": [1], "id": 1}, "{}"),
        ({"ta": {"b": "AAAA", "k": "ui8"}}, "null"),
        ({"a": [1, {"v": "undefined"}, {"v": "-0"}], "id": 1}, "[1,null,0]"),
        ({"o": [{"k": "a", "v": {"v": "undefined"}}, {"k": "b", "v": {"v": "null"}}], "id": 1}, '{"b":null}'),
        ({"o": [{"k": "a", "v": SHARED}, {"k": "b", "v": {"ref": 2}}], "id": 1}, '{"a":{"n":1},"b":{"n":1}}'),
        (CIRCLE, ""),
    ],
)
def test_what_json_cannot_hold_is_what_a_page_would_write_of_it(page: Target, encoded: Any, text: str) -> None:
    assert _databases(page, {"name": "held", "records": [{"key": "k", "valueEncoded": encoded}]}) == {"db/held/k": text}


def test_an_endless_value_is_refused_in_one_line(page: Target) -> None:
    value: Any = 1
    for number in range(600):
        value = {"a": [value], "id": number}
    with pytest.raises(InputFault, match="indexedDB is not a list of databases"):
        _databases(page, {"name": "held", "records": [{"key": "k", "valueEncoded": value}]})
