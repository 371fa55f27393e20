"""Asks readers in the page itself, where nothing is hidden: only the kinds of their answers leave it.

The readers run in the world in which the storage was read, right after it came to rest, and without a name of the page.
They are synchronous and cannot be stopped from within, so each crossing is cut off by whoever evaluates it; after some
that were cut off nobody goes on. No `eval` takes part: their code is a part of the expression that is evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.path import EachItem, EachValue, Path, Step
from driftwright.impact import (
    JAVASCRIPT,
    CompiledFact,
    FactSource,
    Program,
    Situation,
    bindings,
    compile_fact,
    in_page,
    runs_in_page,
    telling_source,
)
from driftwright.snapshot.answers import AnswersAt, FactAnswers, RawAnswers, answers_at
from driftwright.snapshot.capture.answer import KEPT, MARKED_NUMBER, literal
from driftwright.snapshot.documents import documents_of
from driftwright.snapshot.fields import FieldReader
from driftwright.snapshot.file import document_of
from driftwright.snapshot.model import AreaView
from driftwright.workspace import Param, Store, Workspace, load_facts

SLICE = 100  # milliseconds after which a crossing hands over
CUT = 1000.0  # milliseconds after which a crossing is cut off
_CUTS = 3  # readers that may have to be cut off
_CROSSINGS = 30
_CALLS = 300  # readers that are run in all, where each is run at least once
_ENDLESS = "a reader does not end there at once, or would take too much"
_LARGE = 2 << 20
"""Units of text, those of each store up to the next power of two, from which on no reader is asked."""
TOO_LARGE = "the stores are too large to ask readers about them without keeping the page busy"
_NO_ANSWERS = "what answered there told no kinds of answers"
_FILE = "the answers of the readers"
_REFUSED = "its code does not run there"
_BEYOND = "its code asks for more than its stores, which nobody gives it there"
_NO_SCRIPT = "its readers are no JavaScript, which alone runs there"
_OF_ANSWERS = "its parameters are answers of another fact"
_APART = "it may take a store that is read apart from the others"


class CutOffError(Exception):
    """What was evaluated did not end in time, or threw."""


Evaluate = Callable[[str, float], Any]
"""Evaluates an expression for at most so many milliseconds; raises `CutOffError`."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers to ask in a page.

    Args:
        facts: The facts, compiled.
        stores: The stores that are looked for there.
        absent: Names of the other declared stores, which readers are given as absent.
        apart: Names of stores that are read apart from these: no reader that may take one of them is asked.
    """

    facts: tuple[CompiledFact, ...]
    stores: tuple[Store, ...]
    absent: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()

    def apart_from(self, names: Iterable[str]) -> Readers:
        """Return these readers for a place where the stores of those names are not read."""
        apart = frozenset(names)
        return replace(self, stores=tuple(store for store in self.stores if store.name not in apart), apart=apart)

    def without(self, fact: CompiledFact) -> str:
        """Return why a fact is not asked for where these readers are; empty when it is."""
        if any(param.fact for param in fact.fact.params):
            return _OF_ANSWERS
        if any(program.language != JAVASCRIPT for program in _programs(fact)):
            return _NO_SCRIPT
        if not all(map(runs_in_page, _programs(fact))):
            return _BEYOND
        named = {param.store for param in fact.fact.params}.union(*(program.literals for program in _programs(fact)))
        return _APART if named & self.apart else ""


def readers_of(workspace: Workspace, stores: Mapping[str, Store], sought: Sequence[str]) -> Readers | None:
    """Return the readers of a workspace; None where its contracts cannot be read, which a check says.

    Args:
        workspace: The workspace.
        stores: Its declared stores.
        sought: The names of those that the page is searched for.
    """
    try:
        facts = tuple(compile_fact(fact) for fact in load_facts(workspace.contracts))
    except InputFault:
        return None
    absent = tuple(name for name in stores if name not in sought)
    return Readers(facts, tuple(stores[name] for name in sought), absent)


def not_asked(readers: Readers | None, why: str) -> RawAnswers | None:
    """Return that no reader was asked, and why; None where there are none to ask."""
    return None if readers is None else RawAnswers(without=why)


def ask(readers: Readers | None, views: Sequence[AreaView], evaluate: Evaluate) -> RawAnswers | None:
    """Ask readers about what the redactor read last.

    Args:
        readers: The readers; None when there are none to ask.
        views: What it told of that, hidden under the key by which it was read and no other.
        evaluate: Evaluates in the world in which the redactor read.

    Returns:
        The kinds of their answers, with parameters that are bound as in `views`; None when there are none to ask.
    """
    if readers is None:
        return None
    if sum(entry.size for view in views for entry in view.entries) > _LARGE:
        return RawAnswers(without=TOO_LARGE)
    plan = _Plan.of(readers, views)
    try:
        refused, answers_text = _answers_text(plan, evaluate)
    except CutOffError:
        return RawAnswers(without=_ENDLESS)
    try:
        return _read(readers, plan, document_of(str(answers_text).encode(), _FILE), refused)
    except (InputFault, UnicodeEncodeError):
        return RawAnswers(without=_NO_ANSWERS)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for: the plan as the page takes it, and the code of each program."""

    record: Mapping[str, Any]
    programs: Mapping[str, Program]

    @classmethod
    def of(cls, readers: Readers, views: Sequence[AreaView]) -> _Plan:
        placeholders = {store.name: store.placeholder for store in readers.stores if store.placeholder}
        documents = documents_of(views, readers.stores)
        situation = Situation("capture", documents, placeholders=placeholders)
        names = [*(store.name for store in readers.stores), *readers.absent]
        chosen = [fact for fact in readers.facts if not readers.without(fact)]
        scripts = {program.script: program for fact in chosen for program in _programs(fact)}
        programs = {f"p{number}": program for number, program in enumerate(scripts.values())}
        names_of = {program.script: name for name, program in programs.items()}
        facts = [fact.record(names_of) for fact in _asked(chosen, situation)]
        present = [name for name, document in documents.items() if document is not None]
        return cls({"stores": names, "given": present, "placeholders": placeholders, "facts": facts}, programs)

    def without(self, refused: frozenset[str]) -> _Plan:
        """Return the plan without programs, and without the facts that need them."""
        kept = [fact for fact in self.record["facts"] if not refused & set(fact["programs"])]
        programs = {name: program for name, program in self.programs.items() if name not in refused}
        return _Plan({**self.record, "facts": kept}, programs)


