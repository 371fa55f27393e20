"""Contracts: derived facts, their sources in fallback order, and their invariants; one TOML file for each fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.path import ROOT, Path
from driftwright.base.terms import Bound, Effect, Phase, Quality
from driftwright.base.toml import Table, read_table
from driftwright.workspace.code import Code, read_code
from driftwright.workspace.links import check_links
from driftwright.workspace.window import Window, window_named, windows_of

FORMAT = "contract-v1"

_FORMAT = re.compile(r"contract-v([1-9][0-9]*)\Z")
_PARAM = re.compile(r"each (key|value) of ([^\s:]+):(/(?:(?! or ).)*(?: or /(?:(?! or ).)*)*)(?<!\s)\Z")
_ANSWER = re.compile(r"each answer of fact:([A-Za-z0-9_-]+)\Z")
_RESULT_KEYS = ("type", "minimum", "maximum", "minLength", "enum", "items")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a fact: every key of a map, or every value at a path, of a store; or every answer of another fact.

    Args:
        name: The argument's name.
        of: `key`, `value` or `answer`.
        store: The store's name; empty for an answer.
        path: Where in the store.
        fact: The fact whose answers it takes; empty for a store's.
        others: Further places of the same store, for a store that is written in two ways.
    """

    name: str
    of: str
    store: str
    path: Path
    fact: str = ""
    others: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All its places in the store; none for an answer."""
        return (self.path, *self.others) if self.store else ()

    def __str__(self) -> str:
        """As a contract writes it."""
        if self.fact:
            return f"each answer of fact:{self.fact}"
        return f"each {self.of} of {self.store}:{' or '.join(map(str, self.paths))}"


@dataclass(frozen=True, slots=True)
class Source:
    """One way to get a fact.

    Args:
        name: What reports call it.
        level: What it promises.
        lost: What is lost when this one has to serve.
        derive: Its reading code; None for a constant.
        needs: The guard that must hold before it may be trusted; None when there is none.
        value: The constant that is shown when nothing can be derived.
        window: What of the store it counts; None for all of it.
        bound: How its answer stands to that of the first source, over its window.
    """

    name: str
    level: Quality
    lost: str
    derive: Code | None
    needs: Code | None
    value: Any
    window: Window | None = None
    bound: Bound = Bound.EQUAL


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold on every capture, and the change that would break it.

    Args:
        name: What must hold, in words.
        holds: A predicate.
        replay: The operator and its parameters that break it, to prove fallbacks; empty when there is none.
    """

    name: str
    holds: Code
    replay: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sources whose answers on one moment must agree, over a window if one is named; a difference is a warning."""

    name: str
    between: tuple[str, str]
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An effect that is known and accepted on one known-good moment, with its reason."""

    moment: str
    effect: Effect
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptedBreak:
    """A kind of change whose effect is accepted though nothing notices it or mends it, with its reason.

    Args:
        rule: The rule of the change, by its id.
        at: Where it happens: `store:/path`.
        effect: What it does to the answer.
        reason: Why that is accepted.
    """

    rule: str
    at: str
    effect: Effect
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One derived fact.

    Args:
        name: The contract's file name without its ending.
        title: What it is, in words.
        file: The contract's file.
        phase: How far it has moved from its first source to a new one.
        shown: What a user sees of it.
        to_see: What to do in the app so that a capture shows it.
        params: Its parameters.
        result: What a right answer looks like, as a small JSON Schema.
        sources: In fallback order.
        invariants: What must hold on every capture.
        agreements: Which sources must agree.
        accepted: Known weaknesses.
        accepted_breaks: Changes that `prove` need not find noticed.
        field: The field that the consumer stores today and that the fact says as well; empty for none.
        stays: Why that field is stored all the same; empty where it need not be.
    """

    name: str
    title: str
    file: str
    phase: Phase
    shown: str
    to_see: str
    params: tuple[Param, ...]
    result: Mapping[str, Any]
    sources: tuple[Source, ...]
    invariants: tuple[Invariant, ...]
    agreements: tuple[Agreement, ...]
    accepted: tuple[Accepted, ...]
    accepted_breaks: tuple[AcceptedBreak, ...] = ()
    field: str = ""
    stays: str = ""

    @property
    def primary(self) -> Source:
        """The first source: the one whose breaking is the fact's breaking."""
        return self.sources[0]


def load_facts(folder: File) -> tuple[Fact, ...]:
    """Load every contract of a folder, by name.

    Raises:
        InputFault: A contract has an unknown key, a missing one, or one of the wrong type; or there is no contract.
    """
    if not folder.is_dir():
        raise InputFault("no such folder of contracts", str(folder), "", "name a workspace with contracts/")
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in {".yaml", ".yml"}:
            raise InputFault("contracts are TOML, not YAML", str(file), "", "write it as <derived_fact>.toml")
    facts = tuple(load_fact(file) for file in sorted(folder.glob("*.toml")))
    if not facts:
        raise InputFault("no contract in this folder", str(folder), "", "add <derived_fact>.toml")
    needs = {fact.name: {param.fact: param.name for param in fact.params if param.fact} for fact in facts}
    check_links(needs, {fact.name: fact.file for fact in facts})
    return facts


def load_fact(file: File) -> Fact:
    """Load one contract.

    Raises:
        InputFault: See `load_facts`.
    """
    return read_fact(read_table(file), file.stem)


