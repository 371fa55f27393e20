"""Contracts and snapshots as items: one for each contract, and one for each derived fact of each snapshot."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import Fault, InputFault, visible
from driftwright.base.terms import SEVERITY, Verdict
from driftwright.entrypoints.pytest_plugin.bench import Bench
from driftwright.entrypoints.pytest_plugin.proving import proof
from driftwright.entrypoints.pytest_plugin.telling import fact_lines, unnoticed_lines
from driftwright.workspace import Workspace

_SNAPSHOT = ".snapshot.json"
_UNNOTICED = "no-unnoticed-break"


class Failed(Exception):
    """What a contract or a snapshot shows, in the words of the report."""


class _Item(pytest.Item):
    """An item that fails with a short report, and that is skipped in its own place."""

    def __init__(self, *, bench: Bench, **about: Any) -> None:
        super().__init__(**about)
        self.bench = bench
        self.add_marker("driftwright")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the report; only a fault of this program itself shows where it happened."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        if isinstance(excinfo.value, Fault):
            return self.bench.tidy(str(excinfo.value))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the file and the name, without a line."""
        return self.path, None, self.name


class ContractItem(_Item):
    """Proves one contract on its known-good stores."""

    def runtest(self) -> None:
        """Fail with what nobody would notice, or what a fallback would answer wrongly."""
        lines = proof(self.bench, self.path)
        if lines:
            raise Failed("\n".join(lines))


class FactItem(_Item):
    """Judges one derived fact on one snapshot."""

    def runtest(self) -> None:
        """Pass if the fact is intact; what the snapshot does not show is never passed."""
        report = self.bench.check(self.path)
        settings = self.bench.settings
        blind = report.capture.blind
        if blind is not None:
            self._unseen(f"blind: {blind.what}; {blind.mend}")
        fact = next((fact for fact in report.facts if fact.name == self.name), None)
        if fact is None:
            raise InputFault(f"the report has no fact {self.name!r}", self.path.name)
        if fact.verdict is Verdict.UNSEEN:
            self._unseen(f"unseen: {fact.unseen.to_see if fact.unseen else fact.says}")
        if fact.verdict in (Verdict.INTACT, Verdict.UNSEEN, Verdict.BLIND):
            return
        if fact.suppressed is not None:
            pytest.xfail(visible(f"suppressed until {fact.suppressed.expires}: {fact.suppressed.reason}"))
        text = "\n".join(fact_lines(report, fact))
        if SEVERITY.index(fact.verdict) >= SEVERITY.index(Verdict(settings.fail_on)):
            raise Failed(text)
        self.add_report_section("call", "driftwright", text)

    def _unseen(self, why: str) -> None:
        text = visible(why)
        if self.bench.settings.unseen == "fail":
            raise Failed(text)
        pytest.skip(text)


class UnnoticedItem(_Item):
    """With `--driftwright-strict`: fails on a change of level break that no derived fact notices."""

    def runtest(self) -> None:
        """Fail with the changes."""
        from driftwright.verdict import unnoticed_breaks

        report = self.bench.check(self.path)
        if report.capture.blind is not None:
            pytest.skip("blind: the capture could not see the page")
        changes = unnoticed_breaks(report)
        if changes:
            raise Failed("\n".join(unnoticed_lines(changes)))


class ContractFile(pytest.File):
    """One contract."""

    bench: Bench

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its item."""
        yield ContractItem.from_parent(self, name=self.path.stem, bench=self.bench)


class SnapshotFile(pytest.File):
    """One snapshot."""

    bench: Bench

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each derived fact; the snapshot is read when the first of them runs."""
        for name in self.bench.facts():
            yield FactItem.from_parent(self, name=name, bench=self.bench)
        if self.bench.settings.strict:
            yield UnnoticedItem.from_parent(self, name=_UNNOTICED, bench=self.bench)


class Collecting:
    """The hooks of a run that asked for contracts and snapshots."""

    def __init__(self, bench: Bench, workspace: Workspace) -> None:
        self._bench = bench
        self._workspace = workspace

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect contracts, and snapshots below the workspace or named by the user; nothing else is touched."""
        kind: type[ContractFile | SnapshotFile]
        if file_path.suffix == ".toml" and file_path.parent == self._workspace.contracts:
            kind = ContractFile
        elif file_path.name.endswith(_SNAPSHOT) and (
            self._bench.settings.folder in file_path.parents or parent.session.isinitpath(file_path)
        ):
            kind = SnapshotFile
        else:
            return None
        collector = kind.from_parent(parent, path=file_path)
        collector.bench = self._bench
        return collector

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped item of ours name its own file from the root folder, not the line of this program."""
        report = yield
        if isinstance(item, _Item) and isinstance(report.longrepr, tuple):
            report.longrepr = (item.location[0], 1, report.longrepr[2])
        return report
