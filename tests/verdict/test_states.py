"""Page states: what each must show and need not show, and what a check makes of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.path import Path as StructurePath
from driftwright.base.path import StorePath
from driftwright.base.terms import Verdict
from driftwright.report.fact import FactFound
from driftwright.report.model import Report
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import Snapshot
from driftwright.workspace.folders import Workspace, find_workspace
from driftwright.workspace.target.states import expectations
from driftwright.workspace.target.target import load_target
from kit.project import judged_by_few

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
STATES = """
title = "Stand-in"
url = "https://standin.test/"
stores = ["site"]
[[state]]
name = "bare"
what = "images alone are expected"
must = ["site:/state/imageByMediaId/{}"]
may_lack = ["site:/state/favoritesById", "site:/state/videoByMediaId"]
[[state]]
name = "full"
what = "a video is there"
must = ["site:/state/imageByMediaId/{}", "site:/state/videoByMediaId/{}/[]"]
"""


def _workspace(folder: Path, text: str = STATES) -> Workspace:
    (folder / "standin.toml").write_text(text)
    return replace(find_workspace(str(ROOT)), probes=folder)


def _in_state(state: str, edit: Callable[[dict[str, Any]], object]) -> Snapshot:
    """The saved capture as one of another state, with the site's store edited."""

    def changed(value: Any) -> Any:
        value = copy.deepcopy(value)
        edit(value["state"])
        return value

    views = tuple(
        replace(
            view,
            entries=tuple(replace(e, value=changed(e.value)) if e.store == "site" else e for e in view.entries),
        )
        for view in SNAPSHOT.areas
    )
    return replace(SNAPSHOT, provenance=replace(SNAPSHOT.provenance, state=state), areas=views)


def _judged(snapshot: Snapshot, workspace: Workspace) -> tuple[Report, dict[str, FactFound]]:
    report = judged_by_few(snapshot, "parent_image_url", workspace=workspace)
    return report, {fact.name: fact for fact in report.facts}


