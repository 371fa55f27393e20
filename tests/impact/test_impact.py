"""Impact by execution: real readers in V8, a tiny contract, and changes found between two real documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect
from driftwright.impact.assess import Impact, assess_impact
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.judge import absent, effect_of, failed
from driftwright.impact.readers import CompiledFact, compile_fact
from driftwright.impact.situation import Situation, bindings, calls, moments, read_at, situations
from driftwright.structure.change.compare import compare
from driftwright.structure.change.model import Change
from driftwright.structure.shape.folding import fold
from driftwright.workspace.contract import load_fact
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.resolve import accepted_shape

KEYS = [f"{number}a7b1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d" for number in range(1, 4)]
SEATS = {
    "seats": {
        KEYS[0]: {"row": "A", "number": 1, "taken": True, "guest": {"name": "Ada Byron"}},
        KEYS[1]: {"row": "A", "number": 2, "taken": False, "guest": {"name": "Nobody yet"}},
        KEYS[2]: {"row": "B", "number": 1, "taken": True, "guest": {"name": "Ben Okri"}},
    }
}
SEAT = {
    "type": "object",
    "properties": {
        "row": {"type": "string"},
        "number": {"type": "integer"},
        "taken": {"type": "boolean"},
        "guest": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    "required": ["row", "number", "taken", "guest"],
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"seats": {"type": "object", "x-key-space": "seat", "additionalProperties": SEAT}},
    "required": ["seats"],
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=1.0) as running:
        yield running


class Hall:
    """A workspace of one store and one contract at a time."""

    def __init__(self, folder: File, witnesses: Mapping[str, Any]) -> None:
        self.folder = folder
        store = folder / "schemas" / "cinema" / "hall"
        (store / "v1").mkdir(parents=True)
        (folder / "contracts").mkdir()
        (store / "store.toml").write_text('name = "hall"\ntitle = "The hall"\narea = "local"\nkey = "hall-v1"\n')
        (store / "v1.schema.json").write_text(json.dumps(SCHEMA))
        for name, value in witnesses.items():
            (store / "v1" / f"{name}.witness.json").write_text(json.dumps(value))
        self.stores = load_stores(folder / "schemas")

    def fact(self, derive: str, params: str = "") -> CompiledFact:
        file = self.folder / "contracts" / "fact.toml"
        lines = ['title = "A fact"', f"params = {{ {params} }}", "[[source]]", 'level = "full"']
        file.write_text("\n".join([*lines, f"derive = {json.dumps(derive)}"]))
        return compile_fact(load_fact(file))

    def good(self, fact: CompiledFact) -> tuple[Situation, ...]:
        return situations(fact.fact, moments(self.stores, {name: s.latest for name, s in self.stores.items()}))

    def changes(self, after: Any) -> tuple[Change, ...]:
        version = self.stores["hall"].latest
        return compare(accepted_shape(version), fold([after], version.layout), version.layout, "hall").changes

    def impact(self, engine: Engine, derive: str, after: Any, params: str = "") -> Impact:
        fact = self.fact(derive, params)
        return assess_impact(engine, fact.primary, self.good(fact), self.changes(after))


@pytest.fixture
def hall(tmp_path: File) -> Hall:
    return Hall(tmp_path, {"several": SEATS})


def each_seat(**fields: Any) -> Any:
    made = {
        key: {**seat, **{name: value(seat) for name, value in fields.items()}} for key, seat in SEATS["seats"].items()
    }
    return {"seats": made}


def without(name: str) -> Any:
    seats = SEATS["seats"].items()
    return {"seats": {key: {field: v for field, v in seat.items() if field != name} for key, seat in seats}}


STRICT = "({hall}) => Object.values(hall.seats).filter((seat) => seat.taken === true).length"
TOLERANT = "({hall}) => Object.values(hall.seats).filter((seat) => seat.taken).length"


def test_a_strict_and_a_tolerant_reader_of_one_flag_suffer_differently(engine: Engine, hall: Hall) -> None:
    after = each_seat(taken=lambda seat: int(seat["taken"]))
    assert [change.rule.id for change in hall.changes(after)] == ["flag-became-number"]
    strict, tolerant = hall.impact(engine, STRICT, after), hall.impact(engine, TOLERANT, after)
    assert (strict.effect, tolerant.effect) == (Effect.SILENT, Effect.SAME)
    assert strict.proof is not None
    assert strict.proof.answer_before.text != strict.proof.answer_after.text == "0"
    assert [change.rule.id for change in strict.because] == ["flag-became-number"]
    assert (tolerant.proof, tolerant.because, tolerant.missed) == (None, (), ())
    assert tolerant.tried > 0


def test_quoted_flags_deceive_the_tolerant_reader_too(engine: Engine, hall: Hall) -> None:
    after = each_seat(taken=lambda seat: str(seat["taken"]).lower())
    assert hall.impact(engine, TOLERANT, after).effect is Effect.SILENT


@pytest.mark.parametrize(
    ("derive", "effect"),
    [
        ("({hall}) => Object.values(hall.seats).map((seat) => seat.guest.name.length)", Effect.THROWS),
        ("({hall}) => Object.values(hall.seats).filter((seat) => seat.guest).length", Effect.SILENT),
        ("({hall}) => Object.values(hall.seats)[0].guest", Effect.UNAVAILABLE),
        ("({hall}) => Object.values(hall.seats)[0].guest?.name ?? null", Effect.UNAVAILABLE),
        ("({hall}) => Object.values(hall.seats).map((seat) => seat.row).join()", Effect.SAME),
    ],
)
def test_one_change_has_the_effect_that_the_reader_gives_it(
    engine: Engine, hall: Hall, derive: str, effect: Effect
) -> None:
    impact = hall.impact(engine, derive, without("guest"))
    assert impact.effect is effect
    assert (impact.proof is None) == (effect is Effect.SAME)
    if impact.proof is not None:
        assert effect_of(impact.proof.answer_before, impact.proof.answer_after) is effect


def test_a_reader_that_never_ends_after_a_change_throws(tmp_path: File) -> None:
    hall = Hall(tmp_path, {"one": {"seats": {KEYS[0]: SEATS["seats"][KEYS[0]]}}})
    derive = "({hall}) => { while (Object.values(hall.seats).some((seat) => !seat.guest)); return 1; }"
    with Engine(seconds=0.2) as impatient:
        impact = hall.impact(impatient, derive, without("guest"))
    assert impact.effect is Effect.THROWS
    assert impact.proof is not None
    assert impact.proof.answer_after.kind == "stopped"


def parts(value: Any) -> Iterator[Any]:
    """Every way to take one thing out of a document."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield {key: other for key, other in value.items() if key != name}
            for smaller in parts(part):
                yield {**value, name: smaller}
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield [*value[:number], *value[number + 1 :]]
            for smaller in parts(part):
                yield [*value[:number], smaller, *value[number + 1 :]]


