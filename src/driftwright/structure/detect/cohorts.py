"""Cohorts: records of several shapes side by side in one place, as a migration that is half done leaves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import Key, Path, records_at
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.rules import load_rules
from driftwright.structure.shape import Shape, fold

_ALIKE = 0.45
_Records = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one place that have the same of the changed names.

    Args:
        records: How many.
        lacks: Names that other records of the place have.
        has: Names that other records of the place lack.
    """

    records: int
    lacks: tuple[str, ...]
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """One place whose records are of several shapes, the most frequent first."""

    path: Path
    groups: tuple[Group, ...]


def find_cohorts(document: Any, comparison: Comparison) -> tuple[Cohort, ...]:
    """Return the places where some records changed and others did not.

    Only the names in the changes count: a field that has always been optional makes no cohort.

    Args:
        document: The captured store.
        comparison: What changed in it.
    """
    names_by_path: dict[Path, set[str]] = {}
    for change in comparison.changes:
        if change.rule.aspect in ("existence", "presence", "place") and isinstance(change.path.last, Key):
            names_here = names_by_path.setdefault(change.path.parent, set())
            names_here.add(change.path.name)
            if change.to is not None and change.to.parent == change.path.parent:
                names_here.add(change.to.name)
    places = (
        _make_cohort(path, records_at(document, path), names_here) for path, names_here in sorted(names_by_path.items())
    )
    return tuple(cohort for cohort in places if len(cohort.groups) > 1)


def _make_cohort(path: Path, records: _Records, names: set[str]) -> Cohort:
    counts = Counter(frozenset(names.intersection(record)) for record in records)
    shared = frozenset.intersection(*counts) if counts else frozenset[str]()
    union = frozenset[str]().union(*counts)
    groups = tuple(
        Group(count, tuple(sorted(union - held)), tuple(sorted(held - shared)))
        for held, count in sorted(counts.items(), key=lambda pair: (-pair[1], sorted(pair[0])))
    )
    return Cohort(path, groups)


def merge_partial_renames(document: Any, comparison: Comparison) -> Comparison:
    """Return the comparison with one change, and not two, for a rename that happened in some records only.

    In such a place each record has either the old name or the new one.

    Args:
        document: The captured store.
        comparison: What changed in it.
    """
    changes = list(comparison.changes)
    for new in [change for change in changes if change.rule.id == "field-added"]:
        records = records_at(document, new.path.parent)
        old_name = _old_name(records, new.path.name)
        if old_name is None:
            continue
        old_path = new.path.parent / old_name
        if not _share_most_fields(records, (old_name, new.path.name)):
            continue
        changes = [change for change in changes if change is not new and change.path != old_path]
        rule, params = load_rules()["field-renamed"], {"name": new.path.name}
        whole = replace(new, rule=rule, path=old_path, to=new.path, params=params)
        changes.append(_make_partial(whole, new.path.name, records))
    return Comparison(tuple(sorted(changes, key=lambda c: (str(c.path), c.rule.id))), comparison.unseen)


def merge_partial_wraps(document: Any, comparison: Comparison, before: Shape) -> Comparison:
    """Return the comparison with fields that moved one level deeper in some of the records, as one change.

    Args:
        document: The captured store.
        comparison: What changed in it.
        before: The shape before.
    """
    changes = list(comparison.changes)
    for new in [change for change in changes if change.rule.id == "field-added"]:
        place = new.path.parent
        records = records_at(document, place)
        names = _wrapped_names(records, new.path.name, before.at(place))
        if names:
            lost = {place / name for name in names}
            changes = [change for change in changes if change is not new and change.path not in lost]
            path = place / names[0] if len(names) == 1 else place
            params = {"names": list(names), "into": new.path.name}
            whole = replace(new, rule=load_rules()["envelope-wrapped"], path=path, to=new.path, params=params)
            changes.append(_make_partial(whole, f"inside {new.path.name}", records))
    return Comparison(tuple(sorted(changes, key=lambda c: (str(c.path), c.rule.id))), comparison.unseen)


def _wrapped_names(records: _Records, into: str, holder: Shape | None) -> tuple[str, ...]:
    """Return the fields of all records before that those with the new field have inside it, and nowhere else."""
    having = [record for record in records if into in record]
    inner = [record[into] for record in having if isinstance(record[into], dict)]
    if holder is None or not inner or len(inner) < len(having) or len(having) == len(records):
        return ()
    always = [name for name in holder.fields if holder.presence(name) >= 1.0]
    moved = [name for name in always if not any(name in record for record in having)]
    wrapped = [name for name in moved if all(name in record for record in inner)]
    alike = [
        name for name in wrapped if likeness(holder.fields[name], fold([record[name] for record in inner])) >= _ALIKE
    ]
    return tuple(alike) if len(alike) * 2 > len(moved) else ()


def _share_most_fields(records: _Records, names: tuple[str, str]) -> bool:
    """Whether the records with the first name and those with the second share at least half of their other fields."""
    first, second = (set().union(*(record for record in records if name in record)) - {*names} for name in names)
    return len(first & second) * 2 >= len(first | second)


def _old_name(records: _Records, new: str) -> str | None:
    lacking = [record for record in records if new not in record]
    having = [record for record in records if new in record]
    if not lacking or not having:
        return None
    others = set(lacking[0]).intersection(*lacking[1:]).difference(*having)
    shape = fold([record[new] for record in having])
    alike = [name for name in others if likeness(fold([record[name] for record in lacking]), shape) >= _ALIKE]
    return max(sorted(alike), key=lambda name: name_likeness(name, new), default=None)


def _make_partial(whole: Change, there: str, records: _Records) -> Change:
    """Return a change of place as one of those records alone that have the new field.

    Args:
        whole: The change, as if it had happened in all of them.
        there: Where the old field is now, in words.
        records: All records of the place.
    """
    new = whole.to.name if whole.to is not None else ""
    changed = sum(1 for record in records if new in record)
    message = whole.rule.message.format(path=whole.path, to=whole.to, before="", after="")
    return replace(
        whole,
        before=f"in {len(records) - changed} of {len(records)} records",
        after=f"{there} in {changed} of {len(records)} records",
        message=f"{message} in {changed} of {len(records)} records",
        params={**whole.params, "share": changed / len(records)},
    )
