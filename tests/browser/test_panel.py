"""The small extension ships what the contracts prove, and its panel shows which source serves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from driftwright.entrypoints.cli import main
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.session import Session
from driftwright.workspace.target.target import load_target

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "probes" / "standin" / "extension"
ROWS = """JSON.stringify([...document.querySelectorAll("[data-panel] li")].map(
    ({ dataset, textContent }) => [dataset.fact, dataset.source, dataset.level, textContent]))"""


def _panel(release: str) -> dict[tuple[str, str, str], int]:
    """Do the work on a release of the page; return each line of the panel, with how often it stands there."""
    target = load_target(ROOT / "probes" / "standin.toml")
    deadline = Deadline.after(target.deadline, target.file)
    with Session(target, deadline) as session:
        session.open(f"{target.url}?drift={release}" if release else target.url)
        for step in target.walk(None)[1]:
            session.take(step)
        session.pause(300)
        rows = json.loads(session.worlds.evaluate(ROWS, session.worlds.main(), 1000))
    assert all(
        text == f"{fact}: {text.split(': ')[1].split(' (')[0]} ({source}, {level})"
        for fact, source, level, text in rows
    )
    found: dict[tuple[str, str, str], int] = {}
    for fact, source, _, text in rows:
        line = (fact, text.split(": ")[1].split(" ")[0], source)
        found[line] = found.get(line, 0) + 1
    return found


# Two videos and one refusal of the first image, one and one of the second: the answer stays, whichever source serves.
@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize(
    ("release", "source"),
    [
        pytest.param("", "site store", marks=pytest.mark.nightly),
        ("rename-moderated", "session record"),
        pytest.param("rename-key", "session record", marks=pytest.mark.nightly),
        pytest.param("key-by-video", "session record", marks=pytest.mark.nightly),
        pytest.param("new-field", "site store", marks=pytest.mark.nightly),
    ],
)
def test_the_panel_shows_the_source_that_serves_and_goes_on_counting(release: str, source: str) -> None:
    assert _panel(release) == {
        ("unmoderatedCount", "2", source): 1,
        ("unmoderatedCount", "1", source): 1,
        ("moderatedCount", "1", source): 2,
    }


def test_the_extension_ships_what_the_contracts_say_today(capsys: pytest.CaptureFixture[str]) -> None:
    command = ("--workspace", str(ROOT), "emit", "--out", str(EXTENSION / "contracts"), "--check")
    assert main(command) == 0, capsys.readouterr().out + "run driftwright emit --out probes/standin/extension/contracts"
