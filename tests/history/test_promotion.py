"""Which derived fact may move on, on made-up histories of days: each gate, on both sides of its threshold."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.terms import Phase
from driftwright.history.promotion import Promotion, promotions, seniority_of
from driftwright.history.run import FactState, Run
from driftwright.history.runs import History
from driftwright.workspace.contract import Fact, load_facts
from driftwright.workspace.folders import GATES, Gate, find_workspace
from kit.program import Program

FIRST = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
STEADY, SHORT, TORN, QUIET, UNSURE, ALONE, LATE = "steady", "short", "torn", "quiet", "unsure", "alone", "late"
_Day = tuple[str, tuple[int, int]]
GOOD: _Day = ("intact", (2, 0))


def _run(at: datetime, facts: Iterable[tuple[str, _Day]], blind: str = "") -> Run:
    states = () if blind else tuple(FactState(n, v, "same", "full", False, agreed) for n, (v, agreed) in facts)  # noqa: FBT003
    verdict = "blind" if blind else "intact"
    return Run(
        uuid.uuid4().hex, at.isoformat().replace("+00:00", "Z"), "shop", "", verdict, "", "1", blind, states, (), ()
    )


def _life(days: int, of: Callable[[int], _Day], *, twice: bool = True) -> list[tuple[datetime, _Day]]:
    hours = (0, 12) if twice else (0,)
    return [(FIRST + timedelta(days=day, hours=hour), of(day)) for day in range(days) for hour in hours]


def _contract(folder: Path, name: str, phase: str, *, agrees: bool) -> None:
    agreement = '[[agreement]]\nname = "both"\nbetween = ["site", "own"]\n' if agrees else ""
    (folder / f"{name}.toml").write_text(
        f'title = "{name}"\nphase = "{phase}"\n'
        '[[source]]\nname = "site"\nlevel = "full"\nderive = "({s}) => s.n"\n'
        '[[source]]\nname = "own"\nlevel = "degraded"\nderive = "({s}) => s.m"\n' + agreement,
        encoding="utf-8",
    )


def _facts(folder: Path, *phases: tuple[str, str], alone: Sequence[str] = ()) -> tuple[Fact, ...]:
    contracts = folder / "contracts"
    contracts.mkdir()
    for name, phase in phases:
        _contract(contracts, name, phase, agrees=name not in alone)
    return load_facts(contracts)


def _fortnight(day: int, fact: str) -> _Day:
    """What each fact shows on each of fourteen days."""
    match fact:
        case "torn":
            return ("broken", (0, 2)) if day == 10 else GOOD
        case "quiet":
            return ("degraded", (0, 0)) if day == 1 else GOOD
        case "unsure":
            return ("intact", (1, 1)) if day == 4 else GOOD
        case "alone":
            return ("intact", (0, 0))
        case "short":
            return GOOD if day >= 8 else ("unseen", (0, 0))
        case _:
            return GOOD


def _history(folder: Path) -> tuple[Run, ...]:
    """Record fourteen days, two runs each, of which two days were blind."""
    names = (STEADY, SHORT, TORN, QUIET, UNSURE, ALONE, LATE)
    with History(folder) as history:
        for day in range(14):
            for hour in (0, 12):
                at = FIRST + timedelta(days=day, hours=hour)
                blind = "login-wall" if day in (5, 6) else ""
                history.add(_run(at, [(name, _fortnight(day, name)) for name in names], blind))
        return history.runs()


def test_a_fortnight_gives_every_fact_its_gate(tmp_path: Path) -> None:
    phases = [(name, "validate") for name in (STEADY, SHORT, TORN, QUIET, UNSURE, ALONE)]
    facts = _facts(tmp_path, *phases, (LATE, "re-key"), alone=[ALONE])
    found = {one.fact: one for one in promotions(facts, _history(tmp_path / "history"), GATES)}
    assert {name for name, one in found.items() if one.may_move} == {STEADY, QUIET, ALONE}
    assert _missing(found[SHORT]) == ["days"], "twelve runs, and only six days"
    assert _missing(found[TORN]) == ["quiet"], "it broke three days before the end"
    assert _missing(found[UNSURE]) == ["agreement"]
    assert found[LATE].next is None
    assert not found[LATE].may_move
    steady = found[STEADY].record
    assert (steady.runs, steady.days, steady.agreed, steady.compared) == (24, 12, 48, 48), "blind days count as nothing"
    torn = found[TORN].record
    assert (torn.runs, torn.days) == (22, 11)
    assert torn.agreement == 1.0, "what a broken fact disagrees about is no comparison"


def _missing(one: Promotion) -> list[str]:
    return [asked.what for asked in one.asked if not asked.passed]


def test_the_next_gate_asks_for_more(tmp_path: Path) -> None:
    facts = _facts(tmp_path, (STEADY, "derive"))
    runs = _history(tmp_path / "history")
    (one,) = promotions(facts, runs, GATES)
    assert (one.phase, one.next, _missing(one)) == (Phase.DERIVE, Phase.REKEY, ["days"])
    more = [_run(FIRST + timedelta(days=day), [(STEADY, GOOD)]) for day in (14, 15)]
    (later,) = promotions(facts, [*runs, *more], GATES)
    assert later.may_move
    assert later.record.days == 14


@pytest.mark.parametrize(
    ("gate", "passes"),
    [
        (Gate(5, 10, 0.88, 0), True),
        (Gate(6, 10, 0.88, 0), False),
        (Gate(5, 11, 0.88, 0), False),
        (Gate(5, 10, 0.89, 0), False),
    ],
)
def test_exactly_at_the_threshold_is_enough(tmp_path: Path, gate: Gate, passes: bool) -> None:  # noqa: FBT001
    facts = _facts(tmp_path, ("fact", "validate"))
    life = _life(5, lambda day: ("intact", (5, 0) if day in (1, 2) else (4, 1)))
    runs = [_run(at, [("fact", told)]) for at, told in life]
    record = seniority_of("fact", runs)
    assert (record.runs, record.days, record.agreed, record.compared) == (10, 5, 44, 50)
    (one,) = promotions(facts, runs, {Phase.DERIVE: gate})
    assert one.may_move is passes


@pytest.mark.parametrize(("hours", "passes"), [(7 * 24, True), (7 * 24 - 1, False)])
def test_the_quiet_time_ends_with_what_was_seen(tmp_path: Path, hours: int, passes: bool) -> None:  # noqa: FBT001
    facts = _facts(tmp_path, ("fact", "validate"))
    runs = [_run(FIRST, [("fact", ("broken", (0, 0)))])]
    runs += [_run(FIRST + timedelta(hours=hours - number), [("fact", GOOD)]) for number in range(10)]
    runs.append(_run(FIRST + timedelta(days=30), [], "dns"))
    (one,) = promotions(facts, runs, {Phase.DERIVE: Gate(1, 10, 0.99, 7)})
    assert one.may_move is passes, "a blind run does not lengthen it"


def test_a_day_with_a_break_is_no_intact_day() -> None:
    runs = [_run(FIRST, [("fact", GOOD)]), _run(FIRST + timedelta(hours=1), [("fact", ("degraded", (0, 0)))])]
    record = seniority_of("fact", runs)
    assert (record.runs, record.days) == (1, 0)


def test_agreements_that_were_never_told_do_not_pass(tmp_path: Path) -> None:
    facts = _facts(tmp_path, ("fact", "validate"))
    runs = [_run(at, [("fact", told)]) for at, told in _life(14, lambda _: ("intact", (0, 0)))]
    (one,) = promotions(facts, runs, GATES)
    assert _missing(one) == ["agreement"]
    agreements = [" with ".join(agreement.between) for agreement in facts[0].agreements]
    assert one.asked[2].says == f"never compared: {agreements[0]}", "in the words of the contract alone"


def test_without_runs_nothing_may_move(tmp_path: Path) -> None:
    (one,) = promotions(_facts(tmp_path, ("fact", "validate")), [], GATES)
    assert _missing(one) == ["runs", "days", "agreement"]


def test_the_command_tells_it_in_words_and_as_json(tmp_path: Path, program: Program) -> None:
    (tmp_path / "schemas").mkdir()
    _facts(tmp_path, (STEADY, "validate"), (TORN, "validate"), (LATE, "re-key"))
    _history(tmp_path / "driftwright-out" / "history")
    text = program("readiness")
    assert text.code == 0, text.stderr
    assert "may move on: steady\n" in text.stdout
    assert "broke 3.0 days before it was last seen, 7 are asked" in text.stdout
    told = json.loads(program("readiness", "--format", "json").stdout)
    assert {fact["name"]: fact["may_move"] for fact in told["facts"]} == {STEADY: True, TORN: False, LATE: False}
    assert told["runs"] == 28
    other = json.loads(program("readiness", "--format", "json", "--target", "other").stdout)
    assert (other["runs"], [fact["may_move"] for fact in other["facts"]]) == (0, [False] * 3)


def test_the_thresholds_are_the_workspace_s_own(tmp_path: Path, program: Program) -> None:
    (tmp_path / "schemas").mkdir()
    _facts(tmp_path, (STEADY, "validate"), (TORN, "validate"))
    _history(tmp_path / "history")
    (tmp_path / "driftwright.toml").write_text(
        "[promotion.derive]\ndays = 13\nquiet = 3\n[promotion.re-key]\nagreement = 1\n", encoding="utf-8"
    )
    gates = find_workspace(str(tmp_path)).gates
    assert gates == {Phase.DERIVE: Gate(13, 10, 0.99, 3), Phase.REKEY: Gate(14, 20, 1.0, 14)}
    told = json.loads(program("readiness", "--history", "history", "--format", "json").stdout)
    assert [fact["may_move"] for fact in told["facts"]] == [False, False]
    (tmp_path / "driftwright.toml").write_text("[promotion.derive]\ndays = 11\nquiet = 3\n", encoding="utf-8")
    told = json.loads(program("readiness", "--history", "history", "--format", "json").stdout)
    assert [fact["may_move"] for fact in told["facts"]] == [True, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[promotion.derive]\ndays = -1\n", "whole number"),
        ("[promotion.derive]\nruns = 2.5\n", "whole number"),
        ("[promotion.derive]\nagreement = 2\n", "share from 0 to 1"),
        ("[promotion.derive]\ndais = 3\n", "did you mean 'days'"),
        ("[promotion.validate]\n", "unknown key 'validate'"),
    ],
)
def test_wrong_thresholds_are_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "driftwright.toml").write_text(text, encoding="utf-8")
    for name in ("contracts", "schemas"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputFault, match=said):
        find_workspace(str(tmp_path))


def test_a_history_that_is_not_there_is_named(tmp_path: Path, program: Program) -> None:
    (tmp_path / "schemas").mkdir()
    _facts(tmp_path, (STEADY, "validate"))
    done = program("readiness", "--history", "nowhere")
    assert done.code == 2
    assert "no history;" in done.stderr
    assert not (tmp_path / "nowhere").exists()
