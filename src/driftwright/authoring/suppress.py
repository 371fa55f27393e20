"""Suppress findings of a report in a workspace, each with a reason and a last day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path as File

from driftwright.base.errors import InputFault, visible
from driftwright.base.files import read_text, write_atomically
from driftwright.base.toml import quoted
from driftwright.report import Report, Suppressed
from driftwright.verdict import findings_of
from driftwright.workspace import Workspace, load_suppressions

_ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*suppress[ \t]*\]\][^\n]*\n?", re.MULTILINE)
_START = (
    "# Findings that do not count until a day, each with a reason: `driftwright suppress` and `driftwright baseline`.\n"
)


def suppress_findings(
    report: Report, fingerprints: Sequence[str], mark: Suppressed, workspace: Workspace, today: date
) -> Mapping[str, str]:
    """Add findings of a report to the suppressions of a workspace; an entry that has expired is written anew.

    Args:
        report: The report that has them.
        fingerprints: Which of them: of findings, of facts or of changes.
        mark: Why they need not be mended now, and until when.
        workspace: The workspace; what else its file says stays as it is.
        today: The present day.

    Returns:
        What was added, by fingerprint, in words; what is suppressed already is not among it.

    Raises:
        InputFault: The report is of other contracts or has no such finding, the reason is empty, the day has passed, or
            the workspace's file is not what it should be.
        MachineFault: The file cannot be written.
    """
    _check_mark(mark, today)
    _check_same_facts(report, workspace)
    known = findings_of(report)
    for name in fingerprints:
        if name not in known:
            mend = f"it has: {', '.join(sorted(known)) or 'no finding'}"
            raise InputFault(f"no finding {name!r} in the report", "", "", mend)
    file = workspace.suppressions
    present = load_suppressions(file)
    held = {entry.fingerprint for entry in present if not entry.expired(today)}
    added = {name: known[name] for name in fingerprints if name not in held}
    if added:
        text = read_text(file) if file.exists() else _START
        kept = _without(text, [entry.fingerprint in added for entry in present], file)
        write_atomically(file, kept + "".join(_entry(name, says, mark) for name, says in added.items()))
    return added


def _check_mark(mark: Suppressed, today: date) -> None:
    if not mark.reason.strip():
        raise InputFault("the reason is empty", "--reason", "", "say why this need not be mended now")
    if date.fromisoformat(mark.expires) < today:
        raise InputFault(f"{mark.expires} has passed", "--expires", "", "name a day to come")


def _check_same_facts(report: Report, workspace: Workspace) -> None:
    """Refuse a report of other contracts: a suppression that no finding uses would fail every later check."""
    own = {file.stem for file in workspace.contracts.glob("*.toml")}
    for fact in report.facts:
        if fact.name not in own:
            mend = "name the workspace that was judged with --workspace DIR, or its report with --report DIR"
            raise InputFault(f"the report judges {fact.name}, which is not here", str(workspace.contracts), "", mend)


def _without(text: str, gone: Sequence[bool], file: File) -> str:
    """Return the text of a file of suppressions without some of its entries."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) != len(gone):
        raise InputFault("entries of another form", str(file), "suppress", "write each below a line [[suppress]]")
    if not starts:
        return text
    ends = [*starts[1:], len(text)]
    head = text[: starts[0]]
    kept = [text[start:end] for start, end, drop in zip(starts, ends, gone, strict=True) if not drop]
    whole = "".join([head, *kept]).rstrip()
    return f"{whole}\n" if whole else ""


def _entry(name: str, says: str, mark: Suppressed) -> str:
    reason = quoted(visible(" ".join(mark.reason.split())))  # what no file can hold is written as it is shown
    return f'\n[[suppress]]  # {visible(says)}\nfingerprint = "{name}"\nreason = {reason}\nexpires = {mark.expires}\n'
