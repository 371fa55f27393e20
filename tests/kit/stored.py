"""Reports and proofs that tests change as JSON, read and told as the program does with a stored one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from driftwright.base.path import Path, StorePath
from driftwright.report import Cell, Disagreement, Gap, Proving, Report, Style, WorkspaceProof, report_of
from driftwright.report import render as render_report
from driftwright.report.formats import PLAIN
from driftwright.report.formats.proof import render_proof as render_proof_page
from driftwright.report.model import Tool


def read(record: Mapping[str, Any]) -> Report:
    """Return the report of a `report-v1` record."""
    return report_of(dict(record))


def render(record: Mapping[str, Any], form: str, style: Style = PLAIN) -> str:
    """Return a `report-v1` record in one format."""
    return render_report(read(record), form, style)


def proof_of(record: Mapping[str, Any]) -> WorkspaceProof:
    """Return the proof whose record `driftwright prove --format json` wrote; its totals are worked out anew."""
    return WorkspaceProof(
        Proving(cells_of(record)),
        tuple(
            Disagreement(
                StorePath(store, Path.parse(path)),
                disagreement["written_as"],
                tuple(disagreement["notice"]),
                tuple(disagreement["pass_over"]),
            )
            for disagreement in record["disagreements"]
            for store, _, path in [disagreement["path"].partition(":")]
        ),
        tuple(Gap(**gap) for gap in record["gaps"]),
        record["summary"]["lock_is_fresh"],
        profiles=tuple(record["profiles"]),
        tool=msgspec.convert(record["tool"], Tool),
    )


def cells_of(record: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a proof's record."""
    return msgspec.convert(record["cells"], tuple[Cell, ...])


def render_proof(record: Mapping[str, Any]) -> str:
    """Return the page of a proof's record."""
    return render_proof_page(proof_of(record))
