"""Texts and numbers that are written otherwise in the later store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from statistics import median

from driftwright.structure.change.chance import by_chance
from driftwright.structure.change.likeness import name_likeness
from driftwright.structure.counterfactual.plan import Build, Column, Plan, Trust, keep, unless_off
from driftwright.structure.replay.convert import conversions
from driftwright.structure.shape import fold

_SEVERAL = 2
_THOUSANDS = (1000.0, 0.001)
_NEAR = 3.0
"""How far from a power of thousand the ratio of two medians may be."""
_WEAK = frozenset({"word", "text", "token", "empty", "hex", "slug"})
"""Forms that a text may have by chance."""


def align_texts(plan: Plan, column: Column) -> Build:
    """Return what becomes of texts: emptied, words that are others now, another form."""
    before, after = column.before, column.after
    if len(after) >= _SEVERAL and not any(after) and all(before):
        return unless_off(plan.decide(column, "emptied", Trust.DATA), lambda _, __: "")
    words = _other_words(column, plan.named)
    if words:
        number = plan.decide(column, "words are others now", Trust.DATA)  # which ones is nobody's to know
        return unless_off(number, lambda value, _: words.get(value, value))
    forms = [fold(list(values)).forms.keys() - {"empty"} for values in (before, after)]
    if min(len(before), len(after)) > _SEVERAL and _is_other_form(*forms):
        form = next(iter(forms[1]))
        convert = conversions({"as": "form", "form": form})[0]
        return unless_off(plan.decide(column, f"written as {form}", Trust.SAMPLE), lambda value, _: convert(value))
    return keep


def _is_other_form(before: Collection[str], after: Collection[str]) -> bool:
    return len(before) == len(after) == 1 and not {*before} & {*after} and not ({*before} | {*after}) & _WEAK


def _other_words(column: Column, named: frozenset[str]) -> dict[str, str]:
    """Return the words of an enumeration that the readers name and that others have replaced."""
    before, after = Counter(column.before), Counter(column.after)
    if len(before) * _SEVERAL > len(column.before) or len(after) * _SEVERAL > len(column.after):
        return {}
    total, later = len(column.before), len(column.after)
    gone = [word for word in before if word in named and word not in after]
    gone = [word for word in gone if before[word] == total or not by_chance(later, total, before[word])]
    new = [word for word in after if word not in before and not by_chance(total, later, after[word])]
    words = {}
    for word in gone:
        if new:
            words[word] = max(new, key=lambda other: name_likeness(word, other))
            new.remove(words[word])
    return words


def align_numbers(plan: Plan, column: Column) -> Build:
    """Return what becomes of numbers: counted in a unit that is a thousand times as large or as small."""
    before, after = ([abs(value) for value in values if value] for values in (column.before, column.after))
    if min(len(before), len(after)) <= _SEVERAL:
        return keep
    if not (max(before) < min(after) or max(after) < min(before)):
        return keep
    ratio = median(after) / median(before)
    for factor in _THOUSANDS:
        if 1 / _NEAR <= ratio / factor <= _NEAR:
            return _scaled(plan, column, factor)
    return keep


def _scaled(plan: Plan, column: Column, factor: float) -> Build:
    convert = conversions({"as": "scale", "factor": factor})[0]
    return unless_off(plan.decide(column, f"times {factor:g}", Trust.DATA), lambda value, _: convert(value))
