"""A capture made of known-good documents with one change of the site, judged by the contracts without a browser."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from driftwright.base.terms import Area, Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer
from driftwright.impact.readers import compile_fact
from driftwright.impact.situation import Situation, calls, moments, situations
from driftwright.report.fact import FactFound
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from driftwright.structure.change.model import Change
from driftwright.verdict.case import case_of, reading_code, subject_of
from driftwright.verdict.judge import judge_facts, prepare
from driftwright.verdict.observe import Observed, observe_store
from driftwright.workspace.contract import load_facts
from driftwright.workspace.schemas.validation import Violation
from kit.project import STORES, WORKSPACE
from kit.site_changes import Written

FACTS = {fact.name: compile_fact(fact) for fact in load_facts(WORKSPACE.contracts)}
MOMENTS = {moment.moment: moment for moment in moments(STORES, {name: s.latest for name, s in STORES.items()})}
SITE = STORES["site"]
NAMED = reading_code(tuple(FACTS.values()))
FEW = (
    *("attempt_details", "attempt_outcomes", "original_image_prompt", "progress_of_video", "successful_count"),
    *("latest_outcome", "video_group"),
)
"""Facts enough for each row of the taxonomy to be shown by what it says, and felt by a fact if any fact feels it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a capture with one change was judged to be.

    Args:
        facts: The judgement of each fact.
        changes: The structural changes of the site's store.
        violations: What the site store's schema says.
        changed: The facts whose first source answers otherwise than before, for parameters that it served before.
    """

    facts: Mapping[str, FactFound]
    changes: tuple[Change, ...]
    violations: tuple[Violation, ...]
    changed: tuple[str, ...]

    def noticed(self, name: str) -> bool:
        """Whether a fact is not called intact, or its sources are said to disagree."""
        fact = self.facts[name]
        return fact.verdict is not Verdict.INTACT or any(agreement.held is False for agreement in fact.agreements)


class Bench:
    """One engine, for many captures; what was judged once is not judged again."""

    def __init__(self, names: Collection[str] = FACTS) -> None:
        """Judge by the facts of these names."""
        self.engine = Engine()
        self.compiled = {name: FACTS[name] for name in FACTS if name in names}
        self.others: dict[str, dict[str, Observed]] = {}
        self.known: dict[tuple[str, Callable[[Any], Written]], Judged] = {}

    def __enter__(self) -> Self:
        self.engine.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.__exit__(None, None, None)

    def judged(self, moment: str, change: Callable[[Any], Written]) -> Judged:
        """Judge a moment in which the site writes its store in another way."""
        if (moment, change) not in self.known:
            self.known[moment, change] = self._judged(moment, change)
        return self.known[moment, change]

    def _judged(self, moment: str, change: Callable[[Any], Written]) -> Judged:
        good = MOMENTS[moment]
        written = change(good.stores["site"])
        snapshot = captured(good.stores, written)
        if moment not in self.others:
            self.others[moment] = {
                n: observe_store(snapshot, store, NAMED) for n, store in STORES.items() if n != "site"
            }
        observed = {**self.others[moment], "site": observe_store(snapshot, SITE, NAMED)}
        case = case_of(self.engine, STORES, observed, tuple(self.compiled.values()))
        subjects = [subject_of(case, fact) for fact in self.compiled.values()]
        prepare(case, subjects)
        _, judged = judge_facts(case, subjects)
        facts = {fact.name: fact for fact in judged}
        at_home = written.form == "json" and not written.area and not written.key
        stores = {**good.stores, "site": written.value if at_home else None}
        changed = tuple(name for name in self.compiled if self._answers_otherwise(name, good, stores))
        return Judged(facts, observed["site"].comparison.changes, observed["site"].violations, changed)

    def _answers_otherwise(self, name: str, good: Situation, stores: Mapping[str, Any]) -> bool:
        fact = FACTS[name]
        before = situations(fact.fact, [good])
        after = [
            Situation(situation.moment, stores, situation.params, situation.placeholders, situation.now)
            for situation in before
        ]
        reader = fact.primary
        pairs = zip(self._answers(reader, before), self._answers(reader, after), strict=True)
        return any(answer.kind == "value" and not answer.same_as(other) for answer, other in pairs)

    def _answers(self, reader: Any, chosen: Any) -> list[Answer]:
        return [outcome.answer for outcome in self.engine.run(reader.program, calls(reader.function, chosen))]


def captured(stores: Mapping[str, Any], written: Written) -> Snapshot:
    """The documents of one moment as a capture, with the site's store as the site now writes it."""
    entries: dict[Area, list[Entry]] = {area: [] for area in Area}
    for name, store in STORES.items():
        document = stores.get(name)
        if name == "site":
            area = Area(written.area) if written.area else store.area
            entries[area].append(_entry(written.key or store.key, name, written.form, written.value))
        elif document is not None and store.placeholder:
            for key, value in document.items():
                real = store.key.replace(f"{{{store.placeholder}}}", key)
                entries[store.area].append(_entry(real, name, "json", value, {store.placeholder: key}))
        elif document is not None:
            entries[store.area].append(_entry(store.key, name, "json", document))
    where = Provenance("made", "made", "https://site.example", "none", "2026-02-05T16:00:00Z", "0")
    return Snapshot(where, Redaction("r", "p"), tuple(AreaView(area, tuple(held), 0) for area, held in entries.items()))


def _entry(key: str, store: str, form: str, value: Any, ids: Mapping[str, str] | None = None) -> Entry:
    return Entry(key, store, ids or {}, len(str(value)), form, value if form == "json" else None)