@pytest.mark.parametrize(
    ("derive", "after"),
    [
        (STRICT, each_seat(taken=lambda seat: int(seat["taken"]))),
        ("({hall}) => Object.values(hall.seats).map((seat) => seat.guest.name.length)", without("guest")),
        ("({hall}) => Object.values(hall.seats).filter((s) => s.taken && s.row === 'A').length", without("row")),
    ],
    ids=["flag", "record", "two fields"],
)
def test_the_evidence_is_as_small_as_it_can_be(engine: Engine, hall: Hall, derive: str, after: Any) -> None:
    fact, changes = hall.fact(derive), hall.changes(after)
    impact = assess_impact(engine, fact.primary, hall.good(fact), changes)
    assert impact.proof is not None
    proof = impact.proof
    assert len(proof.before.stores["hall"]["seats"]) == 1
    smaller = [replace(proof.before, stores={"hall": document}) for document in parts(proof.before.stores["hall"])]
    assert smaller
    answers = engine.run(fact.primary.program, calls(fact.primary.function, smaller))
    for candidate, outcome in zip(smaller, answers, strict=True):
        told = not failed(outcome.answer) and outcome.answer.empty <= proof.answer_before.empty
        ways = candidate.after(changes)[0]
        for after_it in engine.run(fact.primary.program, calls(fact.primary.function, ways)):
            assert not (told and effect_of(outcome.answer, after_it.answer) is impact.effect), candidate.stores


