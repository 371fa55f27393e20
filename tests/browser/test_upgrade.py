"""The next release of the stand-in's extension, upgraded in place in a real profile and killed at every step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kit.upgrading import Storage, Upgrading

SESSION, POST, PARENT = "grokRetrySession_", "grokRetryPost_", "grokRetryByParent_"


def _old(stored: Storage) -> dict[str, Any]:
    """The old records, by their storage keys."""
    both = {**stored["tab"], **stored["extension"]}
    return {key: record for key, record in both.items() if key.startswith((SESSION, POST))}


def _moved(stored: Storage) -> dict[str, Mapping[str, Any]]:
    return {key: record for key, record in stored["extension"].items() if key.startswith(PARENT)}


def _originals(stored: Storage) -> dict[str, Any]:
    return {key: old for record in _moved(stored).values() for key, old in record["originals"].items()}


def _upgraded(upgrading: Upgrading) -> tuple[Storage, Storage]:
    """Let the old release work and the next one move it undisturbed; return what was stored before and after."""
    upgrading.install()
    with upgrading.opened() as window:
        before = window.work()
    assert len(_old(before)) == 4
    upgrading.upgrade()
    with upgrading.opened() as window:
        right = window.upgraded(before)
    assert _old(right) == {}
    assert _originals(right) == _old(before)
    assert len(_moved(right)) == 2
    return before, right


@pytest.mark.browser("shared")
def test_an_upgrade_in_place_whose_page_is_killed_before_any_step_loses_nothing(tmp_path: Path) -> None:
    upgrading = Upgrading(tmp_path)
    before, right = _upgraded(upgrading)
    killed = 0
    with upgrading.opened() as window:
        while True:
            window.keep(before)
            cut = window.killed(before, killed + 1)
            if cut is None:
                break
            killed += 1
            again = window.upgraded(cut)
            assert _old(again) == {}, killed
            assert _moved(again) == _moved(right), killed
    assert killed == len(_moved(right)) + len(_old(before)), "every write and every removal was cut off once"


@pytest.mark.browser("shared")
@pytest.mark.nightly
def test_an_upgrade_in_place_whose_browser_is_killed_before_any_step_loses_nothing(tmp_path: Path) -> None:
    upgrading = Upgrading(tmp_path)
    before, right = _upgraded(upgrading)
    for step in range(1, len(_moved(right)) + len(_old(before)) + 1):
        with upgrading.opened() as window:
            window.keep(before)
            cut = window.killed(before, step, browser=True)
        assert cut is not None, step
        with upgrading.opened() as window:
            again = window.upgraded(cut)
        assert _old(again) == {}, step
        assert _moved(again) == _moved(right), step
