"""Hiding never turns broken into intact: a capture is judged as its store is where nothing is hidden, or is unseen."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from driftwright.authoring import init_request, init_workspace
from driftwright.authoring.prove.mutations import mutations
from driftwright.base.terms import Verdict
from driftwright.impact import Engine
from driftwright.report import FactFound
from driftwright.snapshot import RawAnswers, hide, hiding, private_salt
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.structure import MISSING, apply_changes, fold, shape_rows
from driftwright.verdict import check_snapshot
from driftwright.workspace import find_workspace
from kit.examples import NIGHTLY
from kit.hiding_bench import HidingBench, hiding_bench

READERS = """
export const open = (data) => data.trips.filter((trip) => trip.state === "open").length;
export const summer = (data) => data.trips.filter((trip) => trip.leaves.startsWith("2026-07")).map((trip) => trip.id);
export const booked = (data) => data.trips.filter((trip) => /^BK\\d/.test(trip.code)).length;
export const homes = (data) => data.trips.map((trip) => data.people[trip.by].name.split(" ")[1]);
export const hosts = (data) => data.trips.filter((trip) => trip.link.startsWith("https://north")).length;
export const cheap = (data) => data.trips.filter((trip) => trip.price < 500).length;
export const year = (data) => Number(data.trips[0].leaves.slice(0, 4)) - 2000;
export const theme = (data) => JSON.parse(data.settings).theme;
"""
LOOK_INTO_VALUES = frozenset({"summer", "booked", "hosts", "cheap", "year"})
Document = dict[str, Any]


def _store(seed: int, count: int = 9) -> Document:
    people = {f"usr_{seed}{n}pq4": {"name": f"Ada{n} Byron{seed}", "age": 20 + n} for n in range(3)}
    trips = [
        {
            "id": f"trip_{seed}{n:03}xy",
            "state": ("open", "done", "left")[(n + seed) % 3],
            "leaves": f"2026-0{6 + n % 3}-1{seed}T08:30:00Z",
            "code": f"{'BK' if n % 2 else 'QT'}{n}{seed}",
            "price": 300 + 97 * n + seed,
            "link": f"https://{'north' if n % 2 else 'south'}.example/t/{seed}{n}",
            "by": list(people)[n % 3],
        }
        for n in range(count)
    ]
    return {"trips": trips, "people": people, "settings": json.dumps({"theme": "dark" if seed % 2 else "light"})}


def _state_renamed(store: Document) -> None:
    for trip in store["trips"]:
        trip["phase"] = trip.pop("state")


def _dates_turned(store: Document) -> None:
    for trip in store["trips"]:
        trip["leaves"] = "{2}.{1}.{0}".format(*trip["leaves"][:10].split("-"))


def _codes_restyled(store: Document) -> None:
    for trip in store["trips"]:
        trip["code"] = trip["code"].lower()


def _links_shortened(store: Document) -> None:
    for trip in store["trips"]:
        trip["link"] = trip["link"].removeprefix("https:")


def _priced_in_text(store: Document) -> None:
    for trip in store["trips"]:
        trip["price"] = f"{trip['price']}.00 EUR"


def _listed(store: Document) -> None:
    store["people"] = [{"id": key, **person} for key, person in store["people"].items()]


def _as_it_was(_: Document) -> None:
    pass


def _fewer(store: Document) -> None:
    del store["trips"][5:]


CHANGES: dict[str, Callable[[Document], None]] = {
    "as it was": _as_it_was,
    "fewer records": _fewer,
    "a renamed field": _state_renamed,
    "dates in another order": _dates_turned,
    "codes in another style": _codes_restyled,
    "addresses without their beginning": _links_shortened,
    "prices in a text": _priced_in_text,
    "a map as a list": _listed,
}
CHANGES_HURT: dict[str, set[str]] = {
    "as it was": set(),
    "fewer records": set(),
    "a renamed field": {"open"},
    "dates in another order": {"summer"},
    "codes in another style": {"booked"},
    "addresses without their beginning": {"hosts"},
    "prices in a text": {"cheap"},
    "a map as a list": {"homes"},
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HidingBench]:
    folder = tmp_path_factory.mktemp("hiding")
    with pytest.MonkeyPatch.context() as patch, OfflineRedactor() as redactor, Engine() as engine:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        (folder / "readers.js").write_text(READERS)
        init_workspace(folder / "drift", init_request([_store(1), _store(2)], folder / "readers.js", key="shop"))
        yield hiding_bench(folder, find_workspace(str(folder / "drift")), redactor, engine)


@pytest.fixture(scope="module")
def masked(bench: HidingBench, tmp_path_factory: pytest.TempPathFactory) -> HidingBench:
    """The same with known-good stores that were captured: their values are hidden as well."""
    folder = tmp_path_factory.mktemp("masked")
    (folder / "readers.js").write_text(READERS)
    schemas, contracts = (folder / "drift" / name for name in ("schemas", "contracts"))
    for old, new in ((bench.workspace.schemas, schemas), (bench.workspace.contracts, contracts)):
        for file in (one for one in old.rglob("*") if one.is_file()):
            (new / file.relative_to(old)).parent.mkdir(parents=True, exist_ok=True)
            (new / file.relative_to(old)).write_bytes(file.read_bytes())
    (declared,) = schemas.rglob("store.toml")
    lines = declared.read_text().splitlines(keepends=True)
    declared.write_text("".join(line for line in lines if not line.startswith(("known_good", "made_with"))))
    shown = hide(bench.request.policy, [_store(1), _store(2)], private_salt(bench.workspace))
    for file, document in zip(sorted(schemas.rglob("*.witness.json")), shown, strict=True):
        file.write_text(json.dumps(document))
    return hiding_bench(folder, find_workspace(str(folder / "drift")), bench.redactor, bench.engine)


def _later(change: Callable[[Document], None]) -> Document:
    later = _store(3, 12)
    change(later)
    return later


def _verdicts(judged: dict[str, FactFound]) -> dict[str, Verdict]:
    return {name: fact.verdict for name, fact in judged.items()}


@pytest.mark.parametrize("name", CHANGES)
def test_a_capture_is_judged_as_the_store_itself(name: str, bench: HidingBench) -> None:
    later = _later(CHANGES[name])
    raw, captured = _verdicts(bench.raw(later)), _verdicts(bench.captured(later))
    certain = {fact for fact, verdict in raw.items() if verdict is not Verdict.UNSEEN}
    assert {fact: captured[fact] for fact in certain} == {fact: raw[fact] for fact in certain}
    assert all(captured[fact] is not Verdict.INTACT for fact in raw.keys() - certain)
    not_intact = {fact for fact, verdict in captured.items() if verdict is not Verdict.INTACT}
    assert not_intact >= CHANGES_HURT[name]
    assert CHANGES_HURT[name] or not not_intact


def _mutated(share: int) -> Iterator[tuple[str, Document]]:
    store = _store(3, 12)
    shape = fold([store])
    changes = list(mutations("shop", shape, frozenset(row.path for row in shape_rows(shape))))
    for change in random.Random(8).sample(changes, min(share, len(changes))):  # noqa: S311 - the same every time
        for document in apply_changes(copy.deepcopy(store), [change]).documents[:1]:
            if document is not MISSING and isinstance(document, dict):
                yield f"{change.rule.id} at {change.path}", document


def test_no_mutation_of_a_store_is_judged_otherwise_in_a_capture(bench: HidingBench) -> None:
    found: Counter[Verdict] = Counter()
    for name, document in _mutated(120 if NIGHTLY else 3):
        raw, captured = _verdicts(bench.raw(document)), _verdicts(bench.captured(document))
        turned = {
            fact: (verdict, captured[fact])
            for fact, verdict in raw.items()
            if captured[fact] not in (verdict, Verdict.UNSEEN)
            and (verdict is not Verdict.UNSEEN or captured[fact] is Verdict.INTACT)
        }
        assert turned == {}, name
        found.update(captured.values())
    assert found[Verdict.UNSEEN] <= found.total() / 10


def test_hidden_known_good_stores_make_nothing_green(bench: HidingBench, masked: HidingBench) -> None:
    """Of a reader that finds nothing in hidden known-good stores nothing is said, and of the others the same."""
    for change in (_as_it_was, _state_renamed, _dates_turned):
        raw, captured = bench.raw(_later(change)), masked.captured(_later(change))
        for name, fact in captured.items():
            assert fact.verdict in (raw[name].verdict, Verdict.UNSEEN), name
    judged = masked.captured(_later(_as_it_was))
    assert judged["open"].verdict is Verdict.INTACT
    assert judged["booked"].verdict is Verdict.UNSEEN
    assert judged["booked"].says.startswith("cannot be judged on masked data")


def test_where_no_reader_could_be_asked_nothing_rests_on_what_hiding_alone_made(bench: HidingBench) -> None:
    untold = bench.untold(_later(_as_it_was))
    unseen = {name for name, fact in untold.items() if fact.verdict is Verdict.UNSEEN}
    assert {"booked", "summer"} <= unseen <= LOOK_INTO_VALUES
    assert all(untold[name].verdict is Verdict.INTACT for name in ("open", "homes", "theme"))
    assert "cannot be judged on masked data" in untold["booked"].says
    assert bench.untold(_later(_state_renamed))["open"].verdict is Verdict.BROKEN  # what replay shows still counts


def test_an_older_capture_is_judged_as_ever(bench: HidingBench) -> None:
    snapshot = replace(bench.snapshot(_later(_state_renamed)), answers=None)
    report = check_snapshot(snapshot, bench.workspace, engine=bench.engine)
    assert {fact.name for fact in report.facts if fact.verdict is Verdict.BROKEN} >= {"open"}


def test_answers_of_other_reading_code_tell_nothing(bench: HidingBench) -> None:
    snapshot = bench.snapshot(_later(_as_it_was))
    assert snapshot.answers is not None
    of_others = {name: replace(fact, code=f"sha256:{'0' * 64}") for name, fact in snapshot.answers.facts.items()}
    report = check_snapshot(
        replace(snapshot, answers=RawAnswers(of_others)), bench.workspace, engine=bench.engine
    )  # fmt: skip
    assert {fact.name for fact in report.facts if fact.verdict is Verdict.UNSEEN} >= {"booked", "summer"}


def test_hiding_keeps_all_that_a_shape_tells_but_sizes_and_hidden_names() -> None:
    """What is folded from hidden documents is what is folded from raw ones: a capture need not carry that twice."""
    documents = [_store(1), _store(2), {"maps": {"a1b2c3d4": {"flag": True, "n": None}, "e5f6a7b8": {"flag": False}}}]
    policy = {"words": ["trips", "leaves", "code", "by", "people", "maps", "flag"], "stores": [_PLAIN]}
    with hiding(b"\x07" * 32) as hidden:
        for document in documents:
            raw = fold([document])
            (shown,) = hidden(policy, [copy.deepcopy(document)])
            rows, shown_rows = list(shape_rows(raw)), list(shape_rows(fold([shown])))
            assert len(rows) == len(shown_rows)
            for row, other in zip(rows, shown_rows, strict=True):
                one, two = row.shape, other.shape
                told = ("total", "types", "forms", "keys", "empty", "true")
                assert [getattr(one, name) for name in told] == [getattr(two, name) for name in told], str(row.path)
                assert sum(one.keyed.values()) == sum(two.keyed.values())
                if one.forms:  # a small enumeration of words is one of as many pseudonyms
                    assert len(one.enum or ()) == len(two.enum or ()), str(row.path)


_PLAIN = {"name": "shop", "area": "local", "key": "shop", "rule": {}}
