"""The facts of a workspace as functions: each with its sources in order, its guards, and what a right result is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.emit.names import camel, check_different
from driftwright.authoring.emit.part import Import, Part
from driftwright.authoring.emit.reading import ReadingCode, imports_of
from driftwright.base.shared_text import SharedText, literal
from driftwright.impact import CompiledFact, FactSource, Program

_GIVEN = re.compile(r"\(([^()]*)\)\Z")

# Before the names of a part, so that an inline function never meets one of them in place of a global of that name.
_FACT, _READER, _SHARED = "$f_", "$r_", "$t_"
# Of a level, what stands in a row of a source: its place in what fact.js calls LEVELS.
_LEVELS: Mapping[str, int] = {"full": 0, "degraded": 1, "unavailable": 2}

Pair = tuple[Program, str]


@dataclass(frozen=True, slots=True)
class EmittedFact:
    """A fact as a package has it.

    Args:
        name: The function's name.
        compiled: The contract.
        stores: The stores that its reading code names, in the order of the workspace.
        first_stores: Those that its first source and the guard of that name.
        later: Whether it answers promises.
    """

    name: str
    compiled: CompiledFact
    stores: tuple[str, ...]
    first_stores: tuple[str, ...]
    later: bool


def emitted_facts(
    facts: Sequence[CompiledFact], stores: Iterable[str], promising: Collection[str]
) -> tuple[EmittedFact, ...]:
    """Return the facts with their names in the package; `promising` are the names of those that answer promises.

    Raises:
        InputFault: Two would have one name.
    """
    names = {fact.fact.name: camel(fact.fact.name) for fact in facts}
    check_different(names, "contracts")
    known = tuple(stores)
    return tuple(
        EmittedFact(
            names[fact.fact.name],
            fact,
            _stores_of(fact.program.sources, known),
            _stores_of(fact.program.sources[:1], known),
            fact.fact.name in promising,
        )
        for fact in facts
    )


def _stores_of(sources: Iterable[FactSource], known: Iterable[str]) -> tuple[str, ...]:
    """Return the stores that some source or its guard names: a word too many does no harm."""
    named: set[str] = set()
    for source in sources:
        for program, function in filter(None, (source.derive, source.needs)):
            named |= program.own.get(function, program.literals)
            match = _GIVEN.search(function)
            named.update(map(str.strip, match[1].split(",")) if match else ())
    return tuple(name for name in known if name in named)


def facts_part(facts: Sequence[EmittedFact], code: ReadingCode) -> Part:
    """Return the part `facts`, which takes its reading code from the parts that `code` collects."""
    names = FunctionNames(code)
    shared = SharedText(_SHARED, [value for fact in facts for value in _data(fact)])
    texts = [_fact(fact, names, shared) for fact in facts]
    exports = {fact.name: f"{_FACT}{fact.name}" for fact in facts}
    made = [Import("fact", {"fact": "$fact"})] if any(not fact.later for fact in facts) else []
    made += [Import("later", {"laterFact": "$laterFact"})] if any(fact.later for fact in facts) else []
    imports = (*made, *names.imports())
    return Part("facts", "\n".join([*shared.declarations, *texts]), exports, imports)


def agreements_part(facts: Sequence[EmittedFact]) -> Part:
    """Return the part `agreements`: for each fact that has any, their names, each with its two sources.

    Those over a window are left out: only a check knows how to look through one.
    """
    table = {}
    for fact in facts:
        whole = [agreement for agreement in fact.compiled.fact.agreements if agreement.window is None]
        if whole:
            table[fact.compiled.fact.name] = [[agreement.name, *agreement.between] for agreement in whole]
    return Part("agreements", f"const agreements = {literal(table)};", {"agreements": "agreements"})


class FunctionNames:
    """What a part calls the functions that it takes from reading code; inline functions stand where they are used."""

    def __init__(self, code: ReadingCode) -> None:
        self._code = code
        self._locals: dict[tuple[str, str], str] = {}

    def name(self, pair: Pair) -> str:
        """Return an expression that is the function."""
        program, function = pair
        if not program.body and function in program.members:
            return program.members[function]
        asked = self._code.name(program, function)
        taken = set(self._locals.values())
        wanted = f"{_READER}{asked[1]}"
        while wanted in taken and asked not in self._locals:
            wanted += "_"
        return self._locals.setdefault(asked, wanted)

    def imports(self) -> tuple[Import, ...]:
        """Return what the part takes from reading code."""
        return imports_of(self._locals, self._locals)


def _data(fact: EmittedFact) -> Iterator[Any]:
    """Tell what of a fact is data, as parsed JSON: what several facts have in common is written once."""
    program = fact.compiled.program
    yield from (fact.compiled.fact.name, list(fact.stores), dict(program.result))
    for source in program.sources:
        yield from (source.name, source.lost)


def _fact(fact: EmittedFact, names: FunctionNames, shared: SharedText) -> str:
    name, stores, result, *texts = map(shared.expression, _data(fact))
    made = "$laterFact" if fact.later else "$fact"
    rows = [
        f"  {_row(source, said, lost, names)},"
        for source, said, lost in zip(fact.compiled.program.sources, texts[::2], texts[1::2], strict=True)
    ]
    head = f"const {_FACT}{fact.name} = /* @__PURE__ */ {made}({name}, {stores}, {result},"
    return "\n".join([head, *rows, ");"])


def _row(source: FactSource, name: str, lost: str, names: FunctionNames) -> str:
    """Return a source as fact.js takes it: name, level, what is lost, its function or else its value, its guard."""
    value = "undefined" if source.value is None else _frozen(source.value)
    members = [name, str(_LEVELS[source.level]), lost, names.name(source.derive) if source.derive else value]
    if source.needs is not None:
        members.append(names.name(source.needs))
    return f"[{', '.join(members)}]"


def _frozen(text: str) -> str:
    value = json.loads(text)
    return f"/* @__PURE__ */ Object.freeze({literal(value)})" if isinstance(value, (dict, list)) else literal(value)
