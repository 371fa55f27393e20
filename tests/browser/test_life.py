"""The scheduled job over a scripted life: thirty runs, and exactly the expected words about them.

Each release is captured once in a real Chromium; the thirty runs then go through the function that `run` itself ends
with. `ci/life` does the same with a browser for each run.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from driftwright import __version__
from driftwright.base.errors import BlindFault
from driftwright.entrypoints.cli.job import Job, finish
from driftwright.history.alert.github import github
from driftwright.history.run import Run
from driftwright.history.runs import History
from driftwright.report.model import Report
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import capture_request
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.reported import blind_report
from driftwright.workspace.folders import Workspace, find_workspace
from driftwright.workspace.target.target import load_target
from kit.examples import NIGHTLY
from kit.github_site import REPO, TOKEN, Site, github_site
from kit.life import KEYS, SCRIPT, SOME, TARGET, news_by_run, workspaces
from kit.once import Made
from kit.releases import releases
from kit.valid import check_format

pytestmark = pytest.mark.browser("shared", "kept")


def _not_captured(workspace: Workspace) -> BlindFault:
    with pytest.raises(BlindFault) as caught:
        capture_launched(capture_request(workspace, load_target(workspace.target_file(TARGET))))
    return caught.value


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, made_once: Made) -> dict[tuple[str, str], Report]:
    """What is judged of each release in each workspace, from one real capture of each release."""
    places = workspaces(tmp_path_factory.mktemp("places"), None if NIGHTLY else SOME)
    found = {name: find_workspace(str(place)) for name, place in places.items()}
    release = releases(made_once)
    seen = {step.release: release(step.release).snapshot for step in SCRIPT if step.workspace != "gone"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        blind = _not_captured(found["gone"])
    judged = dict[tuple[str, str], Report]()
    for step in SCRIPT:
        if step.workspace == "gone":
            judged[step.workspace, step.release] = blind_report(blind, TARGET, "worked", __version__)
        elif (step.workspace, step.release) not in judged:
            judged[step.workspace, step.release] = check_snapshot(seen[step.release], found[step.workspace])
    return judged


@dataclass(frozen=True)
class Lived:
    """What thirty runs left: the history, the report after each, GitHub, and what was printed."""

    runs: tuple[Run, ...]
    records: tuple[dict[str, Any], ...]
    site: Site
    told: tuple[str, ...]


@pytest.fixture(scope="module")
def lived(reports: dict[tuple[str, str], Report], tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder, records, out = tmp_path_factory.mktemp("job"), list[dict[str, Any]](), io.StringIO()
    with github_site() as site, contextlib.redirect_stdout(out):
        repo = github({"GITHUB_API_URL": site.url, "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPO})
        for step in SCRIPT:
            finish(reports[step.workspace, step.release], Job(folder, folder / "history", (repo,)))
            records.append(json.loads((folder / "report.json").read_text("utf-8")))
    with History(folder / "history") as history:
        runs = history.runs(TARGET)
    lines = out.getvalue().splitlines()
    return Lived(runs, tuple(records), site, tuple(line for line in lines if line.startswith("told ")))


def test_thirty_runs_tell_exactly_what_is_expected(lived: Lived) -> None:
    assert len(lived.runs) == len(SCRIPT) == 30
    assert [run.verdict for run in lived.runs] == [step.verdict for step in SCRIPT]
    assert news_by_run(lived.runs) == [step.news for step in SCRIPT]
    news = [line.split(": ")[1] for line in lived.told if ": still: " not in line]
    assert news == [happening for step in SCRIPT for happening, _ in step.news]
    assert len(news) == 7


def test_github_has_one_issue_a_cause_and_a_comment_a_turn(lived: Lived) -> None:
    assert [issue["title"].partition(": standin")[2][:24] for issue in lived.site.issues] == [
        ": field-renamed at site:", " cannot be seen", ": flag-became-number at "
    ]  # fmt: skip
    assert [issue["state"] for issue in lived.site.issues] == ["closed"] * 3
    assert [number for number, _ in lived.site.comments] == [1, 2, 1, 3]
    assert lived.site.writes().count("POST issues") == 3


def test_every_report_says_how_its_alerts_stand_then(lived: Lived) -> None:
    names = {key: name for name, key in KEYS.items()}
    standing = [
        {names.get(alert["key"], alert["key"]): alert["status"] for alert in record["past"]["alerts"]}
        for record in lived.records
    ]
    assert standing[2] == {"renamed": "waiting"}
    assert standing[3] == {"renamed": "open"}
    assert standing[5] == {"renamed": "open", "blind": "waiting"}
    assert standing[11] == standing[12] == {"renamed": "open", "blind": "open"}
    assert standing[14] == {"renamed": "open", "blind": "recovered"}
    assert standing[15] == {"renamed": "recovered"}
    assert standing[16] == standing[18] == standing[20] == {}
    assert standing[17] == {"dropped": "waiting"}
    assert [list(one.values()) for one in standing[25:]] == [["flapping"]] * 4 + [["recovered"]]


def test_every_report_is_valid_and_ends_with_its_own_run(lived: Lived) -> None:
    for number, record in enumerate(lived.records, 1):
        check_format(record)
        assert record["past"]["runs"][-1]["sequence"] == number
        assert record["past"]["runs"][-1]["verdict"] == record["verdict"]
    assert {record["past"]["last_good"] for record in lived.records[2:14]} == {lived.runs[1].recorded_at}
