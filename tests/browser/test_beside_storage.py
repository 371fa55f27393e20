"""Stores beside storage, launched and attached, with a real Chromium: what is intact, what drifted, what is unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import driftwright
from driftwright import Snapshot, Verdict, Workspace
from driftwright.base.jsontext import parse_json
from driftwright.report.formats import FORMATS
from driftwright.snapshot.capture.attached.attach import Attachment
from driftwright.snapshot.capture.by_hand.snippet import pasted, snippet
from driftwright.snapshot.capture.request import capture_request
from driftwright.snapshot.capture.ways import Way, capture_by
from driftwright.snapshot.file import pasted_snapshot, write_snapshot
from driftwright.snapshot.model import Entry
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.workspace import load_target, state_folder
from kit.beside import PLACES, site, workspace
from kit.by_hand import Hand, by_hand, until
from kit.canaries import SECRETS
from kit.examples import NIGHTLY

IN_DOCUMENT = ("state", "linked", "app")
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


def _by_hand(places: Places, made: Workspace, release: str) -> tuple[Snapshot, Snapshot]:
    """Capture the site's tab in a browser that runs already: attached, and by what its console prints."""
    tab = places.hand.open(f"http://127.0.0.1:{places.port}/{release and f'?release={release}'}")
    until(lambda: places.hand.evaluate(tab, READY) is True)
    try:
        request = capture_request(made, load_target(made.target_file("feed")))
        places.hand.evaluate(tab, "setInterval(again, 400), true")  # as one who uses the page makes it ask
        attached = capture_by(Way(Attachment(str(places.hand.port))), request, state_folder(made))
        places.hand.evaluate(tab, "console.log = (line) => { window.printed = line; }")
        places.hand.evaluate(tab, snippet(request.target, request.policy, None, request.salt))
        line = pasted(str(places.hand.evaluate(tab, "window.printed")), "paste")
        return attached, pasted_snapshot(parse_json(line.encode(), "paste"), "paste")
    finally:
        places.hand.close(tab)


def _entry(snapshot: Snapshot, store: str) -> Entry:
    (entry,) = [entry for view in snapshot.areas for entry in view.entries if entry.store == store]
    return entry


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize(
    ("release", "verdict"),
    [pytest.param("", Verdict.INTACT, marks=pytest.mark.nightly), ("renamed", Verdict.BROKEN)],
)
def test_every_area_of_a_page_is_judged_alike_launched_and_attached(
    tmp_path: Path, places: Places, release: str, verdict: Verdict
) -> None:
    made = workspace(tmp_path / "made", places.port, PLACES)
    (tmp_path / "out").mkdir()
    launched = driftwright.capture("feed", made, variant=release or None)
    attached, printed = _by_hand(places, made, release)
    snapshots = (launched, attached, printed)
    reports = [driftwright.check(snapshot, made) for snapshot in snapshots]
    by_launched, by_attached, by_console = ({fact.name: fact.verdict for fact in one.facts} for one in reports)
    by_all = dict.fromkeys((f"{name}_views" for name in PLACES), verdict)
    # The page has taken that script away; a launched browser shows it as it was served.
    gone = {"script_views": Verdict.UNSEEN}
    assert by_launched == by_all
    assert by_attached == {**by_all, **gone}
    # Nobody asks readers there before all is hidden, which here tells them what they need.
    assert {name: by_console[f"{name}_views"] for name in IN_DOCUMENT} == dict.fromkeys(IN_DOCUMENT, verdict)
    assert {by_console[f"{name}_views"] for name in ("answer", "streamed", "told")} == {Verdict.UNSEEN}
    told = driftwright.render(reports[1], "text")
    assert "how it was served cannot be seen there any more" in told
    assert "what stands under window.APP.feed is the page's own word" in told
    for name in PLACES:
        if name != "script":
            assert _entry(launched, name) == _entry(attached, name)
    for snapshot in (launched, attached):
        assert snapshot.answers is not None
        assert all(snapshot.answers.facts[f"{name}_views"].answers for name in PLACES if name != "script")
    forms = FORMATS if NIGHTLY or release else ()  # in every check where there is something to report
    for number, (snapshot, report) in enumerate(zip(snapshots, reports, strict=True)):
        write_snapshot(snapshot, tmp_path / "out" / f"{number}.snapshot.json")
        for form in forms:
            (tmp_path / "out" / f"{number}.{form}").write_text(driftwright.render(report, form))  # type: ignore[arg-type]
    scanned = scan_paths([tmp_path / "out"], SECRETS)
    assert (scanned.leaks, scanned.unread, scanned.files) == ((), (), 3 * (1 + len(forms)))


@pytest.mark.browser("shared", "kept")
def test_a_global_that_never_answers_is_unseen_and_the_rest_is_judged(tmp_path: Path, places: Places) -> None:
    made = workspace(tmp_path / "made", places.port, ["state", "app"])
    tab = places.hand.open(f"http://127.0.0.1:{places.port}/")
    until(lambda: places.hand.evaluate(tab, READY) is True)
    places.hand.evaluate(tab, "window.APP = { get feed() { for (;;); } }, true")
    try:
        request = capture_request(made, load_target(made.target_file("feed")))
        snapshot = capture_by(Way(Attachment(str(places.hand.port))), request, state_folder(made))
    finally:
        places.hand.close(tab)
    report = driftwright.check(snapshot, made)
    assert {fact.name: fact.verdict for fact in report.facts} == {
        "state_views": Verdict.INTACT,
        "app_views": Verdict.UNSEEN,
    }
    assert "window could not be looked into (TimeoutError)" in driftwright.render(report, "text")


@pytest.mark.browser("shared", "kept")
def test_an_answer_that_moved_is_drift_and_one_that_never_came_is_unseen(tmp_path: Path, places: Places) -> None:
    made = workspace(tmp_path / "made", places.port, ["answer", "moved", "never"])
    report = driftwright.check(driftwright.capture("feed", made), made)
    assert {fact.name: fact.verdict for fact in report.facts} == {
        "answer_views": Verdict.INTACT,
        "moved_views": Verdict.BROKEN,
        "never_views": Verdict.UNSEEN,
    }
    (change,) = (change for change in report.changes if change.store == "moved")
    assert (change.rule, change.store, change.after) == ("store-key-renamed", "moved", "/api/old/moved")
    assert "no such answer came while the page was looked at" in driftwright.render(report, "text")
