"""What a workspace keeps to itself lies in the user's own folder, never in the one that is worked in."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.snapshot.capture.salt import workspace_salt
from driftwright.workspace.folders import Workspace
from driftwright.workspace.private import state_folder

linux = pytest.mark.skipif(sys.platform != "linux", reason="another system has other places")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace in the current folder, of a user whose home is elsewhere."""
    repository = tmp_path / "repository"
    (repository / "contracts").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(repository)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return Workspace(repository / "contracts", repository / "schemas", repository / "probes")


@linux
def test_it_lies_where_the_system_says(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_folder(workspace).parent == tmp_path / "home" / ".local" / "state" / "driftwright"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_folder(workspace).parent == tmp_path / "state" / "driftwright"


@linux
@pytest.mark.parametrize("relative", ["state", ".", "./state", "../repository/state", "~/state", ""])
def test_a_relative_folder_for_it_puts_nothing_into_a_repository(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", relative)
    assert len(workspace_salt(state_folder(workspace))) == 32
    assert [file.name for file in (tmp_path / "repository").rglob("*")] == ["contracts"]
    (salt,) = (tmp_path / "home").rglob("salt")
    assert salt.parent == state_folder(workspace)


@linux
def test_a_home_in_the_current_folder_is_none(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "home")
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError("no such user")))
    with pytest.raises(InputFault, match="HOME: no folder of your own"):
        state_folder(workspace)


def test_nobody_else_may_look_into_it(workspace: Workspace) -> None:
    folder = state_folder(workspace)
    workspace_salt(folder)
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "salt").stat().st_mode) == 0o600


def test_two_workspaces_share_no_folder(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other" / "contracts", workspace.schemas, workspace.probes)
    assert state_folder(other) != state_folder(workspace)
