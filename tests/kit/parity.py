"""Questions that `prove` asks of facts, and what V8 answers: for asking the emitted package the same elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from driftwright.authoring.prove.mutations import mutations, read_in_document
from driftwright.authoring.prove.noticing import home_of
from driftwright.authoring.prove.prove import LoadedWorkspace
from driftwright.impact.javascript.call import Argument
from driftwright.impact.readers import CompiledFact
from driftwright.impact.situation import situations
from driftwright.structure.change.model import Change
from driftwright.verdict.judge import invariant_change


@dataclass(frozen=True)
class Question:
    """A fact, asked on some stores.

    Args:
        fact: The fact.
        argument: What its sources are given.
    """

    fact: CompiledFact
    argument: Argument


@dataclass(frozen=True)
class Questions:
    """Questions and what V8 answers to each: the value as a text, the source and the level."""

    asked: tuple[Question, ...]
    answers: tuple[tuple[str, str, str], ...]
    mutations: int

    def record(self) -> Mapping[str, Any]:
        """As JSON: every text once."""
        texts: dict[str | None, int] = {}
        rows = []
        for question in self.asked:
            stores = {name: texts.setdefault(text, len(texts)) for name, text in question.argument.stores.items()}
            rows.append([question.fact.fact.name, stores, dict(question.argument.params)])
        return {"texts": list(texts), "rows": rows}


def questions(loaded: LoadedWorkspace, share: float = 1.0, seed: int = 0) -> Questions:
    """Return what each fact is asked after the mutations that `prove` makes, and before any.

    Args:
        loaded: The workspace.
        share: How many of the mutations to take, of all.
        seed: Which, where not all.
    """
    random = Random(seed)  # noqa: S311 - which examples are tried is no secret
    taken = [change for change in mutations_of(loaded) if share >= 1 or random.random() < share]
    asked: dict[tuple[str, object], Question] = {}
    for fact in loaded.facts:
        for situation in situations(fact.fact, loaded.moments):
            changed = (way for change in taken for way in situation.after([change])[0])
            for argument in (way.argument() for way in (situation, *changed)):
                asked.setdefault((fact.fact.name, argument.token), Question(fact, argument))
    every = tuple(asked.values())
    return Questions(every, tuple(_answers(loaded, every)), len(taken))


def mutations_of(loaded: LoadedWorkspace) -> Iterator[Change]:
    """Yield the mutations that `prove` makes."""
    reads = [read for fact in loaded.facts for read in loaded.traced(fact, fact.fact.primary.name).reads]
    for name, store in sorted(loaded.stores.items()):
        home = home_of(store, loaded.moments, {})
        read = frozenset(
            read_in_document(path.path, inside_entry=home.has_entries) for path in reads if path.store == name
        )
        if read:
            yield from mutations(name, home.shape, read)
    for fact in loaded.facts:
        yield from filter(None, map(invariant_change, fact.fact.invariants))


def _answers(loaded: LoadedWorkspace, every: Sequence[Question]) -> Iterator[tuple[str, str, str]]:
    answers: dict[int, tuple[str, str, str]] = {}
    for fact in loaded.facts:
        own = [(number, each) for number, each in enumerate(every) if each.fact is fact]
        resolved = loaded.engine.resolve(fact.program, [each.argument for _, each in own])
        for (number, _), result in zip(own, resolved, strict=True):
            answers[number] = (result.answer.text, result.source, result.level)
    for number in range(len(every)):
        yield answers[number]


# Asks the package: a function `(facts, telling, record) => rows` for Node and for a page.
ASKING = """
((facts, telling, { texts, rows }) => {
  const named = new Map(Object.values(facts).map((fact) => [fact.definition.name, fact]));
  return rows.map(([name, stores, params]) => {
    const parsed = {};
    for (const [store, text] of Object.entries(stores)) parsed[store] = JSON.parse(texts[text] ?? "null");
    const { value, source, level } = named.get(name)(parsed, params);
    return [telling.describe(value).text, source, level];
  });
})
"""


def as_json(asked: Questions) -> str:
    """Return the questions as JSON text."""
    return json.dumps(asked.record())
