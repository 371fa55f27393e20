"""The same laws for any extension's own upgrade: an old profile in, the new release's code, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from driftwright.entrypoints.cli import main
from driftwright.entrypoints.cli.laws import law_lines
from driftwright.report.migration import LawProved, MigrationProved
from kit.settings import RIGHT, settings

OVERWRITES = RIGHT.replace("  if (enveloped) return {};\n", "")
"""What was never cleaned up is looked at first: every start takes the old settings again."""
FLAT = RIGHT.replace("...settings, ", "limit: settings?.limit, quiet: settings?.quiet, ")
FORGETS_PANEL = RIGHT.replace("...(panel ? { width: panel.width } : {})", "")
REMOVES = RIGHT.replace("version: 1 } } };", 'version: 1 } }, remove: ["settings", "panel"] };')
"""Interrupted between the write and the removal, it never removes the rest."""
CLEANS = REMOVES.replace("return {};", 'return { remove: ["settings", "panel"] };', 1)
BACK = """({enveloped}) => {
  if (!enveloped) return {};
  const { width, ...settings } = enveloped.state;
  const panel = width === undefined ? {} : { panel: { width } };
  const rest = Object.keys(settings).length > 0 ? { settings } : {};
  return { write: { ...rest, ...panel }, remove: ["enveloped"] };
}"""


def _proved(folder: Path, move: str, **further: str) -> dict[str, Any]:
    """Return the migration's part of the JSON of a proof."""
    home = settings(folder / "market", move, **further)
    main(["--workspace", str(home), "prove", "--format", "json", "--output", str(folder / "out"), "--made-up", "20"])
    record = json.loads((folder / "out" / "prove.json").read_text("utf-8"))
    assert record["summary"]["migrations"] == 1
    (migration,) = record["migrations"]
    failed = [law["name"] for law in migration["laws"] if not law["holds"]]
    assert record["summary"]["laws_failed"] == len(failed)
    assert migration["holds"] is (not failed)
    assert migration["kind"] == "upgrade"
    return {"failed": failed, "laws": {law["name"]: law for law in migration["laws"]}}


def test_a_right_upgrade_keeps_every_law_that_applies(tmp_path: Path) -> None:
    found = _proved(tmp_path, RIGHT)
    assert found["failed"] == []
    assert set(found["laws"]) == {"nothing-lost", "comes-to-rest", "interrupted", "quota"}


def test_an_upgrade_with_a_way_back_is_held_to_it(tmp_path: Path) -> None:
    found = _proved(tmp_path, CLEANS, back=BACK)
    assert found["failed"] == []
    assert "way-back" in found["laws"]


@pytest.mark.parametrize(
    ("move", "failed", "says"),
    [
        pytest.param(
            OVERWRITES,
            ["nothing-lost", "comes-to-rest"],
            "run again, it overwrites what the new release has written since",
            id="overwrites at every start",
        ),
        pytest.param(
            FLAT, ["nothing-lost"], "enveloped.state.theme is missing, not what settings.theme was", id="flat"
        ),
        pytest.param(
            REMOVES,
            ["interrupted"],
            "interrupted between two steps and run again, it ends in another state",
            id="never removes the rest",
        ),
        pytest.param(
            FORGETS_PANEL, ["nothing-lost"], "enveloped.state.width is missing, not what panel.width was", id="panel"
        ),
        pytest.param("() => { throw new TypeError('x') }", ["nothing-lost"], "it throws TypeError", id="throws"),
        pytest.param("() => ({write: []})", ["nothing-lost"], "its 'write' is not a record by storage keys", id="form"),
        pytest.param(
            "() => { for (;;); }", ["nothing-lost"], "it does not end", id="endless", marks=pytest.mark.nightly
        ),
    ],
)
def test_a_wrong_upgrade_fails_its_law_with_the_smallest_profile(
    tmp_path: Path, move: str, failed: list[str], says: str
) -> None:
    found = _proved(tmp_path, move)
    assert found["failed"] == failed
    shown = found["laws"][failed[-1]]["shown"]
    assert says in shown["says"]
    assert sum(len(json.dumps(document)) for document in shown["before"].values()) < 120


def test_the_text_and_the_page_tell_a_failed_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = settings(tmp_path / "market", OVERWRITES)
    assert main(["--workspace", str(home), "prove", "--write-lock"]) == 0
    command = ["--workspace", str(home), "prove", "--format", "text", "--format", "html", "--output"]
    assert main([*command, str(tmp_path / "out")]) == 1
    text = (tmp_path / "out" / "prove.txt").read_text("utf-8")
    assert "migration envelope (upgrade): 4 laws on 2 profiles of witnesses and 40 made up" in text
    assert "4 comes-to-rest    FAILS on" in text
    assert "run again, it overwrites what the new release has written since" in text
    assert "before settings = {" in text
    page = (tmp_path / "out" / "prove.html").read_text("utf-8")
    assert "2 of 4 laws fail" in page
    assert "run again, it overwrites what the new release has written since" in page
    capsys.readouterr()


def test_a_law_that_nothing_puts_to_the_test_is_not_kept() -> None:
    law = LawProved(2, "copies-are-one", "copies are one", tried=0, failed=0, shown=None)
    proved = MigrationProved("x", "x", "re-key", 1, 0, (law,))
    assert not proved.holds
    assert "  2 copies-are-one   FAILS: no profile puts it to the test" in list(law_lines(proved))


def test_faults_of_a_migration_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = settings(tmp_path / "market", "envelope.ts#move")
    assert main(["--workspace", str(home), "prove"]) == 2
    said = capsys.readouterr().err
    assert "envelope.ts" in said
    assert said.count("\n") == 1
    assert main(["--workspace", str(home), "prove", "--made-up", "-1"]) == 2
    assert "--made-up: there are no fewer profiles than none" in capsys.readouterr().err
