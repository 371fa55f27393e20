"""Words: members of a small enumeration that readers compare with, and that were replaced by other words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import Path, values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import chance_of_both
from driftwright.structure.change.likeness import name_likeness, plain_name
from driftwright.structure.shape import Shape, shape_rows

_ALPHA = 0.01
_FEWEST = 3
_FORMS = frozenset({"word", "token", "path", "text", "empty"})


def add_word_changes(
    comparison: Comparison,
    documents: tuple[Sequence[Any], Sequence[Any]],
    shapes: tuple[Shape, Shape],
    named: frozenset[str],
) -> Comparison:
    """Return the comparison with the replaced words of enumerations added to its changes.

    A word was replaced when the readers name it, it was frequent and is in no record now, and a word that no record had
    is frequent now. A word that was only not seen has no such successor, and one that is only new no predecessor.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
        named: The string literals in the readers' source.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("type", "form")}
    return comparison.plus(item for item in _word_changes(documents, shapes, named) if item.path not in known_paths)


def _word_changes(
    documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape], named: frozenset[str]
) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if later is None or not _is_enumeration(row.shape) or not _is_enumeration(later):
            continue
        before, after = row.shape.enum or frozenset(), later.enum or frozenset()
        if not (before - after) & named or after <= before:
            continue
        change = _word_change_at(row.path, documents, named)
        if change is not None:
            yield change


def _is_enumeration(shape: Shape) -> bool:
    words = shape.kinds == {JsonType.STRING} and set(shape.forms) <= _FORMS
    return words and bool(shape.enum) and shape.count(JsonType.STRING) >= _FEWEST


def _word_change_at(path: Path, documents: tuple[Sequence[Any], Sequence[Any]], named: frozenset[str]) -> Change | None:
    sides = _Sides(*(Counter(text for text in values_in(side, path) if isinstance(text, str)) for side in documents))
    words = sides.renamed()
    if not words.keys() & named:
        return None
    shown = (", ".join(sorted(words)), ", ".join(sorted(set(words.values()))))
    return make_change(("form", "reformed"), path, shown, {"as": "words", "words": words})


@dataclass(frozen=True, slots=True)
class _Sides:
    before: Counter[str]
    after: Counter[str]

    def renamed(self) -> Mapping[str, str]:
        """Return the words that are surely gone, each with the new word most like it; {} when none replaced them."""
        restyled = self._restyled()
        if restyled:
            return restyled
        gone = [word for word in self.before if _is_surely_missing(self.before, word, self.after)]
        new = [word for word in self.after if _is_surely_missing(self.after, word, self.before)]
        if not gone or not new:
            gone, new = self._replaced_alone()
        if not gone or not new or any(map(_holds_digits, (*gone, *new))):
            return {}
        pairs: dict[str, str] = {}
        for word in sorted(gone, key=lambda word: (-max(name_likeness(word, other) for other in new), word)):
            left = [other for other in new if other not in pairs.values()] or new
            pairs[word] = max(sorted(left), key=lambda other: name_likeness(word, other))
        return pairs

    def _replaced_alone(self) -> tuple[list[str], list[str]]:
        """The most frequent word that is gone and the only new one, beside words that stayed.

        That it is gone may be chance, and that the other is new, but hardly both.
        """
        gone = max((word for word in self.before if word not in self.after), key=self.before.__getitem__, default="")
        new = [word for word in self.after if word not in self.before]
        if len(new) != 1 or not self.before.keys() & self.after.keys():
            return [], []
        chances = (
            (1.0 - self.before[gone] / self.before.total()) ** self.after.total(),
            (1.0 - self.after[new[0]] / self.after.total()) ** self.before.total(),
        )
        is_sure = chance_of_both(*chances) <= _ALPHA and min(self.before[gone], self.after[new[0]]) > 1
        return ([gone], new) if is_sure else ([], [])

    def _restyled(self) -> Mapping[str, str]:
        """The words that are gone and stand in another style now: `bullet_list`, `bulletList`; no chance does that."""
        new = {plain_name(word): word for word in self.after if word not in self.before}
        gone = [word for word in self.before if word not in self.after and plain_name(word) in new]
        return {word: new[plain_name(word)] for word in gone}


def _is_surely_missing(here: Counter[str], word: str, there: Counter[str]) -> bool:
    """Whether a word of the one side is not on the other side, where it would have to be."""
    if word in there or there.total() < _FEWEST:
        return False
    return bool((1.0 - here[word] / here.total()) ** there.total() <= _ALPHA)


def _holds_digits(word: str) -> bool:
    """Whether a word holds digits, as versions and ids do, which differ from capture to capture."""
    return any(char.isdigit() for char in word)
