"""Cohorts: records of several shapes side by side in one store, as a migration leaves them when it is half done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import Key, Path, records_at
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.rules import rule_for
from driftwright.structure.shape import fold

_ALIKE = 0.45
_Records = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one place that are alike.

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


def cohorts(document: Any, comparison: Comparison) -> tuple[Cohort, ...]:
    """Return the places where some records changed and others did not.

    Only names that a change speaks of tell records apart: a field that has always been optional makes no cohort.

    Args:
        document: The captured store.
        comparison: What changed in it.
    """
    named: dict[Path, set[str]] = {}
    for change in comparison.changes:
        if change.rule.aspect in ("existence", "presence", "place") and isinstance(change.path.last, Key):
            names = named.setdefault(change.path.parent, set())
            names.add(change.path.name)
            if change.to is not None and change.to.parent == change.path.parent:
                names.add(change.to.name)
    found = (_cohort(path, records_at(document, path), names) for path, names in sorted(named.items()))
    return tuple(cohort for cohort in found if len(cohort.groups) > 1)


def _cohort(path: Path, records: _Records, names: set[str]) -> Cohort:
    counts = Counter(frozenset(names.intersection(record)) for record in records)
    shared = frozenset.intersection(*counts) if counts else frozenset[str]()
    union = frozenset[str]().union(*counts)
    groups = tuple(
        Group(count, tuple(sorted(union - held)), tuple(sorted(held - shared)))
        for held, count in sorted(counts.items(), key=lambda pair: (-pair[1], sorted(pair[0])))
    )
    return Cohort(path, groups)


def with_partial_renames(document: Any, comparison: Comparison) -> Comparison:
    """Return the comparison with a rename that only some records have seen told as one change and not as two.

    Each record has the old name or the new one and none has both or neither: that is no chance.
    """
    changes = list(comparison.changes)
    for new in [change for change in changes if change.rule.id == "field-added"]:
        records = records_at(document, new.path.parent)
        old = _old_name(records, new.path.name)
        if old is None:
            continue
        gone = new.path.parent / old
        if not _of_one_kind(records, (old, new.path.name)):
            continue
        changes = [change for change in changes if change is not new and change.path != gone]
        changes.append(_renamed(gone, new, records))
    return Comparison(tuple(sorted(changes, key=lambda c: (str(c.path), c.rule.id))), comparison.unseen)


def _of_one_kind(records: _Records, names: tuple[str, str]) -> bool:
    """Whether the records with the one name and those with the other have most of their other fields in common."""
    one, other = (set().union(*(record for record in records if name in record)) - {*names} for name in names)
    return len(one & other) * 2 >= len(one | other)


def _old_name(records: _Records, new: str) -> str | None:
    lacking = [record for record in records if new not in record]
    having = [record for record in records if new in record]
    if not lacking or not having:
        return None
    others = set(lacking[0]).intersection(*lacking[1:]).difference(*having)
    shape = fold([record[new] for record in having])
    alike = [name for name in others if likeness(fold([record[name] for record in lacking]), shape) >= _ALIKE]
    return max(sorted(alike), key=lambda name: name_likeness(name, new), default=None)


def _renamed(gone: Path, new: Change, records: _Records) -> Change:
    rule = rule_for("place", "renamed")
    if rule is None:
        return new
    moved = sum(1 for record in records if new.path.name in record)
    message = rule.message.format(path=gone, to=new.path, before="", after="")
    return replace(
        new,
        rule=rule,
        path=gone,
        to=new.path,
        before=f"in {len(records) - moved} of {len(records)} records",
        after=f"{new.path.name} in {moved} of {len(records)} records",
        message=f"{message} in {moved} of {len(records)} records",
        params={"name": new.path.name, "share": moved / len(records)},
    )
