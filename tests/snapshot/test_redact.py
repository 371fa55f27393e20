"""The redactor's laws, in V8: nothing that is not named gets out, and what gets out keeps its structure."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from driftwright.snapshot.capture.redactor import redactor_source
from kit.examples import examples

SALT = bytes(range(32))
P1 = "11111111-1111-4111-8111-111111111111"
V1 = "22222222-2222-4222-8222-222222222222"
PSEUDONYM = {"redact": "pseudonym", "types": ["string"]}
INTEGER = {"redact": "keep", "types": ["integer"]}
TEXT = {"redact": "keep", "types": ["string"]}
FIXED = (
    "masked text ",
    "masked/",
    "data:,",
    "masked.example",
    "blob:https:",
    "x_",
)


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"const tool = {redactor_source()}; 0")
    return engine


def _areas(policy: dict[str, Any], areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # Through JSON text on both ways, as in the browser; a lone surrogate survives as an escape.
    arguments = [json.dumps(json.dumps(part)) for part in ({"salt": SALT.hex(), **policy}, areas)]
    answer = _engine().eval(f"tool.redact({arguments[0]}, {arguments[1]})")
    assert isinstance(answer, str)
    found = json.loads(answer)["areas"]
    assert isinstance(found, list)
    return found


def _policy(rule: dict[str, Any], *, words: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"words": words, "stores": [{"name": "shop", "area": "session", "key": "shop", "rule": rule}]}


def _entry(text: str, rule: dict[str, Any], *, words: tuple[str, ...] = ()) -> dict[str, Any]:
    (view,) = _areas(_policy(rule, words=words), [{"area": "session", "entries": [["shop", text]]}])
    (entry,) = view["entries"]
    assert isinstance(entry, dict)
    return entry


def _redacted(value: Any, rule: dict[str, Any] | None = None, *, words: tuple[str, ...] = ()) -> Any:
    return _entry(json.dumps(value), rule or {}, words=words)["value"]


def _strings(value: Any) -> Iterator[str]:
    """Yield every string and every key, also inside text that holds JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)


def _types(value: Any) -> Any:
    if isinstance(value, list):
        return [_types(item) for item in value]
    if isinstance(value, dict):
        # JavaScript puts names that are numbers first: the order of a record's fields is no law.
        return ("object", sorted((_types(item) for item in value.values()), key=str))
    return type(value).__name__


_times = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
_secret = st.one_of(
    st.text(min_size=4, max_size=40),
    st.uuids().map(str),
    st.uuids().map(lambda made: made.hex),
    st.from_regex(r"https://[a-z]{5,9}\.example/[a-z0-9]{8,20}\.png", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_-]{20,30}", fullmatch=True),
    st.from_regex(r"[a-z]{4,8} [a-z]{4,9}@[a-z]{5}\.org", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{8,20}", fullmatch=True),
    st.sampled_from(["lighthouse at dawn", "canary-user", "Bearer eyJhbGciOi", "__proto__", "constructor"]),
    _times,
)
_scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e9, 1e9).filter(lambda number: not number.is_integer()),
    _secret,
)
_values = st.recursive(
    _scalar,
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(_secret, below, max_size=4),
        st.dictionaries(st.sampled_from(["id", "items", "kept", "ref", "byId"]), below, max_size=4),
        below.map(json.dumps),
    ),
    max_leaves=20,
)
_rule: dict[str, Any] = {
    "fields": {"kept": INTEGER, "ref": PSEUDONYM, "byId": {"values": {"fields": {"id": PSEUDONYM}}}},
    "items": {"fields": {"ref": PSEUDONYM}},
}


def _harmless(text: str) -> bool:
    """Whether the text may stand in the output: a fixed token, a structural name, or a short word at a kept place."""
    return len(text) < 4 or text in {"items", "kept", "byId"} or text in "".join(FIXED) or text.startswith("2025-01-")


def _inner(text: str) -> Iterator[str]:
    try:
        held = json.loads(text)
    except ValueError:
        return
    if isinstance(held, dict | list):
        yield from _strings(held)


