"""Workspaces: the folders of the contracts, the schemas and the probe targets, and the settings beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import read_text
from driftwright.base.terms import Level, Phase
from driftwright.base.toml import Table, parse_toml, read_table

SETTINGS = "driftwright.toml"
"""The file in which a folder says where its workspace lies."""
_PACKAGED = File(__file__).parent / "packaged"
_CHECKOUT = File(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Gate:
    """What past runs must show of a derived fact before it may move on to a phase.

    Args:
        days: Days on which it was seen intact and never otherwise.
        runs: Runs that saw it intact.
        agreement: Share of the comparisons of its two sources that agreed, from 0 to 1.
        quiet: Days without a break, up to the run that saw it last.
    """

    days: int
    runs: int
    agreement: float
    quiet: int


START = "start one with `driftwright init`, or name yours with --workspace DIR"
"""What to do where there is no workspace."""

GATES: Mapping[Phase, Gate] = {Phase.DERIVE: Gate(7, 10, 0.99, 7), Phase.REKEY: Gate(14, 20, 0.99, 14)}
"""What is asked of a fact unless the workspace asks for something else."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where contracts, schemas and probes lie, and what the workspace sets for itself.

    Args:
        contracts: The folder of the contracts.
        schemas: The folder of the schemas.
        probes: The folder of the probe targets.
        severity: Levels that rules have here instead of their own, by rule id.
        settings: The file that sets them; empty when there is none.
        gates: What a fact must show before it may move on to a phase.
        built_in: Whether it is the one of the package, taken where there is no other.
    """

    contracts: File
    schemas: File
    probes: File
    severity: Mapping[str, Level] = field(default_factory=dict, hash=False)
    settings: str = field(default="", compare=False)
    gates: Mapping[Phase, Gate] = field(default_factory=lambda: GATES, hash=False)
    built_in: bool = field(default=False, compare=False)

    @property
    def built_in_says(self) -> str:
        """A sentence saying that the built-in contracts are used; empty when there is a workspace."""
        names = " and ".join(self.targets())
        return f"there is no workspace here: the built-in contracts of {names} are taken" if self.built_in else ""

    @property
    def suppressions(self) -> File:
        """The file of the findings that are suppressed; it need not be there."""
        return self.contracts.parent / "suppressions.toml"

    @property
    def migrations(self) -> File:
        """The folder of the migrations of the consumer's own storage; it need not be there."""
        return self.contracts.parent / "migrations"

    @property
    def profiles(self) -> File:
        """The folder of the profiles that it is proved on; it need not be there."""
        return self.contracts.parent / "profiles"

    def targets(self) -> tuple[str, ...]:
        """The names of the probe targets there are."""
        return tuple(sorted(file.stem for file in self.probes.glob("*.toml")))

    def target_file(self, name: str) -> File:
        """The file of a probe target.

        Raises:
            InputFault: There is no such target.
        """
        if name not in self.targets():
            names = ", ".join(self.targets()) or "none"
            if self.built_in:
                raise InputFault(
                    f"no probe target {name!r} in the built-in workspace", "", "", f"known targets: {names}; {START}"
                )
            raise InputFault(f"no probe target {name!r}", str(self.probes), "", f"known targets: {names}")
        return self.probes / f"{name}.toml"


def find_workspace(named: str | None, current: File | None = None) -> Workspace:
    """Find the workspace: the named folder, the current folder, the settings above it, or the one in the package.

    Args:
        named: A folder the user named; None to look in the current folder.
        current: The current folder; None for this process's own.

    Raises:
        InputFault: The named folder has no workspace, or its settings are not what they should be.
    """
    if named is not None:
        return _in_folder(File(named))
    folder = current or File.cwd()
    settings = _settings(folder)
    if settings is not None:
        return settings
    if (folder / "contracts").is_dir() and (folder / "schemas").is_dir():
        return workspace_in(folder)
    above = _settings_above(folder)
    if above is not None:
        return above
    return replace(workspace_in(_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT), built_in=True)


