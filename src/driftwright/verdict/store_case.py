"""One store of a capture, and the situations that one reader is run in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from driftwright.base.path import EACH_VALUE, Path
from driftwright.impact import DOCUMENT, AnswerKind, Situation
from driftwright.structure import (
    OPEN,
    Change,
    ComparedStores,
    Comparison,
    Counterfactual,
    Layout,
    StoreDocuments,
    make_counterfactual,
    may_be_missing,
)
from driftwright.verdict.contents import Contents


def _unchanged(comparison: Comparison) -> Comparison:
    return comparison


def _never(_: Path) -> bool:
    return False


@dataclass(frozen=True)
class StoreCase:
    """One store as readers see it: its known-good documents, its captured one, and the changes between them.

    Args:
        base: The comparison in which no key of a map is told apart by its name.
        documents: The documents that were compared; None where there were none, as in a fingerprint.
        in_entries: Whether readers meet one entry of the store and not its whole document.
        text_paths: Where a reader meets JSON text, innermost first.
        excuse: Takes out of a comparison what the page state, or a store that was emptied, explains.
        may_lack: Whether the page state or an emptied store explains absences at all.
        hides: Whether the values at a path are hidden in the known-good stores and in the capture.
        is_same_session: Whether the known-good document holds the very data of the captured one, which has new names in
            it, so that what is different is not another user's or another day's.
    """

    base: ComparedStores
    documents: StoreDocuments | None = None
    in_entries: bool = False
    text_paths: tuple[Path, ...] = ()
    excuse: Callable[[Comparison], Comparison] = _unchanged
    may_lack: bool = False
    hides: Callable[[Path], bool] = _never
    is_same_session: bool = False

    @cached_property
    def _views(self) -> dict[frozenset[str], ComparedStores]:
        return {frozenset(): self.base}

    def view(self, pinned: frozenset[str]) -> ComparedStores:
        """Return the comparison for readers that ask for these keys of maps by name."""
        if pinned not in self._views and self.documents is not None:
            compared = self.documents.compared(pinned)
            self._views[pinned] = replace(compared, comparison=self.excuse(compared.comparison))
        return self._views.get(pinned, self.base)

    @cached_property
    def left(self) -> dict[object, tuple[Change, ...]]:
        """What replaying the changes of a comparison left undone, kept by `closure` for all readers that share one."""
        return {}

    @property
    def views(self) -> tuple[ComparedStores, ...]:
        """All comparisons that readers asked for."""
        return tuple(self._views.values())

    @cached_property
    def contents(self) -> Contents | None:
        """What the documents hold as a whole; None where there are none."""
        return Contents(self.documents.known, self.documents.later) if self.documents is not None else None

    @cached_property
    def counterfactual(self) -> Counterfactual | None:
        """How known-good documents are put into the later structure; None where there are no documents."""
        given = self.documents
        return make_counterfactual(given.known, given.later, given.named) if given is not None else None

    @property
    def layout(self) -> Layout:
        """The layout of what a reader is given."""
        return (self.base.layout.values or OPEN) if self.in_entries else self.base.layout

    def whole(self, path: Path) -> Path:
        """Return a path within what a reader is given as one of the whole document."""
        return Path((EACH_VALUE, *path.steps)) if self.in_entries else path


@dataclass(frozen=True, slots=True)
class Bound:
    """The situations that one reader is run in.

    Args:
        known: Known-good situations with the reader's parameters bound; of a plain document, the whole one first.
        small: The same, small enough to be replayed many times.
        captured: The captured situations, bound in the same way; none when readers cannot be run on the capture.
        kinds: Of each captured situation the kind of the reader's answer in the page itself, where nothing is hidden;
            None where it is not known, and none at all where nothing is hidden in the captured situations either.
        masked: The known-good situations with their values hidden as in the captured ones; none where the kinds are
            known, and where they are hidden in the known-good ones anyway.
        alike: Of each captured situation the same with its values made up as those of the known-good ones are, so that
            equal values are equal on both sides; none where nothing is made up, or by another secret.
        small_captured: The first of the captured situations with small documents in the place of large ones, where
            these were made already.
    """

    known: tuple[Situation, ...]
    small: tuple[Situation, ...]
    captured: tuple[Situation, ...]
    kinds: tuple[AnswerKind | None, ...] = ()
    masked: tuple[Situation, ...] = ()
    alike: tuple[Situation, ...] = ()
    small_captured: tuple[Situation, ...] = ()

    @property
    def compared(self) -> tuple[Situation, ...]:
        """The captured situations by whose values and parameters they are compared with known-good ones."""
        return self.alike or self.captured

    @property
    def may_lack_by_chance(self) -> bool:
        """Whether so few sessions are known that one more may lack what all of them have."""
        return may_be_missing(len(self.known), len(self.known), 1)


def text_given(situation: Situation, name: str) -> str:
    """Return the JSON text of a store that a reader is given; empty where it is absent."""
    argument = situation.argument()
    return (argument.document if name == DOCUMENT else argument.stores.get(name)) or ""
