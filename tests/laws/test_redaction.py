"""Redaction changes no finding: on every rule's cases, on every release of the stand-in, and on random stores."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from driftwright.base.forms import ID_FORMS, key_form, text_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE
from driftwright.base.path import Path as StoredPath
from driftwright.base.terms import Area, Effect
from driftwright.impact.javascript.engine import Engine
from driftwright.report.model import Report
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.model import AreaView, Entry, Redaction, Snapshot
from driftwright.structure.change.model import Change
from driftwright.structure.shape.folding import fold
from driftwright.structure.shape.model import Shape
from driftwright.verdict.check import Taken, check_taken
from driftwright.verdict.diff import structural_changes
from driftwright.workspace.folders import Workspace
from driftwright.workspace.schemas.policy import redaction_policy
from kit.cases import ALL
from kit.examples import NIGHTLY, examples, usually
from kit.project import ROOT, STORES, WHERE, WORKSPACE, few_facts, moment_of, plain_capture, site_state, verdicts_alone
from kit.release_effects import BY_BROWSER, CAUSES, effects_of

SALT = bytes(range(32))
PROBES = ROOT / "probes"
RELEASES = [one["name"] for one in tomllib.loads((PROBES / "standin.toml").read_text("utf-8"))["variant"]]
PSEUDONYM = {"redact": "pseudonym"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a workspace says of one store: its rule, and the words of its names."""

    rule: Mapping[str, Any]
    words: tuple[str, ...]


OPEN = Policy({}, ())


@cache
def _tool() -> MiniRacer:
    started = MiniRacer()
    started.eval(f"const tool = {redactor_source()}; 0")
    return started


def _run(engine: MiniRacer, text: str, policy: Policy) -> Any:
    told: dict[str, Any] = {"salt": SALT.hex(), "words": policy.words}
    told["stores"] = [{"name": "s", "area": "session", "key": "s", "rule": policy.rule}]
    areas = [{"area": "session", "entries": [["s", text]]}]
    answer = engine.eval(f"tool.redact({json.dumps(json.dumps(told))}, {json.dumps(json.dumps(areas))})")
    assert isinstance(answer, str)
    (entry,) = json.loads(answer)["areas"][0]["entries"]
    assert entry["form"] in ("json", "json-in-text")
    return entry["value"]


def _redacted(value: Any, policy: Policy = OPEN) -> Any:
    return _run(_tool(), json.dumps(value), policy)


# ---- every rule's cases, each under no schema, a schema that keeps nothing, and one that keeps flags, numbers, words


def _rule(shape: Shape, *, keeps: bool) -> dict[str, Any]:
    """What a schema of such a store tells the redactor: its structure, its ids, and what may be kept."""
    rule: dict[str, Any] = {"types": sorted(map(str, shape.types))}
    if shape.fields:
        rule["fields"] = {name: _rule(part, keeps=keeps) for name, part in shape.fields.items()}
    for name, part in (("values", shape.values), ("items", shape.items)):
        if part is not None:
            rule[name] = _rule(part, keeps=keeps)
    forms = set(shape.forms) - {"empty"}
    if forms and forms <= ID_FORMS:
        rule["redact"] = "pseudonym"
    elif keeps and forms <= {"word", "boolean"} and len(rule) == 1:
        rule["redact"] = "keep"
    return rule


def _names(rule: Mapping[str, Any]) -> Iterator[str]:
    for name, part in rule.get("fields", {}).items():
        yield name
        yield from _names(part)
    for part in ("values", "items"):
        if part in rule:
            yield from _names(rule[part])