def _settings_above(folder: File) -> Workspace | None:
    """Return the workspace that the nearest settings above a folder name, no further up than its repository."""
    below = folder.absolute()
    for above in below.parents:
        if (below / ".git").exists() or not _is_mine(above):
            return None
        try:
            settings = _settings(above)
        except InputFault as fault:
            if fault.file.endswith(SETTINGS) or fault.place:
                raise
            settings = None  # a project above that is no TOML says nothing of a workspace
        if settings is not None:
            return settings
        below = above
    return None


def _is_mine(folder: File) -> bool:
    """Whether a folder belongs to this user: nobody else may lay settings into the way, as in a folder for all."""
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def own_workspace(named: str | None, to: str = "adopt it into") -> Workspace:
    """Find the workspace that is the user's own, as `find_workspace` does; the one that is part of the package is not.

    Args:
        named: A folder the user named; None to look in the current folder.
        to: What is to be done with it, for the message.

    Raises:
        InputFault: There is none, or it is not what it should be.
    """
    workspace = find_workspace(named)
    if workspace.built_in:
        raise InputFault(f"there is no workspace here to {to}", "", "", START)
    return workspace


def _in_folder(folder: File) -> Workspace:
    if not folder.is_dir():
        raise InputFault(
            "no such folder", str(folder), "", "name the folder that holds contracts/, schemas/ and probes/"
        )
    settings = _settings(folder) or workspace_in(folder)
    for part in (settings.contracts, settings.schemas):
        if not part.is_dir():
            raise InputFault(f"no folder {part.name}/", str(folder), "", "a workspace needs contracts/ and schemas/")
    return settings


def workspace_in(folder: File) -> Workspace:
    """Return the workspace of a folder without settings; it need not be there yet."""
    return Workspace(folder / "contracts", folder / "schemas", folder / "probes")


def _settings(folder: File) -> Workspace | None:
    own = folder / SETTINGS
    if own.exists():
        return _read(read_table(own), folder)
    project = folder / "pyproject.toml"
    if not project.is_file():
        return None
    tools = parse_toml(read_text(project), str(project)).get("tool")
    table = tools.get("driftwright") if isinstance(tools, dict) else None
    return _read(Table(table, str(project), "tool.driftwright"), folder) if isinstance(table, dict) else None


def _read(table: Table, folder: File) -> Workspace:
    workspace = Workspace(
        contracts=folder / table.text("contracts", "contracts"),
        schemas=folder / table.text("schemas", "schemas"),
        probes=folder / table.text("probes", "probes"),
        severity=_severity(table.table("severity"), tuple(table.mapping("severity"))),
        settings=table.file,
        gates=_gates(table.table("promotion")),
    )
    table.close()
    return workspace


def _severity(table: Table, rules: tuple[str, ...]) -> Mapping[str, Level]:
    return {rule: Level(table.choice(rule, list(Level))) for rule in rules}


def _gates(table: Table) -> Mapping[Phase, Gate]:
    gates = {phase: _gate(table.table(str(phase)), gate) for phase, gate in GATES.items()}
    table.close()
    return gates


def _gate(table: Table, default: Gate) -> Gate:
    gate = Gate(
        days=_count(table, "days", default.days),
        runs=_count(table, "runs", default.runs),
        agreement=table.number("agreement", default.agreement),
        quiet=_count(table, "quiet", default.quiet),
    )
    if not 0 <= gate.agreement <= 1:
        raise table.fault("must be a share from 0 to 1", "agreement", f"write {default.agreement}")
    table.close()
    return gate


def _count(table: Table, name: str, default: int) -> int:
    number = table.number(name, default)
    if number < 0 or number != int(number):
        raise table.fault("must be a whole number from 0", name, f"write {default}")
    return int(number)


def repository_of(folder: File) -> File:
    """Return the repository that a folder lies in; without one, the folder above it."""
    whole = folder.resolve()
    return next((above for above in whole.parents if (above / ".git").exists()), whole.parent)
