"""The integration plan, row by row: each answer is there, each contract answers for something, the state is today's."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci"))

from pages import seed  # noqa: E402 - beside the tests, as the pages are written

KINDS = ("opportunity", "consideration", "phase", "field", "risk", "read")


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_the_plan_is_answered_or_says_why_not(kind: str) -> None:
    lines = [*seed.table(kind)]
    assert len(lines) - 2 == sum(1 for row in seed.rows() if row.kind == kind) > 0
    assert {row.kind for row in seed.rows()} == set(KINDS)
    assert len({(row.kind, row.id) for row in seed.rows()}) == len(seed.rows())


def test_every_contract_answers_for_a_row() -> None:
    named = {text.removeprefix("contract:") for row in seed.rows() for text in row.answers if "contract:" in text}
    assert named == seed.facts()


def test_the_state_is_that_of_the_contracts_of_today() -> None:
    assert seed.proof()["reads"] == seed.lock_digest(), "run ci/proved, then ci/docs"
    assert seed.proof()["summary"]["score"] == 1.0
    assert seed.proof()["summary"]["wrong_fallbacks"] == 0


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("contract:vidoes", "no contract"),
        ("schema:site:/state/nothing", "no schema declares"),
        ("schema:sight:/state", "no store"),
        ("law:tests/laws/test_seed.py::test_nothing", "no test"),
        ("law:tests/laws/test_gone.py::test_nothing", "no test"),
        ("time:videos last for ever", "no rule of time"),
        ("migration:nowhere", "no migration"),
        ("page:docs/nothing.md", "no page"),
        ("hope:for the best", "no kind of answer"),
    ],
)
def test_an_answer_that_there_is_not_is_refused_with_its_row(answer: str, says: str) -> None:
    with pytest.raises(seed.NoAnswerError, match=f"^a-row: .*{re.escape(says)}"):
        seed.answer("a-row", answer)


def test_a_row_without_an_answer_and_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "seed.toml"
    file.write_text('[[row]]\nid = "a-row"\nkind = "risk"\nwhat = "something"\n', encoding="utf-8")
    with pytest.raises(seed.NoAnswerError, match="a-row: has neither"):
        seed.rows(file)


def test_what_is_kept_of_a_proof_counts_each_break_once() -> None:
    cell = {"fact": "paid", "breaks": True, "noticed": "rule", "fallback": "degraded"}
    cells = [cell, {**cell, "noticed": "unshowable", "fallback": "unaware"}, {**cell, "noticed": "nothing"}]
    totals = {"mutations": 4, "breaks": 3, "score": 0.5, "wrong_fallbacks": 0, "laws_failed": 0}
    laws = [{"name": "nothing-lost", "holds": True}]
    record = {
        "cells": [*cells, {**cell, "breaks": False}],
        "summary": {**totals, "gaps": 0},
        "migrations": [{"name": "by_parent", "laws": laws}],
    }
    assert seed.kept(record, "sha256:0") == {
        "reads": "sha256:0",
        "summary": totals,
        "facts": {
            "paid": {"breaks": 3, "noticed": 1, "unshowable": 1, "fallbacks": {"degraded": 2, "unaware": 1}},
        },
        "migrations": {"by_parent": {"nothing-lost": True}},
    }
