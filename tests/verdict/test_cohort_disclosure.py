"""What is told of counts: no figure speaks of fewer than five users, and no difference of figures gives one."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.report import Cohorts, render_cohorts
from driftwright.verdict.cohorts.cohorts import CohortQuestion, find_cohorts_of
from driftwright.verdict.cohorts.disclosure import FEW, LEAST_USERS, Cell, publishable_cells
from driftwright.workspace import find_workspace
from kit.many_users import ROOT, fingerprint

DAYS = st.sampled_from(["2026-01-01", "2026-01-02"])
CELLS = st.builds(Cell, st.sampled_from("ab"), DAYS, st.sampled_from("12"), st.sampled_from(["DE", "LU", ""]))


@given(st.dictionaries(CELLS, st.integers(1, 9)))
def test_every_cell_has_five_users_and_holds_nothing_of_what_is_dropped(counts: dict[Cell, int]) -> None:
    told = publishable_cells(counts)
    assert all(users >= LEAST_USERS for users in told.values())
    for (shape, day), cells in itertools.groupby(sorted(counts), key=lambda cell: cell[:2]):
        small = sum(counts[cell] for cell in cells if counts[cell] < LEAST_USERS)
        pooled = told.get(Cell(shape, day, FEW, FEW), 0)
        assert pooled == (small if small >= LEAST_USERS else 0)


@given(st.dictionaries(CELLS, st.integers(1, 9)), CELLS, st.integers(1, 4))
def test_fewer_than_five_users_more_in_a_dropped_cell_change_no_figure(
    counts: dict[Cell, int], cell: Cell, more: int
) -> None:
    """Whoever sees all figures cannot tell whether a cell that is dropped, pool and all, has no user or four."""
    alone = {other: users for other, users in counts.items() if other[:2] != cell[:2] or users >= LEAST_USERS}
    alone.pop(cell, None)
    assert publishable_cells(alone) == publishable_cells({**alone, cell: more})


def found(tmp_path: Path, users: Counter[tuple[int, str, str, str]], **asked: object) -> Cohorts:
    file = tmp_path / "told.jsonl"
    file.write_text(
        "".join(json.dumps(fingerprint(*user)) + "\n" for user, count in users.items() for _ in range(count))
    )
    question = CohortQuestion((str(file),), **asked)  # type: ignore[arg-type]
    return find_cohorts_of(question, find_workspace(str(ROOT)))


def test_shapes_are_told_by_label_with_what_they_break_and_who_has_too_few_is_in_no_figure(tmp_path: Path) -> None:
    users = Counter(
        {
            (0, "2026-06-01", "2.0", "DE"): 30,
            (0, "2026-06-02", "2.0", "DE"): 20,
            (0, "2026-06-02", "2.0", "LU"): 3,
            (1, "2026-06-02", "2.1", "FR"): 17,
            (1, "2026-06-02", "2.1", "LU"): 2,
            (1, "2026-06-02", "2.1", ""): 3,
            (2, "2026-06-02", "2.1", "FR"): 4,
        }
    )
    cohorts = found(tmp_path, users, by=("country",))
    known, renamed = cohorts.shapes
    assert (known.users, renamed.users, cohorts.users) == (50, 22, 72)
    assert (known.since, renamed.since) == ("2026-06-01", "2026-06-02")
    assert {label.labels: label.users for label in renamed.by} == {("FR",): 17, (FEW,): 5}
    assert {change.rule for change in renamed.changes} >= {"field-renamed"}
    assert {fact.name: fact.verdict for fact in renamed.facts}["moderated_count"] in ("degraded", "broken")
    assert [(alert.shape, alert.day) for alert in cohorts.alerts if alert.shape == renamed.id] == [
        (renamed.id, "2026-06-02")
    ]
    assert any("moderated_count" in part.facts for part in cohorts.carried)
    assert (cohorts.since, cohorts.until, cohorts.odd_count) == ("2026-06-01", "2026-06-02", 0)
    _assert_page_is_still(cohorts)


def _assert_page_is_still(cohorts: Cohorts) -> None:
    page = render_cohorts(cohorts, "html")
    assert page.count("<svg") >= 2
    assert "<script" not in page
    assert "http-equiv" not in page or "script-src" not in page
    assert cohorts.shapes[1].id in page
    assert json.loads(render_cohorts(cohorts, "json"))["users"] == cohorts.users


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eevil\x1b[31m"])
def test_a_hostile_name_is_escaped_in_text_page_and_picture(tmp_path: Path, name: str) -> None:
    row = fingerprint(0, "2026-06-01")
    site = row["areas"][0]["shapes"]["site"]
    site["p"]["state"]["p"]["videoByMediaId"]["v"]["l"]["p"][name] = {"i": 1}
    site["p"][name] = {"i": 1}
    file = tmp_path / "told.jsonl"
    file.write_text((json.dumps(row) + "\n") * 9)
    cohorts = find_cohorts_of(CohortQuestion((str(file),)), find_workspace(str(ROOT)))
    assert cohorts.users == 9
    for form in ("text", "html"):
        said = render_cohorts(cohorts, form)
        assert "<script>alert" not in said or form == "text"
        assert "<img" not in said or form == "text"
        assert "\x1b" not in said
        assert "\u202e" not in said
