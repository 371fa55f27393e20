"""The comparisons that `readiness --profiles` tells: own counters and the first sources, session by session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path as File

from driftwright.authoring import LoadedWorkspace, load_workspace
from driftwright.base.terms import Verdict
from driftwright.entrypoints.cli.terminal import progress
from driftwright.impact import Engine, Situation, compare_sources, situations
from driftwright.snapshot import plain_snapshot, throwaway_salt
from driftwright.verdict import check_snapshot
from driftwright.workspace import Workspace

_WORDS = {True: "agrees", False: "DIFFERS", None: "not compared"}


def session_lines(workspace: Workspace, files: Sequence[File]) -> Iterator[str]:
    """Yield for each profile the verdict of each fact, and how own counters and first sources agree in each session.

    Raises:
        InputFault: A file is no profile, or the workspace is not what it should be.
    """
    tally: dict[str, Counter[bool | None]] = {}
    with Engine() as engine:
        loaded = load_workspace(workspace, engine, files)
        for profile in loaded.profiles:
            yield from _profile_lines(workspace, loaded, profile, tally)
    yield "in all profiles:"
    for name, counts in tally.items():
        compared = counts[True] + counts[False]
        agreed = f"agrees in {counts[True]} of {compared}" if compared else "never compared"
        yield f"  {name:<24} {agreed}, {counts[None]} could not be compared"


def _profile_lines(
    workspace: Workspace, loaded: LoadedWorkspace, profile: Situation, tally: dict[str, Counter[bool | None]]
) -> Iterator[str]:
    documents = {name: held for name, held in profile.stores.items() if isinstance(held, (dict, list))}
    snapshot = plain_snapshot(documents, workspace, throwaway_salt())
    report = check_snapshot(snapshot, workspace, profile.moment, progress("readiness"), loaded.engine)
    yield f"{profile.moment}: {', '.join(name for name in sorted(documents))}"
    for verdict in Verdict:
        names = [fact.name for fact in report.facts if fact.verdict is verdict]
        if names:
            yield f"  {verdict:<10} {', '.join(names)}"
    for fact in loaded.facts:
        for number, situation in enumerate(situations(fact.fact, [profile]), 1):
            for compared in compare_sources(loaded.engine, fact, situation):
                tally.setdefault(fact.fact.name, Counter())[compared.agrees] += 1
                pair = f"{compared.first} beside {compared.second}"
                yield f"  {fact.fact.name:<24} {number}  {pair:<24} {_WORDS[compared.agrees]:<12} {compared.why}"
    yield ""
