"""The next release of the stand-in's extension, upgraded in place in a real profile and killed at every step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kit.examples import NIGHTLY
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
    writes = len(_moved(right))
    steps = writes + len(_old(before))
    with upgrading.opened() as window:
        # In every check before the first write, the first removal and the last one; at night before each of them.
        for step in range(1, steps + 1) if NIGHTLY else (1, writes + 1, steps):
            window.keep(before)
            cut = window.killed(before, step)
            assert cut is not None, step
            again = window.upgraded(cut)
            assert _old(again) == {}, step
            assert _moved(again) == _moved(right), step
        window.keep(before)
        assert window.killed(before, steps + 1) is None, "there is no step beside every write and every removal"


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
