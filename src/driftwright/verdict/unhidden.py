"""What readers answer on a capture with nothing hidden: a snapshot tells the kinds of their answers alone.

What is shown of a capture is hidden, and a reader that looks into dates, prefixes or words may answer otherwise there.
Where the kinds differ, the kind of what it answers in the page itself decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from driftwright.base.jsontext import json_text
from driftwright.base.path import EachItem, EachValue, Path
from driftwright.impact import (
    Answer,
    AnswerKind,
    CaptureRun,
    CompiledFact,
    FactSource,
    Held,
    Outcome,
    Resolved,
    Situation,
    kind_of,
    read_at,
)
from driftwright.snapshot import AnswersAt, FactAnswers, RawAnswers, hiding
from driftwright.verdict.observe import NO_SECRET
from driftwright.workspace import Store, redaction_policy

_ZERO = "0"


@dataclass(frozen=True, slots=True)
class Unhidden:
    """What the readers of each fact answer in the page itself.

    Args:
        facts: By the name of each fact whose reading code is still the same.
    """

    facts: Mapping[str, FactAnswers] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: RawAnswers, facts: Sequence[CompiledFact]) -> Unhidden:
        """Return what a snapshot tells of facts."""
        asked = {fact.fact.name: (fact, answers.facts.get(fact.fact.name)) for fact in facts}
        same = {
            name: answers
            for name, (fact, answers) in asked.items()
            if answers is not None and answers.code == fact.code
        }
        return cls(same)

    def knows(self, fact: str) -> bool:
        """Whether the page itself tells anything of a fact."""
        return fact in self.facts and bool(self.facts[fact].answers)

    def at(self, fact: str, chosen: Sequence[Situation]) -> tuple[AnswersAt | None, ...]:
        """Return what the readers of a fact answer in captured situations; None where they were not asked."""
        known = self.facts.get(fact)
        by_params = {tuple(sorted(answers.params.items())): answers for answers in known.answers} if known else {}
        return tuple(by_params.get(tuple(sorted(situation.params.items()))) for situation in chosen)


def hiding_of(store: Store) -> Callable[[Path], bool]:
    """Return a function that says whether a capture hides a store's values at a path of the reader's document."""
    rule = redaction_policy([store])["stores"][0]["rule"]
    return lambda path: _rule_at(rule, path).get("redact") != "keep"


def _rule_at(rule: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for step in path.steps:
        if isinstance(step, EachItem):
            rule = rule.get("items", {})
        else:
            named = {} if isinstance(step, EachValue) else rule.get("fields", {})
            rule = named.get(getattr(step, "name", None)) or rule.get("values", {})
    return rule


def masked_situations(known: Sequence[Situation], stores: Mapping[str, Store]) -> Iterator[Situation]:
    """Yield known-good situations with the values of some stores hidden as in a capture."""
    policies = {name: redaction_policy([store]) for name, store in stores.items()}
    with hiding(NO_SECRET) as hide:
        for situation in known:
            held = {name: document for name, document in situation.stores.items() if name in policies}
            masked = {
                name: hide(policies[name], [document])[0] for name, document in held.items() if document is not None
            }
            all_stores = {**situation.stores, **masked}
            yield replace(situation, stores=all_stores, now=read_at(all_stores), written={})


def in_the_page(outcome: Outcome, kind: AnswerKind | None) -> Outcome:
    """Return the outcome of a run on a capture; where the page itself tells another kind of answer, with that one."""
    if kind is None or kind.kind == "stopped" or kind == kind_of(outcome.answer):
        return outcome
    return replace(outcome, answer=kind.answer)


def with_values_alike(outcome: Outcome, made_up: Outcome) -> Outcome:
    """Return the outcome of a run on made-up values, which known-good answers compare with, where it is as good.

    Args:
        outcome: The outcome on the values themselves, which says what kind of answer it is.
        made_up: The outcome on the same store with its values made up as those of the known-good stores are.
    """
    as_good = kind_of(outcome.answer) == kind_of(made_up.answer)
    return made_up if as_good and (outcome.answer.text == _ZERO) == (made_up.answer.text == _ZERO) else outcome


def is_another(answer: Answer, other: Answer) -> bool:
    """Whether two answers are told apart by more than their texts."""
    return (answer.kind, answer.type, answer.empty) != (other.kind, other.type, other.empty)


def run_in_the_page(run: CaptureRun, in_page: Sequence[AnswersAt | None]) -> CaptureRun:
    """Return the results of invariants and agreements on a capture, or the page's own ones where there are any."""
    return CaptureRun(
        invariants=tuple(
            _held(held, [answers.holds.get(held.name) if answers else None for answers in in_page])
            for held in run.invariants
        ),
        agreements=tuple(
            _agreed(
                held,
                [answers.agree[held.name] for answers in in_page if answers is not None and held.name in answers.agree],
            )
            for held in run.agreements
        ),
    )


def _held(held: Held, kinds: Sequence[AnswerKind | None]) -> Held:
    forms = [kind.form for kind in kinds if kind is not None and kind.type == "boolean"]
    if "false" in forms:
        return held if held.held is False else Held(held.name, held=False)
    if not any(kind is not None for kind in kinds):
        return held
    if held.held is False and None in kinds:
        return Held(held.name, held=None)  # it may be broken only where something is hidden
    return Held(held.name, held=True if "true" in forms else None)


def _agreed(held: Held, agreements: Sequence[bool | None]) -> Held:
    decided = [same for same in agreements if same is not None]
    if not decided:
        return held if not agreements else Held(held.name, held=None)
    if all(decided):
        return Held(held.name, held=True)
    return held if held.held is False else Held(held.name, held=False, says="the page itself holds different answers")


def walks_in_the_page(fact: CompiledFact, in_page: Sequence[AnswersAt | None]) -> Iterator[Resolved]:
    """Yield the walks down the sources of a fact that the page itself tells."""
    sources = {source.name or source.level: source for source in fact.program.sources}
    for answers in in_page:
        if answers is None:
            continue
        source = sources.get(answers.serves)
        if source is None:
            yield Resolved(_nothing(), "", "", "", answers.passed)
        else:
            yield Resolved(_answer(source, answers), answers.serves, source.level, source.lost, answers.passed)


def _answer(source: FactSource, answers: AnswersAt) -> Answer:
    kind = answers.sources.get(source.name)
    if kind is not None:
        return kind.answer
    text = json_text(source.value) if source.value is None else source.value
    return replace(_nothing(), kind="value", type="", text=text, preview=text)


def _nothing() -> Answer:
    return Answer("value", "null", "null", "null", empty=True, size=None, shape={})
