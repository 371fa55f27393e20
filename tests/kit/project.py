"""The workspace of this repository: its stores at known-good moments, and captures made of them without a browser."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import STORAGE
from driftwright.report.model import Report
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from driftwright.verdict.check import Taken, check_taken
from driftwright.workspace.contract import load_facts
from driftwright.workspace.folders import Workspace, find_workspace
from driftwright.workspace.schemas.load import Store, load_stores
from kit.examples import NIGHTLY

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = find_workspace(str(ROOT))
STORES = load_stores(ROOT / "schemas")
WHERE = Provenance("site", "worked", "https://site.test", "Chromium 140.0", "2026-02-06T00:00:00Z", "0.1.0")


def moment_of(name: str) -> dict[str, Any]:
    return {
        store.name: copy.deepcopy(store.latest.witnesses[name])
        for store in STORES.values()
        if name in store.latest.witnesses
    }


def _entries(store: Store, document: Any) -> Iterator[tuple[str, dict[str, str], Any]]:
    if not store.placeholder:
        yield store.key, {}, document
        return
    for identity, value in document.items():
        yield store.key.replace(f"{{{store.placeholder}}}", identity), {store.placeholder: identity}, value


def plain_capture(held: Mapping[str, Any]) -> Snapshot:
    """The capture that a redactor which hides nothing would make."""
    views = []
    for area in STORAGE:
        entries = [
            Entry(key, name, ids, len(json.dumps(value)), "json", value)
            for name, document in held.items()
            if STORES[name].area is area
            for key, ids, value in _entries(STORES[name], document)
        ]
        views.append(AreaView(area, tuple(entries), 0))
    return Snapshot(WHERE, Redaction("none", "none"), tuple(views))


def site_state(held: dict[str, Any]) -> dict[str, Any]:
    state = held["site"]["state"]
    assert isinstance(state, dict)
    return state


@contextmanager
def verdicts_alone() -> Iterator[None]:
    """Judge without the smallest store to show a break on and where it differs, which come after the verdict.

    At night with both.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not NIGHTLY:
            patch.setattr("driftwright.impact.assess.shrunk_result", lambda result, *_: result)
            patch.setattr("driftwright.impact.capture.shrunk_result", lambda result, *_: result)
            patch.setattr("driftwright.verdict.shown.differences", lambda *_: ())
        yield


FACTS = ("moderated_count", "unmoderated_count", "credits_used", "parent_image_of_video", "recent_video")
"""One reader that counts by a flag, one that counts by ids, one that searches: each replays all changes."""


def judged_by_few(
    snapshot: Snapshot, *more: str, workspace: Workspace = WORKSPACE, file: str | None = None, patches: bool = NIGHTLY
) -> Report:
    """Judge a capture by some of the contracts, `more` of them by name, and look for no patch; at night by all."""
    names = {*FACTS, *more}
    facts = tuple(fact for fact in load_facts(workspace.contracts) if NIGHTLY or fact.name in names)
    assert names <= {fact.name for fact in facts}
    return check_taken(Taken(snapshot, file, facts=facts, patches=patches), workspace)


def few_facts(folder: Path) -> Workspace:
    """Return the workspace with some of its contracts, since each fact of a report takes its time."""
    _copy_contracts(folder, FACTS)
    return replace(WORKSPACE, contracts=folder / "contracts")


def write_few_facts(folder: Path, facts: Collection[str] = FACTS) -> Path:
    """Write a workspace for the command line: all of this one, but of its contracts these; all of them at night."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("contracts", "schemas", "probes") if NIGHTLY else ("schemas", "probes"):
        (folder / part).symlink_to(ROOT / part)
    if not NIGHTLY:
        _copy_contracts(folder, facts)
    return folder


def _copy_contracts(folder: Path, facts: Collection[str]) -> None:
    contracts = folder / "contracts"
    shutil.copytree(WORKSPACE.contracts / "readers", contracts / "readers")
    for name in facts:
        shutil.copy(WORKSPACE.contracts / f"{name}.toml", contracts)