def read_fact(table: Table, name: str) -> Fact:
    """Read one contract from a table.

    Args:
        table: What the contract says; the files of its functions are sought from the folder of the table's file.
        name: The name of the fact.

    Raises:
        InputFault: See `load_facts`.
    """
    _check_format(table)
    accepted = [_accepted(part) for part in table.tables("accepted")]
    windows = windows_of(table)
    fact = Fact(
        name=name,
        title=table.text("title"),
        file=table.file,
        phase=Phase(table.choice("phase", list(Phase), Phase.VALIDATE)),
        shown=table.text("shown", ""),
        to_see=table.text("to_see", ""),
        params=tuple(_param(table, name, text) for name, text in table.mapping("params").items()),
        result=_result(table),
        sources=tuple(_source(part, number, windows) for number, part in enumerate(table.tables("source"), 1)),
        invariants=tuple(map(_invariant, table.tables("invariant"))),
        agreements=tuple(_agreement(part, windows) for part in table.tables("agreement")),
        accepted=tuple(part for part in accepted if isinstance(part, Accepted)),
        accepted_breaks=tuple(part for part in accepted if isinstance(part, AcceptedBreak)),
        field=table.text("field", ""),
        stays=table.text("stays", ""),
    )
    table.close()
    _check(fact, table)
    return fact


def _check_format(table: Table) -> None:
    """Refuse a contract of a later format before its unknown keys are taken for mistakes."""
    word = table.text("format", FORMAT)
    if word == FORMAT:
        return
    mend = "upgrade driftwright" if _FORMAT.match(word) else f"write {FORMAT!r}, or leave it out"
    raise table.fault(f"this driftwright reads {FORMAT} only", "format", mend)


def _param(table: Table, name: str, text: Any) -> Param:
    other = _ANSWER.match(text) if isinstance(text, str) else None
    if other is not None:
        return Param(name, "answer", "", ROOT, other.group(1))
    match = _PARAM.match(text) if isinstance(text, str) else None
    if match is None:
        mend = "write 'each key of STORE:/PATH' (and ' or /PATH'), 'each value of ...' or 'each answer of fact:NAME'"
        raise table.fault("not a parameter", f"params.{name}", mend)
    first, *others = map(Path.parse, match.group(3).split(" or "))
    return Param(name, match.group(1), match.group(2), first, others=tuple(others))


def _result(table: Table) -> Mapping[str, Any]:
    result = table.mapping("result")
    for name in result:
        if name not in _RESULT_KEYS:
            raise table.fault(f"unknown key {name!r}", "result", f"known keys: {', '.join(_RESULT_KEYS)}")
    return result


def _source(table: Table, number: int, windows: dict[str, Window]) -> Source:
    level = Quality(table.choice("level", list(Quality)))
    derive = read_code(table, "derive") if "derive" in table else None
    source = Source(
        name=table.text("name", "nothing" if level is Quality.UNAVAILABLE else f"source {number}"),
        level=level,
        lost=table.text("lost", ""),
        derive=derive,
        needs=read_code(table, "needs") if "needs" in table else None,
        value=table.value("value"),
        window=window_named(table, windows),
        bound=Bound(table.choice("bound", list(Bound), Bound.EQUAL)),
    )
    table.close()
    if derive is None and level is not Quality.UNAVAILABLE:
        raise table.fault("'derive' is missing", "", "add derive = a function, or level = 'unavailable'")
    return source


def _invariant(table: Table) -> Invariant:
    invariant = Invariant(table.text("name"), read_code(table, "holds"), table.mapping("replay"))
    table.close()
    return invariant


def _agreement(table: Table, windows: dict[str, Window]) -> Agreement:
    name, between, window = table.text("name"), table.texts("between"), window_named(table, windows)
    table.close()
    if len(between) != 2:  # noqa: PLR2004 - an agreement is between two
        raise table.fault("must name two sources", "between")
    return Agreement(name, (between[0], between[1]), window)


def _accepted(table: Table) -> Accepted | AcceptedBreak:
    rule = table.text("rule", "")
    effect, reason = Effect(table.choice("effect", list(Effect))), table.text("reason")
    accepted = (
        AcceptedBreak(rule, table.text("at"), effect, reason)
        if rule
        else Accepted(table.text("moment"), effect, reason)
    )
    table.close()
    return accepted


def _check(fact: Fact, table: Table) -> None:
    if not fact.sources:
        raise table.fault("no source", "source", "add a [[source]]")
    if fact.primary.derive is None:
        raise table.fault("the first source has no function", "source[1]", "put the best source first")
    names = [source.name for source in fact.sources]
    for kind, held in (("source", fact.sources), ("invariant", fact.invariants), ("agreement", fact.agreements)):
        if len({part.name for part in held}) < len(held):
            raise table.fault(f"two {kind}s have one name", kind, "rename one")
    for number, agreement in enumerate(fact.agreements, 1):
        for name in agreement.between:
            if name not in names:
                raise table.fault(f"no source {name!r}", f"agreement[{number}].between", f"sources: {', '.join(names)}")


def codes_of(fact: Fact) -> Iterator[Code]:
    """Yield all reading code of a contract: of its sources, their guards and its invariants."""
    for source in fact.sources:
        yield from filter(None, (source.derive, source.needs))
    yield from (invariant.holds for invariant in fact.invariants)


def check_stores(facts: tuple[Fact, ...], stores: Mapping[str, object]) -> None:
    """Refuse a parameter of a store that no schema declares.

    Raises:
        InputFault: An unknown store is named.
    """
    for fact in facts:
        for param in fact.params:
            if not param.fact and param.store not in stores:
                mend = f"known stores: {', '.join(sorted(stores))}"
                raise InputFault(f"unknown store {param.store!r}", fact.file, f"params.{param.name}", mend)
