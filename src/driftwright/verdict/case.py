"""The input that the facts of one capture are judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from driftwright.base.terms import Level
from driftwright.impact import (
    CompiledFact,
    Engine,
    Generaliser,
    Situation,
    generaliser,
    moments,
    places_of,
    read_at,
    situations,
    written_out,
)
from driftwright.snapshot import AnswersAt, RawAnswers
from driftwright.structure import EMPTY, Change, ComparedStores, Comparison
from driftwright.verdict.inherit import with_answers
from driftwright.verdict.known_good import small_situations
from driftwright.verdict.observe import Observed, ReadingCode
from driftwright.verdict.reader import Bench
from driftwright.verdict.store_case import Bound, StoreCase
from driftwright.verdict.unhidden import Unhidden, hiding_of, masked_situations
from driftwright.workspace import Store, accepted_shape

Excuse = Callable[[Observed], Observed]


def _unchanged(observed: Observed) -> Observed:
    return observed


@dataclass(frozen=True, slots=True)
class Case:
    """The input that the facts of one capture are judged by.

    Args:
        bench: The judge of readers, with what is known of each store.
        moments: Known-good situations.
        small: The same, small enough to be replayed many times.
        captured: The situation of the capture, as it may be shown; None to judge by replay alone.
        run_on: The same as readers are run on it: nothing is hidden in files of one's own; None when readers cannot be
            run on it, as on a fingerprint.
        observed: The captured stores by name.
        changes: The changes of all stores, by the ids that the report gives them.
        generalise: Turns the concrete keys of a read into a path.
        absent: Names of the stores that the capture looked for, in areas that it saw, and that are not there.
        weak: The changes that some reader reads and that another session of the same program might show as well.
        unhidden: What readers answer in the page itself, where nothing is hidden.
        masked: The known-good situations with their values hidden as in the capture, where they are made up.
        is_alike: Whether the values of the capture as it may be shown are made up as those of the known-good stores.
    """

    bench: Bench
    moments: tuple[Situation, ...]
    small: tuple[Situation, ...]
    captured: Situation | None
    run_on: Situation | None
    observed: Mapping[str, Observed]
    changes: Mapping[str, Change]
    generalise: Generaliser
    absent: frozenset[str] = frozenset()
    weak: tuple[Change, ...] = ()
    unhidden: Unhidden = field(default_factory=Unhidden)
    masked: tuple[Situation, ...] = ()
    is_alike: bool = False

    @property
    def engine(self) -> Engine:
        """V8."""
        return self.bench.engine

    @property
    def replayable(self) -> tuple[Change, ...]:
        """The changes that can be replayed on a store."""
        return tuple(change for change in self.changes.values() if change.rule.operator != "none")

    def listing(self, more: Sequence[Change]) -> Case:
        """Return the case with more changes at the end of its list, each once."""
        changes = dict(self.changes)
        for change in more:
            if not any(is_same_change(change, other) for other in changes.values()):
                changes[f"c{len(changes) + 1}"] = change
        return replace(self, changes=changes)

    def ids(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """Return the ids of changes."""
        return tuple(
            name for name, change in self.changes.items() if any(is_same_change(change, other) for other in changes)
        )


def is_same_change(change: Change, other: Change) -> bool:
    """Whether two comparisons found the same: the same rule, in the same place."""
    return (change.rule.id, change.store, change.path, change.to) == (other.rule.id, other.store, other.path, other.to)


def level_of(change: Change, weak: Sequence[Change], *, is_hurt: bool) -> Level:
    """Return the level of a change: a note where it hurts no reader, and other data might show it as well.

    Args:
        change: The change.
        weak: The changes that other data might show.
        is_hurt: Whether it hurts a reader.
    """
    is_weak = not is_hurt and any(is_same_change(change, other) for other in weak)
    return Level.NOTE if is_weak else change.rule.level


@dataclass(frozen=True, slots=True)
class Subject:
    """A fact with the situations that it is run on.

    Args:
        fact: The fact.
        bound: The situations that its first source is judged in.
        captured: The situations of the capture, as they may be shown.
        in_page: Of each of them what the readers answer in the page itself; None where it is not known.
    """

    fact: CompiledFact
    bound: Bound
    captured: tuple[Situation, ...]
    in_page: tuple[AnswersAt | None, ...] = ()

    @property
    def good(self) -> tuple[Situation, ...]:
        """The known-good situations, one for each binding of the fact's parameters."""
        return self.bound.known