@settings(max_examples=examples(60), deadline=None)
@given(_values)
def test_no_text_of_the_input_gets_out(value: Any) -> None:
    shown = set(_strings(_redacted(value, _rule)))
    shown |= {text for outer in list(shown) for text in _inner(outer)}
    spoken = re.compile(r"[A-Za-z0-9_$.:/-]+")
    for secret in _strings(value):
        # A name that is made of structural words only, or a literal, or short JSON text, is allowed to stay.
        if _harmless(secret) or secret.lower() in {"true", "false", "null", "undefined"} or secret[0] in "[{-0":
            continue
        if spoken.fullmatch(secret) and not re.search(r"\d", secret):
            continue
        assert secret not in shown


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{6,12} [a-z]{6,12} \d{4}", fullmatch=True), min_size=1, max_size=5), _values)
def test_prose_is_never_a_part_of_the_answer(prose: list[str], value: Any) -> None:
    held = {
        "title": prose[0],
        "list": prose,
        "map": dict.fromkeys(prose, 1),
        prose[0]: value,
        "text": json.dumps(prose),
    }
    answer = json.dumps(_entry(json.dumps(held), _rule))
    assert not [secret for secret in prose if secret in answer]


@settings(max_examples=examples(60), deadline=None)
@given(_values)
def test_types_and_counts_stay_at_every_place(value: Any) -> None:
    assert _types(_redacted(value, _rule)) == _types(json.loads(json.dumps(value)))


@settings(max_examples=examples(60), deadline=None)
@given(_values)
def test_redacting_twice_changes_no_type(value: Any) -> None:
    once = _redacted(value, _rule)
    assert _types(_redacted(once, _rule)) == _types(once)


_PRECISIONS = st.sampled_from(["milliseconds", "microseconds"])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.datetimes(), _PRECISIONS), min_size=2, max_size=8))
@example([(datetime(99, 1, 1), "milliseconds"), (datetime(1950, 1, 1), "microseconds")])  # noqa: DTZ001
@example([(datetime(1, 1, 1), "microseconds"), (datetime(1901, 1, 1), "microseconds")])  # noqa: DTZ001
def test_order_and_equality_of_times_stay(times: list[tuple[datetime, str]]) -> None:
    texts = [moment.isoformat(timespec=precise) + "Z" for moment, precise in times]
    whole = [datetime.fromisoformat(text[:-1]) for text in texts]
    shown = _redacted(texts)
    instants = [text[:19] for text in shown]
    for first, one in zip(whole, instants, strict=True):
        for second, two in zip(whole, instants, strict=True):
            assert (first < second, first == second) == (one < two, one == two)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.integers(1, 10**6), unique=True, min_size=2, max_size=40))
def test_short_numeric_ids_stay_distinct_and_join(ids: list[int]) -> None:
    rule = {"fields": {"map": {"values": INTEGER}, "list": {"items": {"redact": "pseudonym", "types": ["integer"]}}}}
    shown = _redacted({"map": {str(one): 1 for one in ids}, "list": ids}, rule)
    assert set(shown["map"]) == {str(one) for one in shown["list"]}
    assert len(set(shown["list"])) == len(ids)
    assert [len(str(one)) for one in shown["list"]] == [len(str(one)) for one in ids]


def test_a_pseudonym_is_the_keyed_hash_in_the_form_of_the_id() -> None:
    digits = hashlib.blake2s(P1.encode(), key=SALT).hexdigest()
    shown = uuid.UUID(_redacted(P1))
    assert shown.version == 4
    assert shown.variant == uuid.RFC_4122
    assert (shown.hex[:12], shown.hex[13:16], shown.hex[17:]) == (digits[:12], digits[13:16], digits[17:32])


@pytest.mark.parametrize("length", [5, 63, 64, 65, 127, 128, 129, 192, 1500])
def test_the_hash_is_right_at_every_block_border(length: int) -> None:
    text = "é" + ("q w" * length)[: length - 2]
    expected = "masked text " + hashlib.blake2s(text.encode(), key=SALT).hexdigest()[:10]
    assert _redacted(text, PSEUDONYM) == expected


