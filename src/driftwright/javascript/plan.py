"""A list of calls as the text that the runtime takes over; each store is sent once, however many calls read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftwright.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.javascript.program import Program


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls that are ready to be sent.

    Args:
        programs: What must be defined before.
        texts: The JSON texts of all arguments, each once.
        jobs: One record a call, in the runtime's own form.
        settings: What holds for all calls.
        groups: Of each call, the function that it runs.
    """

    programs: tuple[Program, ...]
    texts: tuple[str, ...]
    jobs: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    groups: tuple[str, ...]

    @property
    def code(self) -> str:
        """The settings and the calls as a JavaScript text."""
        # JSON in ASCII is JavaScript too, and keeps lone surrogates, which UTF-8 cannot carry.
        return json.dumps(json.dumps({**self.settings, "jobs": self.jobs}))


@dataclass(slots=True)
class _Texts:
    """JSON texts by their index, in the order in which they were first named."""

    known: dict[str, int] = field(default_factory=dict)

    def index(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))

    def encoded(self, argument: Argument) -> int | dict[str, Any]:
        if argument.document is not None:
            return self.index(argument.document)
        stores = [(name, None if text is None else self.index(text)) for name, text in argument.stores.items()]
        return {"stores": stores, "params": json.dumps(dict(argument.params))}


def of_reader(program: Program, calls: Sequence[Call], settings: Mapping[str, Any]) -> Plan:
    """Return the plan of calls of one program's functions."""
    texts = _Texts()
    jobs = tuple(
        {
            "program": key(program),
            "name": call.function,
            "inputs": [texts.encoded(argument) for argument in (*call.warm_up, call.argument)],
        }
        for call in calls
    )
    groups = tuple(call.function for call in calls)
    return Plan((program,), tuple(texts.known), jobs, settings, groups)


def of_fact(fact: FactProgram, calls: Sequence[Argument], settings: Mapping[str, Any]) -> Plan:
    """Return the plan of walks down the sources of one fact."""
    texts = _Texts()
    jobs = tuple({"inputs": [texts.encoded(argument)]} for argument in calls)
    used = tuple(pair[0] for source in fact.sources for pair in (source.derive, source.needs) if pair is not None)
    walked = {"sources": [_source(source) for source in fact.sources], "result": dict(fact.result)}
    return Plan(used, tuple(texts.known), jobs, {**settings, "fact": walked}, ("",) * len(jobs))


def key(program: Program) -> str:
    """Return the name by which the runtime keeps `program`."""
    return hashlib.blake2b(program.script.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _source(source: FactSource) -> dict[str, Any]:
    record: dict[str, Any] = {"name": source.name or source.level, "level": source.level, "lost": source.lost}
    for role, pair in (("derive", source.derive), ("needs", source.needs)):
        if pair is not None:
            record[role] = [key(pair[0]), pair[1]]
    if source.value is not None:
        record["value"] = source.value
    return record
