"""Workspaces: which three folders are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.workspace.folders import Workspace, find_workspace

ROOT = Path(__file__).resolve().parents[2]


def _folders(home: Path, *names: str) -> Path:
    for name in names or ("contracts", "schemas", "probes"):
        (home / name).mkdir(parents=True)
    return home


def _plain(home: Path) -> Workspace:
    return Workspace(home / "contracts", home / "schemas", home / "probes")


def test_a_named_folder_is_taken(tmp_path: Path) -> None:
    assert find_workspace(str(_folders(tmp_path)), Path("/")) == _plain(tmp_path)


def test_the_current_folder_is_taken_when_it_holds_one(tmp_path: Path) -> None:
    assert find_workspace(None, _folders(tmp_path)) == _plain(tmp_path)


@pytest.mark.parametrize("names", [("contracts",), ("schemas",), ("elsewhere",)])
def test_elsewhere_the_one_that_came_along_is_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    workspace = find_workspace(None, _folders(tmp_path, *names))
    assert workspace == find_workspace(None, tmp_path / "none")
    assert workspace.contracts.is_dir()
    assert "standin" in workspace.targets()


def test_settings_name_other_folders(tmp_path: Path) -> None:
    (tmp_path / "driftwright.toml").write_text('contracts = "a"\nschemas = "b/c"\n')
    expected = Workspace(tmp_path / "a", tmp_path / "b" / "c", tmp_path / "probes")
    assert find_workspace(None, tmp_path) == expected
    _folders(tmp_path, "a", "b/c")
    assert find_workspace(str(tmp_path)) == expected


def test_the_settings_of_a_python_project_count(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.driftwright]\nprobes = "p"\n')
    assert find_workspace(None, tmp_path).probes == tmp_path / "p"


def test_a_project_without_such_settings_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nprobes = "p"\n')
    assert find_workspace(None, _folders(tmp_path)) == _plain(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "place", "says"),
    [
        ("driftwright.toml", 'contarcts = "a"', "", "did you mean 'contracts'"),
        ("driftwright.toml", "contracts = 1", "contracts", "must be a text"),
        ("driftwright.toml", "= 1", "", "not TOML"),
        ("pyproject.toml", "= 1", "", "not TOML"),
        ("pyproject.toml", "[tool.driftwright]\nprobe = 'x'", "tool.driftwright", "did you mean 'probes'"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, file: str, text: str, place: str, says: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(InputFault) as caught:
        find_workspace(None, tmp_path)
    assert caught.value.file == str(tmp_path / file)
    assert caught.value.place == place
    assert says in str(caught.value)


def test_a_named_folder_must_be_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="no such folder"):
        find_workspace(str(tmp_path / "none"))
    with pytest.raises(InputFault, match="no folder contracts/"):
        find_workspace(str(tmp_path))
    _folders(tmp_path, "contracts")
    with pytest.raises(InputFault, match="no folder schemas/"):
        find_workspace(str(tmp_path))


def test_targets_are_found_by_name(tmp_path: Path) -> None:
    workspace = _plain(_folders(tmp_path))
    assert workspace.targets() == ()
    with pytest.raises(InputFault, match="known targets: none"):
        workspace.target_file("shop")
    for name in ("shop", "bank"):
        (workspace.probes / f"{name}.toml").touch()
    assert workspace.targets() == ("bank", "shop")
    assert workspace.target_file("shop") == workspace.probes / "shop.toml"
    with pytest.raises(InputFault, match="known targets: bank, shop"):
        workspace.target_file("../contracts/shop")


def test_settings_above_count_in_every_folder_below(tmp_path: Path) -> None:
    (tmp_path / "driftwright.toml").write_text('contracts = "a"\n')
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    assert find_workspace(None, below) == find_workspace(None, tmp_path)
    (tmp_path / "src" / "pyproject.toml").write_text('[tool.driftwright]\ncontracts = "nearer"\n')
    assert find_workspace(None, below).contracts == tmp_path / "src" / "nearer"
    (tmp_path / "src" / "pyproject.toml").write_text("= 1")
    assert find_workspace(None, below).contracts == tmp_path / "a", "what is no TOML says nothing of a workspace"
    assert find_workspace(None, _folders(below)) == _plain(below), "the folder itself comes first"


def test_settings_above_the_repository_or_in_a_folder_of_somebody_else_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "driftwright.toml").write_text('contracts = "a"\n')
    below = tmp_path / "project" / "src"
    below.mkdir(parents=True)
    assert not find_workspace(None, below).built_in
    (tmp_path / "project" / ".git").mkdir()
    assert find_workspace(None, below).built_in
    (tmp_path / "project" / ".git").rmdir()
    monkeypatch.setattr("os.getuid", lambda: tmp_path.stat().st_uid + 1)
    assert find_workspace(None, below).built_in


def test_wrong_settings_above_are_named(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.driftwright]\nprobe = "x"\n')
    with pytest.raises(InputFault, match="did you mean 'probes'"):
        find_workspace(None, tmp_path / "below")


def test_only_the_workspace_that_came_along_says_so(tmp_path: Path) -> None:
    built_in = find_workspace(None, tmp_path)
    assert "the built-in contracts of grok and standin are taken" in built_in.built_in_says
    assert find_workspace(str(_folders(tmp_path))).built_in_says == ""
    with pytest.raises(InputFault, match="known targets: grok, standin; start one with `driftwright init`"):
        built_in.target_file("shop")
