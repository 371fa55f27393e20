"""Attaching to a browser with an extension in it: page and extension in one snapshot, by the right extension alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from driftwright.base.errors import BlindFault
from driftwright.base.terms import STORAGE, Area
from driftwright.entrypoints.cli import main
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.attached.devtools import DevTools
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.capture.worlds import extension_id
from driftwright.snapshot.file import read_snapshot
from driftwright.workspace.target.target import load_target
from kit.by_hand import IDS, SALT, Hand, by_hand, open_shop, policy, shop, write_extension, write_target

AREAS = (Area.SESSION, Area.LOCAL, Area.INDEXED_DB, Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC)
POLICY = policy(AREAS)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Opened:
    """A browser by hand with the shop in a tab, and three extensions: ours, another's, and one that keeps away."""

    hand: Hand
    tab: str
    port: int
    ours: Path
    other: Path
    away: Path


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    home = tmp_path_factory.mktemp("with-extensions")
    ours = write_extension(home / "ours", "Cart keeper", opens=False)
    other = write_extension(home / "other", "Other keeper", opens=False)
    away = write_extension(home / "away", "Far keeper", matches="https://elsewhere.test/*")
    # The other's storage differs, so that one cannot pass for the other.
    script = (other / "content.js").read_text()
    (other / "content.js").write_text(script.replace('"open": 2', '"open": 7'))
    with shop() as port, by_hand(home / "profile", [ours, other, away]) as hand:
        yield Opened(hand, open_shop(hand, port), port, ours, other, away)


def _request(opened: Opened, folder: Path, extension: Path | None) -> CaptureRequest:
    return CaptureRequest(load_target(write_target(folder, opened.port, extension)), POLICY, SALT)


@pytest.mark.browser("shared")
def test_page_and_extension_are_one_snapshot_with_the_digest_of_a_launched_capture(
    opened: Opened, tmp_path: Path
) -> None:
    request = _request(opened, tmp_path, opened.ours)
    attached = capture_attached(request, Attachment(str(opened.hand.port)))
    assert [view.area for view in attached.areas] == list(STORAGE)
    assert [entry.store for view in attached.areas for entry in view.entries] == [str(area) for area in AREAS]
    assert [(view.area, view.denied != "") for view in attached.areas if view.denied] == [
        (Area.EXTENSION_SESSION, True)
    ]
    by_area = {view.area: view for view in attached.areas}
    (note,) = by_area[Area.EXTENSION_LOCAL].entries
    assert note.key == f"note_{note.ids['line']}"
    assert note.ids["line"] in by_area[Area.SESSION].entries[0].value["lines"], "ids of both halves no longer join"
    assert note.value["open"] == 2, "another extension's storage was read"
    assert by_area[Area.EXTENSION_LOCAL].others == 1
    launched = capture_launched(request)
    assert attached.digest == launched.digest
    assert attached.redaction == launched.redaction
    assert not [secret for secret in ("lighthouse", "canary", *IDS) if secret in repr(attached)]


@pytest.mark.browser("shared")
def test_an_id_chooses_the_extension(opened: Opened, tmp_path: Path) -> None:
    by_folder = capture_attached(_request(opened, tmp_path / "a", opened.ours), Attachment(str(opened.hand.port)))
    silent = _request(opened, tmp_path / "b", None)
    ours = capture_attached(silent, Attachment(str(opened.hand.port), extension=extension_id(opened.ours)))
    other = capture_attached(silent, Attachment(str(opened.hand.port), extension=extension_id(opened.other)))
    alone = capture_attached(silent, Attachment(str(opened.hand.port)))
    assert ours.digest == by_folder.digest
    assert [view.entries[0].value["open"] for view in other.areas if view.area == "extension-local"] == [7]
    assert [view.area for view in alone.areas] == [Area.SESSION, Area.LOCAL, Area.INDEXED_DB]


@pytest.mark.browser("shared")
def test_an_extension_from_another_place_is_known_by_its_name(opened: Opened, tmp_path: Path) -> None:
    copy = shutil.copytree(opened.ours, tmp_path / "checked-out-elsewhere")
    assert extension_id(copy) != extension_id(opened.ours)
    moved = capture_attached(_request(opened, tmp_path, copy), Attachment(str(opened.hand.port)))
    known = capture_attached(_request(opened, tmp_path, opened.ours), Attachment(str(opened.hand.port)))
    assert moved.digest == known.digest


@pytest.mark.browser("shared")
@pytest.mark.parametrize("by_id", [False, True], ids=["by folder", "by id"])
def test_an_extension_without_a_content_script_there_is_blind_and_says_what_to_do(
    opened: Opened, tmp_path: Path, *, by_id: bool
) -> None:
    request = _request(opened, tmp_path, None if by_id else opened.away)
    identity = extension_id(opened.away) if by_id else ""
    with pytest.raises(BlindFault) as told:
        capture_attached(request, Attachment(str(opened.hand.port), extension=identity))
    assert told.value.place == "extension-not-loaded"
    assert "reload the tab once by hand" in told.value.mend
    assert "--extension" in told.value.mend
    assert opened.hand.evaluate(opened.tab, "document.documentElement.dataset.ready") == "yes"


@pytest.mark.browser("shared")
def test_nothing_of_the_reading_stays_in_the_extensions_world(opened: Opened, tmp_path: Path) -> None:
    capture_attached(_request(opened, tmp_path, opened.ours), Attachment(str(opened.hand.port)))
    origin = f"chrome-extension://{extension_id(opened.ours)}"
    address = ("127.0.0.1", opened.hand.port, f"/devtools/page/{opened.tab}")
    with DevTools(address, Deadline.after(10, "test")) as page:
        page.ask("Runtime.enable", "")
        (world,) = [one for one in page.contexts.values() if one["origin"] == origin]
        asked = {"expression": 'String(globalThis[Symbol.for("driftwright")])', "uniqueContextId": world["uniqueId"]}
        assert page.ask("Runtime.evaluate", "", **asked)["result"]["value"] == "undefined"


@pytest.mark.browser("shared")
def test_the_command_reads_the_extension_that_the_id_names(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("contracts", "schemas"):
        (tmp_path / name).symlink_to(ROOT / name)
    write_target(tmp_path / "probes", opened.port, None)
    out = tmp_path / "a.snapshot.json"
    asked = ["--workspace", str(tmp_path), "probe", "shop", "--attach", str(opened.hand.port), "--out", str(out)]
    assert main([*asked, "--extension", extension_id(opened.ours)]) == 0
    read = read_snapshot(out)
    assert read.digest in capsys.readouterr().out
    assert read.provenance.way == "attached"
    assert {view.area: view.others for view in read.areas}[Area.EXTENSION_LOCAL] == 2
    assert main([*asked, "--extension", extension_id(opened.away)]) == 3
    assert "extension-not-loaded" in capsys.readouterr().err
