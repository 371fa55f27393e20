"""Facts that take their parameters from the answers of other facts: their order, and the verdicts they inherit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from driftwright.base.terms import SEVERITY, Quality, Verdict
from driftwright.impact import SEVERITY as EFFECTS
from driftwright.impact import CompiledFact, Engine, Resolved, Situation, situations
from driftwright.report import FactFound, fingerprint
from driftwright.workspace import Fact

_HURT = (Verdict.DEGRADED, Verdict.BROKEN)


def with_answers(engine: Engine, facts: Sequence[CompiledFact], chosen: Sequence[Situation]) -> tuple[Situation, ...]:
    """Return situations with the answers that parameters are taken from.

    Args:
        engine: V8.
        facts: All facts; nothing runs when none of them takes its parameter from another.
        chosen: The situations, without parameters bound.
    """
    wanted = {param.fact for fact in facts for param in fact.fact.params if param.fact}
    result = list(chosen)
    for fact in in_order(facts):
        if fact.fact.name in wanted:
            result = [_add_answers(engine, fact, situation) for situation in result]
    return tuple(result)


def in_order(facts: Sequence[CompiledFact]) -> tuple[CompiledFact, ...]:
    """Return the facts, each after those whose answers it takes; otherwise in the given order."""
    by_name = {fact.fact.name: fact for fact in facts}
    ordered: dict[str, CompiledFact] = {}

    def place(name: str) -> None:
        if name in by_name and name not in ordered:
            for root in roots_of(by_name[name].fact):
                place(root)
            ordered[name] = by_name[name]

    for name in by_name:
        place(name)
    return tuple(ordered.values())


def roots_of(fact: Fact) -> tuple[str, ...]:
    """Return the names of the facts whose answers a fact takes as parameters."""
    return tuple(dict.fromkeys(param.fact for param in fact.params if param.fact))


def _add_answers(engine: Engine, fact: CompiledFact, situation: Situation) -> Situation:
    bound = situations(fact.fact, [situation])
    walked = engine.resolve(fact.program, [each.argument() for each in bound]) if bound else ()
    texts = tuple(dict.fromkeys(text for resolved in walked for text in _answer_texts(resolved)))
    return replace(situation, answers={**situation.answers, fact.fact.name: texts})


def _answer_texts(resolved: Resolved) -> Iterator[str]:
    """Yield the texts of one answer; the placeholder of an unavailable answer has none."""
    answer = resolved.answer
    if not resolved.source or resolved.level == Quality.UNAVAILABLE or answer.type not in ("string", "array"):
        return
    try:
        value = json.loads(answer.text)
    except ValueError:  # a list with holes or dates is no list of ids
        return
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item)


def inherited(facts: Sequence[Fact], judged: Sequence[FactFound]) -> tuple[FactFound, ...]:
    """Return the judgements, each at least as grave as that of the fact whose answers it takes as parameters."""
    contracts = {fact.name: fact for fact in facts}
    by_name = {fact.name: fact for fact in judged}
    done: dict[str, FactFound] = {}

    def settle(name: str) -> FactFound:
        if name not in done:
            hurt = [root for root in map(settle, roots_of(contracts[name])) if root.verdict in _HURT]
            worst = max(hurt, key=lambda root: SEVERITY.index(root.verdict), default=None)
            done[name] = by_name[name] if worst is None else _inherit_verdict(by_name[name], worst, by_name)
        return done[name]

    return tuple(settle(fact.name) for fact in judged)


def _inherit_verdict(own: FactFound, parent: FactFound, by_name: Mapping[str, FactFound]) -> FactFound:
    root = by_name[parent.inherits] if parent.inherits else parent
    if own.verdict in _HURT and not set(own.because) <= set(parent.because):
        return own  # it has a cause of its own, which must be mended as well
    graver = SEVERITY.index(own.verdict) < SEVERITY.index(parent.verdict)
    because = (*(name for name in parent.because if not name.startswith("fact:")), f"fact:{root.name}")
    return replace(
        own,
        verdict=parent.verdict if graver else own.verdict,
        effect=max(own.effect, parent.effect, key=EFFECTS.index),
        basis=parent.basis if graver else own.basis,
        because=because,
        says=f"its parameter is an answer of {root.name}, whose break it inherits",
        unseen=None,
        next=f"mend {root.name}; this fact follows",
        inherits=root.name,
        fingerprint=fingerprint(own.name, *because, str(parent.basis)),
    )