def test_a_state_says_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "standin.toml").write_text(STATES)
    bare, full = expectations(tmp_path / "standin.toml")
    images = StorePath("site", StructurePath.parse("/state/imageByMediaId/{}"))
    assert bare.must == (images,)
    assert str(images) == "site:/state/imageByMediaId/{}"
    assert full.may_lack == ()
    assert load_target(tmp_path / "standin.toml").states[0].must == bare.must


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            'must = ["site:/state/imageByMediaId/{}"]',
            'must = ["imageByMediaId"]',
            "state[1].must: 'imageByMediaId' is not",
        ),
        (
            'may_lack = ["',
            'may_lack = ["site:/state/imageByMediaId", "',
            "state[1].may_lack: site:/state/imageByMediaId must",
        ),
        ("may_lack", "may_lak", "state[1]: unknown key 'may_lak'; did you mean 'may_lack'?"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert STATES.count(before) == 1
    (tmp_path / "standin.toml").write_text(STATES.replace(before, after))
    with pytest.raises(InputFault) as fault:
        load_target(tmp_path / "standin.toml")
    assert message in str(fault.value)


@pytest.mark.parametrize("name", ["standin", "grok"])
def test_the_states_of_the_targets_say_what_they_show(name: str) -> None:
    states = {state.name: state for state in load_target(ROOT / "probes" / f"{name}.toml").states}
    assert all(state.must or state.may_lack for state in states.values())
    if name == "grok":
        assert set(states) == {"logged-out", "image-open", "generating", "done", "failed", "after-reload"}


@pytest.mark.parametrize("slice_", ["videoByMediaId", "favoritesById"])
def test_what_a_state_need_not_show_is_unseen_and_elsewhere_it_is_drift(tmp_path: Path, slice_: str) -> None:
    workspace = _workspace(tmp_path)
    report, facts = _judged(_in_state("bare", lambda state: state.pop(slice_)), workspace)
    assert report.changes == ()
    assert not {Verdict.DEGRADED, Verdict.BROKEN} & {fact.verdict for fact in facts.values()}
    report, _ = _judged(_in_state("full", lambda state: state.pop(slice_)), workspace)
    assert [(change.rule, change.path) for change in report.changes] == [("field-removed", f"/state/{slice_}")]


def test_the_hint_names_the_state_that_would_show_it(tmp_path: Path) -> None:
    report, facts = _judged(_in_state("bare", lambda state: state["videoByMediaId"].clear()), _workspace(tmp_path))
    assert report.verdict is Verdict.UNSEEN
    unseen = facts["unmoderated_count"].unseen
    assert unseen is not None
    assert unseen.to_see.startswith("Make one video that succeeds")
    assert unseen.to_see.endswith("page state 'bare' need not show it: capture 'full' (a video is there)")
    assert facts["parent_image_url"].verdict is Verdict.INTACT


def test_what_a_state_need_not_show_is_drift_when_it_is_there_and_has_changed(tmp_path: Path) -> None:
    def renamed(state: dict[str, Any]) -> None:
        for held in state["videoByMediaId"].values():
            for attempt in held:
                attempt["isModerated"] = attempt.pop("moderated")

    report, facts = _judged(_in_state("bare", renamed), _workspace(tmp_path))
    assert [change.rule for change in report.changes] == ["field-renamed"]
    assert facts["moderated_count"].verdict is Verdict.DEGRADED


def test_a_page_that_is_not_in_its_state_is_blind_not_fine(tmp_path: Path) -> None:
    def unfavoured(state: dict[str, Any]) -> None:
        state["favoritesById"].clear()

    text = STATES.replace('[]"]\n', '[]", "site:/state/favoritesById/{}"]\n')
    assert text != STATES
    report, facts = _judged(_in_state("full", unfavoured), _workspace(tmp_path, text))
    assert {fact.verdict for fact in facts.values()} == {Verdict.INTACT}
    assert report.verdict is Verdict.BLIND
    assert report.capture.blind is not None
    assert report.capture.blind.reason == "not-ready"
    assert "site:/state/favoritesById/{}" in report.capture.blind.what
    assert "'full' (a video is there)" in report.capture.blind.mend


def test_a_page_without_what_its_state_must_show_says_so_beside_what_is_unseen(tmp_path: Path) -> None:
    report, _ = _judged(_in_state("full", lambda state: state["videoByMediaId"].clear()), _workspace(tmp_path))
    assert report.verdict is Verdict.UNSEEN
    (note,) = (note for note in report.notes if note.startswith("not-ready: "))
    assert "page state 'full' must show site:/state/videoByMediaId/{}/[]" in note


def test_what_changed_is_drift_and_no_page_that_was_not_ready(tmp_path: Path) -> None:
    def renamed(state: dict[str, Any]) -> None:
        state["videosByParentId"] = state.pop("videoByMediaId")

    report, _ = _judged(_in_state("full", renamed), _workspace(tmp_path))
    assert report.verdict in (Verdict.DEGRADED, Verdict.BROKEN)
    assert [note for note in report.notes if "not-ready" in note] == []


def test_a_target_that_is_not_known_here_says_nothing(tmp_path: Path) -> None:
    known = _in_state("full", lambda state: state["favoritesById"].clear())
    elsewhere = replace(known, provenance=replace(known.provenance, target="../standin"))
    report, _ = _judged(elsewhere, _workspace(tmp_path, STATES))
    assert report.capture.blind is None
    assert report.verdict is Verdict.INTACT


def test_a_place_may_be_in_any_store_and_below_any_name(tmp_path: Path) -> None:
    file = tmp_path / "cart.toml"
    file.write_text('[[state]]\nname = "x"\nwhat = "x"\nmust = ["cart2:/my lines/{}"]\nmay_lack = ["larder_v1:/"]\n')
    (state,) = expectations(file)
    assert [str(place) for place in (*state.must, *state.may_lack)] == ["cart2:/my lines/{}", "larder_v1:/"]
