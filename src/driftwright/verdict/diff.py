"""The ten-second trial: two JSON documents and a file of readers, no workspace; which reader breaks, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.impact import DOCUMENT, Engine, Program, Reader, Situation
from driftwright.structure import (
    Change,
    Comparison,
    OpenedDocuments,
    Shape,
    StoreDocuments,
    open_embedded_json,
)
from driftwright.verdict.known_good import distinct, small_situations
from driftwright.verdict.reader import Bench
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.store_case import Bound, StoreCase
from driftwright.verdict.tracing import is_large


@dataclass(frozen=True, slots=True)
class Trial:
    """Two documents compared, and what each reader makes of it."""

    changes: tuple[Change, ...]
    readers: tuple[ReaderVerdict, ...]

    def because(self, reader: ReaderVerdict) -> tuple[int, ...]:
        """Return the positions, in the list of changes, of those that hurt a reader."""
        return tuple(
            n for n, change in enumerate(self.changes) if any(_same(change, other) for other in reader.because)
        )


def structural_changes(before: Any, after: Any) -> tuple[Change, ...]:
    """Return the structural changes between two documents."""
    pair = open_embedded_json(before, after)
    documents = StoreDocuments("", (pair.before,), pair.after, pair.layout, folded=pair.shape)
    return documents.compared().comparison.changes


def diff_documents(  # noqa: PLR0913 - what is compared, each by its name
    before: Any,
    after: Any,
    readers: Program,
    engine: Engine,
    known: Sequence[Any] = (),
    *,
    asks_twice: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Trial:
    """Compare two documents, and judge every reader by execution.

    Args:
        before: A document that the readers are known to be right on.
        after: A later one.
        readers: The readers: functions of the parsed document.
        engine: V8.
        known: Further documents that the readers are known to be right on: what only some of them hold may be missing.
        asks_twice: Whether each verdict comes with a second opinion.
        progress: Called with what is done next, in words.
    """
    progress("comparing the documents")
    known = distinct([before, *known])[1:] if known else ()
    pair = open_embedded_json(before, after, known)
    known_good = (pair.before, *pair.known)
    documents = StoreDocuments(DOCUMENT, known_good, pair.after, pair.layout, readers.literals, folded=pair.shape)
    store = StoreCase(documents.compared(), documents, text_paths=pair.text_paths)
    bench = Bench(engine, {DOCUMENT: store}, readers.literals, asks_twice)
    bound = _bound((before, after, *known), pair, store.base.shapes, readers)
    asked = [Reader(readers, name) for name in engine.functions(readers) if readers.takes_document(name)]
    progress(f"running {len(asked)} readers")
    bench.tracing.prepare(asked, bound.known, bound.captured)
    judged = []
    for each in asked:
        progress(f"judging {each.function}")
        judged.append(bench.judge(each, bound))
    changes = list(_certain(store.base.comparison))
    for view in store.views:
        changes += [change for change in _certain(view.comparison) if not _is_listed(change, changes)]
    for reader in judged:
        changes += [change for change in reader.because if not _is_listed(change, changes)]
    return Trial(tuple(changes), tuple(judged))


def _bound(whole: Sequence[Any], pair: OpenedDocuments, shapes: tuple[Shape, Shape], readers: Program) -> Bound:
    """Return the situations of whole documents, with small ones; of the later document only where it is large."""
    before, after, *known = (Situation(_moment(n), {DOCUMENT: document}) for n, document in enumerate(whole))

    def small(situations: Sequence[Situation], documents: Sequence[Any], shape: Shape) -> tuple[Situation, ...]:
        opened = [
            replace(situation, stores={DOCUMENT: document}, sealed={DOCUMENT: pair.text_paths})
            for situation, document in zip(situations, documents, strict=True)
        ]
        return small_situations(opened, {DOCUMENT: lambda: shape}, readers.literals)

    traced = small([after], [pair.after], shapes[1]) if is_large(after) else ()
    known_good = small([before, *known], [pair.before, *pair.known], shapes[0])
    return Bound((before, *known), known_good, (after,), small_captured=traced)


def _moment(number: int) -> str:
    return ("before", "after")[number] if number < 2 else f"known {number - 1}"  # noqa: PLR2004 - the two named ones


def _certain(comparison: Comparison) -> Iterator[Change]:
    """Yield the changes that are certain; a doubtful one is listed only when it hurts a reader."""
    for change in comparison.changes:
        if change.path not in comparison.unseen:
            yield change


def _is_listed(change: Change, changes: Sequence[Change]) -> bool:
    return any(_same(change, other) for other in changes)


def _same(change: Change, other: Change) -> bool:
    return (change.rule.id, change.path, change.to) == (other.rule.id, other.path, other.to)
