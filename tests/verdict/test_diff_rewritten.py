"""The trial on kinds whose payload, label or place is another one, on keys that begin otherwise, on branches asleep."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.verdict.diff import structural_changes
from kit.asked import verdict_on

Record = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"crate {number}"))


# Kinds of records


def _crates(first: int) -> list[Record]:
    return [{"id": _id(first + n), "weight": n + 2, "label": f"Crate {n}"} for n in range(6)]


def _answers(first: int, held: Any, **labels: str) -> Record:
    def answer(name: str, data: Any) -> Record:
        return {"ask": [labels.get(name, name), {"page": 1}], "fetched": 1760000000000 + first, "data": data}

    mates = [{"mate": _id(first + n), "rank": "cook", "watch": n % 3} for n in range(4)]
    captain = {"captain": "Ann", "since": 2019, "licence": "B"}
    return {"answers": [answer("captain", captain), answer("crates", held), answer("mates", mates)]}


WEIGHT = "(data.answers.find((one) => one.ask[0] === 'crates')?.data.items ?? []).reduce((n, c) => n + c.weight, 0)"
MATES = "data.answers.find((one) => one.ask[0] === 'mates').data.filter((mate) => mate.watch === 1).length"


@pytest.mark.parametrize(
    ("crates", "verdict"),
    [
        (_crates(50), Verdict.BROKEN),
        ({"pages": [{"items": _crates(50), "total": 6}], "cursors": [None]}, Verdict.BROKEN),
        ({"items": _crates(50), "total": 6, "next": None}, Verdict.INTACT),
    ],
)
def test_a_kind_whose_payload_has_another_form_is_not_missing(engine: Engine, crates: Any, verdict: Verdict) -> None:
    before = _answers(0, {"items": _crates(0), "total": 6})
    assert verdict_on(engine, WEIGHT, before, _answers(50, crates)) is verdict
    assert verdict_on(engine, MATES, before, _answers(50, crates)) is Verdict.INTACT


def test_a_kind_that_was_not_kept_may_be_missing(engine: Engine) -> None:
    before, after = _answers(0, {"items": _crates(0), "total": 6}), _answers(50, {})
    after["answers"] = [one for one in after["answers"] if one["ask"][0] != "crates"]
    assert verdict_on(engine, WEIGHT, before, after) in (Verdict.INTACT, Verdict.UNSEEN)


def test_a_label_in_other_words_on_records_that_only_it_had(engine: Engine) -> None:
    before = _answers(0, {"items": _crates(0), "total": 6})
    after = _answers(50, {"items": _crates(50), "total": 6}, crates="v2/crates")
    assert verdict_on(engine, WEIGHT, before, after) is Verdict.BROKEN
    assert verdict_on(engine, MATES, before, after) is Verdict.INTACT


def test_a_label_within_a_record_is_no_label_that_readers_find(engine: Engine) -> None:
    before, after = _answers(0, {"items": _crates(0), "total": 6}), _answers(50, {"items": _crates(50), "total": 6})
    for one in after["answers"]:
        one["ask"] = [{"scope": one["ask"][0]}, *one["ask"][1:]]
    assert verdict_on(engine, WEIGHT, before, after) is Verdict.BROKEN
    assert verdict_on(engine, "data.answers.length", before, after) is Verdict.INTACT


def test_another_label_on_records_that_look_like_several_proves_nothing(engine: Engine) -> None:
    def shapes(*kinds: str) -> Record:
        return {"shapes": [{"kind": kind, "x": n, "y": n + 1, "size": 3} for n, kind in enumerate(kinds)]}

    before, after = shapes("circle", "square", "circle"), shapes("square", "ellipse", "square")
    circles = "data.shapes.filter((shape) => shape.kind === 'circle').length"
    assert verdict_on(engine, circles, before, after) is not Verdict.BROKEN


# Keys that begin otherwise


def _hold(first: int, begin: str, refer: str) -> Record:
    numbers = range(first, first + 8)
    crates = {f"{begin}{_id(n)}": {"name": f"Crate {n}", "weight": n % 5 + 1} for n in numbers}
    return {"crates": crates, "order": [f"{refer}{_id(n)}" for n in numbers]}


ORDERED = "data.order.map((id) => data.crates[id]?.weight ?? 0)"
BEGINNING = "Object.keys(data.crates).filter((key) => key.startsWith('crate:')).length"


@pytest.mark.parametrize(
    ("before", "after", "reader", "verdict"),
    [
        (("", ""), ("crate:", ""), ORDERED, Verdict.BROKEN),
        (("", ""), ("crate:", "crate:"), ORDERED, Verdict.INTACT),
        (("crate:", "crate:"), ("box:", "box:"), ORDERED, Verdict.INTACT),
        (("crate:", "crate:"), ("box:", "box:"), BEGINNING, Verdict.BROKEN),
        (("crate:", "crate:"), ("crate/", "crate/"), BEGINNING, Verdict.BROKEN),
        (("crate:", "crate:"), ("crate:", "crate:"), BEGINNING, Verdict.INTACT),
        (("crate:", "crate:"), ("", ""), BEGINNING, Verdict.BROKEN),
    ],
)
def test_keys_that_begin_otherwise_hurt_who_looks_them_up(
    engine: Engine, before: tuple[str, str], after: tuple[str, str], reader: str, verdict: Verdict
) -> None:
    assert verdict_on(engine, reader, _hold(0, *before), _hold(500, *after)) is verdict


def test_a_new_group_of_other_records_renames_no_group(engine: Engine) -> None:
    before = {f"crate:{n}": {"weight": n, "name": f"Crate {n}"} for n in range(100, 109)}
    before |= {f"mate:{n}": {"rank": "cook", "watch": n % 3, "born": 1990} for n in range(100, 109)}
    after = {key: value for key, value in before.items() if key.startswith("mate:")}
    after |= {f"port:{n}": {"harbour": "Ost", "tide": 2.5, "open": True} for n in range(100, 109)}
    assert not [change for change in structural_changes(before, after) if change.rule.aspect == "keys"]
    crates = "Object.keys(data).filter((key) => key.startsWith('crate:')).length"
    assert verdict_on(engine, crates, before, after) is not Verdict.BROKEN


def test_a_single_reference_into_a_large_map_is_followed(engine: Engine) -> None:
    def deck(first: int) -> Record:
        crates = {_id(n): {"name": f"Crate {n}", "weight": n % 7 + 1} for n in range(first, first + 60)}
        return {"stacks": [{"crates": list(crates)[:40]}], "crates": crates, "lifted": {"crate": _id(first + 55)}}

    after = deck(500)
    after["crates"] = [{"key": key, **crate} for key, crate in after["crates"].items()]
    assert verdict_on(engine, "data.crates[data.lifted.crate]?.name ?? '-'", deck(0), after) is Verdict.BROKEN
    assert verdict_on(engine, "data.crates[data.lifted.crate]?.name ?? '-'", deck(0), deck(500)) is Verdict.INTACT


# Records that a flag told apart


def _chests(first: int, count: int) -> list[Record]:
    return [
        {"id": _id(n), "name": f"Chest {n}", "weight": n % 9, "port": "Ost", "lost": n % 4 == 0}
        for n in range(first, first + count)
    ]


def _parted(chests: list[Record]) -> Record:
    plain = [({name: part for name, part in one.items() if name != "lost"}, one["lost"]) for one in chests]
    return {"chests": [one for one, lost in plain if not lost], "wreck": [one for one, lost in plain if lost]}


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("data.chests.filter((chest) => !chest.lost).map((chest) => chest.name)", Verdict.INTACT),
        ("data.chests.map((chest) => chest.name)", Verdict.BROKEN),
        ("data.chests.filter((chest) => chest.lost).length", Verdict.BROKEN),
    ],
)
def test_records_that_a_flag_told_apart_stand_elsewhere(engine: Engine, reader: str, verdict: Verdict) -> None:
    before, after = {"chests": _chests(0, 40)}, _parted(_chests(500, 32))
    assert verdict_on(engine, reader, before, after) is verdict


def test_a_flag_that_is_gone_beside_a_list_of_other_records_took_none_along() -> None:
    after = {**_parted(_chests(500, 32)), "wreck": [{"depth": 4.5, "found": True}]}
    changes = {change.rule.id for change in structural_changes({"chests": _chests(0, 40)}, after)}
    assert "field-removed" in changes
    assert "field-moved" not in changes


# Units


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([4.5, 19.99, 7.25], [1899, 350], Verdict.BROKEN),
        ([4.5, 19.99, 7.25], [18, 3], Verdict.INTACT),
        ([60000, 90000, 125000, 300500, 241000], [75, 310, 264, 88, 190], Verdict.BROKEN),
        ([60000, 90000, 125000, 300500, 241000], [75000, 310, 264, 88, 190], Verdict.INTACT),
        ([60000, 90000, 125000], [75, 310, 264], Verdict.INTACT),
    ],
)
def test_a_few_numbers_tell_another_unit(
    engine: Engine, before: list[float], after: list[float], verdict: Verdict
) -> None:
    documents = [{"crates": [{"id": _id(n), "size": size} for n, size in enumerate(one)]} for one in (before, after)]
    assert verdict_on(engine, "data.crates.reduce((sum, crate) => sum + crate.size, 0)", *documents) is verdict


# Branches asleep


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("data.plan === 'gold' ? 'all' : 'some'", Verdict.BROKEN),
        ("data.lit === true ? 'lamp' : 'dark'", Verdict.BROKEN),
        ("data.port === 'Ost' ? 1 : 2", Verdict.INTACT),
        ("typeof data.plan === 'number' ? 1 : 2", Verdict.INTACT),
    ],
)
def test_a_branch_that_before_leaves_asleep_is_tried(engine: Engine, reader: str, verdict: Verdict) -> None:
    before = {"plan": "tin", "lit": False, "port": "West", "count": 3}
    after = {"plan": {"name": "gold", "seats": 1}, "lit": {"on": True}, "port": "West", "count": 4}
    assert verdict_on(engine, reader, before, after) is verdict
    # What stays as it is by chance, while it can be no other any more, is no answer.
    same = {"plan": {"name": "tin", "seats": 1}, "lit": {"on": False}, "port": "West", "count": 4}
    assert verdict_on(engine, reader, before, same) is verdict
