"""Pages that mean harm: each capture ends in time, with a named answer, and with no value of the page in it."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from driftwright.base.errors import Fault
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.blindness import REASONS
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.file import write_snapshot
from driftwright.snapshot.model import Snapshot
from driftwright.workspace.target.target import load_target
from kit.by_hand import SALT, Hand, by_hand
from kit.canaries import leaks
from kit.examples import usually
from kit.hostile_pages import DEEDS, MOMENTS, PAGES, POLICY, hostile_site, path_of
from kit.overtime import GRACE, Timed, timed

SEED = 20_261_129
WORDS = {reason.word for reason in REASONS}
DEADLINE = 4  # seconds in a browser that runs
AMPLE = 10  # seconds with the start of a browser on a busy machine
USUAL = 4  # of a hundred and more; the others have their turn at night


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile_site() as port:
        yield port


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    with by_hand(tmp_path_factory.mktemp("hostile") / "profile", []) as hand:
        yield hand


def _request(folder: Path, port: int, path: str, deadline: float = DEADLINE) -> CaptureRequest:
    file = folder / "cart.toml"
    url = f"http://127.0.0.1:{port}{path}"
    file.write_text(f'title = "Cart"\nurl = "{url}"\nstores = ["cart"]\ndeadline = {deadline}\n')
    return CaptureRequest(load_target(file), POLICY, SALT)


def _captured(request: CaptureRequest, attachment: Attachment | None, folder: Path) -> tuple[str, Timed]:
    """Capture, and return how that ended and how long it took; no canary may be in anything that is left."""
    ended: list[Snapshot | Fault] = []

    def capture() -> None:
        try:
            ended.append(capture_attached(request, attachment) if attachment else capture_launched(request))
        except Fault as fault:
            ended.append(fault)

    took = timed(request.target.deadline, capture)
    (found,) = ended
    if isinstance(found, Fault):
        reason = found.place if type(found).__name__ == "BlindFault" else type(found).__name__
        return ("leak" if leaks(f"{found} {found.__cause__!r}".encode()) else reason), took
    write_snapshot(found, folder / "a.snapshot.json")
    assert leaks((folder / "a.snapshot.json").read_bytes() + repr(found).encode()) == ()
    return "seen", took


def _tried(pages: Sequence[tuple[str, str]], port: int, hand: Hand, folder: Path) -> dict[str, str]:
    """Capture each page from an open tab, and return how each ended."""
    told, late = {}, {}
    for deed, moment in pages:
        path = path_of(deed, moment)
        hand.open(f"http://127.0.0.1:{port}{path}")
        time.sleep(0.5)  # as long as its deed takes to begin
        told[f"{deed}, {moment}"], took = _captured(_request(folder, port, path), Attachment(str(hand.port), 1), folder)
        if took.is_late:
            late[f"{deed}, {moment}"] = took
        _close_others(hand)
    assert late == {}, f"seed {SEED}"
    assert {name: one for name, one in told.items() if one not in {*WORDS, "seen"}} == {}, f"seed {SEED}"
    return told


@pytest.mark.browser
def test_no_hostile_page_leaks_or_outlasts_a_capture_from_an_open_tab(port: int, hand: Hand, tmp_path: Path) -> None:
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    told = _tried(draw.sample(PAGES, USUAL), port, hand, tmp_path)
    assert list(told.values()).count("seen") >= USUAL // 4, told


@pytest.mark.nightly
@pytest.mark.browser
@pytest.mark.parametrize("deed", DEEDS)
def test_no_page_of_any_kind_does_so(deed: str, port: int, hand: Hand, tmp_path: Path) -> None:
    assert _tried([(deed, moment) for moment in MOMENTS], port, hand, tmp_path)


def _close_others(hand: Hand) -> None:
    """Close what a page has opened; one tab stays, or the browser would end."""
    for other, (url, _) in hand.pages().items():
        if url != "about:blank" or len(hand.pages()) > 4:
            with contextlib.suppress(OSError):  # it may be gone by itself
                hand.close(other)


def test_the_measure_tells_late_from_busy() -> None:
    assert Timed(DEADLINE + GRACE + 0.1, DEADLINE, 1.0).is_late
    assert not Timed(DEADLINE + GRACE + 0.1, DEADLINE, 1.1).is_late, "a machine that takes a tenth longer for all"
    slow = timed(0.0, lambda: time.sleep(0.2))
    assert slow.took >= 0.2
    assert slow.stretched >= 1.0


# By their deeds, how such captures may end, and in how many seconds at most: where all of them pass, there are fewer.
LAUNCHED: dict[str, tuple[set[str], float]] = {
    "liars in the prototypes": ({"seen"}, AMPLE),
    "loads itself again": ({"reload-loop"}, AMPLE),
    "a storage that never rests": ({"not-ready", "timeout"}, 1.5 * DEADLINE),
}


@pytest.mark.browser
@pytest.mark.parametrize("deed", usually(LAUNCHED, ["loads itself again"]))  # as from an open tab, by turns
def test_a_launched_browser_names_what_a_hostile_page_does(deed: str, port: int, tmp_path: Path) -> None:
    ends, deadline = LAUNCHED[deed]
    request = _request(tmp_path, port, path_of(deed, "at once"), deadline)
    ended, took = _captured(request, None, tmp_path)
    assert ended in ends
    assert not took.is_late, took


@pytest.mark.browser
def test_a_url_that_is_a_file_is_called_a_download(port: int, tmp_path: Path) -> None:
    ended, took = _captured(_request(tmp_path, port, "/file", AMPLE), None, tmp_path)
    assert (ended, took.is_late) == ("download", False)


@pytest.mark.nightly
@pytest.mark.browser
@pytest.mark.parametrize("deed", DEEDS)
def test_a_launched_browser_outlasts_every_hostile_page(deed: str, port: int, tmp_path: Path) -> None:
    moment = list(MOMENTS)[list(DEEDS).index(deed) % len(MOMENTS)]
    ended, took = _captured(_request(tmp_path, port, path_of(deed, moment), AMPLE), None, tmp_path)
    assert ended in {*WORDS, "seen"}
    assert not took.is_late, took
