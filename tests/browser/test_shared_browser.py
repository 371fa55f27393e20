"""One browser for several captures: nothing of one is there for the next, and what fails takes no other with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftwright.base.errors import BlindFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.launched.shared import SharedBrowser
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace.target.target import Target, load_target
from kit.by_hand import SALT, policy, shop

AREAS = (Area.SESSION, Area.LOCAL, Area.INDEXED_DB)
TARGET = """title = "Shop"
url = "http://127.0.0.1:{port}/{query}"
stores = ["session"]
deadline = 20
ready = "{ready}"
"""
READY = "() => document.documentElement.dataset.ready === 'yes'"


def _target(folder: Path, name: str, port: int, query: str = "") -> Target:
    file = folder / f"{name}.toml"
    file.write_text(TARGET.format(port=port, query=query, ready=READY))
    return load_target(file)


def _held(target: Target, shared: SharedBrowser) -> dict[str, int]:
    """How many keys a capture finds in each area, whether they are a store or not."""
    snapshot = capture_launched(CaptureRequest(target, policy(AREAS), SALT), shared)
    return {str(view.area): len(view.entries) + view.others for view in snapshot.areas}


@pytest.mark.browser("shared")
def test_nothing_of_one_capture_is_there_for_the_next(tmp_path: Path) -> None:
    with shop() as port:
        full = _target(tmp_path, "full", port)
        # This page writes to the storage of its tab alone: whatever else there is was there before.
        bare = _target(tmp_path, "bare", port, "?as=kept")
        with SharedBrowser([full, bare]) as shared:
            assert _held(full, shared) == {"session": 2, "local": 2, "indexed-db": 1}
            assert _held(bare, shared) == {"session": 2, "local": 0, "indexed-db": 0}
            assert shared.reused == 1


@pytest.mark.browser("shared")
def test_a_blind_capture_ends_the_browser_and_the_next_one_has_its_own(tmp_path: Path) -> None:
    with shop() as port:
        bare = _target(tmp_path, "bare", port, "?as=kept")
        file = tmp_path / "never.toml"
        file.write_text(TARGET.format(port=port, query="", ready="() => false").replace("= 20", "= 4"))
        with SharedBrowser([bare]) as shared:
            with pytest.raises(BlindFault):
                _held(load_target(file), shared)
            assert _held(bare, shared) == {"session": 2, "local": 0, "indexed-db": 0}
            assert shared.reused == 0


def test_hosts_of_the_network_are_joined_and_a_folder_has_none(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    one, other = (_target(tmp_path, name, 80, query) for name, query in (("one", ""), ("other", "other")))
    served = tmp_path / "served.toml"
    served.write_text("title = 'Served'\nurl = 'https://shop.test/'\nstores = []\nserve = 'site'\n")
    far = tmp_path / "far.toml"
    far.write_text("title = 'Far'\nurl = 'https://far.test/'\nstores = []\nhosts = ['cdn.far.test']\n")
    shared = SharedBrowser([one, other, load_target(served), load_target(far)])
    assert shared.rules(load_target(served)) == "MAP * ~NOTFOUND"
    rules = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE far.test, EXCLUDE *.far.test, EXCLUDE cdn.far.test"
    assert shared.rules(one) == shared.rules(load_target(far)) == rules
