"""A new shape among many users is told once for each shape, and what is foreign in it is inert."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.entrypoints.cli.job import tell_messages
from driftwright.history.alert.channel import channel
from driftwright.history.alert.shapes import shape_messages
from driftwright.report import CohortAlert, CohortChange, CohortFact, Cohorts, CohortShape, DayShare
from kit.github_site import REPO, TOKEN, github_site
from kit.many_users import ROOT, fingerprint
from kit.program import run_here

CHANGE = CohortChange("field-renamed", "site", "/state/<b>@everyone", "a field has another name", "/state/other")
FACTS = (CohortFact("credits_used", "broken"),)


def out_there(*days: str, changes: tuple[CohortChange, ...] = (CHANGE,)) -> Cohorts:
    shares = tuple(DayShare(day, 30, 0.25) for day in days)
    shape = CohortShape("0123456789ab", known=False, stores=("site v1",), changes=changes, facts=FACTS,
        users=30, most=30, share=0.25, since=days[0], days=shares, by=())  # fmt: skip
    alerts = (CohortAlert(shape.id, days[0], 0.25),)
    return Cohorts((), days[0], days[-1], 120, (shape,), (), alerts, (), 0, 0)


def test_a_shape_is_one_issue_however_often_and_late_it_is_told() -> None:
    with github_site() as site:
        environment = {"GITHUB_API_URL": site.url, "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPO}
        github = channel("github", environment)
        for days in (["2026-03-01"], ["2026-03-01"], ["2026-03-01", "2026-03-02"]):
            tell_messages(shape_messages(out_there(*days), "shop"), (github,), dry=False)
        (issue,) = site.issues
        assert site.comments == []
        assert issue["title"] == "driftwright: shop: new shape 0123456789ab, 25.0% of users"
        assert "2026-03-02" in issue["body"]
        assert "credits_used" in issue["body"]
        assert "`site:/state/<b>@everyone → /state/other`" in issue["body"]  # in code, where nobody is called


def test_what_is_foreign_is_inert_in_plain_text() -> None:
    (message,) = shape_messages(out_there("2026-03-01"), "shop")
    assert "<b>" not in message.text
    assert "@everyone" not in message.text


def test_many_changes_are_cut_and_counted() -> None:
    many = tuple(replace(CHANGE, path=f"/state/{number}") for number in range(25))
    (message,) = shape_messages(out_there("2026-03-01", changes=many), "shop")
    assert "and 5 more changes" in message.body
    assert "and 5 more changes" in message.text
    assert "/state/24" not in message.body + message.text


def test_another_place_has_alerts_of_its_own() -> None:
    keys = {shape_messages(out_there("2026-03-01"), place)[0].alert.key for place in ("shop", "other")}
    assert len(keys) == 2


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "sent.jsonl"
    users: list[dict[str, Any]] = [fingerprint(number, "2026-06-01") for number in (0, 0, 0, 1) for _ in range(10)]
    file.write_text("".join(json.dumps(user) + "\n" for user in users))
    return file


def test_the_command_says_whom_it_would_tell_what(tmp_path: Path, table: Path) -> None:
    done = run_here(tmp_path, "--workspace", str(ROOT), "cohorts", str(table), "--alert", "webhook", "--dry-run")
    assert done.code == 1, done.stderr
    assert "would tell webhook: 1 message\n  event: new\n" in done.stdout
    assert "25.0% of the users of 2026-06-01" in done.stdout


def test_a_channel_that_lacks_its_address_is_named_before_anything_is_folded(tmp_path: Path) -> None:
    done = run_here(tmp_path, "--workspace", str(ROOT), "cohorts", "missing.jsonl", "--alert", "webhook")
    assert done.code == 2
    assert "DRIFTWRIGHT_WEBHOOK_URL" in done.stderr
