"""Same session: known-good stores with the very data of a capture, against which chance explains nothing.

Who keeps several captures often has one of the account that the later one is of: the same records under the same ids,
as the older program wrote them. What differs between these two is not another user's, nor another day's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import leaves
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import DOCUMENT, Outcome, absent
from driftwright.structure import ComparedStores
from driftwright.verdict.contents import Contents, texts_of
from driftwright.verdict.reader_runs import ReaderRuns
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.store_case import Bound, StoreCase
from driftwright.verdict.weigh import signs

_SEVERAL = 2
_FEWEST = 5
"""So many values that only one session has are no chance once the later document has them, too."""
_MOST = 0.6
_MANY = 0.3
_HARDLY_ANY = 0.05
"""The largest share of a session's data that another one may have by chance."""
_SMALL = 2
"""Digits of a number up to which it is a count as likely as not."""
_REWRITTEN = frozenset({"place", "type", "keys"})
_OTHER_ANSWER = "AFTER has the very data of a known session, and gives it another answer"
_SAME_ANSWER = "AFTER has the very data of a known session, and gives it the same answer in another way"
_OF_DATA = re.compile(r"[0-9@\s]")


@dataclass(frozen=True, slots=True)
class SameSession:
    """The known-good stores that hold the data of the captured ones.

    Args:
        positions: By the name of each store, the position of that document among its known-good ones.
        stores: What is known of each store, where such a document is known, of that one alone.
    """

    positions: Mapping[str, int]
    stores: Mapping[str, StoreCase]

    @classmethod
    def of(cls, stores: Mapping[str, StoreCase]) -> SameSession | None:
        """Return those of some stores; None where no known-good one holds the data of its capture."""
        positions: dict[str, int] = {}
        alone: dict[str, StoreCase] = {}
        for name, store in stores.items():
            documents, contents = store.documents, store.contents
            number = None if contents is None or store.in_entries else position_of(contents)
            if documents is None or contents is None or number is None:
                continue
            own = replace(documents, known=(documents.known[number],), folded=None, counted=None)
            compared = own.compared()
            base = replace(compared, comparison=store.excuse(compared.comparison))
            positions[name] = number
            is_anew = _is_written_anew(base, contents.all_known_names)
            alone[name] = replace(store, base=base, documents=own, is_same_session=is_anew)
        return cls(positions, {**stores, **alone}) if positions else None

    @property
    def is_written_anew(self) -> bool:
        """Whether another program wrote one of these stores, so that another answer on the same data is its doing."""
        return any(store.is_same_session for store in self.stores.values())

    def bound(self, bound: Bound) -> tuple[Bound, tuple[int, ...]]:
        """Return the situations with known-good ones of this session alone, and the positions that these had."""
        chosen = tuple(number for number, _ in enumerate(bound.known) if self._is_of_it(bound, number))
        known = tuple(bound.known[number] for number in chosen)
        names = {situation.moment for situation in known}
        small = tuple(situation for situation in bound.small if situation.moment in names)
        masked = tuple(situation for situation in bound.masked if situation.moment in names)
        return replace(bound, known=known, small=small or known, masked=masked), chosen

    def _is_of_it(self, bound: Bound, number: int) -> bool:
        if DOCUMENT in self.positions:  # plain documents are called in their order, with their JSON texts as they are
            return number == self.positions[DOCUMENT]
        held = bound.known[number].stores
        documents = ((name, self.stores[name].documents) for name in self.positions)
        return all(own is not None and held.get(name) == own.known[0] for name, own in documents)


def position_of(contents: Contents) -> int | None:
    """Return the position of the known-good document that holds the data of the later one; None where none does.

    Args:
        contents: The documents. The texts that only one of several known-good ones has are the data of its session.
    """
    known = contents.known
    if len(known) < _SEVERAL:
        return None
    data = [_data_in(document, texts_of(document)) for document in known]
    data_now = _data_in(contents.later, contents.later_texts)
    shares = []
    for number, held in enumerate(data):
        others = frozenset().union(*data[:number], *data[number + 1 :])
        shares.append(_share(held - others, data_now - others))
    best = max(range(len(known)), key=lambda number: shares[number] or 0.0)
    rest = [share for number, share in enumerate(shares) if number != best]
    # Where another session has data of its own, none of which the later document has, fewer common values tell it.
    least = _MANY if any(share is not None and share <= _HARDLY_ANY for share in rest) else _MOST
    is_alone = all(share is None or share < _MANY for share in rest)
    return best if (shares[best] or 0.0) >= least and is_alone else None


