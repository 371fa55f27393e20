"""Schemas: how stores load, which version a store is, what a capture may keep, and what violations say."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from driftwright.base.errors import InputFault
from driftwright.structure.shape.folding import fold
from driftwright.workspace.schemas.load import Store, Version, load_stores
from driftwright.workspace.schemas.policy import redaction_policy
from driftwright.workspace.schemas.resolve import resolve
from driftwright.workspace.schemas.validation import violations
from driftwright.workspace.schemas.vocabulary import vocabulary_violations
from kit.project import STORES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

VERSIONS = [(store, version) for store in STORES.values() for version in (*store.versions, *store.alternatives)]
WITNESSES = [(store, version, moment) for store, version in VERSIONS for moment in version.witnesses]


def _named(value: object) -> str:
    return value if isinstance(value, str) else str(getattr(value, "name", value))


def _workspace(folder: Path, schema: Mapping[str, Any], **settings: str) -> Path:
    home = folder / "shop" / "cart"
    home.mkdir(parents=True)
    known = {"name": "cart", "title": "Cart", "area": "session", "key": "cart", **settings}
    (home / "store.toml").write_text("".join(f"{name} = {json.dumps(text)}\n" for name, text in known.items()))
    (home / "v1.schema.json").write_text(json.dumps({"$schema": DIALECT, **schema}))
    return folder


def _cart(folder: Path, schema: Mapping[str, Any], **settings: str) -> Store:
    return load_stores(_workspace(folder, schema, **settings))["cart"]


# ---- loading


def test_versions_are_in_order_of_number_not_of_text(tmp_path: Path) -> None:
    folder = _workspace(tmp_path, {"type": "object"})
    for name in ("v2", "v10", "v9", "alt-b", "alt-a"):
        (folder / "shop" / "cart" / f"{name}.schema.json").write_text(json.dumps({"$schema": DIALECT}))
    store = load_stores(folder)["cart"]
    assert [version.name for version in store.versions] == ["v1", "v2", "v9", "v10"]
    assert [version.name for version in store.alternatives] == ["alt-a", "alt-b"]
    assert store.latest.name == "v10"
    assert store.owner == "shop/cart"
    assert store.version("alt-b").published is False
    with pytest.raises(InputFault, match="known versions: v1, v2, v9, v10"):
        store.version("v3")


def test_a_key_pattern_names_its_placeholder(tmp_path: Path) -> None:
    assert _cart(tmp_path / "one", {}, key="cart_{customer}").placeholder == "customer"
    assert _cart(tmp_path / "two", {}, key="cart").placeholder == ""


def test_the_layout_follows_references_and_tells_maps_from_records(tmp_path: Path) -> None:
    schema = {
        "$defs": {"item": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}},
        "type": "object",
        "properties": {
            "byId": {"type": "object", "x-key-space": "item", "additionalProperties": {"$ref": "#/$defs/item"}},
            "list": {"type": ["array", "null"], "items": {"$ref": "#/$defs/item"}},
            "mode": {"enum": ["a", "b"]},
        },
    }
    layout = _cart(tmp_path, schema).latest.layout
    assert layout.kind == "record"
    by_id, listed = layout.fields["byId"], layout.fields["list"]
    assert by_id.kind == "map"
    assert by_id.values is not None
    assert by_id.values.required == {"id"}
    assert sorted(listed.types) == ["array", "null"]
    assert listed.items == by_id.values
    assert layout.fields["mode"].enum == ("a", "b")


def test_what_stands_beside_a_reference_holds_besides(tmp_path: Path) -> None:
    item = {
        "properties": {"id": {"type": "string", "x-redact": "pseudonym"}, "flag": {"x-redact": "keep"}},
        "required": ["id"],
    }
    beside = {"properties": {"id": {"x-key-equals": True}, "flag": {"x-redact": "mask"}}, "required": ["flag", "id"]}
    schema = {
        "$defs": {"item": item},
        "x-key-space": "item",
        "additionalProperties": {"$ref": "#/$defs/item", "type": ["object", "null"], **beside},
    }
    store = _cart(tmp_path, schema)
    values = store.latest.layout.values
    assert values is not None
    assert values.required == {"id", "flag"}
    assert values.types == {"object", "null"}
    rule = redaction_policy([store])["stores"][0]["rule"]["values"]
    assert rule["fields"] == {"id": {"redact": "pseudonym", "types": ["string"]}, "flag": {"redact": "mask"}}
    assert violations({"a": None, "b": {"id": 1, "flag": 1}}, store.latest)[0].path == "/{}/id"
    (found,) = vocabulary_violations({"a": {"id": "b", "flag": 1}}, store.latest, "cart")
    assert (found.path, found.keyword) == ("/{}/id", "x-key-equals")


LOOP = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}
TREE = {"$defs": {"tree": {"properties": {"below": {"$ref": "#/$defs/tree"}}}}, "$ref": "#/$defs/tree"}

BAD_SCHEMAS: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown keyword": ({"propertis": {}}, "/", "did you mean 'properties'"),
    "a deep unknown keyword": ({"properties": {"a/b": {"typ": "x"}}}, "/properties/a~1b", "did you mean 'type'"),
    "an unknown type": ({"type": "strng"}, "/type", "did you mean 'string'"),
    "a type in a list": ({"type": ["string", "nul"]}, "/type", "did you mean 'null'"),
    "a remote reference": ({"$ref": "https://shop.test/a.json"}, "/$ref", "nothing is fetched"),
    "a file reference": ({"items": {"$ref": "other.json#/a"}}, "/items/$ref", "nothing is fetched"),
    "a dead reference": ({"$ref": "#/$defs/none"}, "/$ref", "mend the reference"),
    "a reference to no schema": ({"title": "x", "$ref": "#/title"}, "/$ref", "mend the reference"),
    "a reference loop": (LOOP, "/$defs/", "remove the $ref loop"),
    "a schema that holds itself": (TREE, "/$defs/", "remove the $ref loop"),
    "a source of no kind": ({"properties": {"a": {"x-source": ["somebody"]}}}, "/properties/a/x-source", "capture"),
    "a source that is no list": ({"properties": {"a": {"x-source": "code: 1.2"}}}, "/properties/a/x-source", "list"),
    "no source at all": ({"properties": {"a": {"x-source": []}}}, "/properties/a/x-source", "list"),
    "an unknown redaction": ({"x-redact": "drop"}, "/x-redact", ""),
    "properties that are a list": ({"properties": []}, "/properties", ""),
    "items that are text": ({"properties": {"a": "text"}}, "/properties/a", "write { }"),
    "another dialect": ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/$schema", DIALECT),
}


@pytest.mark.parametrize("name", BAD_SCHEMAS)
def test_a_bad_schema_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    schema, place, mend = BAD_SCHEMAS[name]
    with pytest.raises(InputFault) as caught:
        load_stores(_workspace(tmp_path, schema))
    assert caught.value.file.endswith("v1.schema.json")
    assert caught.value.place.startswith(place)
    assert mend in caught.value.mend
    assert "\n" not in str(caught.value)


def test_a_keyword_of_the_wrong_form_is_named_by_the_metaschema(tmp_path: Path) -> None:
    store = _cart(tmp_path, {"properties": {"a": {"uniqueItems": "yes"}}})
    with pytest.raises(InputFault, match="not a valid JSON Schema") as caught:
        violations({"a": 1}, store.latest)
    assert caught.value.place == "/properties/a/uniqueItems"


@pytest.mark.parametrize("keyword", ["minimum", "maxLength", "minItems", "exclusiveMaximum"])
@pytest.mark.parametrize("bound", ["1", True, None, [1]])
def test_a_bound_that_is_no_number_is_refused_before_anything_is_compared(
    tmp_path: Path, keyword: str, bound: object
) -> None:
    with pytest.raises(InputFault, match="must be a number") as caught:
        _cart(tmp_path, {"properties": {"a": {keyword: bound}}})
    assert caught.value.place == f"/properties/a/{keyword}"


@pytest.mark.parametrize(
    ("settings", "place"),
    [({"area": "cookies"}, "area"), ({"name": "two words"}, "name"), ({"colour": "red"}, "")],
)
def test_a_bad_store_is_refused(tmp_path: Path, settings: dict[str, str], place: str) -> None:
    with pytest.raises(InputFault) as caught:
        _cart(tmp_path, {}, **settings)
    assert caught.value.file.endswith("store.toml")
    assert caught.value.place == place


def test_two_stores_may_not_have_one_name(tmp_path: Path) -> None:
    _workspace(tmp_path, {})
    twin = tmp_path / "shop" / "second"
    twin.mkdir()
    for name in ("store.toml", "v1.schema.json"):
        (twin / name).write_bytes((tmp_path / "shop" / "cart" / name).read_bytes())
    with pytest.raises(InputFault, match="the store name 'cart' is taken"):
        load_stores(tmp_path)


def test_a_folder_without_stores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"no store\.toml"):
        load_stores(tmp_path)
    with pytest.raises(InputFault, match="no such folder"):
        load_stores(tmp_path / "none")


# ---- the schemas of this repository


@pytest.mark.parametrize(("store", "version"), VERSIONS, ids=_named)
def test_every_schema_is_valid_json_schema(store: Store, version: Version) -> None:
    assert version.schema["$schema"] == DIALECT, store.owner
    jsonschema.Draft202012Validator.check_schema(version.schema)


@pytest.mark.parametrize(("store", "version", "moment"), WITNESSES, ids=_named)
def test_every_witness_is_valid_by_its_own_version(store: Store, version: Version, moment: str) -> None:
    assert violations(version.witnesses[moment], version) == (), store.owner


def test_every_published_version_has_witnesses() -> None:
    bare = [version.file for _, version in VERSIONS if version.published and not version.witnesses]
    assert bare == []


def test_every_path_of_a_redacted_field_is_declared_on_purpose() -> None:
    """Times, prompts and addresses are never kept, whatever their schema calls them."""
    private = ("prompt", "url", "time", "reference", "text", "content", "label", "name")
    harmless = {"modelName", "resolutionName"}
    kept = [
        f"{store.name} {version.name} {name}"
        for store, version in VERSIONS
        for name, schema in _properties(version.schema)
        if schema.get("x-redact") == "keep"
        and "string" in _types(schema)
        and name not in harmless
        and any(word in name.lower() for word in private)
    ]
    assert kept == []


def test_every_field_says_what_it_is_known_from() -> None:
    """A field that somebody guessed is not taken for one that was seen."""
    bare = [
        f"{store.name} {version.name} {name}"
        for store, version in VERSIONS
        for name, schema in _properties(version.schema)
        # Beside a reference stands what is said besides.
        if "x-source" not in schema and schema.keys() - {"description", "x-key-equals", "x-references", "x-order"}
    ]
    assert bare == []


def _types(schema: Mapping[str, Any]) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def _properties(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(schema, list):
        for part in schema:
            yield from _properties(part)
    if not isinstance(schema, dict):
        return
    for name, part in schema.get("properties", {}).items():
        yield name, part
    for part in schema.values():
        yield from _properties(part)


# ---- resolution


@pytest.mark.parametrize(("store", "version", "moment"), WITNESSES, ids=_named)
def test_a_witness_resolves_to_its_own_version(store: Store, version: Version, moment: str) -> None:
    """Except a first write, which may be one field that several versions know: any of them, at distance 0, is right."""
    value = version.witnesses[moment]
    found = resolve(fold([value], store.latest.layout), store)
    assert found.version is not None
    # A documented alternative is folded as today's version declares it; a map that only the alternative declares costs.
    assert found.distance == 0 or not version.published
    if moment == "first-write":
        assert violations(value, found.version) == ()
    else:
        assert found.version.name == version.name


@pytest.mark.parametrize("name", [name for name, store in STORES.items() if len(store.versions) > 1])
def test_versions_are_told_apart_by_structure_alone(name: str) -> None:
    store = STORES[name]
    told = {}
    for version in store.versions:
        found = resolve(fold([version.witnesses["several"]], store.latest.layout), store)
        told[version.name] = (found.version.name if found.version else None, found.distance)
    assert told == {version.name: (version.name, 0) for version in store.versions}


def test_five_shapes_under_one_version_number_are_five_versions() -> None:
    store = STORES["sessions"]
    numbers = {version.witnesses["several"]["version"] for version in store.versions}
    assert len(store.versions) == 5
    assert numbers == {1}


def test_an_undeclared_field_costs_one_and_does_not_change_the_version() -> None:
    store = STORES["sessions"]
    value = json.loads(json.dumps(store.latest.witnesses["several"]))
    value["state"]["brandNew"] = 1
    found = resolve(fold([value], store.latest.layout), store)
    assert found.version is store.latest
    assert found.distance == 1


@pytest.mark.parametrize("value", [{"a": 1, "b": 2, "c": {}}, [], "text", 7, {"nothing": {"of": "it"}}])
def test_something_wholly_else_is_no_version(value: Any) -> None:
    store = STORES["settings"]
    assert resolve(fold([value], store.latest.layout), store).version is None


# ---- validation


def _mutants(value: Any, count: int, seed: int) -> Iterator[Any]:
    chance = random.Random(seed)  # noqa: S311 - mutants of test data
    for _ in range(count):
        mutant = json.loads(json.dumps(value))
        places = [*_places(mutant)]
        for _ in range(chance.randint(1, 3)):
            holder, key = chance.choice(places)
            _mutate(holder, key, chance)
        yield mutant


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each position below a value as its holder and its key there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(pairs):
        yield value, key
        yield from _places(below)


def _mutate(holder: Any, key: Any, chance: random.Random) -> None:
    odd = [None, True, 0, -1, 1.5, 1.0, "", "text", [], {}, [None], {"a": 1}, 10**20, "2026-01-01T00:00:00Z"]
    if isinstance(holder, list):
        holder[key % len(holder)] = chance.choice(odd)
    elif chance.random() < 0.4:
        holder.pop(key, None)
    else:
        holder[key] = chance.choice(odd)


def test_both_validators_agree_on_two_hundred_mutated_stores() -> None:
    """The fast one only ever says "yes" in our name, so a difference would hide a violation."""
    several = [(version, version.witnesses["several"]) for _, version in VERSIONS if "several" in version.witnesses]
    rich = [(version, value) for version, value in several if isinstance(value, dict)]
    tried = refused = 0
    for number, (version, value) in enumerate(rich):
        slow = jsonschema.Draft202012Validator(version.schema)
        fast = jsonschema_rs.Draft202012Validator(dict(version.schema), offline=True)
        for mutant in _mutants(value, 200 // len(rich) + 1, number):
            valid = slow.is_valid(mutant)
            assert fast.is_valid(mutant) == valid, (version.file, mutant)
            assert (violations(mutant, version) == ()) == valid
            tried, refused = tried + 1, refused + (not valid)
    assert tried >= 200
    assert refused >= tried // 4


def test_a_violation_says_where_and_what_without_any_value() -> None:
    store = STORES["site"]
    value = json.loads(json.dumps(store.latest.witnesses["several"]))
    (parent,) = value["state"]["videoByMediaId"]
    for attempt in value["state"]["videoByMediaId"][parent]:
        attempt["progress"] = "canary-progress"
        attempt["mediaUrl"] = ["canary-url"]
        del attempt["createTime"]
    found = violations(value, store.latest)
    where = "/state/videoByMediaId/{}/[]"
    assert {(one.path, one.keyword, one.times) for one in found} == {
        (where, "required", 3),
        (f"{where}/progress", "type", 3),
        (f"{where}/mediaUrl", "type", 3),
    }
    said = " ".join(one.message for one in found)
    assert "expected integer, found string" in said
    assert "required but absent: createTime" in said
    for secret in ("canary", parent):
        assert secret not in json.dumps([(one.path, one.message) for one in found])


def test_no_kind_of_violation_repeats_a_value(tmp_path: Path) -> None:
    canary = "canary-value"
    keywords: dict[str, Any] = {
        "const": 1, "enum": ["a"], "maxLength": 1, "pattern": "^x", "not": {}, "anyOf": [{"type": "null"}],
    }  # fmt: skip
    for keyword, rule in keywords.items():
        store = _cart(tmp_path / keyword, {"properties": {"a": {keyword: rule}}})
        (found,) = violations({"a": canary}, store.latest)
        assert found.keyword == keyword
        assert canary not in found.message


# ---- the redaction policy


def _rule(policy: Mapping[str, Any], store: str, *steps: str) -> Any:
    rule = next(item["rule"] for item in policy["stores"] if item["name"] == store)
    for step in steps:
        rule = rule[step] if step in ("values", "items") else rule["fields"][step]
    return rule


def test_the_policy_keeps_only_what_the_schema_names() -> None:
    policy = redaction_policy([STORES["site"]])
    attempt = ("state", "videoByMediaId", "values", "items")
    assert _rule(policy, "site", *attempt, "moderated")["redact"] == "keep"
    assert _rule(policy, "site", *attempt, "videoId")["redact"] == "pseudonym"
    assert _rule(policy, "site", *attempt, "parentPostId")["redact"] == "pseudonym"
    assert _rule(policy, "site", *attempt, "videoPrompt")["redact"] == "mask"
    assert _rule(policy, "site", *attempt, "mediaUrl")["redact"] == "mask"
    # What says nothing is masked by the redactor: the policy must not say more than the schema did.
    assert "redact" not in _rule(policy, "site", *attempt)
    assert {item["name"] for item in policy["stores"]} == {"site"}


def test_the_policy_of_a_store_of_many_keys_describes_one_entry() -> None:
    policy = redaction_policy([STORES["session"]])
    (entry,) = policy["stores"]
    assert entry["key"] == "grokRetrySession_{parent}"
    assert "values" not in entry["rule"]
    assert entry["rule"]["fields"]["videosGenerated"]["redact"] == "keep"


def test_a_newer_version_decides_and_older_fields_stay(tmp_path: Path) -> None:
    folder = _workspace(tmp_path, {"properties": {"a": {"x-redact": "keep"}, "old": {"x-redact": "keep"}}})
    newer = {"$schema": DIALECT, "properties": {"a": {"x-redact": "mask"}, "new": {"x-redact": "pseudonym"}}}
    (folder / "shop" / "cart" / "v2.schema.json").write_text(json.dumps(newer))
    policy = redaction_policy(load_stores(folder).values())
    redactions = {name: rule["redact"] for name, rule in _rule(policy, "cart")["fields"].items()}
    assert redactions == {"a": "mask", "old": "keep", "new": "pseudonym"}


def test_the_words_of_the_policy_are_the_names_that_schemas_spell() -> None:
    words = set(redaction_policy([STORES["site"]])["words"])
    assert {"moderated", "video", "media", "parent", "thumbnail", "url", "rated"} <= words
    assert words == {word.lower() for word in words}
    assert not words & {"lighthouse", "canary", "https"}
