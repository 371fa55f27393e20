"""Which fallbacks may be promised: replay must show that the answer is right, and the capture that it has one."""

from __future__ import annotations

from dataclasses import replace

from driftwright.impact import Fallback, Reader, calls, speaks, trace
from driftwright.verdict.case import Case, Subject
from driftwright.verdict.unhidden import in_the_page


def promised(case: Case, subject: Subject, fallback: Fallback) -> Fallback:
    """Return a fallback with nothing proved of a source that the capture lacks, wholly or for some parameters."""
    reader = subject.fact.derive.get(fallback.source)
    if not fallback.right or reader is None or reader == subject.fact.primary or case.captured is None:
        return fallback
    why = _describe_missing(case, subject, fallback.source, reader)
    if not why:
        return fallback
    sources = tuple(
        replace(state, state="unproven", why=why) if state.name == fallback.source else state
        for state in fallback.sources
    )
    return replace(fallback, right=None, sources=sources)


def _describe_missing(case: Case, subject: Subject, source: str, reader: Reader) -> str:
    own, first = (
        {read.store for read in trace(case.engine, either, subject.good, case.generalise).reads}
        for either in (reader, subject.fact.primary)
    )
    stores = sorted(own - first)  # of what both read, the replay has said what becomes
    missing = [name for name in stores if name in case.observed and case.observed[name].state == "missing"]
    if missing:
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in this capture"
    if not stores:
        return ""
    outcomes = case.engine.run(reader.program, calls(reader.function, subject.captured)) if subject.captured else ()
    in_page = subject.in_page or (None,) * len(subject.captured)
    answers = [
        in_the_page(outcome, raw.sources.get(source) if raw else None).answer
        for raw, outcome in zip(in_page, outcomes, strict=True)
    ]
    silent = sum(not speaks(answer) for answer in answers)
    return f"gives nothing for {silent} of {len(answers)} in this capture" if silent else ""
