"""Whether a watch kept to the temporal contract: each rule on what became of its store, with the sample that breaks it.

What breaking a rule costs is not judged here: a rule names the invariants and facts that it protects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import Area
from driftwright.snapshot import Watch
from driftwright.workspace import TimeRule


@dataclass(frozen=True, slots=True)
class Moment:
    """A store at one time.

    Args:
        at_ms: Milliseconds since the watch began.
        page: How often the page had been loaded anew.
        document: The store; None while there is none.
    """

    at_ms: int
    page: int
    document: Any


@dataclass(frozen=True, slots=True)
class Breach:
    """A sample that shows a rule broken.

    Args:
        at_ms: The sample's time.
        page: Its page.
        store: The smallest part of the store that shows it.
        before: The smallest part of the sample before that it is compared with; None when one sample is enough.
    """

    at_ms: int
    page: int
    store: Any
    before: Any = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a watch says of one rule.

    Args:
        rule: The rule.
        occasions: How often it could have been broken; with none, the watch says nothing of it.
        breach: The first sample that breaks it; None while it held.
    """

    rule: TimeRule
    occasions: int
    breach: Breach | None


def moments_of(watch: Watch, store: str, area: Area, key: str) -> tuple[Moment, ...]:
    """Return what became of one store: its samples, and how it was at rest in the end."""
    seen = [(sample.at_ms, sample.page, sample.areas) for sample in watch.samples]
    last = seen[-1][1] if seen else 0
    seen.append((watch.lasted_ms, last, watch.final.areas))
    return tuple(
        Moment(
            at,
            page,
            next(
                (
                    entry.value
                    for view in areas
                    for entry in view.entries
                    if view.area == area and entry.store == store and entry.key == key and entry.form == "json"
                ),
                None,
            ),
        )
        for at, page, areas in seen
    )


def judge(rules: Sequence[TimeRule], moments: Mapping[str, Sequence[Moment]]) -> tuple[Judgement, ...]:
    """Judge rules on what became of their stores; what another rule's breach explains is no breach of its own."""
    found = [_judged(rule, moments.get(rule.store, ())) for rule in rules]
    broken = {one.rule.name for one in found if one.breach is not None}
    return tuple(one for one in found if one.breach is None or not broken.intersection(one.rule.unless))


# ---- records


_Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A record where it is listed: the place of its list or map, its own key there, and the record."""

    home: _Keys
    key: str | int
    record: Mapping[str, Any]


def _listed(document: Any, rule: TimeRule) -> Iterator[_Listed]:
    yield from _walk(document, rule, rule.records, ())


def _walk(value: Any, rule: TimeRule, path: Path, passed: _Keys) -> Iterator[_Listed]:
    step, rest = path.steps[0], Path(path.steps[1:])
    parts: list[tuple[str | int, Any]] = []
    if step == EACH_ITEM and isinstance(value, list):
        parts = list(enumerate(value))
    elif step == EACH_VALUE and isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(step, Key) and isinstance(value, dict) and step.name in value:
        parts = [(step.name, value[step.name])]
    for key, part in parts:
        if rest.steps:
            yield from _walk(part, rule, rest, (*passed, key))
        elif isinstance(part, dict) and _shows(part, rule.where):
            yield _Listed(passed, key, part)


def _shows(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a record shows these values; true is not 1."""
    return all(name in record and _same(record[name], value) for name, value in wanted.items())


def _same(one: Any, two: Any) -> bool:
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)


