"""Thresholds are chosen without the source that they are scored on, and what need not be judged again is not."""

from __future__ import annotations

import ast
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.structure.change import chance
from driftwright.structure.detect import kinds, order, words
from driftwright.verdict import weak_changes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci"))

from thresholds.cases import Counts, called_broken, counts_of, load  # noqa: E402 - beside the tests, as the script is
from thresholds.choosing import Row, Scoring, choose, rows, table  # noqa: E402
from thresholds.opinions import count, section  # noqa: E402
from thresholds.watched import Threshold, applied, load_thresholds, watched  # noqa: E402

DECLARED = load_thresholds(ROOT / "ci" / "thresholds" / "declared.toml")
LOOSE = 0.05
GONE = Threshold("driftwright.structure.detect.words", "_ALPHA", words._ALPHA, (LOOSE,))
"""The largest chance at which a word is called gone: 12 orders without one of 3 words are under the looser alone."""
READERS = (("paid", 'data.orders.filter((order) => order.status === "paid").length'), ("count", "data.orders.length"))
SOURCES = ("apples", "pears", "plums")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _orders(count: int, word: str, last: str = "sent") -> Any:
    return {"orders": [{"id": f"o{n}", "status": ("open", word, last)[n % 3]} for n in range(count)]}


def _write(folder: Path, breaking: tuple[str, ...]) -> Path:
    """Write a case for each source: a pair with other words for `paid` and `sent`, and one that only grew."""
    for source in SOURCES:
        case = folder / source
        case.mkdir(parents=True)
        documents = {"1@A": _orders(9, "paid"), "2@B": _orders(12, "settled", "away"), "1@B": _orders(12, "paid")}
        for number, document in enumerate(documents.values()):
            (case / f"v{number}.json.gz").write_bytes(gzip.compress(json.dumps(document).encode()))
        label = "break" if source in breaking else "ok"
        described = {
            "id": source,
            "package": source,
            "versions": [{"version": name, "file": f"v{number}.json.gz"} for number, name in enumerate(documents)],
            "derivations": [{"id": name, "js": js} for name, js in READERS],
            "ground_truth": [
                {"transition": "1@A->2@B", "derivation": "paid", "label": label},
                {"transition": "1@A->2@B", "derivation": "count", "label": "ok"},
                {"transition": "1@A->1@B", "derivation": "paid", "label": "ok"},
                {"transition": "1@A->1@B", "derivation": "count", "label": "arguable"},
            ],
        }
        (case / "case.json").write_text(json.dumps(described))
    return folder


def _rows(folder: Path, engine: Engine) -> tuple[list[Row], list[str]]:
    """Return the rows of the one threshold and of all together, and what was said on the way."""
    said: list[str] = []
    return [*rows(Scoring(load(folder), (GONE,), engine, said.append))], said


def test_a_better_value_is_chosen_and_scored_on_the_source_that_was_left_out(tmp_path: Path, engine: Engine) -> None:
    (alone, together), said = _rows(_write(tmp_path, SOURCES), engine)
    assert alone == Row(
        GONE.label, GONE.today, {LOOSE: 3}, Counts(0, 0, 3), left_out=Counts(3, 3, 3), worst=Counts(3, 3, 3)
    )
    assert together == Row("all together", None, {1: 3}, kept=Counts(0, 0, 3), left_out=Counts(3, 3, 3))
    assert f"{GONE.label}: may matter to [3] of 6 pairs" in said
    line = "| `structure.detect.words._ALPHA` | 0.01 | 0.05 (3) | 0.000 (1.000, 0.000) | 1.000 (1.000, 1.000) | 1.000"
    assert line in table([alone, together])


def test_the_source_that_is_left_out_has_no_say(tmp_path: Path, engine: Engine) -> None:
    """One source alone breaks. Without it nothing speaks for the looser value, and today's stays; with it, it does."""
    (alone, together), _ = _rows(_write(tmp_path, ("pears",)), engine)
    # Chosen for `pears` on two sources that it could only harm; for each of these on `pears` and the other one of them.
    assert alone.chosen == {GONE.today: 1, LOOSE: 2}
    assert alone.left_out == together.left_out == Counts(hits=0, called=2, due=1)


@pytest.mark.parametrize("due", [0, 5])
def test_choosing_never_looks_at_the_left_out_source(due: int) -> None:
    worse, better = Counts(0, 0, 4), Counts(3, 3, 4)
    scores = {
        1.0: {"first": worse, "second": Counts(due, 5, due)},
        2.0: {"first": better, "second": Counts(0, 5, due)},
    }
    assert choose(scores, today=1.0, left_out="second") == 2.0


def test_among_equals_the_value_of_today_is_kept_and_else_the_nearest() -> None:
    equal, worse = Counts(3, 3, 4), Counts(2, 3, 4)
    assert choose({1.0: {"a": equal}, 2.0: {"a": equal}, 3.0: {"a": equal}}, today=2.0, left_out="b") == 2.0
    assert choose({1.0: {"a": equal}, 1.5: {"a": equal}, 2.0: {"a": worse}}, today=2.0, left_out="b") == 1.5


def test_the_worst_of_equals_is_told_for_who_does_not_know_todays_value(tmp_path: Path, engine: Engine) -> None:
    """One source alone: without it there is nothing to choose by, so that both values are equal."""
    scoring = Scoring([pair for pair in load(_write(tmp_path, ())) if pair.source == "plums"], (GONE,), engine)
    alone, together = rows(scoring)
    assert (alone.chosen, alone.left_out, alone.worst) == ({GONE.today: 1}, Counts(), Counts(hits=0, called=1, due=0))
    assert together.worst is None