def _share(own: frozenset[str], own_now: frozenset[str]) -> float | None:
    """Return the share, from 0 to 1, of the values of a session that are common to two documents; None of too few."""
    common = len(own & own_now)
    if len(own) < _FEWEST:
        return None
    return common / max(len(own), len(own_now)) if common >= _FEWEST else 0.0


def _data_in(document: Any, texts: frozenset[str]) -> frozenset[str]:
    """Return the texts, keys and large numbers of a document that hardly any program writes of itself.

    Those are texts with a digit, a space or an `@`, as ids, times and names have. Lone words and small numbers are as
    often as not the program's own, and stand in many sessions.
    """
    numbers = (value for value in leaves(document) if isinstance(value, int | float) and not isinstance(value, bool))
    return frozenset(
        (
            *(text for text in texts if _OF_DATA.search(text)),
            *(str(number) for number in numbers if len(str(number)) > _SMALL),
        )
    )


def _is_written_anew(compared: ComparedStores, names: frozenset[str]) -> bool:
    """Whether a store was written by another program: other types or places than before, or names that none had.

    Who signs out, or uses up his coupon, leaves a record with less in it, but under no new name.

    Args:
        compared: The comparison of the later document with the known-good one of the same session.
        names: All names in the known-good documents of all sessions.
    """
    return any(
        (change.rule.aspect in _REWRITTEN and change.rule.operator != "none")
        or (change.rule.happened == "added" and change.path.name not in names and not _OF_DATA.search(change.path.name))
        for change in compared.comparison.changes
    )


def settled(verdict: ReaderVerdict, alone: ReaderVerdict, runs: ReaderRuns) -> ReaderVerdict:
    """Return the verdict that holds once the reader was judged by the stores of the same session as well.

    Args:
        verdict: The verdict by all known-good stores.
        alone: That by those of the same session alone.
        runs: The reader's runs on these and on the capture.
    """
    after = alone.after
    if after is None:
        return verdict
    before = runs.known[0].answer
    is_same, is_lost = any(outcome.answer.same_as(after) for outcome in runs.known), _loses_any(runs)
    if is_same and alone.verdict is Verdict.INTACT and not is_lost:
        return alone
    if is_same and _finds_another_way(runs) and not (after.empty or after.text == "false"):
        right = replace(verdict, verdict=Verdict.INTACT, effect=Effect.SAME, because=(), before=before, after=after)
        return replace(right, says=_SAME_ANSWER, basis=Basis.CAPTURE, proof=None, at=None, unseen=())
    if is_same or not any(runs.stores[read.store].is_same_session for read in runs.reads):
        return verdict
    if alone.verdict in (Verdict.BROKEN, Verdict.DEGRADED):
        return alone
    # A text or a number may be one that each run of a program makes anew, as a time; whether something is so is not.
    is_turned = before.type == after.type == "boolean"
    if not (is_turned or is_lost or runs.changes or signs(before, after)):
        return verdict
    effect = Effect.UNAVAILABLE if absent(after) else Effect.SILENT
    return replace(alone, verdict=Verdict.BROKEN, effect=effect, says=_OTHER_ANSWER, basis=Basis.CAPTURE)


def _finds_another_way(runs: ReaderRuns) -> bool:
    """Whether the reader found on the capture what it asked for in the same session, and never found there."""
    asked = {path for outcome in runs.known for path in runs.paths_read(outcome, present=False)}
    return any(path in asked for outcome in runs.captured for path in runs.paths_read(outcome, present=True))


def _loses_any(runs: ReaderRuns) -> bool:
    """Whether the reader misses on the capture anything that it found in the same session."""

    def held(outcomes: Sequence[Outcome]) -> set[Any]:
        return {path for outcome in outcomes for path in runs.paths_read(outcome, present=True)}

    return not held(runs.known) <= held(runs.captured)