def _declared(document: Any, *, keeps: bool) -> Policy:
    rule = _rule(fold([document]), keeps=keeps)
    found = {word.lower() for name in _names(rule) for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return Policy(rule, tuple(sorted(found)))


POLICIES: dict[str, Callable[[Any], Policy]] = {
    "no schema": lambda _: OPEN,
    "masks all": lambda document: _declared(document, keeps=False),
    "keeps what is plain": lambda document: _declared(document, keeps=True),
}
# JSON within a JSON string is hidden like any other text: what is left tells another form, and no more.
# Nor does it show in what order a key has its parts, or how it writes a duration.
HIDDEN_STRINGS = {
    (case, named)
    for case in (
        "json-text-encoded-twice/filters-of-a-view",
        "keys-changed-form/parts-in-another-order",
        "text-changed-form/clock-to-iso-duration",
    )
    for named in POLICIES
}
LIMITS = {
    *HIDDEN_STRINGS,
    # A style of writing shows only in words, and without a schema the words of these names are nobody's.
    ("names-changed-style/camel-to-snake", "no schema"),
}
WITNESS_LIMITS = {
    *(limit for limit in HIDDEN_STRINGS if limit[1] != "no schema"),
    # Of a hidden number only the order of magnitude is left to hold against the plain number of a witness.
    ("value-changed-scale/lengths-in-milliseconds", "masks all"),
    # Which letter stands for which word is guessed by what texts of both sides have in common.
    ("names-minified/letters-for-words", "masks all"),
    ("names-minified/letters-for-words", "keeps what is plain"),
}


def _translated(path: StoredPath | None, policy: Policy) -> str:
    """The path as the redactor names it: a name that no schema knows has a pseudonym."""
    known, shown = set(_names(policy.rule)), StoredPath()
    for step in () if path is None else path.steps:
        if step in (EACH_ITEM, EACH_VALUE) or StoredPath((step,)).name in known:
            shown = StoredPath((*shown.steps, step))
        else:
            shape = Policy({"fields": {name: {} for name in known}}, policy.words)
            (name,) = _redacted({StoredPath((step,)).name: None}, shape)
            shown = shown / name
    return "" if path is None else str(shown)


def _told(changes: tuple[Change, ...], policy: Policy | None = None) -> list[tuple[str, str, str]]:
    def text(path: StoredPath | None) -> str:
        return ("" if path is None else str(path)) if policy is None else _translated(path, policy)

    return sorted((change.rule.id, text(change.path), text(change.to)) for change in changes)


EACH_RULE = pytest.mark.parametrize("rule", sorted({case.rule for case in ALL}))


@EACH_RULE
def test_a_case_is_told_alike_when_both_sides_are_redacted(rule: str) -> None:
    for case in (case for case in ALL if case.rule == rule):
        for named, policy_of in POLICIES.items():
            policy = policy_of(case.before)
            found = _told(structural_changes(_redacted(case.before, policy), _redacted(case.after, policy)))
            _is_told_alike(found, _told(case.changes(), policy), (str(case), named), LIMITS)


@EACH_RULE
def test_a_redacted_capture_beside_a_plain_witness_is_told_alike(rule: str) -> None:
    for case in (case for case in ALL if case.rule == rule):
        for named, policy_of in POLICIES.items():
            if named != "no schema":
                policy = policy_of(case.before)
                found = _told(structural_changes(case.before, _redacted(case.after, policy)))
                _is_told_alike(found, _told(case.changes(), policy), (str(case), named), WITNESS_LIMITS)


def _is_told_alike(found: Any, expected: Any, name: tuple[str, str], limits: Collection[tuple[str, str]]) -> None:
    if name in limits:
        assert found != expected, f"{name}: a stale limit"
    else:
        assert found == expected, name


# ---- every release of the stand-in, played on its own store without a browser


@cache
def _releases() -> dict[str, dict[str, dict[str, str]]]:
    held = moment_of("two-parents")
    ids = []
    for image, videos in site_state(held)["videoByMediaId"].items():
        ids += [image, *(video["videoId"] for video in videos)]
    command = ["node", str(Path(__file__).parents[1] / "standin_stores.mjs"), str(PROBES / "standin" / "site"), *ids]
    done = subprocess.run(command, input=json.dumps(RELEASES), capture_output=True, text=True, timeout=60, check=True)
    played: dict[str, dict[str, dict[str, str]]] = json.loads(done.stdout)
    return played


def _raw(release: str) -> list[dict[str, Any]]:
    """All areas of a release as text: its own store as it wrote it, the extension's as a known-good moment has them."""
    own = plain_capture({name: value for name, value in moment_of("two-parents").items() if name != "site"})
    site = _releases()[release]
    return [
        {
            "area": view.area,
            "entries": [
                *([entry.key, json.dumps(entry.value)] for entry in view.entries),
                *site.get(str(view.area), {}).items(),
            ],
        }
        for view in own.areas
    ]


def _hidden(raw: list[dict[str, Any]]) -> Snapshot:
    policy = {**redaction_policy(STORES.values()), "salt": SALT.hex()}
    answer = _tool().eval(f"tool.redact({json.dumps(json.dumps(policy))}, {json.dumps(json.dumps(raw))})")
    assert isinstance(answer, str)
    views = [
        AreaView(Area(view["area"]), tuple(Entry(**entry) for entry in view["entries"]), view["others"], view["denied"])
        for view in json.loads(answer)["areas"]
    ]
    return Snapshot(WHERE, Redaction("redactor", "policy"), tuple(views))


def _shown(raw: list[dict[str, Any]], hidden: Snapshot) -> Snapshot:
    """The same capture with every value as it was: which entry is which store is the redactor's word."""
    texts = {(view["area"], len(text), key): text for view in raw for key, text in view["entries"]}
    ids = {"11111111", "99999999"}
    views = []
    for view, given_view in zip(hidden.areas, raw, strict=True):
        entries = []
        for key, text in given_view["entries"]:
            store = _store_of(key, text, view)
            name = STORES[store].placeholder
            found = {name: key[-36:]} if name and key[-36:-28] in ids else {}
            entries.append(Entry(key, store, found, len(text), *_undone(text)))
        views.append(AreaView(view.area, tuple(entries), 0))
    assert texts
    return Snapshot(WHERE, Redaction("none", "none"), tuple(views))


def _undone(text: str) -> tuple[str, Any]:
    """Return a text's form and what it holds."""
    try:
        return "json", json.loads(text)
    except ValueError:
        return "json-in-base64", json.loads(base64.b64decode(text))


def _store_of(key: str, text: str, view: AreaView) -> str:
    """The store of the redacted entry with this key, or, where its key is hidden, of this size."""
    for entry in view.entries:
        if entry.key == key:
            return entry.store
    return next(entry.store for entry in view.entries if entry.size == 1 << (len(text) - 1).bit_length())


def _findings(report: Report) -> Any:
    rules = {change.id: (change.rule, change.store) for change in report.changes}
    facts = {
        fact.name: (
            fact.verdict,
            fact.effect,
            sorted(rules[name] for name in fact.because),
            fact.fallback.level,
            fact.fallback.source,
            [(one.name, one.held) for one in fact.invariants],
        )
        for fact in report.facts
    }
    paths = sorted((one.rule, one.store, one.path) for one in report.changes if one.rule != "field-added")
    added = sum(1 for one in report.changes if one.rule == "field-added")
    return facts, paths, added, [(store.name, store.found) for store in report.stores]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """With all facts at night, since a report of each release takes its time."""
    return WORKSPACE if NIGHTLY else few_facts(tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with verdicts_alone(), Engine() as started:
        yield started


def _one_of_each_kind() -> list[str]:
    """Return the releases of every check: of those with the same changes the first, and those that no browser plays."""
    kinds: dict[object, str] = {}
    for name in RELEASES:
        kinds.setdefault(tuple(rule for rule, _, _ in CAUSES.get(name, ())), name)
    return [name for name in RELEASES if name in kinds.values() and name not in BY_BROWSER]


@pytest.mark.parametrize("release", usually(RELEASES, _one_of_each_kind()))
def test_a_release_of_the_stand_in_is_judged_alike(workspace: Workspace, engine: Engine, release: str) -> None:
    raw = _raw(release)
    hidden = _hidden(raw)
    # Patches come after the verdict and are none of the findings.
    report, shown = (
        check_taken(Taken(snapshot, patches=NIGHTLY), workspace, engine=engine)
        for snapshot in (hidden, _shown(raw, hidden))
    )
    assert _findings(report) == _findings(shown)
    # And as it is in a browser, which plays the others at night.
    hurt = {fact.name: str(fact.effect) for fact in report.facts if fact.effect is not Effect.SAME}
    assert hurt == {name: effect for name, effect in effects_of(release).items() if name in _facts(report)}
    if release in CAUSES and release not in BY_BROWSER:
        assert [(one.rule, str(one.path)) for one in report.changes] == [
            (rule, path) for rule, path, _ in CAUSES[release]
        ]


def _facts(report: Report) -> set[str]:
    return {fact.name for fact in report.facts}


# ---- random stores

_id = st.uuids().map(str)
_text = st.one_of(
    st.text(max_size=24),
    _id,
    st.uuids().map(lambda made: made.hex),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.dates().map(str),
    st.from_regex(r"[1-9]{1,2}[./][1-9]{1,2}[./](20)?[0-9]{2}", fullmatch=True),
    st.from_regex(
        r"(https?|ftp|blob|data|mailto|ws):(//)?[a-z0-9.@]{3,9}(/[a-z0-9]{1,8}){0,3}(\?[a-z=]+)?", fullmatch=True
    ),
    st.from_regex(r"[A-Za-z_$][A-Za-z0-9_$.-]{0,24}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_-]{16,30}", fullmatch=True),
    st.from_regex(r"\.{0,2}/?[a-z0-9]{1,5}(/[a-z 0-9]{1,5}){0,3}/?", fullmatch=True),
    st.from_regex(r"[a-z/:._ -]{0,9}[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{0,18}\.?[0-9]{0,3}([eE][0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[\[{][a-z ]{0,5}[\]}]?", fullmatch=True),
)
_number = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 99))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_text.filter(lambda text: not re.search(r"[^\x00-\x7f]", text)), min_size=1, max_size=12))
def test_a_text_keeps_its_form_as_value_as_id_and_as_key(texts: list[str]) -> None:
    plain, known = (
        _redacted([texts, texts], Policy({"items": {}}, ()))[0],
        _redacted(texts, Policy({"items": PSEUDONYM}, ())),
    )
    keys = list(_redacted(dict.fromkeys(texts, 1), Policy({"values": {"types": ["integer"]}}, ())))
    assert [text_form(text) for text in plain] == [text_form(text) for text in texts]
    assert [text_form(text) for text in known] == [text_form(text) for text in texts]
    assert sorted(map(key_form, keys)) == sorted(map(key_form, dict.fromkeys(texts)))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_number, min_size=1, max_size=12))
