"""Workspaces: the three folders that hold everything about a site and its consumer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

from driftwright.errors import InputFault
from driftwright.table import Table, read_table, read_text
from driftwright.terms import Level

_PACKAGED = File(__file__).parent / "workspace"
_CHECKOUT = File(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where contracts, schemas and probes lie, and what the workspace sets for itself.

    Args:
        contracts: The folder of the contracts.
        schemas: The folder of the schemas.
        probes: The folder of the probe targets.
        severity: Levels that rules have here instead of their own, by rule id.
        settings: The file that sets them; empty when there is none.
    """

    contracts: File
    schemas: File
    probes: File
    severity: Mapping[str, Level] = field(default_factory=dict, hash=False)
    settings: str = field(default="", compare=False)

    @property
    def suppressions(self) -> File:
        """The file of the findings that are suppressed; it need not be there."""
        return self.contracts.parent / "suppressions.toml"

    def targets(self) -> tuple[str, ...]:
        """The names of the probe targets there are."""
        return tuple(sorted(file.stem for file in self.probes.glob("*.toml")))

    def target_file(self, name: str) -> File:
        """The file of a probe target.

        Raises:
            InputFault: There is no such target.
        """
        if name not in self.targets():
            known = ", ".join(self.targets()) or "none"
            raise InputFault(f"no probe target {name!r}", str(self.probes), "", f"known targets: {known}")
        return self.probes / f"{name}.toml"


def find_workspace(named: str | None, here: File | None = None) -> Workspace:
    """Find the workspace: the folder that was named, the current folder's settings, or the one that came along.

    Args:
        named: A folder the user named; None to look in the current folder.
        here: The current folder.

    Raises:
        InputFault: The named folder has no workspace, or its settings are not what they should be.
    """
    if named is not None:
        return _in_folder(File(named))
    folder = here or File.cwd()
    settings = _settings(folder)
    if settings is not None:
        return settings
    if (folder / "contracts").is_dir() and (folder / "schemas").is_dir():
        return _plain(folder)
    return _plain(_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT)


def _in_folder(folder: File) -> Workspace:
    if not folder.is_dir():
        raise InputFault(
            "no such folder", str(folder), "", "name the folder that holds contracts/, schemas/ and probes/"
        )
    settings = _settings(folder) or _plain(folder)
    for part in (settings.contracts, settings.schemas):
        if not part.is_dir():
            raise InputFault(f"no folder {part.name}/", str(folder), "", "a workspace needs contracts/ and schemas/")
    return settings


def _plain(folder: File) -> Workspace:
    return Workspace(folder / "contracts", folder / "schemas", folder / "probes")


def _settings(folder: File) -> Workspace | None:
    own = folder / "driftwright.toml"
    if own.is_file():
        return _read(read_table(own), folder)
    project = folder / "pyproject.toml"
    if not project.is_file():
        return None
    try:
        table = tomllib.loads(read_text(project)).get("tool", {}).get("driftwright")
    except tomllib.TOMLDecodeError as error:
        raise InputFault(f"not TOML: {error}", str(project), "", "mend the syntax at the place named") from None
    return _read(Table(table, str(project), "tool.driftwright"), folder) if isinstance(table, dict) else None


def _read(table: Table, folder: File) -> Workspace:
    workspace = Workspace(
        contracts=folder / table.text("contracts", "contracts"),
        schemas=folder / table.text("schemas", "schemas"),
        probes=folder / table.text("probes", "probes"),
        severity=_severity(table.table("severity"), tuple(table.mapping("severity"))),
        settings=table.file,
    )
    table.close()
    return workspace


def _severity(table: Table, rules: tuple[str, ...]) -> Mapping[str, Level]:
    return {rule: Level(table.choice(rule, list(Level))) for rule in rules}
