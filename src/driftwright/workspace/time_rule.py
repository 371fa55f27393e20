"""Rules of time: how the records of a store must behave over time, as TOML files.

A rule speaks of the records of one store: which list or map holds them, and which field tells one from another. It
names the invariants and facts that it protects: a broken rule is reported with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Path
from driftwright.base.toml import Table, read_table, suggestion

KINDS: Mapping[str, str] = {
    "when-listed": "a record shows `then` in the sample that first lists it",
    "always": "every listed record shows `then`",
    "at-most": "of the records of one list at most `most` are listed at a time",
    "never-fewer": "while a page lasts, the records of a list never become fewer",
    "gone-on-reload": "no record that was listed before a reload is listed after it",
    "kept-on-reload": "every record that was listed before a reload is listed after it",
}


@dataclass(frozen=True, slots=True)
class TimeRule:
    """One rule of behaviour.

    Args:
        name: What holds, in words.
        kind: Which of `KINDS` it is.
        store: The store it speaks of.
        records: Where its records are: every item of a list, or every value of a map.
        id: The field that tells one record from another.
        where: Field values of the records it speaks of; empty for all.
        then: Field values that they must show.
        most: How many may be listed at a time.
        unless: Names of rules whose breaking is the reason for this one's: one cause, one finding.
        invariants: Names of the facts' invariants that it protects.
        facts: Names of facts that it protects besides.
        replay: The change that its breaking makes of a known-good store, for facts without such an invariant.
        to_see: What to do in the app so that a watch shows whether it holds.
        place: Where it stands, for faults.
    """

    name: str
    kind: str
    store: str
    records: Path
    id: str
    where: Mapping[str, Any]
    then: Mapping[str, Any]
    most: int
    unless: tuple[str, ...]
    invariants: tuple[str, ...]
    facts: tuple[str, ...]
    replay: Mapping[str, Any]
    to_see: str
    place: tuple[str, str] = field(default=("", ""), compare=False)


def load_rules(folder: File) -> tuple[TimeRule, ...]:
    """Read the rules of a folder, by file and in their order; a folder that is not there holds none.

    Raises:
        InputFault: A file is not what it should be.
    """
    return tuple(rule for file in sorted(folder.glob("*.toml")) for rule in _rules(read_table(file)))


def check_rules(rules: tuple[TimeRule, ...], stores: tuple[str, ...], facts: Mapping[str, frozenset[str]]) -> None:
    """Raise a fault for a rule that names something unknown.

    Args:
        rules: The rules.
        stores: Names of the stores that have one key.
        facts: Names of the facts, each with the names of its invariants.

    Raises:
        InputFault: An unknown store, fact or invariant is named.
    """
    invariants = frozenset(name for names in facts.values() for name in names)
    for rule in rules:
        _check_names(rule, "store", (rule.store,), frozenset(stores))
        _check_names(rule, "facts", rule.facts, frozenset(facts))
        _check_names(rule, "invariants", rule.invariants, invariants)
        _check_names(rule, "unless", rule.unless, frozenset(other.name for other in rules if other is not rule))


def _check_names(rule: TimeRule, key: str, named: tuple[str, ...], declared: frozenset[str]) -> None:
    file, place = rule.place
    for name in named:
        if name not in declared:
            mend = suggestion(name, sorted(declared)) or f"known: {', '.join(sorted(declared))}"
            raise InputFault(f"nothing is called {name!r}", file, f"{place}.{key}" if key != "store" else key, mend)


def _rules(table: Table) -> tuple[TimeRule, ...]:
    store, identity, records = table.text("store"), table.text("id"), _records(table)
    rules = tuple(_rule(item, store, records, identity) for item in table.tables("rule"))
    table.close()
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise table.fault(f"two rules are called {twice[0]!r}", "rule", "rename one")
    return rules


def _records(table: Table) -> Path:
    try:
        path = Path.parse(table.text("records"))
    except ValueError:
        raise table.fault("not a path", "records", "write a path such as /state/orders/{}/[]") from None
    if path.last not in (EACH_ITEM, EACH_VALUE):
        raise table.fault("not the records of a list or a map", "records", "end it with [] or {}")
    return path


def _rule(table: Table, store: str, records: Path, identity: str) -> TimeRule:
    rule = TimeRule(
        name=table.text("name"),
        kind=table.choice("kind", KINDS),
        store=store,
        records=records,
        id=identity,
        where=_scalars(table, "where"),
        then=_scalars(table, "then"),
        most=int(table.number("most", 0)),
        unless=table.texts("unless"),
        invariants=table.texts("invariants"),
        facts=table.texts("facts"),
        replay=table.mapping("replay"),
        to_see=table.text("to_see", ""),
        place=(table.file, table.place),
    )
    table.close()
    _check(table, rule)
    return rule


def _scalars(table: Table, name: str) -> Mapping[str, Any]:
    values = table.mapping(name)
    for key, value in values.items():
        if isinstance(value, dict | list):
            raise table.fault("not the value of a field", f"{name}.{key}", "give a text, a number, true or false")
    return values


def _check(table: Table, rule: TimeRule) -> None:
    if (rule.kind in ("when-listed", "always")) != bool(rule.then):
        raise table.fault(f"`then` and the kind {rule.kind} do not fit", "then", "when-listed and always need it alone")
    if (rule.kind == "at-most") != (rule.most > 0):
        raise table.fault(f"`most` and the kind {rule.kind} do not fit", "most", "at-most needs it alone, 1 or more")
    if not rule.invariants and not rule.facts:
        raise table.fault("it protects nothing", "", "name invariants or facts that break with it")
    if rule.facts and not rule.replay:
        raise table.fault("facts without a replay", "replay", "say what its breaking makes of a known-good store")