def test_the_evidence_shows_the_effect_when_it_is_run_again(engine: Engine, hall: Hall) -> None:
    fact = hall.fact(STRICT)
    impact = assess_impact(engine, fact.primary, hall.good(fact), hall.changes(without("taken")))
    proof = impact.proof
    assert proof is not None
    pair = engine.run(fact.primary.program, calls(fact.primary.function, [proof.before, proof.after]))
    assert [outcome.answer for outcome in pair] == [proof.answer_before, proof.answer_after]


def test_changes_together_decide_and_each_alone_explains(engine: Engine, hall: Hall) -> None:
    after = {
        "seats": {
            key: {"row": seat["row"], "number": str(seat["number"]), "occupied": seat["taken"], "guest": seat["guest"]}
            for key, seat in SEATS["seats"].items()
        }
    }
    assert {c.rule.id for c in hall.changes(after)} == {"number-became-text", "field-renamed"}
    taken = hall.impact(engine, STRICT, after)
    assert [change.rule.id for change in taken.because] == ["field-renamed"]
    numbers = hall.impact(engine, "({hall}) => Object.values(hall.seats).map((seat) => seat.number + 1)", after)
    assert [change.rule.id for change in numbers.because] == ["number-became-text"]


def test_what_a_reader_copes_with_is_tolerated_whatever_the_schema_says(engine: Engine, hall: Hall) -> None:
    derive = "({hall}) => Object.values(hall.seats).filter((seat) => seat.taken ?? seat.occupied).length"
    after = {"seats": {key: {**seat, "occupied": seat["taken"]} for key, seat in SEATS["seats"].items()}}
    for seat in after["seats"].values():
        del seat["taken"]
    assert [change.rule.id for change in hall.changes(after)] == ["field-renamed"]
    assert hall.impact(engine, derive, after).effect is Effect.SAME


def test_a_reader_with_a_cache_is_tried_warm_as_in_an_open_tab(engine: Engine, hall: Hall) -> None:
    (hall.folder / "contracts" / "cached.js").write_text(
        "let known;\n"
        "export function taken({ hall }) {\n"
        "  known ??= Object.keys(hall.seats);\n"
        "  return known.filter((key) => hall.seats[key].taken).length;\n"
        "}\n"
    )
    after = {"seats": {key.replace("-", ""): seat for key, seat in SEATS["seats"].items()}}
    assert [change.rule.id for change in hall.changes(after)] == ["keys-changed-form"]
    assert hall.impact(engine, TOLERANT, after).effect is Effect.SAME
    assert hall.impact(engine, "cached.js#taken", after).effect is Effect.THROWS


def test_a_reader_that_fails_on_a_known_good_moment_proves_nothing_there(engine: Engine, tmp_path: File) -> None:
    strange = {"seats": {**SEATS["seats"], KEYS[2]: {**SEATS["seats"][KEYS[2]], "row": "box"}}}
    derive = "({hall}) => Object.values(hall.seats).map((s) => { if (s.row === 'box') throw 1; return s.guest.name; })"
    only_strange = Hall(tmp_path / "one", {"strange": strange}).impact(engine, derive, without("guest"))
    assert (only_strange.effect, only_strange.tried, only_strange.proof) == (Effect.SAME, 0, None)
    both = Hall(tmp_path / "two", {"strange": strange, "usual": SEATS}).impact(engine, derive, without("guest"))
    assert both.effect is Effect.THROWS
    assert both.proof is not None
    assert both.proof.before.moment == "usual"


def test_a_change_that_fits_no_moment_is_missed_and_not_tolerated(engine: Engine, hall: Hall) -> None:
    fact = hall.fact(STRICT)
    (change,) = hall.changes(without("taken"))
    elsewhere = replace(change, store="kiosk")
    impact = assess_impact(engine, fact.primary, hall.good(fact), [elsewhere])
    assert (impact.effect, impact.missed, impact.tried) == (Effect.SAME, (elsewhere,), 0)