def test_a_number_keeps_its_sign_its_kind_and_whether_it_is_nought(numbers: list[float]) -> None:
    def kind(number: float) -> tuple[bool, bool, bool]:
        return number > 0, number < 0, isinstance(number, int) or float(number).is_integer()

    assert [kind(number) for number in _redacted(numbers)] == [kind(number) for number in numbers]


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        _text.filter(lambda text: text.strip()[:1] not in ("", "{", "[")),
        st.lists(_text, max_size=3),
        min_size=1,
        max_size=6,
    )
)
@example({"FALSE": []})
def test_references_still_join_and_lists_keep_their_length(held: dict[str, list[str]]) -> None:
    rule = {"fields": {"byId": {"values": {"fields": {"id": PSEUDONYM, "all": {}}}}, "ids": {"items": PSEUDONYM}}}
    document = {"byId": {key: {"id": key, "all": texts} for key, texts in held.items()}, "ids": list(held)}
    shown = _redacted(document, Policy(rule, ()))
    by_id = {record["id"]: record for record in shown["byId"].values()}
    assert [key for key, record in shown["byId"].items() if record["id"] != key] == []
    assert set(shown["ids"]) == set(shown["byId"])
    assert len(by_id) == len(held)
    for key, name in zip(held, shown["ids"], strict=True):
        assert len(by_id[name]["all"]) == len(held[key])
        # Equal stays equal, and different stays different.
        assert len(set(by_id[name]["all"])) >= len({text for text in held[key] if not _is_loose(text)})