def _programs(fact: CompiledFact) -> Iterator[Program]:
    yield from fact.program.programs
    yield from (reader.program for reader in fact.holds.values())


@dataclass(frozen=True, slots=True)
class _Asked:
    """One fact, and the bindings of its parameters that it is asked for."""

    fact: CompiledFact
    bindings: Sequence[Mapping[str, str]]

    def record(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Return the fact as the page takes it; `names` has the names of programs by their scripts."""

        def pair(program: Program, function: str) -> list[str]:
            return [names[program.script], function]

        fact = self.fact
        return {
            "name": fact.fact.name,
            "params": [_param(param) for param in fact.fact.params],
            "bindings": list(map(dict, self.bindings)),
            "sources": [_source(source, pair) for source in fact.program.sources],
            "result": dict(fact.fact.result),
            "derive": {name: pair(reader.program, reader.function) for name, reader in fact.derive.items()},
            "holds": {name: pair(reader.program, reader.function) for name, reader in fact.holds.items()},
            "agree": dict(_agreements(fact, pair)),
            "timed": any(_tells_time(program) for program in _programs(fact)),
            "programs": sorted({names[program.script] for program in _programs(fact)}),
        }


_NOW = re.compile(r"\bnow\b")


def _tells_time(program: Program) -> bool:
    return program.tells_time or _NOW.search(program.script) is not None


_Pair = Callable[[Program, str], list[str]]


def _asked(facts: Sequence[CompiledFact], situation: Situation) -> Iterator[_Asked]:
    """Yield what each fact is asked for: all in all no more than may be run, and each in one situation at least."""
    calls = sum(len(fact.program.sources) + len(fact.holds) for fact in facts)
    for fact in facts:
        # No parameter is bound to a number, and one that is still to be hidden is a text until then.
        offered = (
            binding for binding in bindings(fact.fact, situation) if not any(map(MARKED_NUMBER.match, binding.values()))
        )
        yield _Asked(fact, tuple(islice(offered, max(1, _CALLS // calls))))


def _param(param: Param) -> dict[str, Any]:
    return {"name": param.name, "of": param.of, "store": param.store, "paths": list(map(_steps, param.paths))}


def _source(source: FactSource, pair: _Pair) -> dict[str, Any]:
    record: dict[str, Any] = {"name": source.name or source.level, "level": source.level}
    for role, code in (("derive", source.derive), ("needs", source.needs)):
        if code is not None:
            record[role] = pair(*code)
    return record if source.value is None else {**record, "value": json.loads(source.value)}


def _agreements(fact: CompiledFact, pair: _Pair) -> Iterator[tuple[str, Any]]:
    """Yield the agreements to ask about; of a window the capture tells enough, for it keeps the order of all times."""
    for agreement in fact.fact.agreements:
        if agreement.window is not None:
            continue
        between = [fact.derive.get(name) for name in agreement.between]
        if None not in between:
            yield agreement.name, [pair(reader.program, reader.function) for reader in between if reader is not None]


def _steps(path: Path) -> list[dict[str, str]]:
    def step(part: Step) -> dict[str, str]:
        if isinstance(part, EachValue):
            return {"each": "{}"}
        return {"each": "[]"} if isinstance(part, EachItem) else {"name": part.name}

    return [step(each) for each in path.steps]


def _answers(fact: Mapping[str, Any], at: AnswersAt) -> bool:
    """Whether the answers are those to what a fact was asked."""
    sources = {source["name"] for source in fact["sources"]}
    return (
        at.params in fact["bindings"]
        and at.sources.keys() <= fact["derive"].keys()
        and at.holds.keys() <= fact["holds"].keys()
        and at.agree.keys() <= fact["agree"].keys()
        and {at.serves, *(name for name, _ in at.passed)} <= {"", *sources}
    )


def _answers_text(plan: _Plan, evaluate: Evaluate) -> tuple[frozenset[str], Any]:
    """Return the programs that the browser does not take, whose facts are left out, and what the others answer.

    Most of all is answered in the crossing that hands over the plan: each crossing takes its time, for the world is put
    in order before and after it.

    Raises:
        CutOffError: Nothing answers there.
    """
    refused, cuts = frozenset[str](), 0
    try:
        state = _hand_over(plan, evaluate)
    except CutOffError:
        refused = frozenset(name for name, program in plan.programs.items() if not _is_taken(program, evaluate))
        if refused:
            state = _hand_over(plan.without(refused), evaluate, slice_=0)
        else:  # a reader that does not end there
            state, cuts = evaluate(f"{KEPT}.answers.skip()", CUT), 1
    if isinstance(state, str):
        return refused, state
    if state is False:
        _answer(evaluate, cuts)
    return refused, evaluate(f"{KEPT}.answers.told()", CUT)


def _hand_over(plan: _Plan, evaluate: Evaluate, slice_: float = SLICE) -> Any:
    """Hand over a plan, and let it be answered for a slice of time: all answers as text; False while there are more."""
    programs = ", ".join(f"{literal(name)}: {in_page(program)}" for name, program in plan.programs.items())
    text = literal(json.dumps(plan.record, ensure_ascii=True))
    return evaluate(f"{KEPT}.answers.begin({text}, {{{programs}}}, {telling_source()}, {slice_})", CUT)


def _is_taken(program: Program, evaluate: Evaluate) -> bool:
    try:
        return bool(evaluate(f"typeof ({in_page(program)})", CUT) == "function")
    except CutOffError:
        return False


def _answer(evaluate: Evaluate, cuts: int) -> None:
    """Let the readers answer, a slice of time after another; one that does not end is left out with its fact.

    Args:
        evaluate: Evaluates in the world of the readers.
        cuts: How many had to be cut off already.
    """
    for _ in range(_CROSSINGS):
        try:
            if evaluate(f"{KEPT}.answers.advance({SLICE})", CUT) is not False:
                return
        except CutOffError:
            cuts += 1
            if evaluate(f"{KEPT}.answers.skip()", CUT) is not False or cuts == _CUTS:
                return


def _read(readers: Readers, plan: _Plan, answer: Any, refused: frozenset[str]) -> RawAnswers:
    """Return the answers of a page, checked, as anything could pretend to be the page.

    Raises:
        InputFault: It is malformed, or answers what nobody asked.
    """
    reader = FieldReader(_FILE)
    asked = {fact["name"]: fact for fact in plan.record["facts"]}
    by_fact: dict[str, list[AnswersAt]] = {}
    if not isinstance(answer, dict):
        raise InputFault("no answers", _FILE, "", "look at what answers there")
    for place, item in reader.objects(answer, "", "found"):
        name, at = reader.field(item, place, "fact", str), answers_at(reader, item, place)
        if name not in asked or not _answers(asked[name], at):
            raise InputFault("an answer to no question", _FILE, place, "look at what answers there")
        by_fact.setdefault(name, []).append(at)
    stopped = frozenset(map(str, reader.field(answer, "", "stopped", list)))

    def answers(fact: CompiledFact) -> FactAnswers:
        name = fact.fact.name
        why = readers.without(fact)
        if why:
            return FactAnswers(fact.code, (), why)
        if any(plan.programs[number].script == program.script for number in refused for program in _programs(fact)):
            return FactAnswers(fact.code, (), _REFUSED)
        if name in stopped:
            return FactAnswers(fact.code, (), _ENDLESS)
        held = tuple(by_fact.get(name, ()))
        return FactAnswers(fact.code, held, "" if held else "the page shows nothing to ask it about")

    return RawAnswers({fact.fact.name: answers(fact) for fact in readers.facts})
