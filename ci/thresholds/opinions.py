"""How often the verdict by rules and its second opinion are right, counted on cases with known answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from thresholds.cases import Pair

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.verdict.diff import diff_documents

_HURT = frozenset({Verdict.BROKEN, Verdict.DEGRADED})


@dataclass(slots=True)
class Opinions:
    """What was counted.

    Args:
        rows: By the verdict of the rules alone, by the second opinion (None without one) and by whether the reader
            really breaks: how many readers.
        closed: How many of the paths that readers read the replay of the rules accounts for, and of how many.
        made: The same of the stores that the second opinion makes.
        open: The readers with a path that the rules leave open, with what is left.
    """

    rows: Counter[tuple[Verdict, Verdict | None, bool]] = field(default_factory=Counter)
    closed: list[int] = field(default_factory=lambda: [0, 0])
    made: list[int] = field(default_factory=lambda: [0, 0])
    open: dict[str, tuple[str, ...]] = field(default_factory=dict)


def count(pairs: Sequence[Pair], engine: Engine, say: Callable[[str], None] = lambda _: None) -> Opinions:
    """Judge all pairs, each with a single known-good document, and count.

    Args:
        pairs: The cases.
        engine: V8.
        say: Called with the name of each pair before it is judged.
    """
    found = Opinions()
    for pair in pairs:
        say(pair.name)
        for reader in diff_documents(pair.before, pair.after, pair.readers, engine, asks_twice=True).readers:
            if reader.name not in pair.breaks:
                continue
            second = reader.second_opinion
            verdict = Verdict.UNSEEN if reader.is_by_second else reader.verdict
            verdict = Verdict.BROKEN if verdict in _HURT else verdict
            found.rows[verdict, second.says if second else None, pair.breaks[reader.name]] += 1
            for sums, closure in ((found.closed, reader.closure), (found.made, second.closure if second else None)):
                if closure is not None:
                    sums[0] += closure.closed
                    sums[1] += closure.paths
            if reader.closure is not None and reader.closure.rest:
                found.open[f"{pair.name} {reader.name}"] = reader.closure.rest
    return found


def section(found: Opinions, pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the lines of a Markdown section that tells what was counted."""
    sources = len({pair.source for pair in pairs})
    yield "## Second opinions"
    yield ""
    yield f"Counted on {sum(found.rows.values()):,} readers of {len(pairs)} pairs of documents that {sources} packages"
    yield "really wrote, in one or two of their versions and by several users, each with a single known-good document."
    yield "`breaks` are readers that the later version really breaks."
    yield ""
    yield "| by the rules | second opinion | breaks | others |"
    yield "|---|---|---:|---:|"
    for verdict in (Verdict.BROKEN, Verdict.INTACT, Verdict.UNSEEN):
        for other in (Verdict.BROKEN, Verdict.INTACT, Verdict.UNSEEN, None):
            breaks, others = (found.rows[verdict, other, broken] for broken in (True, False))
            if breaks or others:
                yield f"| {verdict} | {other or 'none'} | {breaks} | {others} |"
    yield ""
    yield f"Closure at the paths that readers read: {_share(found.closed)} by the rules, {_share(found.made)} of the"
    yield "stores of the second opinion."
    yield ""
    for verdict, what in (
        (Verdict.UNSEEN, "it decides, if its stores leave nothing open"),
        (Verdict.INTACT, "it decides nothing"),
    ):
        breaks, others = (found.rows[verdict, Verdict.BROKEN, broken] for broken in (True, False))
        right = f"{breaks} of {breaks + others}"
        yield f"- Where the rules say `{verdict}` and it says `broken` it is right in {right}: {what}."
    yield ""


def _share(sums: Sequence[int]) -> str:
    return f"{sums[0] / sums[1]:.3f} ({sums[0]:,} of {sums[1]:,})" if sums[1] else "none"