def test_an_id_has_one_pseudonym_in_keys_names_and_values() -> None:
    rule = {"fields": {"byId": {"values": {"fields": {"id": PSEUDONYM}}}, "chosen": PSEUDONYM}}
    policy = {"stores": [{"name": "shop", "area": "session", "key": "shop_{parent}_v1", "rule": rule}]}
    held = {"byId": {P1: {"id": P1, "parent": P1}, "evening": {"id": "evening"}}, "chosen": P1, f"draft_{P1}": 1}
    (view,) = _areas(policy, [{"area": "session", "entries": [[f"shop_{P1}_v1", json.dumps(held)], ["x", "1"]]}])
    (entry,) = view["entries"]
    shown = entry["ids"]["parent"]
    assert entry["key"] == f"shop_{shown}_v1"
    evening = entry["value"]["byId"].popitem()
    assert evening == (evening[1]["id"], {"id": evening[1]["id"]})
    assert entry["value"] == {"byId": {shown: {"id": shown, "parent": shown}}, "chosen": shown, f"draft_{shown}": 1}
    assert view["others"] == 1
    assert P1 not in json.dumps(view)


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("f00dfacecafe1234", r"[0-9a-f]{16}"),
        ("9E107D9D372BB6826BD81D3542A419D6", r"(?=.*[A-F])[0-9A-F]{32}"),
        ("1234567890123456789", r"[1-9][0-9]{18}"),
        ("Zm9vYmFyMTIzNDU2Nzg5", r"[A-Za-z0-9_-]{20}"),
    ],
)
def test_an_id_keeps_its_format_class(raw: str, form: str) -> None:
    shown = _redacted([raw, raw], {"items": TEXT})
    assert shown[0] == shown[1] != raw
    assert re.fullmatch(form, shown[0])


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        ("false", "false"),
        ("a cat on a roof", "masked text ca6b6db515"),
        ("https://user:pw@shop.org/a/b.png?token=1", "https://masked.example/6afa867b72?masked"),
        ("http://10.0.0.1:81/", "http://h5e3df90639.masked.example/"),
        ("weird-app://open/now", "app://masked.example/5b7e7be233"),
        ("blob:https://shop.org/1-2", "blob:https://masked.example/d755d794e3"),
        ("data:image/png;base64,AAAA", "data:masked/masked,d0c519f112"),
        ("users/12/face.png", "masked/51bbe07d9f"),
        ("/users/12/face.png", "/masked/e5e37e49ac"),
        ("784", "364"),
        ("2024-05-01T10:20:30.123456+02:00", "2025-01-01T00:00:00.000000+00:00"),
        ("2024-05-01 10:20", "2025-01-01 00:00"),
        ("2024-05-01", "2025-01-01"),
        ("Wed, 01 May 2024 10:00:00 GMT", "Wed, 01 Jan 2025 00:00:00 GMT"),
        ('{"name": "a cat", "id": 7}', '{"name":"masked text bf09fa875d","id":3}'),
        (784, 300),
        (-784, -300),
        (0.37, 0.5),
        (12.5, 30.05),
        (0, 0),
        (1714557600, 1735689600),
        (1714557600123, 1735689600000),
        (1714557600123456, 1735689600000000),
        (True, True),
        (None, None),
    ],
)
def test_what_is_not_named_is_masked(raw: Any, shown: Any) -> None:
    assert _redacted(raw) == shown
    assert type(_redacted(raw)) is type(shown)


def test_what_is_named_is_kept_as_far_as_its_type_goes() -> None:
    rule = {"fields": {"progress": INTEGER, "mode": TEXT, "secret": {"redact": "mask", "types": ["boolean"]}}}
    held = {"progress": 42, "mode": "a mode of several words", "secret": True}
    assert _redacted(held, rule) == {**held, "secret": False}
    drifted = {"progress": "done", "mode": 784, "secret": "on the roof"}
    # What stands at a kept place, but is of no type that was declared there, nobody meant to keep.
    assert _redacted(drifted, rule) == {"progress": "x_e68b2dc0", "mode": 300, "secret": "masked text 7e2d083c6e"}
    assert _redacted({"progress": 0.5, "mode": 1}, rule) == {"progress": 0.5, "mode": 1}


