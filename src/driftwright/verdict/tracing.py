"""Run readers with their reads noted; on large documents the answer is that of the whole, the reads are of a small one.

Noting reads takes many times the memory of the document and of the reader. Which paths a reader takes shows on a small
document with the same paths as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from driftwright.impact import Engine, Outcome, Reader, Reading, Situation, calls
from driftwright.structure import fold, make_witness

_LARGE = 2_000_000
"""Characters of JSON from which on a document is not traced as a whole."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Runs of readers with their reads noted.

    Args:
        engine: V8.
        named: The texts that stand in the readers' source: entries under these keys are kept.
    """

    engine: Engine
    named: frozenset[str]
    _small: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def outcomes(
        self, reader: Reader, chosen: Sequence[Situation], small: Sequence[Situation] = ()
    ) -> tuple[Outcome, ...]:
        """Return what a reader answers in each situation, and what it reads.

        Args:
            reader: The reader.
            chosen: The situations.
            small: The first of them with small documents, where these were made already.
        """
        if not any(map(is_large, chosen)):
            return self.engine.run(reader.program, calls(reader.function, chosen), traced=True)
        whole = self.engine.run(reader.program, calls(reader.function, chosen))
        reduced = [*small[: len(chosen)], *map(self._reduced, chosen[len(small) :])]
        traced = self.engine.run(reader.program, calls(reader.function, reduced), traced=True)
        return tuple(replace(outcome, reads=other.reads) for outcome, other in zip(whole, traced, strict=True))

    def prepare(self, readers: Sequence[Reader], *groups: Sequence[Situation]) -> None:
        """Run readers in one message to V8, all of them in one situation before the next, so that each is parsed once.

        Args:
            readers: The readers.
            groups: The situations that `outcomes` is going to be asked for, together in each group.
        """
        self.engine.prepare(
            [
                Reading(reader.program, calls(reader.function, [situation]), traced=not any(map(is_large, group)))
                for group in groups
                for situation in group
                for reader in readers
            ]
        )

    def _reduced(self, situation: Situation) -> Situation:
        stores = {name: self._small_of(document) for name, document in situation.stores.items()}
        return replace(situation, stores=stores)

    def _small_of(self, document: Any) -> Any:
        if not isinstance(document, (dict, list)):
            return document
        if id(document) not in self._small:
            # The document is kept beside it, so that its identity stays its own.
            self._small[id(document)] = (document, make_witness(document, fold([document]), self.named))
        return self._small[id(document)][1]


def is_large(situation: Situation) -> bool:
    """Whether the documents of a situation are too large to be traced as a whole."""
    argument = situation.argument()
    texts = [argument.document or "", *(text or "" for text in argument.stores.values())]
    return sum(map(len, texts)) > _LARGE
