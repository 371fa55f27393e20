"""Judge the rules of time on the samples of a watch, each with the first sample that breaks it.

The effect on facts is judged in `over_time`: a rule names the invariants and facts that it protects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import BESIDE_STORAGE, Area
from driftwright.snapshot import Watch
from driftwright.workspace import TimeRule


@dataclass(frozen=True, slots=True)
class Moment:
    """A store at one time.

    Args:
        at_ms: Milliseconds since the watch began.
        page: How often the page had been reloaded.
        document: The store; None while there is none.
    """

    at_ms: int
    page: int
    document: Any


@dataclass(frozen=True, slots=True)
class Breach:
    """A sample that shows a rule broken.

    Args:
        at_ms: The sample's time, in milliseconds since the watch began.
        page: How often the page had been reloaded.
        store: The smallest part of the store that shows it.
        before: The smallest part of the sample before that it is compared with; None when one sample is enough.
    """

    at_ms: int
    page: int
    store: Any
    before: Any = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of one rule.

    Args:
        rule: The rule.
        occasions: How often it could have been broken; with none, nothing was judged.
        breach: The first sample that breaks it; None when none does.
    """

    rule: TimeRule
    occasions: int
    breach: Breach | None


def moments_of(watch: Watch, store: str, area: Area, key: str) -> tuple[Moment, ...]:
    """Return the moments of one store: one for each sample that looked into its area, and one for the final state.

    A watch looks at the page's storage; of what lies elsewhere only the end is known, which shows nothing over time.
    """
    samples = [(sample.at_ms, sample.page, sample.areas) for sample in watch.samples]
    last = samples[-1][1] if samples else 0
    samples.append((watch.lasted_ms, last, watch.final.areas))
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
        for at, page, areas in samples
        if area not in BESIDE_STORAGE or any(view.area == area for view in areas)
    )


def judge(rules: Sequence[TimeRule], moments: Mapping[str, Sequence[Moment]]) -> tuple[Judgement, ...]:
    """Judge rules on the moments of their stores; a broken rule is left out when one of its `unless` is broken too."""
    judgements = [_judge_rule(rule, moments.get(rule.store, ())) for rule in rules]
    broken = {judgement.rule.name for judgement in judgements if judgement.breach is not None}
    return tuple(
        judgement
        for judgement in judgements
        if judgement.breach is None or not broken.intersection(judgement.rule.unless)
    )


# ---- records


_Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record in its list or map: the keys that lead to the list or map, its own key there, and the record."""

    home: _Keys
    key: str | int
    record: Mapping[str, Any]


def _list_records(document: Any, rule: TimeRule) -> Iterator[_Entry]:
    yield from _walk_records(document, rule, rule.records, ())


def _walk_records(value: Any, rule: TimeRule, path: Path, passed: _Keys) -> Iterator[_Entry]:
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
            yield from _walk_records(part, rule, rest, (*passed, key))
        elif isinstance(part, dict) and _has_values(part, rule.where):
            yield _Entry(passed, key, part)


def _has_values(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a record has these values; true is not equal to 1."""
    return all(name in record and _is_same(record[name], value) for name, value in wanted.items())


