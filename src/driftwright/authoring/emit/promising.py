"""Which facts answer promises: found by running their reading code, for no type of JavaScript tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from driftwright.authoring.members import with_members
from driftwright.impact import CompiledFact, Engine, Program, Situation, calls, situations
from driftwright.verdict import with_answers

_MAY_PROMISE = re.compile(r"\b(?:async|await|Promise)\b|\.\s*then\b")


def promising_facts(facts: Sequence[CompiledFact], moments: Sequence[Situation]) -> frozenset[str]:
    """Return the names of the facts of which some source or guard answers a promise on a known-good store.

    Raises:
        MachineFault: V8 does not start.
    """
    names = set()
    with ExitStack() as started:
        engine: Engine | None = None
        for fact in facts:
            pairs = [pair for pair in _functions(fact) if _MAY_PROMISE.search(pair[0].script)]
            if not pairs:
                continue
            if engine is None:
                engine = started.enter_context(Engine())
                moments = with_answers(engine, facts, moments)
            asked = situations(fact.fact, moments)
            if any(_promises(engine, program, function, asked) for program, function in pairs):
                names.add(fact.fact.name)
    return frozenset(names)


def _functions(fact: CompiledFact) -> Iterator[tuple[Program, str]]:
    for source in fact.program.sources:
        yield from filter(None, (source.derive, source.needs))


def _promises(engine: Engine, program: Program, function: str, asked: Sequence[Situation]) -> bool:
    telling = (
        "(given) => {\n"
        f"  const answer = $made[{json.dumps(function)}](given);\n"
        "  if (answer instanceof Promise) answer.catch(() => {});\n"
        "  return answer instanceof Promise;\n}"
    )
    script = with_members(program, [(function, telling)])
    outcomes = engine.run(replace(program, script=script), calls(function, asked)) if asked else ()
    return any(outcome.answer.text == "true" for outcome in outcomes)
