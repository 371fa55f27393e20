"""Each threshold chosen on all sources but one, and scored on that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from thresholds.cases import Counts, Pair, called_broken, counts_of
from thresholds.watched import Settings, Threshold, applied, watched

from driftwright.impact.javascript import Engine

Scores = Mapping[float, Mapping[str, Counts]]
"""By value of one threshold and by source: what was called broken."""


@dataclass(slots=True)
class Scoring:
    """The pairs judged with thresholds of any values; what was judged once is kept.

    Args:
        pairs: What is judged.
        thresholds: What may have another value.
        engine: V8.
        say: Called with what was done, in words.
    """

    pairs: Sequence[Pair]
    thresholds: Sequence[Threshold]
    engine: Engine
    say: Callable[[str], None] = lambda _: None
    today: dict[Pair, Counts] = field(init=False, default_factory=dict)
    differing: dict[Pair, frozenset[tuple[Threshold, float]]] = field(init=False, default_factory=dict)

    def judge_today(self) -> None:
        """Judge all pairs with the values of today, and note which other values may matter to which pair."""
        for pair in self.pairs:
            with watched(self.thresholds) as differing:
                called = called_broken(pair, self.engine)
            self.today[pair] = counts_of(pair, called)
            self.differing[pair] = frozenset(differing)
        for threshold in self.thresholds:
            touched = [
                sum((threshold, value) in self.differing[pair] for pair in self.pairs) for value in threshold.others
            ]
            self.say(f"{threshold.label}: may matter to {touched} of {len(self.pairs)} pairs")

    def counts(self, pair: Pair, settings: Settings) -> Counts:
        """Return the counts of a pair with some thresholds at other values."""
        if self.differing[pair].isdisjoint(settings.items()):
            return self.today[pair]
        with applied(settings):
            return counts_of(pair, called_broken(pair, self.engine))

    def by_source(self, settings: Settings) -> dict[str, Counts]:
        """Return the counts of all sources with some thresholds at other values."""
        total: dict[str, Counts] = {}
        for pair in self.pairs:
            total[pair.source] = total.get(pair.source, Counts()) + self.counts(pair, settings)
        return total

    def scores(self, threshold: Threshold) -> Scores:
        """Return the counts of all sources with each value of a threshold."""
        scores = {}
        for value in threshold.values:
            scores[value] = self.by_source({threshold: value})
            self.say(f"{threshold.label} = {value:g}: {figures(total(scores[value]))}")
        return scores


@dataclass(frozen=True, slots=True)
class Row:
    """What one threshold, or all of them, come to on sources that they were not chosen on.

    Args:
        label: The threshold, or what they are together.
        today: The value of today; None for all together.
        chosen: By value, for how many left-out sources it was chosen; by source for all together: how many thresholds
            were given another value than today's.
        kept: What was called broken with the values of today, over all sources.
        left_out: What was called broken with the values chosen without each source, over all sources.
        worst: The same, with the least fortunate of the values that are equally good without each source, as somebody
            might choose who does not know the value of today; None for all together.
    """

    label: str
    today: float | None
    chosen: Mapping[float, int]
    kept: Counts
    left_out: Counts
    worst: Counts | None = None


def total(by_source: Mapping[str, Counts]) -> Counts:
    """Return the sum over all sources."""
    return sum(by_source.values(), Counts())


def figures(counts: Counts) -> str:
    """Return F1, precision and recall as one text."""
    return f"{counts.f1:.3f} ({counts.precision:.3f}, {counts.recall:.3f})"


def best_values(scores: Scores, left_out: str) -> list[float]:
    """Return the values that have the best F1 over all sources but one, the smallest first.

    Args:
        scores: By value and source.
        left_out: The source that is not looked at.
    """
    others = {
        value: total({source: counts for source, counts in by_source.items() if source != left_out}).f1
        for value, by_source in scores.items()
    }
    return sorted(value for value, f1 in others.items() if f1 == max(others.values()))


def choose(scores: Scores, today: float, left_out: str) -> float:
    """Return the best value over all sources but one: among equals that of today, else the nearest to it."""
    return min(best_values(scores, left_out), key=lambda value: abs(value - today))


def _worst(scores: Scores, left_out: str) -> Counts:
    """Return what the least fortunate of the best values comes to on the source that was left out."""
    return min((scores[value][left_out] for value in best_values(scores, left_out)), key=lambda counts: counts.f1)


def rows(scoring: Scoring) -> Iterator[Row]:
    """Yield a row for each threshold, and one for all: each chosen without the source that it is scored on."""
    scoring.judge_today()
    kept = total(scoring.by_source({}))
    sources = tuple(dict.fromkeys(pair.source for pair in scoring.pairs))
    together: dict[str, dict[Threshold, float]] = {source: {} for source in sources}
    for threshold in scoring.thresholds:
        scores = scoring.scores(threshold)
        chosen = {source: choose(scores, threshold.today, source) for source in sources}
        left_out = total({source: scores[value][source] for source, value in chosen.items()})
        for source, value in chosen.items():
            together[source][threshold] = value
        worst = sum((_worst(scores, source) for source in sources), Counts())
        yield Row(threshold.label, threshold.today, Counter(chosen.values()), kept, left_out, worst)
    left_out = Counts()
    changed: Counter[float] = Counter()
    for source, settings in together.items():
        changed[sum(value != threshold.today for threshold, value in settings.items())] += 1
        mine = [scoring.counts(pair, settings) for pair in scoring.pairs if pair.source == source]
        left_out += sum(mine, Counts())
        scoring.say(f"all together on {source}: {figures(sum(mine, Counts()))}")
    yield Row("all together", None, changed, kept, left_out)


def table(found: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| threshold | today | chosen (times) | today: F1 (precision, recall) | left one out | worst of equals |",
        "|---|---:|---|---|---|---|",
    ]
    for row in found:
        today = "" if row.today is None else f"{row.today:g}"
        many = sorted(row.chosen.items(), key=lambda item: (-item[1], item[0]))
        worst = "" if row.worst is None else figures(row.worst)
        what = "{0:g} ({1})" if row.today is not None else "{0:g} moved ({1})"
        chosen = ", ".join(what.format(value, times) for value, times in many)
        lines.append(
            f"| `{row.label}` | {today} | {chosen} | {figures(row.kept)} | {figures(row.left_out)} | {worst} |"
        )
    return "\n".join(lines) + "\n"
