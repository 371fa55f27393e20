"""Every known change of a store, made as a site would make it, is noticed; what is harmless is not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.terms import Basis, Verdict
from driftwright.structure.rules.registry import load_rules
from kit.examples import NIGHTLY, usually
from kit.project import STORES, verdicts_alone
from kit.site_changes import CHANGES
from kit.taxonomy_bench import FACTS, FEW, Bench, Judged

TABLE = tomllib.loads((File(__file__).parents[1] / "taxonomy.toml").read_text("utf-8"))
ROWS: dict[str, dict[str, Any]] = {row["id"]: row for row in TABLE["row"]}
BENIGN = [row["id"] for row in TABLE["benign"]]
SHOWN_BY = {"rule", "invariant", "agreement", "schema vocabulary", "history", "unseen", "run on the capture"}
SHOWS_NOTHING = {"nothing", "nothing to show"}
TOLD_ELSEWHERE = {
    "write-moment-moved": "verdict/test_check.py",
    "tab-scoped-or-shared": "structure/test_registry.py",
    "default-changed": "",
    "distribution-shifted": "",
}
HURT = (Verdict.BROKEN, Verdict.DEGRADED)
MADE = [name for name in ROWS if name in CHANGES]


def _one_of_each_kind() -> list[str]:
    """Return the rows of every check: each that no rule shows, and of those of one rule the first of each kind.

    Rows are of one kind if the same rule and means show them and the same is said of the facts that miss them.
    """
    kinds: dict[object, str] = {}
    for name in MADE:
        row = ROWS[name]
        said = [bool(row.get(key)) for key in ("harmless", "unasked", "outside", "alone")]
        kinds.setdefault((row.get("rule", name), row.get("keyword"), *row["shown_by"], *said), name)
    return list(kinds.values())


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A bench that asks all facts at night, and in every check enough of them for all that each row says.

    It looks for the smallest store to show a break on at night alone: that comes after the verdict.
    """
    with verdicts_alone(), Bench(FACTS if NIGHTLY else FEW) as made:
        yield made


def test_every_row_says_what_shows_it_and_is_made_or_told_elsewhere() -> None:
    assert len(ROWS) == len(TABLE["row"]) == 84
    assert set(ROWS) | set(BENIGN) == set(CHANGES) | set(TOLD_ELSEWHERE)
    for name, row in ROWS.items():
        assert set(row) <= {
            "id",
            "what",
            "shown_by",
            "rule",
            "harmless",
            "through",
            "unasked",
            "outside",
            "alone",
            "keyword",
            "why",
        }
        assert row["shown_by"], name
        assert set(row["shown_by"]) <= SHOWN_BY | SHOWS_NOTHING, name
        assert ("rule" in row["shown_by"]) <= ("rule" in row), name
        assert row.get("rule", "field-added") in load_rules(), name
        assert row.get("why") or name not in TOLD_ELSEWHERE, name
    for name, file in TOLD_ELSEWHERE.items():
        assert not file or (File(__file__).parents[1] / file).is_file(), name


@pytest.mark.parametrize("name", usually(MADE, _one_of_each_kind()))
def test_a_change_is_noticed_and_shown_by_what_the_table_says(bench: Bench, name: str) -> None:
    row = ROWS[name]
    judged = bench.judged("two-parents", CHANGES[name])
    rules = {change.rule.id for change in judged.changes}
    if "rule" in row:
        assert row["rule"] in rules
    if "keyword" in row:
        assert row["keyword"] in {violation.keyword for violation in judged.violations}
    shown = _shown_by(judged)
    for means in set(row["shown_by"]) - {"rule", "schema vocabulary", "history"} - SHOWS_NOTHING:
        assert means in shown, shown
    if "rule" not in row:
        assert rules == set(), "a rule shows what the table calls invisible to rules"
    _nothing_is_missed(judged, row)


@pytest.mark.parametrize("name", ["key-is-not-the-parent", "list-truncated", "keys-minified", "flag-renamed"])
def test_a_change_is_noticed_on_a_store_of_one_image_too(bench: Bench, name: str) -> None:
    judged = bench.judged("several", CHANGES[name])
    assert judged.changed
    _nothing_is_missed(judged, ROWS[name])


def _nothing_is_missed(judged: Judged, row: dict[str, Any]) -> None:
    """No fact whose answer changes is called intact, unless nobody can ask for it, or no second source tells of it."""
    missed = [fact for fact in judged.changed if not judged.noticed(fact)]
    assert set(missed) <= {*row.get("unasked", ()), *row.get("outside", ()), *row.get("alone", ())}
    if missed:
        # What a store does not list any more cannot be asked about; that it is not listed is what another fact tells.
        assert judged.noticed(row["through"])
    if row.get("harmless"):
        assert judged.changed == ()


def _shown_by(judged: Judged) -> set[str]:
    """What spoke up, beside the rules."""
    facts = judged.facts.values()
    shown = {"agreement"} if any(found.held is False for fact in facts for found in fact.agreements) else set()
    if any(fact.basis is Basis.INVARIANT and fact.verdict in HURT for fact in facts):
        shown.add("invariant")
    if any(fact.basis is Basis.CAPTURE and fact.verdict in HURT for fact in facts):
        shown.add("run on the capture")
    if any(fact.verdict is Verdict.UNSEEN for fact in facts):
        shown.add("unseen")
    return shown


HARMLESS = [*BENIGN, *(name for name in MADE if ROWS[name].get("harmless"))]
EACH = [(name, moment) for name in HARMLESS for moment in ("several", "two-parents")]
# On one moment each in every check: that of the tests above for what they judge anyway, else in turns.
ONCE = [(name, ("several", "two-parents")[name in MADE or turn % 2]) for turn, name in enumerate(HARMLESS)]


@pytest.mark.parametrize("case", usually(EACH, ONCE), ids="-".join)
def test_what_is_harmless_raises_no_alarm(bench: Bench, case: tuple[str, str]) -> None:
    name, moment = case
    judged = bench.judged(moment, CHANGES[name])
    assert [fact.name for fact in judged.facts.values() if fact.verdict in HURT] == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_store_of_few_records_is_no_drift(bench: Bench, count: int) -> None:
    def cut(document: Any) -> Any:
        return CHANGES["keys-in-another-order"](_first(document, count))

    judged = bench.judged("several", cut)
    assert judged.changes == ()
    assert [fact.name for fact in judged.facts.values() if fact.verdict in HURT] == []


def _first(document: Any, count: int) -> Any:
    lists = document["state"]["videoByMediaId"]
    state = {**document["state"], "videoByMediaId": {key: held[:count] for key, held in lists.items()}}
    return {**document, "state": state}


def test_the_changes_are_made_without_the_replay() -> None:
    text = (File(__file__).parents[1] / "kit" / "site_changes.py").read_text("utf-8")
    assert "driftwright" not in text
    assert len(FACTS) >= 13
    assert "site" in STORES