def _is_same(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def _has_same_forms(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a record has these fields with the types of these values: another type is a change of structure."""
    return all(name in record and _form_of(record[name]) == _form_of(value) for name, value in wanted.items())


def _form_of(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def _record_ids(entries: Sequence[_Entry], rule: TimeRule) -> set[str]:
    return {str(entry.record[rule.id]) for entry in entries if _has_id(entry, rule)}


def _has_id(entry: _Entry, rule: TimeRule) -> bool:
    return entry.record.get(rule.id) not in (None, "")


def _smallest_store(entries: Sequence[_Entry], rule: TimeRule) -> Any:
    """Return a store with only these records, and of them only the fields that the rule names."""
    names = (rule.id, *rule.where, *rule.then)
    made: dict[str, Any] = {}
    for entry in entries:
        part: Any = made
        for key in entry.home:
            part = part.setdefault(str(key), {})
        part[str(entry.key)] = {name: entry.record[name] for name in names if name in entry.record}
    return _with_lists(made, rule.records)


def _with_lists(value: Any, path: Path) -> Any:
    if not path.steps or not isinstance(value, dict):
        return value
    parts = {key: _with_lists(part, Path(path.steps[1:])) for key, part in value.items()}
    return list(parts.values()) if path.steps[0] == EACH_ITEM else parts


# ---- kinds


def _judge_rule(rule: TimeRule, moments: Sequence[Moment]) -> Judgement:
    samples = [
        (moment, list(_list_records(moment.document, rule))) for moment in moments if moment.document is not None
    ]
    checks = {
        "when-listed": _when_listed,
        "always": _always,
        "at-most": _at_most,
        "never-fewer": _never_fewer,
        "gone-on-reload": _on_reload,
        "kept-on-reload": _on_reload,
    }
    occasions = 0
    for breach in checks[rule.kind](rule, samples):
        occasions += 1
        if breach is not None:
            return Judgement(rule, occasions, breach)
    return Judgement(rule, occasions, None)


_Samples = Sequence[tuple[Moment, list[_Entry]]]
_Occasions = Iterator["Breach | None"]


def _when_listed(rule: TimeRule, samples: _Samples) -> _Occasions:
    """Yield an occasion for every new record; those of the first sample are not new."""
    known_ids = _record_ids(samples[0][1], rule) if samples else set()
    for moment, entries in samples[1:]:
        for entry in entries:
            if (
                _has_id(entry, rule)
                and _has_same_forms(entry.record, rule.then)
                and str(entry.record[rule.id]) not in known_ids
            ):
                known_ids.add(str(entry.record[rule.id]))
                yield None if _has_values(entry.record, rule.then) else _make_breach(rule, moment, [entry])


def _always(rule: TimeRule, samples: _Samples) -> _Occasions:
    for moment, entries in samples:
        for entry in (entry for entry in entries if _has_same_forms(entry.record, rule.then)):
            yield None if _has_values(entry.record, rule.then) else _make_breach(rule, moment, [entry])


def _at_most(rule: TimeRule, samples: _Samples) -> _Occasions:
    """Yield an occasion for every list that held more different records over time than the rule allows at once."""
    passed: dict[_Keys, set[str]] = {}
    for moment, entries in samples:
        for home, members in _group_by_home(entries).items():
            passed.setdefault(home, set()).update(_record_ids(members, rule))
            if len(members) > rule.most:
                yield _make_breach(rule, moment, members)
            elif len(passed[home]) > rule.most:
                yield None


def _never_fewer(rule: TimeRule, samples: _Samples) -> _Occasions:
    """Yield an occasion for every list that changes between two samples of one page."""
    for (before, old), (after, new) in pairwise(samples):
        if before.page != after.page:
            continue
        later = _group_by_home(new)
        for home, members in _group_by_home(old).items():
            now = later.get(home, [])
            if len(now) < len(members):
                yield _make_breach(rule, after, now, members)
            elif _record_ids(now, rule) != _record_ids(members, rule):
                yield None


def _on_reload(rule: TimeRule, samples: _Samples) -> _Occasions:
    """Yield an occasion for every record in the last sample of a page, compared with the last sample of the next."""
    ends = [
        group for number, group in enumerate(samples) if number + 1 == len(samples) or _is_last_of_page(samples, number)
    ]
    for (_, old), (after, new) in pairwise(ends):
        by_id = {str(entry.record[rule.id]): entry for entry in new if _has_id(entry, rule)}
        for entry in (entry for entry in old if _has_id(entry, rule)):
            still = by_id.get(str(entry.record[rule.id]))
            if rule.kind == "gone-on-reload":
                yield None if still is None else _make_breach(rule, after, [still], [entry])
            else:
                yield _make_breach(rule, after, [], [entry]) if still is None else None


def _is_last_of_page(samples: _Samples, number: int) -> bool:
    return samples[number][0].page != samples[number + 1][0].page


def _group_by_home(entries: Sequence[_Entry]) -> dict[_Keys, list[_Entry]]:
    groups: dict[_Keys, list[_Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.home, []).append(entry)
    return groups


def _make_breach(
    rule: TimeRule, moment: Moment, entries: Sequence[_Entry], before: Sequence[_Entry] | None = None
) -> Breach:
    old = None if before is None else _smallest_store(before, rule)
    return Breach(moment.at_ms, moment.page, _smallest_store(entries, rule), old)