def _is_loose(text: str) -> bool:
    """Whether only the form of such a text is kept, so that two of them may become one."""
    return (
        text_form(text) in ("local-date", "json", "numeric") or text[:1] in "[{ \t\n" or "-" in text[:11] or "," in text
    )


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.integers(2, 10**6), min_size=2, max_size=6), st.integers(1, 6))
def test_numbers_of_another_scale_stay_of_another_scale(numbers: list[int], power: int) -> None:
    scaled = [number * 10**power for number in numbers]
    if max(scaled) < 9e8:
        assert [one * 10**power for one in _redacted(numbers)] == _redacted(scaled)


# ---- default deny

SECRETS = [
    "anna.canary@mail.example",
    "canary likes lighthouses by night",
    "canary-user",
    "canaryUser",
    "https://canary.example/lighthouse?canary=1#canary",
    "ftp://canary.example/x",
    "canary:lighthouse",
    "/canary",
    "canary/lighthouse.png",
    "data:text/plain,canary",
    "{canary}",
    '{"canary":"canary"}',
    '["canary", {"canary": 4917012345678}]',
    "4917012345678",
    "+49 170 12345678",
    "+4917012345678",
    "1234-5678-9012-3456",
    "12.11.1987",
    "canary_5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22",
    "192.168.71.12",
]
RULES: dict[str, dict[str, Any]] = {
    "nothing declared": {},
    "an id": {"fields": {"at": PSEUDONYM}, "values": PSEUDONYM},
    "a kept flag": {"fields": {"at": {"redact": "keep", "types": ["boolean"]}}},
    "a kept number": {"fields": {"at": {"redact": "keep", "types": ["integer"]}}},
    "a map": {"fields": {"at": {"values": {"types": ["object"]}}}},
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_gets_out_at_no_place(secret: str, rule: dict[str, Any]) -> None:
    document = {
        "at": secret,
        secret: 1,
        "list": [secret],
        "map": {secret: {secret: secret}},
        "text": json.dumps({secret: secret}),
    }
    shown = json.dumps(_redacted(document, Policy(rule, ("video",))))
    shown += json.dumps(_redacted({"at": {secret: {secret: secret}}}, Policy(rule, ("video",))))
    assert secret not in shown
    assert not re.search(r"canary|lighthouse|anna|49\D?170|5678|1987|168\.71|5f0f2c1e", shown, re.IGNORECASE)


@pytest.mark.parametrize("number", [4917012345678, 1714557600, 1234567890123456789, 784512, 0.123456, -48.1372])
@pytest.mark.parametrize("rule", ["nothing declared", "an id", "a kept flag"])
def test_of_a_number_one_figure_is_left(number: float, rule: str) -> None:
    shown = _redacted({"at": number, "list": [number]}, Policy(RULES[rule], ()))
    assert repr(number) not in json.dumps(shown)
    assert repr(number)[:4] not in json.dumps(list(shown.values())[1])


def test_a_name_of_two_letters_stays_one_and_is_another() -> None:
    names = ["qx", "kz", "Qw", "vv", "q", "k", "w"]
    shown = list(_redacted(dict.fromkeys(names, 1)))
    assert [len(name) for name in shown] == [len(name) for name in names]
    assert len(set(shown)) == len(names)
    assert shown != names


# ---- a page that replaces what the redactor works with

TAMPER = """
const lie = function () { return "canary"; };
const homes = [Array, String, RegExp, Map, Set, Number, Object, Date, Uint8Array, Uint32Array, Math, JSON, Reflect];
for (const home of homes) {
  for (const object of [home, home.prototype].filter(Boolean)) {
    for (const name of Reflect.ownKeys(object)) {
      const held = Object.getOwnPropertyDescriptor(object, name);
      const isMethod = typeof held.value === "function" && held.configurable && name !== "constructor";
      if (isMethod && !KEEP.includes(held.value)) {
        KEEP.push(held.value, object, name);
      }
    }
  }
}
const put = Object.defineProperty;
const replaced = { value: lie, configurable: true, writable: true };
for (let i = 0; i + 2 < KEEP.length; i += 3) put(KEEP[i + 1], KEEP[i + 2], replaced);
put({}.__proto__, "toJSON", replaced);
globalThis.Map = globalThis.Set = globalThis.JSON = lie;
0
"""


def test_what_the_page_replaces_after_the_start_changes_nothing() -> None:
    document = {
        "byId": {"11111111-1111-4111-8111-111111111111": [1, 784, "a cat", "2026-01-02T03:04:05Z", {"q": None}]}
    }
    hurt = MiniRacer()
    hurt.eval(f"const tool = {redactor_source()}; const KEEP = []; 0")
    honest = _run(hurt, json.dumps(document), OPEN)
    hurt.eval(TAMPER)
    assert hurt.eval("[1].map((one) => one)") == "canary"
    assert _run(hurt, json.dumps(document), OPEN) == honest == _redacted(document)
    assert hurt.eval("[1].map((one) => one)") == "canary"
