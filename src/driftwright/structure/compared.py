"""Compare the documents of one store: their shapes first, then every detector that looks into the documents.

Whoever compares two stores comes through here, so that no caller can forget a detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import Key, Path
from driftwright.structure.change.compare import compare
from driftwright.structure.change.envelope import adapt_layout, with_maps_retyped
from driftwright.structure.change.model import Comparison
from driftwright.structure.detect.alike import add_alike_changes
from driftwright.structure.detect.cohorts import merge_partial_renames, merge_partial_wraps
from driftwright.structure.detect.columns import add_column_changes
from driftwright.structure.detect.doubt import drop_absences_in_new_kinds, mark_doubtful_unseen
from driftwright.structure.detect.gathered import add_gathered_changes
from driftwright.structure.detect.inside import with_changes_inside, with_former_names
from driftwright.structure.detect.keys import add_prefix_changes
from driftwright.structure.detect.kinds import add_sure_absences
from driftwright.structure.detect.labels import add_label_changes
from driftwright.structure.detect.order import add_order_changes
from driftwright.structure.detect.parts import add_part_changes
from driftwright.structure.detect.words import add_word_changes
from driftwright.structure.detect.writings import add_writing_changes
from driftwright.structure.shape import Layout, Shape, fold, layout_of
from driftwright.structure.shape.widening import with_counts


@dataclass(frozen=True, slots=True)
class ComparedStores:
    """The documents of one store compared, with some keys of maps told apart by name.

    Args:
        comparison: The changes, and what could not be seen.
        shapes: The shape of the known-good documents, and that of the later one.
        layout: The layout that readers' paths are told by.
    """

    comparison: Comparison
    shapes: tuple[Shape, Shape]
    layout: Layout


@dataclass(frozen=True, slots=True)
class StoreDocuments:
    """The documents of one store.

    Args:
        store: The store's name; empty for a plain document.
        known: The known-good documents.
        later: The document to compare with them.
        layout: Where the known-good documents have maps and records.
        named: The texts that stand in the readers' source.
        declared: What a schema declares; None without one.
        comparable: Whether equal values of the known-good documents and the later one are equal here too.
        counted: The shape of all records that are known to be good, where it counts more than `known` holds.
        folded: The shape of the known-good documents, where they were folded already.
    """

    store: str
    known: tuple[Any, ...]
    later: Any
    layout: Layout
    named: frozenset[str] = frozenset()
    declared: Layout | None = None
    comparable: bool = True
    counted: Shape | None = None
    folded: Shape | None = None

    def compared(self, pinned: frozenset[str] = frozenset()) -> ComparedStores:
        """Return what is different, for readers that ask for the keys `pinned` of maps by their names."""
        kept = self.folded if self.folded is not None and not pinned else fold(list(self.known), self.layout, pinned)
        given = with_maps_retyped(self.later, self.layout, kept)
        if given is not self.layout:
            kept = fold(list(self.known), given, pinned)
        usual = kept if self.counted is None else with_counts(kept, self.counted)
        layout = layout_of(usual, pinned=True) if pinned else given
        later = fold([self.later], self._layout_of(self.later, given, usual), pinned)
        comparison = self._compare((usual, later), kept, self.later)
        named_as_before = with_former_names(self.later, comparison, usual, later)
        if named_as_before is not None:
            # What is called otherwise may have changed inside as well.
            again = fold([named_as_before], self._layout_of(named_as_before, given, usual), pinned)
            inside = self._compare((usual, again), kept, named_as_before)
            comparison = with_changes_inside(comparison, inside, usual, again)
        return ComparedStores(comparison, (usual, later), layout)

    def _layout_of(self, later: Any, given: Layout, usual: Shape) -> Layout:
        """Return the layout of a later document, in which a map may lie in a record now, but under no old key."""
        adapted = adapt_layout(later, given, usual)
        is_known = any(
            name in document for document in self.known if isinstance(document, dict) for name in adapted.fields
        )
        return given if given.kind == "map" and is_known else adapted

    def _compare(self, shapes: tuple[Shape, Shape], kept: Shape, later: Any) -> Comparison:
        sides: tuple[Sequence[Any], Sequence[Any]] = (self.known, (later,))
        result = merge_partial_renames(later, compare(*shapes, self.declared))
        result = merge_partial_wraps(later, result, shapes[0])
        result = drop_absences_in_new_kinds(result, sides[1], shapes[0])
        result = mark_doubtful_unseen(result, sides[0], shapes)
        # What all records together show as rare is not made sure by the few that were kept.
        rarer = tuple(path for path in result.unseen if _presence(shapes[0], path) < _presence(kept, path))
        sure = tuple(path for path in result.unseen if path not in rarer)
        result = add_sure_absences(replace(result, unseen=sure), sides, shapes)
        result = replace(result, unseen=tuple(sorted({*result.unseen, *rarer})))
        result = add_word_changes(result, sides, shapes, self.named)
        result = add_part_changes(result, sides, shapes, self.named)
        result = add_writing_changes(result, sides, shapes, None if self.comparable else self.named)
        result = add_order_changes(result, sides, shapes)
        result = add_column_changes(result, sides, shapes)
        if self.comparable:
            result = add_alike_changes(result, sides, shapes)
        result = add_gathered_changes(result, self.known, later)
        if self.comparable:
            result = add_prefix_changes(result, sides, shapes)
        result = add_label_changes(result, sides, shapes, self.named)
        return replace(result, changes=tuple(replace(change, store=self.store) for change in result.changes))


def _presence(shape: Shape, path: Path) -> float:
    """Return the share of the records that have the last field of a path; 1 where it is no field."""
    holder = shape.at(path.parent) if isinstance(path.last, Key) else None
    return holder.presence(path.last.name) if holder is not None and isinstance(path.last, Key) else 1.0
