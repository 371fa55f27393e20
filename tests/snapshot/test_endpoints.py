"""Whatever listens at a DevTools port, attaching to it ends in one line, in time, and never as a fault of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from driftwright.base.errors import BlindFault, InputFault
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.attached.watch_tab import watch_attached
from driftwright.snapshot.capture.launched.watch import WatchRequest
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace.target.target import load_target
from kit.endpoints import ENDPOINTS, ORIGIN, browser, listening
from kit.examples import NIGHTLY, usually
from kit.overtime import timed

# Seconds for a capture: what answers at once needs far less, and for what does not they are waited out.
DEADLINE = 1.0 if NIGHTLY else 0.5
AMPLE = 10.0  # seconds for one that ends well, however busy the machine is
POLICY = {"words": [], "stores": [{"name": "cart", "area": "session", "key": "cart", "rule": {}}]}


def _request(folder: Path, deadline: float = DEADLINE) -> CaptureRequest:
    target = folder / "shop.toml"
    target.write_text(f'title = "Shop"\nurl = "{ORIGIN}/"\nstores = ["cart"]\ndeadline = {deadline}\n')
    return CaptureRequest(load_target(target), POLICY, b"\x07" * 32)


def test_there_are_enough_of_them() -> None:
    assert len(ENDPOINTS) >= 60


# Each of these is read over and over until its deadline, as others are in every check.
LIKE_OTHERS = {
    *("dribbles its status", "dribbles its headers"),
    *("an entry with a part too many", "entries that are none", "a number that is none", "an area that is none"),
    *("a reading that is deep", "a reading with half a letter", "a reading from elsewhere", "a reading without areas"),
}


@pytest.mark.parametrize("name", usually(ENDPOINTS, ENDPOINTS.keys() - LIKE_OTHERS))
def test_a_hostile_endpoint_ends_in_one_line_and_in_time(tmp_path: Path, name: str) -> None:
    request = _request(tmp_path)
    told: list[str] = []

    def attach() -> None:
        with pytest.raises((InputFault, BlindFault)) as caught:
            capture_attached(request, Attachment(str(port)))
        told.append(str(caught.value))

    with listening(ENDPOINTS[name]) as port:
        took = timed(DEADLINE, attach)
    assert not took.is_late, took
    assert "lighthouse" not in told[0]


@pytest.mark.parametrize("name", ["pings for ever", "dribbles an answer", "no frame", "an error for everything"])
def test_a_watch_of_a_hostile_endpoint_ends_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("driftwright.snapshot.capture.attached.watch_tab.SECONDS", 0.5)
    request = WatchRequest(_request(tmp_path, 1.0), 0.5, 100)

    def watch() -> None:
        with pytest.raises((InputFault, BlindFault)):
            watch_attached(request, Attachment(str(port)))

    with listening(ENDPOINTS[name]) as port:
        took = timed(1.0, watch)
    assert not took.is_late, took


def test_the_endpoint_that_they_are_variations_of_is_read(tmp_path: Path) -> None:
    with listening(browser()) as port:
        snapshot = capture_attached(_request(tmp_path, AMPLE), Attachment(str(port)))
    assert [view.area for view in snapshot.areas] == ["session"]
    assert json.dumps(snapshot.provenance.browser) == '"Chromium 1"'
