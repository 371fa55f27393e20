"""Second opinions: what they say beside the verdict, where they decide it, and where they must not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.impact.javascript.program import module
from driftwright.report.fact import ClosureFound, SecondOpinion
from driftwright.verdict import second_opinion
from driftwright.verdict.diff import diff_documents
from driftwright.verdict.diff_report import report_diff
from kit.program import Program
from kit.trials import judged


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def _opinion(engine: Engine, reader: str, before: Any, after: Any) -> tuple[Verdict, SecondOpinion]:
    readers = module(f"export const read = {reader};", "readers.js")
    (found,) = report_diff(before, after, readers, engine).facts
    assert found.second_opinion is not None
    return found.verdict, found.second_opinion


def _stalls(count: int, **names: str) -> dict[str, Any]:
    rows = [{"id": f"s{n}", "owner": f"o{n}", "open": n % 3 > 0, "stock": n} for n in range(count)]
    return {"stalls": [{names.get(name, name): value for name, value in row.items()} for row in rows]}


STOCK = "(d) => d.stalls.reduce((n, s) => n + s.stock, 0)"


def test_a_break_is_told_with_what_alone_makes_it(engine: Engine) -> None:
    verdict, found = _opinion(engine, STOCK, _stalls(5), _stalls(7, stock="inStock"))
    assert (verdict, found.says, found.agrees) == (Verdict.BROKEN, Verdict.BROKEN, True)
    assert found.because == ("/stalls/[]/stock: called inStock",)
    assert found.closure.rest == ()


def test_the_same_structure_is_intact_for_both(engine: Engine) -> None:
    verdict, found = _opinion(engine, STOCK, _stalls(5), _stalls(7))
    assert (verdict, found.says, found.agrees, found.because) == (Verdict.INTACT, Verdict.INTACT, True, ())


def test_where_either_cannot_tell_nobody_agrees(engine: Engine) -> None:
    verdict, found = _opinion(engine, STOCK, _stalls(5), {"stalls": []})
    assert (verdict, found.says, found.agrees) == (Verdict.UNSEEN, Verdict.UNSEEN, None)


def test_what_is_only_another_value_of_the_later_store_is_no_break(engine: Engine) -> None:
    """A record became a text, and nobody knows which text: a reader that bears both is not wrong for that."""
    before = {"sums": [{"cents": {"n": n}} for n in range(1, 5)]}
    after = {"sums": [{"cents": f"{n}00"} for n in range(3, 9)]}
    reader = "(d) => d.sums.map((s) => String(typeof s.cents === 'string' ? s.cents : s.cents.n)).join()"
    assert _opinion(engine, reader, before, after)[1].says is not Verdict.BROKEN


# ---- where it decides


def _fee(cents: int, currency: Any, unit: str) -> dict[str, Any]:
    return {"fee": {"cents": cents, "currency": currency, unit: 2}}


LABEL = "(d) => d.fee.cents ? `${d.fee.currency} ${d.fee.cents / 100}` : 'free'"


def test_a_lone_value_that_is_a_record_now_is_another_structure(engine: Engine) -> None:
    """The rules tell nothing of a lone record; that its text is a record of such a text now is no other data."""
    after = _fee(1250, {"code": "USD", "base": 10}, "scale")
    found = judged(engine, LABEL, _fee(490, "EUR", "precision"), after)
    assert (found.verdict, found.because) == (Verdict.BROKEN, ())
    assert found.says == "AFTER has another structure where it reads: /fee/currency: text became object"
    assert found.second_opinion is not None
    assert found.second_opinion.agrees is True


def test_a_lone_value_that_is_null_now_may_be_other_data(engine: Engine) -> None:
    found = judged(engine, LABEL, _fee(490, "EUR", "precision"), _fee(1250, None, "precision"))
    assert found.verdict is not Verdict.BROKEN


def test_it_decides_nothing_where_its_stores_are_not_as_the_later_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left open at a path that the reader reads may be why its answer differs."""
    rest = ClosureFound(2, 1, ("not replayed: something",))
    monkeypatch.setattr(second_opinion, "closure_of_stores", lambda *_: rest)
    after = _fee(1250, {"code": "USD", "base": 10}, "scale")
    found = judged(engine, LABEL, _fee(490, "EUR", "precision"), after)
    assert found.verdict is Verdict.UNSEEN
    assert found.second_opinion is not None
    assert (found.second_opinion.says, found.second_opinion.agrees) == (Verdict.BROKEN, None)


# ---- where it is told


def test_diff_tells_it_as_json_and_asks_for_none_in_words(engine: Engine, program: Program, tmp_path: File) -> None:
    readers = module(f"export const stock = {STOCK};", "readers.js")
    (plain,) = diff_documents(_stalls(5), _stalls(7, stock="inStock"), readers, engine).readers
    assert plain.second_opinion is None
    for name, document in (("before", _stalls(5)), ("after", _stalls(7, stock="inStock"))):
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    (tmp_path / "readers.js").write_text(f"export const stock = {STOCK};")
    files = [str(tmp_path / name) for name in ("before.json", "after.json")]
    result = program("diff", *files, "--consumer", str(tmp_path / "readers.js"), "--format", "json")
    told = json.loads(result.stdout)["readers"]["stock"]
    assert told["second_opinion"]["because"] == ["/stalls/[]/stock: called inStock"]
    assert told["closure"]["rest"] == []


def test_no_value_of_a_store_stands_in_an_opinion(engine: Engine) -> None:
    states = ("secret-open", "secret-shut")
    before = {"stalls": [{"state": states[n % 2], "mark": "x"} for n in range(12)]}
    after = {"stalls": [{"state": f"hidden-{n % 2}", "mark": "y"} for n in range(12)]}
    _, found = _opinion(engine, "(d) => d.stalls.filter((s) => s.state === 'secret-open').length", before, after)
    assert "hidden-" not in repr(found)