def test_a_value_that_a_watched_run_says_cannot_matter_changes_no_verdict(tmp_path: Path, engine: Engine) -> None:
    for pair in load(_write(tmp_path, SOURCES))[:2]:
        today = called_broken(pair, engine)
        with watched(DECLARED) as differing:
            assert called_broken(pair, engine) == today
        tried = [(threshold, value) for threshold in DECLARED for value in threshold.others]
        cannot_matter = [each for each in tried if each not in differing]
        assert 0 < len(cannot_matter) < len(tried)
        with applied(dict(cannot_matter)):
            assert called_broken(pair, engine) == today


def test_readers_without_a_scored_label_are_left_out(tmp_path: Path) -> None:
    changed, grown = load(_write(tmp_path, SOURCES))[:2]
    assert counts_of(changed, frozenset({"paid", "count"})) == Counts(hits=1, called=2, due=1)
    assert counts_of(grown, frozenset({"paid", "count"})) == Counts(hits=0, called=1, due=0)


@pytest.mark.parametrize("number", [2, 0.5], ids=["whole", "fraction"])
def test_a_watched_number_notes_what_would_have_come_out_otherwise(number: float) -> None:
    threshold, was = Threshold("driftwright.structure.change.chance", "ALPHA", number, (1, 3)), chance.ALPHA
    with watched([threshold]) as differing:
        assert number == chance.ALPHA
        differing.clear()
        for far in (0, 4):
            assert (far < chance.ALPHA, far >= chance.ALPHA) == (far < number, far >= number)
        assert not differing
        assert (chance.ALPHA <= 2) is (number <= 2)
        assert differing == {(threshold, 3)}
        assert number**2 == chance.ALPHA**2
        assert differing == {(threshold, 1), (threshold, 3)}
    assert was == chance.ALPHA  # for all tests that come after this one


def test_a_threshold_is_set_wherever_it_was_imported_and_set_back() -> None:
    threshold = next(each for each in DECLARED if each.label == "structure.change.chance.ALPHA")
    homes = (chance, kinds, order, weak_changes)
    with applied({threshold: 0.5}):
        assert [home.ALPHA for home in homes] == [0.5] * 4
    assert [home.ALPHA for home in homes] == [threshold.today] * 4
    several = next(each for each in DECLARED if each.label == "structure.change.chance._SEVERAL")
    with applied({several: 7}):
        assert (chance._SEVERAL, weak_changes._SEVERAL) == (7, 2)  # one name, and two thresholds


def test_each_declared_threshold_has_other_values_and_is_no_default_argument() -> None:
    """A default argument keeps the value of the moment at which its function was defined."""
    assert len({threshold.label for threshold in DECLARED}) == len(DECLARED) > 20
    for threshold in DECLARED:
        assert len(set(threshold.values)) == len(threshold.others) + 1 > 2
        assert min(threshold.values) > 0
        tree = ast.parse((ROOT / "src" / (threshold.module.replace(".", "/") + ".py")).read_text("utf-8"))
        defaults = [node for each in ast.walk(tree) if isinstance(each, ast.arguments) for node in each.defaults]
        assert not any(isinstance(node, ast.Name) and node.id == threshold.name for node in defaults)


def test_second_opinions_are_counted_beside_the_verdicts_of_the_rules(tmp_path: Path, engine: Engine) -> None:
    pairs = load(_write(tmp_path, ("pears",)))
    said: list[str] = []
    found = count(pairs, engine, said.append)
    assert said == [pair.name for pair in pairs]
    assert sum(found.rows.values()) == sum(len(pair.breaks) for pair in pairs) == 9
    assert sum(number for (_, _, breaks), number in found.rows.items() if breaks) == 1
    assert found.rows[Verdict.INTACT, Verdict.INTACT, False] >= 6
    assert 0 < found.closed[0] <= found.closed[1]
    text = "\n".join(section(found, pairs))
    assert "Counted on 9 readers of 6 pairs of documents that 3 packages" in text
    assert "| intact | intact | 0 | " in text


def test_a_reader_that_the_second_opinion_settled_is_counted_as_the_rules_left_it(
    tmp_path: Path, engine: Engine
) -> None:
    """Else the table could never tell whether the second opinion is right where it decides."""
    case = tmp_path / "fees"
    case.mkdir()
    documents = (
        {"fee": {"cents": 490, "currency": "EUR", "precision": 2}},
        {"fee": {"cents": 1250, "currency": {"code": "USD", "base": 10}, "scale": 2}},
    )
    for name, document in zip("ab", documents, strict=True):
        (case / f"{name}.json").write_text(json.dumps(document))
    reader = "data.fee.cents ? `${data.fee.currency} ${data.fee.cents / 100}` : 'free'"
    described = {
        "id": "fees",
        "package": "fees",
        "versions": [{"version": name, "file": f"{name}.json"} for name in "ab"],
        "derivations": [{"id": "label", "js": reader}],
        "ground_truth": [{"transition": "a->b", "derivation": "label", "label": "break"}],
    }
    (case / "case.json").write_text(json.dumps(described))
    assert count(load(tmp_path), engine).rows == {(Verdict.UNSEEN, Verdict.BROKEN, True): 1}