def subject_of(case: Case, fact: CompiledFact) -> Subject:
    """Return a fact with the situations of a case bound to its parameters."""
    captured = situations(fact.fact, [case.captured]) if case.captured else ()
    run_on = situations(fact.fact, [case.run_on]) if case.run_on else ()
    known = situations(fact.fact, case.moments)
    small = known if case.small is case.moments else situations(fact.fact, case.small)
    page_answers = case.unhidden.at(fact.fact.name, run_on)
    alike = captured if case.is_alike and len(captured) == len(run_on) else ()
    kinds = tuple(answers.sources.get(fact.fact.primary.name) if answers else None for answers in page_answers)
    masked = () if any(page_answers) else situations(fact.fact, case.masked)
    return Subject(fact, Bound(known, small, run_on, kinds, masked, alike), captured, page_answers)


def case_of(
    engine: Engine,
    stores: Mapping[str, Store],
    observed: Mapping[str, Observed],
    facts: Sequence[CompiledFact] = (),
    excuse: Excuse = _unchanged,
) -> Case:
    """Return the input that the facts of one capture are judged by.

    Args:
        engine: V8.
        stores: The declared stores.
        observed: The captured stores by name.
        facts: All facts; their answers are added to the situations where parameters are taken from them.
        excuse: Takes out of the comparison of a store what the page state explains.
    """
    accepted = {name: item.accepted for name, item in observed.items()}
    changes = [change for item in observed.values() for change in item.comparison.changes]
    named = reading_code(facts).literals
    sealed = {name: item.text_paths for name, item in observed.items() if item.text_paths}
    known = tuple(moment.opened(sealed) for moment in moments(stores, accepted))
    known = with_answers(engine, facts, known)
    shapes = {name: partial(accepted_shape, item.accepted) for name, item in observed.items()}
    small = small_situations(known, shapes, named)
    (captured,) = with_answers(engine, facts, [_captured_situation(stores, observed, raw=False)])
    run_on: Situation | None = captured
    if any(item.entry is not None and item.entry[1].form == "shape" for item in observed.values()):
        run_on = None
    elif any(item.raw is not None for item in observed.values()):
        (run_on,) = with_answers(engine, facts, [_captured_situation(stores, observed, raw=True)])
    bench = Bench(engine, {name: _store_case(item, excuse) for name, item in observed.items()}, named)
    return Case(
        bench=bench,
        moments=known,
        small=known if all(a is b for a, b in zip(known, small, strict=True)) else small,
        captured=captured,
        run_on=run_on,
        observed=observed,
        changes={f"c{number}": change for number, change in enumerate(changes, 1)},
        generalise=generaliser(stores, accepted),
        is_alike=all(item.is_alike for item in observed.values() if item.raw is not None) and run_on is not captured,
    )


def unhidden(case: Case, answers: RawAnswers | None, facts: Sequence[CompiledFact]) -> Case:
    """Return the case with what a capture tells of the readers' answers where nothing is hidden.

    Args:
        case: The case.
        answers: The kinds of the answers; None for a capture that says nothing of them, which is judged without.
        facts: All facts.
    """
    if answers is None:
        return case
    stores = {
        # Made-up stores keep what their readers look for.
        name: store if case.observed[name].store.made_up else replace(store, hides=hiding_of(case.observed[name].store))
        for name, store in case.bench.stores.items()
    }
    answers_in_page = Unhidden.of(answers, facts)
    made_up = {name: item.store for name, item in case.observed.items() if item.store.made_up}
    is_masked = made_up and not all(answers_in_page.knows(fact.fact.name) for fact in facts)
    masked = tuple(masked_situations(case.moments, made_up)) if is_masked else ()
    return replace(case, bench=replace(case.bench, stores=stores), unhidden=answers_in_page, masked=masked)


def reading_code(facts: Sequence[CompiledFact]) -> ReadingCode:
    """Return the source of the readers of facts."""
    programs = [reader.program for fact in facts for reader in fact.derive.values()]
    text = "\n".join(sorted({program.script for program in programs}))
    return ReadingCode(text, frozenset().union(*(program.literals for program in programs)))


def _store_case(item: Observed, excuse: Excuse) -> StoreCase:
    def without(comparison: Comparison) -> Comparison:
        return excuse(replace(item, comparison=item.without_reset(comparison))).comparison

    shapes = (item.usual or accepted_shape(item.accepted), item.shape or EMPTY)
    base = ComparedStores(item.comparison, shapes, item.layout or item.accepted.layout)
    return StoreCase(base, item.documents, bool(item.store.placeholder), item.text_paths, without, item.may_lack)


def _captured_situation(stores: Mapping[str, Store], observed: Mapping[str, Observed], *, raw: bool) -> Situation:
    documents = {name: item.raw if raw and item.raw is not None else item.document for name, item in observed.items()}
    placeholders = {name: store.placeholder for name, store in stores.items() if store.placeholder}
    now, written = read_at(documents), written_out(documents)
    places = places_of(stores)
    return Situation("capture", documents, placeholders=placeholders, now=now, written=written, places=places)