def _tells(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a record tells these fields in the form of these values: another form is a change of structure."""
    return all(name in record and _form(record[name]) == _form(value) for name, value in wanted.items())


def _form(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def _ids(listed: Sequence[_Listed], rule: TimeRule) -> set[str]:
    return {str(one.record[rule.id]) for one in listed if _has_id(one, rule)}


def _has_id(one: _Listed, rule: TimeRule) -> bool:
    return one.record.get(rule.id) not in (None, "")


def _smallest(listed: Sequence[_Listed], rule: TimeRule) -> Any:
    """The store with nothing but these records, and of them nothing but the fields that the rule speaks of."""
    names = (rule.id, *rule.where, *rule.then)
    made: dict[str, Any] = {}
    for one in listed:
        here: Any = made
        for key in one.home:
            here = here.setdefault(str(key), {})
        here[str(one.key)] = {name: one.record[name] for name in names if name in one.record}
    return _with_lists(made, rule.records)


def _with_lists(value: Any, path: Path) -> Any:
    if not path.steps or not isinstance(value, dict):
        return value
    parts = {key: _with_lists(part, Path(path.steps[1:])) for key, part in value.items()}
    return list(parts.values()) if path.steps[0] == EACH_ITEM else parts


# ---- kinds


def _judged(rule: TimeRule, moments: Sequence[Moment]) -> Judgement:
    seen = [(moment, list(_listed(moment.document, rule))) for moment in moments if moment.document is not None]
    looks = {
        "when-listed": _when_listed,
        "always": _always,
        "at-most": _at_most,
        "never-fewer": _never_fewer,
        "gone-on-reload": _on_reload,
        "kept-on-reload": _on_reload,
    }
    occasions = 0
    for breach in looks[rule.kind](rule, seen):
        occasions += 1
        if breach is not None:
            return Judgement(rule, occasions, breach)
    return Judgement(rule, occasions, None)


_Seen = Sequence[tuple[Moment, list[_Listed]]]
_Occasions = Iterator["Breach | None"]


def _when_listed(rule: TimeRule, seen: _Seen) -> _Occasions:
    """Yield an occasion for every record that comes; of those that were there first nobody knows how they came."""
    known = _ids(seen[0][1], rule) if seen else set()
    for moment, listed in seen[1:]:
        for one in listed:
            if _has_id(one, rule) and _tells(one.record, rule.then) and str(one.record[rule.id]) not in known:
                known.add(str(one.record[rule.id]))
                yield None if _shows(one.record, rule.then) else _breach(rule, moment, [one])


def _always(rule: TimeRule, seen: _Seen) -> _Occasions:
    for moment, listed in seen:
        for one in (one for one in listed if _tells(one.record, rule.then)):
            yield None if _shows(one.record, rule.then) else _breach(rule, moment, [one])


def _at_most(rule: TimeRule, seen: _Seen) -> _Occasions:
    """Yield an occasion for every list in which more records than may stay were seen over time."""
    passed: dict[_Keys, set[str]] = {}
    for moment, listed in seen:
        for home, there in _by_home(listed).items():
            passed.setdefault(home, set()).update(_ids(there, rule))
            if len(there) > rule.most:
                yield _breach(rule, moment, there)
            elif len(passed[home]) > rule.most:
                yield None


def _never_fewer(rule: TimeRule, seen: _Seen) -> _Occasions:
    """Yield an occasion for every list that changes, from one sample of a page to its next."""
    for (before, old), (after, new) in pairwise(seen):
        if before.page != after.page:
            continue
        later = _by_home(new)
        for home, there in _by_home(old).items():
            now = later.get(home, [])
            if len(now) < len(there):
                yield _breach(rule, after, now, there)
            elif _ids(now, rule) != _ids(there, rule):
                yield None


def _on_reload(rule: TimeRule, seen: _Seen) -> _Occasions:
    """Yield an occasion for every record that was listed when a page ended: how is it when the next one ends?"""
    ends = [group for number, group in enumerate(seen) if number + 1 == len(seen) or _turns(seen, number)]
    for (_, old), (after, new) in pairwise(ends):
        there = {str(one.record[rule.id]): one for one in new if _has_id(one, rule)}
        for one in (one for one in old if _has_id(one, rule)):
            still = there.get(str(one.record[rule.id]))
            if rule.kind == "gone-on-reload":
                yield None if still is None else _breach(rule, after, [still], [one])
            else:
                yield _breach(rule, after, [], [one]) if still is None else None


def _turns(seen: _Seen, number: int) -> bool:
    return seen[number][0].page != seen[number + 1][0].page


def _by_home(listed: Sequence[_Listed]) -> dict[_Keys, list[_Listed]]:
    found: dict[_Keys, list[_Listed]] = {}
    for one in listed:
        found.setdefault(one.home, []).append(one)
    return found


def _breach(
    rule: TimeRule, moment: Moment, listed: Sequence[_Listed], before: Sequence[_Listed] | None = None
) -> Breach:
    old = None if before is None else _smallest(before, rule)
    return Breach(moment.at_ms, moment.page, _smallest(listed, rule), old)
