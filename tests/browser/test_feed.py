"""The stand-in's feed, which no storage holds: as it is, and in each of its releases."""

from __future__ import annotations

from collections.abc import Collection

import pytest

import driftwright
from driftwright import Verdict
from driftwright.workspace import find_workspace
from kit.project import ROOT

FEED = find_workspace(str(ROOT / "probes" / "standin" / "areas"))
IN_DOCUMENT = ("document_views", "assigned_views")
IN_ANSWERS = ("answer_views", "lines_views", "events_views")
EVERYWHERE = (*IN_DOCUMENT, "app_views", *IN_ANSWERS, "views")


def _verdicts(release: str | None) -> dict[str, Verdict]:
    snapshot = driftwright.capture("feed", FEED, variant=release)
    assert not [text for text in ("lighthouse", "canary-user") if text in repr(snapshot)]
    return {fact.name: fact.verdict for fact in driftwright.check(snapshot, FEED).facts}


def _judged(broken: Collection[str]) -> dict[str, Verdict]:
    facts = (*EVERYWHERE, "logged_views")
    return {name: Verdict.BROKEN if name in broken else Verdict.INTACT for name in facts}


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize(("release", "broken"), [(None, ()), ("rename-everywhere", EVERYWHERE)])
def test_the_feed_is_judged_in_every_area_at_once(release: str | None, broken: Collection[str]) -> None:
    assert _verdicts(release) == _judged(broken)


@pytest.mark.nightly
@pytest.mark.browser("shared", "kept")
def test_a_release_breaks_what_it_renames_and_nothing_else() -> None:
    assert _verdicts("rename-in-document") == _judged(IN_DOCUMENT)
    assert _verdicts("rename-in-window") == _judged(["app_views"])
    assert _verdicts("rename-in-answers") == {**_judged(IN_ANSWERS), "views": Verdict.DEGRADED}


def test_the_log_of_a_client_that_met_a_release_shows_it() -> None:
    report = driftwright.check(driftwright.capture("log", FEED), FEED)
    assert report["logged_views"].verdict is Verdict.BROKEN
    assert {fact.verdict for fact in report.facts if fact.name != "logged_views"} == {Verdict.UNSEEN}