def test_names_are_kept_only_when_every_word_is_allowed() -> None:
    held = {"videoItems": 1, "created_videos": 1, "is-video2": 1, "catName": 1, "two words": 1, "": 1}
    shown = list(_redacted(held, words=("video",)))
    assert shown[:3] == ["videoItems", "created_videos", "is-video2"]
    assert re.fullmatch(r"x_[0-9a-f]{8}", shown[3])
    assert re.fullmatch(r"masked text [0-9a-f]{10}", shown[4])
    assert shown[5] == ""


def test_prototype_names_are_ordinary_names() -> None:
    text = '{"__proto__": {"id": "a cat"}, "constructor": 7, "toString": {"valueOf": true}}'
    value = _entry(text, {"fields": {"__proto__x": TEXT}})["value"]
    assert _types(value) == ("object", [("object", ["bool"]), ("object", ["str"]), "int"])


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 128 + "1" + "}" * 128,
        "[" * 100_000 + "]" * 100_000,
        json.dumps([0] * 2_000_000),
        json.dumps("x" * (16 * 1024 * 1024)),
    ],
    ids=["deep", "very deep", "many", "large"],
)
def test_beyond_the_bounds_there_is_a_mark_and_no_value(text: str) -> None:
    entry = _entry(text, {})
    assert (entry["form"], entry["value"], entry["size"]) == ("oversize", None, 1 << (len(text) - 1).bit_length())


def test_forms_tell_json_from_text() -> None:
    assert _entry("a cat", {})["form"] == "text"
    assert _entry("a cat", {})["value"] is None
    assert _entry('"a cat"', {})["form"] == "json"
    assert _entry(json.dumps('{"id": "a cat"}'), {}) | {"key": ""} == {
        "key": "",
        "ids": {},
        "store": "shop",
        "size": 32,
        "form": "json-in-text",
        "value": '{"id":"masked text bf09fa875d"}',
    }


SHOP = {"fields": {"cart": {"fields": {"lines": {}, "owner": PSEUDONYM, "total": INTEGER}}, "version": INTEGER}}


def test_a_store_that_is_gone_is_looked_for_by_its_names() -> None:
    held = json.dumps({"cart": {"lines": [1], "owner": P1, "total": 42}, "version": 3})
    areas: list[dict[str, Any]] = [
        {"area": "session", "entries": [["other", held], ["weather", '{"version": 1, "cart": 2}']]},
        {"area": "local", "entries": [["shop", '{"nothing": 1}']]},
    ]
    session, local = _areas(_policy(SHOP), areas)
    (entry,) = session["entries"]
    assert (entry["store"], entry["value"]["cart"]["total"], session["others"]) == ("shop", 42, 1)
    assert re.fullmatch(r"x_[0-9a-f]{8}", entry["key"])
    assert [found["store"] for found in local["entries"]] == ["shop"]  # the same key, in another area
    areas[0]["entries"].append(["shop", "{}"])
    session, local = _areas(_policy(SHOP), areas)
    assert [entry["key"] for entry in session["entries"]] == ["shop"]
    assert (session["others"], local["others"], local["entries"]) == (2, 1, [])


def test_other_keys_are_counted_and_never_shown() -> None:
    (view,) = _areas(_policy({}), [{"area": "local", "entries": [["canary-key", '"canary-user"'], ["b", "x"]]}])
    assert view == {"area": "local", "entries": [], "others": 2, "denied": ""}


def test_another_salt_gives_other_pseudonyms() -> None:
    policy = {**_policy(PSEUDONYM), "salt": "ff" * 32}
    (view,) = _areas(policy, [{"area": "session", "entries": [["shop", json.dumps(P1)]]}])
    assert view["entries"][0]["value"] not in (_redacted(P1, PSEUDONYM), P1)


def test_equal_stores_have_equal_answers_whatever_the_order_of_keys() -> None:
    one = {"id": V1, "at": "2024-05-01T10:00:00Z", "then": "2024-05-02T10:00:00Z"}
    assert _redacted(one) == _redacted(dict(reversed(one.items())))
