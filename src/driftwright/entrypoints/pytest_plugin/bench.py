"""The shared state of one pytest run: the workspace, V8, and reports that were made before."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from driftwright.base.errors import InputFault
from driftwright.entrypoints.pytest_plugin.options import Settings
from driftwright.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from driftwright.authoring import LoadedWorkspace
    from driftwright.impact import Engine
    from driftwright.report import Report

Check: TypeAlias = "Callable[[str | os.PathLike[str]], Report]"
StoreOf: TypeAlias = Callable[[str, str], Any]


class Bench:
    """Loads each thing once, when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._engine: Engine | None = None
        self._reports: dict[Path, Report] = {}

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace.

        Raises:
            pytest.UsageError: There is none in the folder.
        """
        try:
            return find_workspace(str(self.settings.folder))
        except InputFault as fault:
            mend = "name the folder with --driftwright-workspace, or driftwright_workspace in the settings"
            raise pytest.UsageError(f"driftwright: {self.tidy(fault.what)}: {mend}") from None

    @property
    def engine(self) -> Engine:
        """V8."""
        if self._engine is None:
            from driftwright.impact import Engine

            self._engine = Engine()
        return self._engine

    @cached_property
    def ground(self) -> LoadedWorkspace:
        """What contracts are proven on.

        Raises:
            InputFault: A contract, schema or reader is not what it should be.
        """
        from driftwright.authoring import load_workspace

        return load_workspace(self.workspace, self.engine)

    def facts(self) -> tuple[str, ...]:
        """The names of the contracts."""
        return tuple(sorted(file.stem for file in self.workspace.contracts.glob("*.toml")))

    def check(self, path: str | os.PathLike[str]) -> Report:
        """Judge a snapshot as `driftwright check` does.

        Raises:
            InputFault: The snapshot, or a contract, schema or reader, is not what it should be.
        """
        file = Path(path)
        if file not in self._reports:
            from driftwright.snapshot import read_snapshot
            from driftwright.verdict import check_snapshot

            self._reports[file] = check_snapshot(read_snapshot(file), self.workspace, file.name, engine=self.engine)
        return self._reports[file]

    def store(self, name: str, moment: str) -> Any:
        """Return a copy of a known-good store of the newest version.

        Raises:
            InputFault: There is no such store, or it has no such moment.
        """
        stores = self.ground.stores
        if name not in stores:
            raise InputFault(f"no store {name!r}", mend=f"known stores: {', '.join(sorted(stores))}")
        witnesses = stores[name].latest.witnesses
        if moment not in witnesses:
            names = ", ".join(sorted(witnesses)) or "none"
            raise InputFault(f"store {name!r} has no known-good moment {moment!r}", mend=f"known moments: {names}")
        return copy.deepcopy(witnesses[moment])

    def tidy(self, text: str) -> str:
        """Return a text that names files from the root folder or the workspace, never from this machine's root."""
        for folder in (self.settings.folder, self.settings.root):
            text = text.replace(f"{folder}{os.sep}", "")
        return text.replace(str(self.settings.folder), "the workspace")

    def close(self) -> None:
        """End V8."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
