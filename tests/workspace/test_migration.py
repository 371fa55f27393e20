"""Migrations are read strictly: a fault names the file, the place and the mend."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from driftwright.base.errors import InputFault
from driftwright.workspace.migration import FieldClass, MigrationKind
from driftwright.workspace.migration_file import load_migrations
from driftwright.workspace.schemas.load import load_stores

DIALECT = "https://json-schema.org/draft/2020-12/schema"
GOOD = """
title  = "One basket for each household"
from   = ["basket@v1..v2", "register"]
to     = "by_household@v1"
move   = "({basket}) => ({write: {}, remove: [], wait: []})"
copies = ["lines"]
keep   = { count = "count", lines = "lines" }
merge  = { counters = "max of copies, sum of distinct" }
fields = { counters = ["count"], logs = ["lines"] }

[parent]
known    = ["register:/households"]
children = ["register:/households/{}/[]"]
"""
UPGRADE = """
title = "Settings get an envelope"
kind  = "upgrade"
from  = ["settings@v1"]
to    = "enveloped@v1"
move  = "({settings}) => ({write: {enveloped: {state: settings}}})"
keep  = { "settings" = "enveloped.state" }
"""


def _store(folder: Path, name: str, key: str, *schemas: object) -> None:
    home = folder / "schemas" / "shop" / name
    home.mkdir(parents=True)
    (home / "store.toml").write_text(f'name = "{name}"\ntitle = "x"\narea = "local"\nkey = "{key}"\n', "utf-8")
    for number, schema in enumerate(schemas, 1):
        assert isinstance(schema, dict)
        (home / f"v{number}.schema.json").write_text(json.dumps({"$schema": DIALECT, **schema}), "utf-8")


def _map(**fields: object) -> dict[str, object]:
    entry = {"type": "object", "properties": fields}
    return {"type": "object", "x-key-space": "member", "additionalProperties": entry}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace with baskets by member, of two versions, and a register that tells households."""
    count, lines = {"type": "integer"}, {"type": "array"}
    _store(tmp_path, "basket", "basket_{member}", _map(count=count), _map(count=count, lines=lines))
    _store(tmp_path, "by_household", "household_{member}", _map(count=count, lines=lines))
    _store(tmp_path, "register", "register", {"type": "object"})
    _store(tmp_path, "settings", "settings", {"type": "object", "properties": {"size": {"type": "integer"}}})
    _store(tmp_path, "enveloped", "enveloped", {"type": "object", "properties": {"state": {"type": "object"}}})
    (tmp_path / "migrations").mkdir()
    return tmp_path


def _load(shop: Path, text: str) -> object:
    (shop / "migrations" / "move.toml").write_text(text, "utf-8")
    return load_migrations(shop / "migrations", load_stores(shop / "schemas"))


def test_a_migration_names_its_stores_its_fields_and_what_these_are(shop: Path) -> None:
    _load(shop, GOOD)
    (migration,) = load_migrations(shop / "migrations", load_stores(shop / "schemas"))
    assert [(moved.store.name, [v.name for v in moved.versions]) for moved in migration.moved] == [
        ("basket", ["v1", "v2"])
    ]
    assert [store.name for store in migration.read] == ["register"]
    assert [(str(kept), kept.target, migration.class_of(kept)) for kept in migration.keep] == [
        ("basket.count", "by_household.count", FieldClass.COUNTERS),
        ("basket.lines", "by_household.lines", FieldClass.LOGS),
    ]
    assert migration.kind is MigrationKind.RE_KEY


def test_an_upgrade_keeps_whole_stores_and_needs_no_parents(shop: Path) -> None:
    _load(shop, UPGRADE)
    (migration,) = load_migrations(shop / "migrations", load_stores(shop / "schemas"))
    assert [(str(kept), kept.path, kept.target) for kept in migration.keep] == [("settings", (), "enveloped.state")]


def test_no_folder_is_no_migration(tmp_path: Path, shop: Path) -> None:
    assert load_migrations(tmp_path / "nowhere", load_stores(shop / "schemas")) == ()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("basket@v1..v2", "baskets@v1", "move.toml:from: unknown store 'baskets'; did you mean 'basket'?"),
        ("basket@v1..v2", "basket@v1..v7", "basket has no version 'v7'; known versions: v1, v2"),
        ("basket@v1..v2", "basket@v2..v1", "ends before it begins; write basket@v1..v2"),
        ("basket@v1..v2", "basket at v1", "is no store; write store, store@v1 or store@v1..v3"),
        ("basket@v1..v2", "basket", "names no store whose entries are moved"),
        ('count = "count"', 'cuont = "count"', "declares no field 'cuont'; did you mean 'count'?"),
        ('count = "count"', 'count = "total"', "by_household declares no field 'total'"),
        ('counters = ["count"]', 'counters = ["price"]', "'price' is no field that is kept"),
        ("max of copies, sum of distinct", "sum", "no such way to merge"),
        ('["register:/households/{}/[]"]', "[]", "does not say where parents are known"),
        ('"register:/households"', '"households"', "is no place; write it as store:/path"),
        ('"register:/households"', '"registry:/households"', "'registry' is no store of 'from'"),
        ('to     = "by_household@v1"', 'to = "enveloped@v1"', "enveloped declares no field"),
        ('copies = ["lines"]', 'copied = ["lines"]', "unknown key 'copied'"),
        ("[parent]", '[drop]\n"basket.count" = ""\n[parent]', "needs a reason"),
    ],
)
def test_a_fault_names_the_place_and_the_mend(shop: Path, before: str, after: str, says: str) -> None:
    assert before in GOOD
    with pytest.raises(InputFault) as fault:
        _load(shop, GOOD.replace(before, after))
    assert says in str(fault.value)
    assert "move.toml" in str(fault.value)


def test_two_stores_of_one_key_are_refused(shop: Path) -> None:
    _store(shop, "other", "basket_{member}", _map(count={"type": "integer"}))
    with pytest.raises(InputFault, match="two of its stores have one key"):
        _load(shop, GOOD.replace('"basket@v1..v2"', '"basket@v1..v2", "other@v1"'))


@pytest.mark.parametrize("text", [GOOD, UPGRADE])
def test_the_published_schema_takes_what_the_loader_takes(shop: Path, text: str) -> None:
    _load(shop, text)
    schema = json.loads(
        resources.files("driftwright.workspace").joinpath("formats/migration.schema.json").read_text("utf-8")
    )
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    good = tomllib.loads(text)
    assert validator.is_valid(good)
    changes: tuple[dict[str, object], ...] = (
        {"kind": "rekey"},
        {"from": []},
        {"keep": {}},
        {"merge": {"counters": "sum"}},
        {"copied": []},
    )
    for wrong in changes:
        assert not validator.is_valid({**good, **wrong})
