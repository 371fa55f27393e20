"""A list of calls as text for the runtime; each store is sent once, however many calls read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from driftwright.impact.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.impact.javascript.program import Program

# What is taken over within some milliseconds.
_FEW, _SHORT = 2_000, 500_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Calls of the functions of one program.

    Args:
        program: The program.
        calls: The calls.
        traced: Whether to note what each call reads.
    """

    program: Program
    calls: Sequence[Call]
    traced: bool = False

    def of(self, calls: Sequence[Call]) -> Reading:
        """Return the same work on other calls."""
        return replace(self, calls=calls)


@dataclass(frozen=True, slots=True)
class Walking:
    """Walks down the sources of one fact.

    Args:
        fact: The fact.
        calls: What each walk is called with.
    """

    fact: FactProgram
    calls: Sequence[Argument]

    def of(self, calls: Sequence[Argument]) -> Walking:
        """Return the same work on other calls."""
        return replace(self, calls=calls)


Work = Reading | Walking


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls that are ready to be sent.

    Args:
        programs: What must be defined before.
        texts: The JSON texts of all arguments, each once.
        inputs: What calls are given, each once, naming texts and places by their index.
        places: Where the stores of inputs lie: the area and the key of each by its name.
        facts: The facts that are walked.
        jobs: One record a call, in the runtime's own form, naming inputs and facts by their index.
        now: The clock that readers see, in milliseconds since 1970.
        seed: Which random numbers readers see.
        groups: Of each call, the function that it runs.
    """

    programs: tuple[Program, ...]
    texts: tuple[str, ...]
    inputs: tuple[Any, ...]
    places: tuple[Mapping[str, Sequence[str]], ...]
    facts: tuple[Mapping[str, Any], ...]
    jobs: tuple[Mapping[str, Any], ...]
    now: int
    seed: int
    groups: tuple[str, ...]

    @property
    def is_small(self) -> bool:
        """Whether taking it over needs no time that would count for the deadline of a call."""
        return len(self.jobs) + len(self.inputs) < _FEW and sum(map(len, self.texts)) < _SHORT

    @property
    def code(self) -> str:
        """The calls as a JavaScript text."""
        # JSON in ASCII is JavaScript too, and keeps lone surrogates, which UTF-8 cannot carry.
        record = {
            "now": self.now,
            "seed": self.seed,
            "inputs": self.inputs,
            "places": self.places,
            "facts": self.facts,
            "jobs": self.jobs,
        }
        return json.dumps(json.dumps(record))


@dataclass(slots=True)
class _Inputs:
    """Arguments and their JSON texts by index, in the order in which they were first named."""

    texts: dict[str, int] = field(default_factory=dict)
    indexes: dict[object, int] = field(default_factory=dict)
    encoded: list[Any] = field(default_factory=list)
    places: list[Mapping[str, Sequence[str]]] = field(default_factory=list)

    def index(self, argument: Argument) -> int:
        token = argument.token
        if token not in self.indexes:
            self.indexes[token] = len(self.encoded)
            self.encoded.append(self._encode(argument))
        return self.indexes[token]

    def _encode(self, argument: Argument) -> int | dict[str, Any]:
        if argument.document is not None:
            return self._text(argument.document)
        stores = [(name, None if text is None else self._text(text)) for name, text in argument.stores.items()]
        record: dict[str, Any] = {"stores": stores, "params": json.dumps(dict(argument.params))}
        if argument.places:
            if argument.places not in self.places:
                self.places.append(argument.places)
            record["places"] = self.places.index(argument.places)
        return record

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def plan(works: Sequence[Work], now: int, seed: int = 0) -> Plan:
    """Return the plan of calls of any programs and facts, in their order.

    Args:
        works: What to run.
        now: The clock that readers see, in milliseconds since 1970.
        seed: Which random numbers readers see.
    """
    inputs = _Inputs()
    programs: dict[str, Program] = {}
    facts: list[Mapping[str, Any]] = []
    jobs: list[Mapping[str, Any]] = []
    groups: list[str] = []
    for work in works:
        used = (work.program,) if isinstance(work, Reading) else work.fact.programs
        programs.update((key(program), program) for program in used)
        if isinstance(work, Reading):
            made = list(_readings(work, inputs))
        else:
            made = [{"fact": len(facts), "inputs": [inputs.index(argument)]} for argument in work.calls]
            sources = [_source(source) for source in work.fact.sources]
            facts.append({"sources": sources, "result": dict(work.fact.result)})
        jobs += made
        groups += [_group(job) for job in made]
    return Plan(
        programs=tuple(programs.values()),
        texts=tuple(inputs.texts),
        inputs=tuple(inputs.encoded),
        places=tuple(inputs.places),
        facts=tuple(facts),
        jobs=tuple(jobs),
        now=now,
        seed=seed,
        groups=tuple(groups),
    )


def _readings(work: Reading, inputs: _Inputs) -> Iterator[dict[str, Any]]:
    name = key(work.program)
    for call in work.calls:
        arguments = [inputs.index(argument) for argument in (*call.warm_up, call.argument)]
        yield {"program": name, "name": call.function, "inputs": arguments, "traced": work.traced}


def _group(job: Mapping[str, Any]) -> str:
    return f"fact {job['fact']}" if "fact" in job else f"{job['program']} {job['name']}"


def key(program: Program) -> str:
    """Return the name by which the runtime keeps `program`."""
    return _digest(program.script)


@cache
def _digest(script: str) -> str:
    return hashlib.blake2b(script.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _source(source: FactSource) -> dict[str, Any]:
    record: dict[str, Any] = {"name": source.name or source.level, "level": source.level, "lost": source.lost}
    for role, pair in (("derive", source.derive), ("needs", source.needs)):
        if pair is not None:
            record[role] = [key(pair[0]), pair[1]]
    if source.value is not None:
        record["value"] = source.value
    return record
