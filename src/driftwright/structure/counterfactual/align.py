"""Put known-good documents into the structure of a later one, position by position.

Rules of changes are not asked: each position is decided by the values that both sides hold there. So the result is an
opinion beside that of the rules, and wrong in other cases than they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from driftwright.base.path import ROOT, Path
from driftwright.structure.change.chance import ALPHA, by_chance, chance_of_none
from driftwright.structure.counterfactual.convert import converted, trust_in
from driftwright.structure.counterfactual.lists import align_lists
from driftwright.structure.counterfactual.objects import align_objects
from driftwright.structure.counterfactual.plan import (
    Build,
    Column,
    Decision,
    Draw,
    Plan,
    Trust,
    chosen,
    keep,
    kind_of,
    of_kind,
    unless_off,
)
from driftwright.structure.counterfactual.scalars import align_numbers, align_texts
from driftwright.structure.detect.kind_names import telling_fields

_DEEPEST = 14
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """How known-good documents are put into the structure of a later one.

    Args:
        build: Does it to a document.
        decisions: What was taken to have happened, by number.
        hidden: The positions of which the later document shows nothing.
    """

    build: Build
    decisions: tuple[Decision, ...]
    hidden: tuple[Path, ...]
    _made: dict[tuple[int, Draw], tuple[Any, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_same(self) -> bool:
        """Whether documents stay as they are: the later one is built alike, as far as it shows."""
        return self.build is keep

    def of(self, document: Any, draw: Draw) -> Any:
        """Return a known-good document in the structure of the later one; for the same one, the same result."""
        if self.is_same:
            return document
        key = (id(document), draw)
        if key not in self._made:  # many readers ask for the same; the document is kept, so that its identity stays
            self._made[key] = (document, self.build(document, draw))
        return self._made[key][1]

    def without(self, *kinds: Trust) -> Draw:
        """Return the draw in which decisions of some kinds are left undone."""
        return Draw(off=frozenset(n for n, decision in enumerate(self.decisions) if decision.trust in kinds))

    def only(self, number: int) -> Draw:
        """Return the draw in which one decision is carried out, and what has to be for it: those above its place."""
        place = self.decisions[number].path
        others = (
            other
            for other, decision in enumerate(self.decisions)
            if other != number and not (place != decision.path and place.within(decision.path))
        )
        return Draw(off=frozenset(others))


def make_counterfactual(known: Sequence[Any], later: Any, named: frozenset[str]) -> Counterfactual:
    """Return how known-good documents are put into the structure of a later one.

    Args:
        known: The known-good documents.
        later: The later document.
        named: The texts that stand in the readers' source: they tell a record from a map.
    """
    plan = Plan(named, telling_fields(known), _align)
    build = plan.below(Column(ROOT, known, [later]))
    return Counterfactual(build, tuple(plan.decisions), tuple(plan.hidden))


def _align(plan: Plan, column: Column) -> Build:
    if not column.before or len(column.path.steps) > _DEEPEST:
        return keep
    if not column.after:
        plan.hidden.append(column.path)
        return keep
    values = chosen(column.before), chosen(column.after)
    kinds, after = (Counter(map(kind_of, side)) for side in values)
    filled = kinds.keys() - {"null"}
    is_mixed = column.is_mixed or (len(filled) > 1 and not filled <= after.keys())
    column = Column(column.path, *values, is_mixed)
    ways: dict[str, Build] = {}
    for kind, count in kinds.items():
        of_it = column.of(of_kind(kind, column.before), of_kind(kind, column.after))
        way = _same_kind(plan, kind, of_it) if kind in after else _other_kind(plan, kind, count, column)
        if way is not keep:
            ways[kind] = way
    if not ways:
        return keep
    return lambda value, draw: ways.get(kind_of(value), keep)(value, draw)


def _same_kind(plan: Plan, kind: str, column: Column) -> Build:
    match kind:
        case "object":
            return align_objects(plan, column)
        case "list":
            return align_lists(plan, column)
        case "text":
            return align_texts(plan, column)
        case "number":
            return align_numbers(plan, column)
    return keep


def _other_kind(plan: Plan, kind: str, count: int, column: Column) -> Build:
    """Return what becomes of the known-good values of a kind that no later value has."""
    total, later = len(column.before), len(column.after)
    if count < total and chance_of_none(total, later, count) > ALPHA:
        return keep
    there = [value for value in column.after if value is not None]
    if kind == "null":
        if len(there) <= _SEVERAL or by_chance(total, later, later):
            return keep
        sample = there[0]
        return unless_off(plan.decide(column, "null no more", Trust.DATA), lambda _, __: sample)
    if not there:
        if later < _SEVERAL:
            plan.hidden.append(column.path)
            return keep
        return unless_off(plan.decide(column, "null", Trust.DATA), lambda _, __: None)
    before = set(map(kind_of, column.before))
    kinds = [name for name, _ in Counter(map(kind_of, there)).most_common()]
    fresh = [name for name in kinds if name not in before]
    if not fresh and count <= _SEVERAL and kind != "object":
        return keep
    target = (fresh or kinds)[0]
    values = column.of(of_kind(kind, column.before), of_kind(target, there))
    number = plan.decide(column, f"{kind} became {target}", trust_in(kind, target, values))
    return unless_off(number, converted(plan, kind, target, values))
