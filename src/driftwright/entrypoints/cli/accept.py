"""The command that adopts a drift: accept."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault, visible
from driftwright.base.files import display_path
from driftwright.entrypoints.cli.check import captures_of
from driftwright.entrypoints.cli.exits import DRIFT
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.workspace import own_workspace

if TYPE_CHECKING:
    from driftwright.authoring import Adopted, Refused
    from driftwright.snapshot import Snapshot
    from driftwright.workspace import Workspace


def accept(options: argparse.Namespace) -> int:
    """Publish the next version of what drifted, count what did not, or say why that may not be."""
    from driftwright.authoring import Refused, accept_snapshot, write_adopted
    from driftwright.impact import Engine

    workspace = own_workspace(options.workspace)
    snapshot = _snapshot(options, workspace)
    with Engine() as engine:
        outcome = accept_snapshot(snapshot, workspace, engine, progress("accept"), patch=options.apply)
    progress_done()
    if outcome is None:
        print("nothing to accept: every store is as its newest version says, and was counted before")
        return 0
    if isinstance(outcome, Refused):
        print("\n".join(map(visible, _format_refusal(outcome))))
        return DRIFT
    if options.dry_run:
        print("\n".join(map(visible, _format_diff(outcome))))
    else:
        write_adopted(outcome)
    print("\n".join(map(visible, _format_adopted(outcome, dry=options.dry_run))))
    return 0


def _snapshot(options: argparse.Namespace, workspace: Workspace) -> Snapshot:
    from driftwright.snapshot import Snapshot

    captures = captures_of(options, workspace)
    if len(captures) != 1 or not isinstance(captures[0][1], Snapshot):
        raise InputFault("accept takes one snapshot", "", "", "name one *.snapshot.json, or --store STORE=FILE")
    return captures[0][1]


def _format_refusal(refused: Refused) -> list[str]:
    lines = ["refused, nothing was written: what is adopted now would be taken for right from now on", ""]
    lines += [f"  {why}" for why in refused.why]
    if refused.proposals:
        lines += ["", "patches that were confirmed by running them; --apply takes them over:", ""]
        for proposal in refused.proposals:
            lines += [f"  mends {', '.join(proposal.mends)}", *(f"    {line}" for line in proposal.diff.splitlines())]
    else:
        lines += ["", "mend the readers or their fallbacks, run prove, then accept again"]
    return lines


def _format_diff(adopted: Adopted) -> Iterator[str]:
    for file, (old, new) in adopted.files.items():
        name = display_path(file)
        before = name if old else "/dev/null"
        yield from difflib.unified_diff(old.splitlines(), new.splitlines(), before, name, lineterm="")


def _format_adopted(adopted: Adopted, *, dry: bool) -> list[str]:
    lines = [f"{'would accept' if dry else 'accepted'} {line}" for line in adopted.versions]
    lines += [f"patched {name}" for name in adopted.patched]
    return lines if dry else [*lines, *(f"wrote {display_path(file)}" for file in adopted.files)]
