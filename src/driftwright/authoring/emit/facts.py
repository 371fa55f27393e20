"""The facts of a workspace as functions: each with its sources in order, its guards, and what a right result is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from driftwright.authoring.emit.names import camel, check_different
from driftwright.authoring.emit.part import Import, Part
from driftwright.authoring.emit.reading import ReadingCode, imports_of
from driftwright.base.shared_text import literal
from driftwright.impact import CompiledFact, FactSource, Program

_GIVEN = re.compile(r"\(([^()]*)\)\Z")

# Before the names of a part, so that an inline function never meets one of them in place of a global of that name.
_FACT, _READER = "$f_", "$r_"

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
            given = _GIVEN.search(function)
            named.update(map(str.strip, given[1].split(",")) if given else ())
    return tuple(name for name in known if name in named)


def facts_part(facts: Sequence[EmittedFact], code: ReadingCode) -> Part:
    """Return the part `facts`, which takes its reading code from the parts that `code` collects."""
    names = FunctionNames(code)
    texts = [_fact(fact, names) for fact in facts]
    exports = {fact.name: f"{_FACT}{fact.name}" for fact in facts}
    made = [Import("fact", {"fact": "$fact"})] if any(not fact.later for fact in facts) else []
    made += [Import("later", {"laterFact": "$laterFact"})] if any(fact.later for fact in facts) else []
    imports = (*made, *names.imports())
    return Part("facts", "\n\n".join(texts), exports, imports)


def agreements_part(facts: Sequence[EmittedFact]) -> Part:
    """Return the part `agreements`: for each fact that has any, their names, each with its two sources.

    Those over a window are left out: only a check knows how to look through one.
    """
    table = {}
    for fact in facts:
        whole = [one for one in fact.compiled.fact.agreements if one.window is None]
        if whole:
            table[fact.compiled.fact.name] = [[one.name, *one.between] for one in whole]
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


def _fact(fact: EmittedFact, names: FunctionNames) -> str:
    program = fact.compiled.program
    lines = [
        f"const {_FACT}{fact.name} = /* @__PURE__ */ {'$laterFact' if fact.later else '$fact'}({{",
        f"  name: {json.dumps(fact.compiled.fact.name)},",
        *(["  later: true,"] if fact.later else []),
        f"  stores: {literal(list(fact.stores))},",
        *([f"  result: {literal(dict(program.result))},"] if program.result else []),
        "  sources: [",
        *(f"    {{ {', '.join(_members(source, names))} }}," for source in program.sources),
        "  ],",
        "});",
    ]
    return "\n".join(lines)


def _members(source: FactSource, names: FunctionNames) -> Iterator[str]:
    yield f"name: {json.dumps(source.name)}"
    yield f"level: {json.dumps(source.level)}"
    if source.lost:
        yield f"lost: {json.dumps(source.lost)}"
    if source.derive is not None:
        yield f"derive: {names.name(source.derive)}"
    if source.needs is not None:
        yield f"needs: {names.name(source.needs)}"
    if source.value is not None:
        yield f"value: {_frozen(source.value)}"


def _frozen(text: str) -> str:
    value = json.loads(text)
    return f"/* @__PURE__ */ Object.freeze({literal(value)})" if isinstance(value, (dict, list)) else literal(value)
