"""Stores beside storage, launched and attached, with a real Chromium: what is intact, what drifted, what is unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import driftwright
from driftwright import Snapshot, Verdict, Workspace
from driftwright.snapshot.capture.attached.attach import Attachment
from driftwright.snapshot.capture.request import capture_request
from driftwright.snapshot.capture.ways import Way, capture_by
from driftwright.snapshot.model import Entry
from driftwright.workspace import load_target, state_folder
from kit.beside import PLACES, site, workspace
from kit.by_hand import Hand, by_hand, until

READY = "document.documentElement.dataset.ready === 'yes'"


@dataclass(frozen=True)
class Places:
    """The site, and a browser in which both of its releases are open."""

    port: int
    hand: Hand


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with site() as port, by_hand(tmp_path_factory.mktemp("hand") / "profile", []) as hand:
        yield Places(port, hand)


def _attached(places: Places, made: Workspace, release: str) -> Snapshot:
    """Capture the site's tab in a browser that runs already."""
    tab = places.hand.open(f"http://127.0.0.1:{places.port}/{release and f'?release={release}'}")
    until(lambda: places.hand.evaluate(tab, READY) is True)
    try:
        request = capture_request(made, load_target(made.target_file("feed")))
        return capture_by(Way(Attachment(str(places.hand.port))), request, state_folder(made))
    finally:
        places.hand.close(tab)


def _entry(snapshot: Snapshot, store: str) -> Entry:
    (entry,) = [entry for view in snapshot.areas for entry in view.entries if entry.store == store]
    return entry


def _verdicts(snapshot: Snapshot, made: Workspace) -> dict[str, Verdict]:
    return {fact.name: fact.verdict for fact in driftwright.check(snapshot, made).facts}


@pytest.mark.browser("shared")
@pytest.mark.parametrize(("release", "verdict"), [("", Verdict.INTACT), ("renamed", Verdict.BROKEN)])
def test_every_area_of_a_page_is_judged_alike_launched_and_attached(
    tmp_path: Path, places: Places, release: str, verdict: Verdict
) -> None:
    made = workspace(tmp_path / "made", places.port, PLACES)
    launched = driftwright.capture("feed", made, variant=release or None)
    attached = _attached(places, made, release)
    report = driftwright.check(attached, made)
    gone = {"script_views"}  # the page has taken that script away; a launched browser shows it as it was served
    assert _verdicts(launched, made) == dict.fromkeys((f"{name}_views" for name in PLACES), verdict)
    assert {fact.name: fact.verdict for fact in report.facts if fact.name not in gone} == dict.fromkeys(
        (f"{name}_views" for name in PLACES if name != "script"), verdict
    )
    assert report["script_views"].verdict is Verdict.UNSEEN
    assert "how it was served cannot be seen there any more" in driftwright.render(report, "text")
    for name in PLACES:
        if name != "script":
            assert _entry(launched, name) == _entry(attached, name)
    for snapshot in (launched, attached):
        assert "harbour" not in repr(snapshot)
        assert snapshot.answers is not None
        assert all(snapshot.answers.facts[f"{name}_views"].found for name in PLACES if name != "script")
