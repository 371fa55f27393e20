"""The public interface as a caller sees it: mypy checks every type here, and that wrong calls are refused."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import driftwright
from driftwright import (
    Adopted,
    BlindFault,
    Change,
    ChangeFound,
    Effect,
    Emitted,
    FactFound,
    Fault,
    InputFault,
    MachineFault,
    Refused,
    Report,
    Scaffold,
    Snapshot,
    Verdict,
    Workspace,
    WorkspaceProof,
)


def every_function(folder: Path, workspace: Workspace, document: dict[str, object]) -> None:
    snapshot = driftwright.capture("standin", workspace=folder, state="worked", attach=9222, variant=None)
    assert_type(snapshot, Snapshot)
    assert_type(snapshot.digest, str)
    report = driftwright.check(snapshot, workspace=workspace)
    assert_type(report, Report)
    assert_type(driftwright.check({"cart": document}, workspace="drift"), Report)
    assert_type(driftwright.check(folder / "today.snapshot.json"), Report)
    assert_type(driftwright.diff(document, [1, None, "text"], readers="readers.js"), Report)
    assert_type(driftwright.diff(folder / "before.json", "after.json"), Report)
    assert_type(report.verdict, Verdict)
    assert_type(report.changes, tuple[ChangeFound, ...])
    fact = report["finished"]
    assert_type(fact, FactFound)
    assert_type(fact.effect, Effect)
    assert_type(driftwright.render(report, "markdown"), str)
    proof = driftwright.prove(folder)
    assert_type(proof, WorkspaceProof)
    assert_type((proof.proven, proof.score), tuple[bool, float])
    assert_type(driftwright.render(proof, "html"), str)
    made = driftwright.init(folder, [document, "friday.json"], "readers.js", key="cart", area="local", url="")
    assert_type(made, Scaffold)
    accepted = driftwright.accept(snapshot, workspace="drift", apply=True, dry_run=True)
    emitted = driftwright.emit(folder / "shipped", workspace, name="contracts", script=True)
    assert_type((emitted, emitted.facts), tuple[Emitted, tuple[str, ...]])
    assert_type(accepted, Adopted | Refused | None)
    assert_type(driftwright.__version__, str)


def faults() -> str:
    try:
        driftwright.prove()
    except (InputFault, BlindFault, MachineFault) as fault:
        known: Fault = fault
        return f"{known.file} {known.place} {known.what} {known.mend}"
    return ""


def what_a_change_is(change: Change) -> str:
    return change.message


def wrong_calls(report: Report) -> None:
    driftwright.check(7)  # type: ignore[arg-type]
    driftwright.diff({}, {}, readers=["readers.js"])  # type: ignore[arg-type]
    driftwright.diff({}, {"a": b"bytes"}.keys())  # type: ignore[arg-type]
    driftwright.capture("standin", "drift", "worked")  # type: ignore[call-arg]
    driftwright.accept("a.snapshot.json", apply="yes")  # type: ignore[arg-type]
    driftwright.init("drift", ["a.json", "b.json"], "readers.js", area="cookies")  # type: ignore[arg-type]
    driftwright.render(report, "pdf")  # type: ignore[arg-type]
    driftwright.nothing()  # type: ignore[attr-defined]
    report.verdict = Verdict.INTACT  # type: ignore[misc]