def test_a_note_is_not_replayed(engine: Engine, hall: Hall) -> None:
    after = each_seat(price=lambda seat: 7 + seat["number"])
    assert [change.rule.id for change in hall.changes(after)] == ["field-added"]
    impact = hall.impact(engine, "({hall}) => Object.keys(Object.values(hall.seats)[0]).length", after)
    assert (impact.effect, impact.tried) == (Effect.SAME, 0)


# Situations


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("", [{}]),
        ('seat = "each key of hall:/seats"', [{"seat": key} for key in KEYS]),
        ('row = "each value of hall:/seats/{}/row"', [{"row": "A"}, {"row": "B"}]),
        ('seat = "each key of hall:/gone"', []),
    ],
)
def test_a_parameter_is_bound_once_to_each_different_value(
    hall: Hall, params: str, expected: list[dict[str, str]]
) -> None:
    fact = hall.fact("({hall}) => 1", params)
    (moment,) = moments(hall.stores, {"hall": hall.stores["hall"].latest})
    assert list(bindings(fact.fact, moment)) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2026-05-01T00:00:00Z", "2026-04-01T10:00:00.123456789Z"], "2026-05-01T00:00:01.000Z"),
        (["2026-05-01T23:59:59.999Z"], "2026-05-02T00:00:00.000Z"),
        (["9999-12-31T23:59:59Z", "2026-05-01T00:00:00Z"], "2026-05-01T00:00:01.000Z"),
        (["2999-01-01T00:00:00Z", "2099-12-31T23:59:59Z"], "2100-01-01T00:00:00.000Z"),
        (["0001-01-01T00:00:00Z"], "0001-01-01T00:00:01.000Z"),
        (["2026-02-30T10:00:00Z", "2026-02-28T10:00:00Z"], "2026-02-28T10:00:01.000Z"),
        (["0000-00-00T00:00:00Z", "2026-06-30T23:59:60Z", "9999-12-31T23:59:59Z"], "2026-01-01T00:00:00.000Z"),
        (["٢٠٢٦-٠٥-٠١T٠٠:٠٠:٠٠Z", "2026-13-01T00:00:00Z", "2026-05-01T25:00:00Z"], "2026-01-01T00:00:00.000Z"),
    ],
)
def test_a_moment_is_read_after_its_newest_real_time(times: list[str], expected: str) -> None:
    assert read_at({"hall": {"until": times}, "none": None}) == expected


def test_a_reader_is_asked_about_every_binding(engine: Engine, hall: Hall) -> None:
    derive = "({hall, seat}) => hall.seats[seat].taken"
    params = 'seat = "each key of hall:/seats"'
    impact = hall.impact(engine, derive, without("taken"), params)
    assert impact.effect is Effect.UNAVAILABLE
    assert impact.tried == 2 * len(KEYS)


def test_a_store_that_is_absent_is_null_to_its_readers(engine: Engine, hall: Hall) -> None:
    fact = hall.fact("({hall}) => hall === null")
    gone = Situation("none", {"hall": None})
    (outcome,) = engine.run(fact.primary.program, calls(fact.primary.function, [gone]))
    assert outcome.answer.text == "true"


def test_an_answer_of_nothing_is_told_from_a_failure(engine: Engine, hall: Hall) -> None:
    told = {}
    for derive in ("() => null", "() => undefined", "() => NaN", "() => 0", "() => { throw 1 }"):
        fact = hall.fact(derive)
        (outcome,) = engine.run(fact.primary.program, calls(fact.primary.function, hall.good(fact)))
        told[derive] = (absent(outcome.answer), failed(outcome.answer))
    assert list(told.values()) == [(True, False), (True, False), (True, False), (False, False), (False, True)]


def test_an_export_that_is_not_there_is_named_with_those_that_are(hall: Hall) -> None:
    (hall.folder / "contracts" / "two.js").write_text("export const one = () => 1;\nexport const two = () => 2;\n")
    with pytest.raises(InputFault, match="exports no function three; its exports are: one, two"):
        hall.fact("two.js#three")
