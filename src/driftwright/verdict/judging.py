"""The order in which all evidence about one reader is weighed, to its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from driftwright.base.path import StorePath
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import (
    Answer,
    Baseline,
    Engine,
    Impact,
    Outcome,
    Read,
    Situation,
    assess_impact,
    failed,
    finds_elsewhere,
    other_branch,
)
from driftwright.structure import Change
from driftwright.verdict.closure import closure_of
from driftwright.verdict.nothing_left import is_null_of_data, retypes_reads, says_nothing_left, says_other_things
from driftwright.verdict.provided import asks_for_words, holds_known_states, holds_little, is_provided_for
from driftwright.verdict.reader_runs import ReaderRuns
from driftwright.verdict.reader_verdict import ReaderVerdict, changed_verdict, intact_verdict, unseen_verdict
from driftwright.verdict.store_case import StoreCase
from driftwright.verdict.weigh import (
    OBJECT_AS_TEXT,
    UNDEFINED_AS_TEXT,
    are_stand_ins,
    is_partial,
    is_refuted,
    no_answer,
    signs,
    turned_for_all,
    turned_to_nothing,
)
from driftwright.verdict.what_if import WhatIf


@dataclass(frozen=True)
class Judging:
    """One reader with its runs, and the order in which the evidence is weighed.

    Args:
        engine: V8.
        stores: What is known of each store, by its name.
        runs: The reader, where it was run and what it read there.
    """

    engine: Engine
    stores: Mapping[str, StoreCase]
    runs: ReaderRuns

    @cached_property
    def _at(self) -> tuple[Situation, Outcome] | None:
        """The captured situation that decides: one that throws or holds nothing, else one that is worse, else any."""
        pairs = list(zip(self.runs.bound.compared, self.runs.captured, strict=True))
        good = [outcome.answer for outcome in self.runs.known if not no_answer(outcome.answer)]

        def rank(pair: tuple[Situation, Outcome]) -> int:
            answer = pair[1].answer
            if failed(answer):
                return 0
            if good and all(turned_to_nothing(known, answer) is not None for known in good):
                return 1
            return 2 if self.runs.is_sound(answer, good) else 3

        return min(pairs, key=rank, default=None)

    @cached_property
    def _before(self) -> tuple[Situation, Outcome]:
        """The known-good situation to compare it with: one of the same parameters, else the first that answers."""
        pairs = list(zip(self.runs.bound.known, self.runs.known, strict=True))
        answering = [pair for pair in pairs if not no_answer(pair[1].answer)] or pairs
        alike = [pair for pair in answering if self._at is not None and pair[0].params == self._at[0].params]
        return (alike or answering)[0]

    @cached_property
    def _what_if(self) -> WhatIf:
        return WhatIf(self.engine, self.runs, self.stores, *self._before)

    def verdict(self) -> ReaderVerdict:
        """Weigh all evidence, and return the verdict with what was read and missed."""
        impact = assess_impact(self.engine, self.runs.reader, self.runs.bound.small, self.runs.changes)
        after = self._at[1].answer if self._at else None
        if impact.effect is Effect.SAME:
            impact = (self._what_if.by_names(self._at[1]) if self._at else None) or impact
        if impact.effect is Effect.SAME and after is not None and not failed(after):
            impact = self._what_if.awoken() or impact
        weak = tuple(filter(self.runs.may_be_data, self.runs.changes))
        combined = replace(self._combined(impact), missed=impact.missed, closure=closure_of(self.runs))
        return replace(combined, reads=tuple(self.runs.reads), weak=weak)

    def _combined(self, impact: Impact) -> ReaderVerdict:
        """The replay decides; the run on the capture raises what throws or is nothing, and clears what is sound."""
        hidden, within = self.runs.unseen_paths(impact)
        if self._at is None:
            return self._by_replay_alone(impact, (*hidden, *within))
        if self.runs.is_misled:
            return self._if_hurt(impact) or self._unseen_masked("it answers otherwise where values are hidden")
        return (
            self._if_failing(impact, (*hidden, *within))
            or self._if_hurt(impact)
            or self._if_preceded()
            or self._if_worse(impact, hidden)
            or self._if_hidden(hidden)
            or self._if_masked()
            or self._if_joined()
            or self._if_nothing_left()
            or self._intact(impact)
        )

    def _by_replay_alone(self, impact: Impact, unseen: tuple[StorePath, ...]) -> ReaderVerdict:
        before = self._before[1].answer
        if impact.effect is not Effect.SAME and not self._is_all_weak(impact):
            return self._changed(impact, Verdict.BROKEN, None)
        return unseen_verdict(self._name, before, None, "it could not be run on the capture", unseen)

    def _if_failing(self, impact: Impact, wanting: tuple[StorePath, ...]) -> ReaderVerdict | None:
        """The verdict where the reader throws on the capture, or finds nothing for want of what was not shown."""
        before, (situation, after) = self._before[1].answer, self._decisive
        is_nothing = failed(after) or turned_to_nothing(before, after) is not None
        wanting = tuple(place for place in wanting if not self.runs.was_always(place))
        # Its own code reached a record that lacks the field: that is no other mix of records.
        reached = failed(after) or (after.type != "null" and self.runs.is_surely_rewritten)
        if reached:
            wanting = tuple(place for place in wanting if not self.runs.is_of_records(place))
        if wanting and is_nothing and self._what_if.is_explained_by_hidden(wanting, after):
            says = f"AFTER does not hold {wanting[0].path}, which fewer entries may explain"
            return unseen_verdict(self._name, before, after, says, wanting)
        if not failed(after):
            return None
        if (after.kind, after.text) == ("stopped", "memory"):
            says = "AFTER is too large for it: it was stopped when it took more memory than it is given"
            return unseen_verdict(self._name, before, after, says)
        held = (impact.because, before, after, "it throws on AFTER")
        return ReaderVerdict(self._name, Verdict.BROKEN, Effect.THROWS, *held, at=situation)

    def _if_hurt(self, impact: Impact) -> ReaderVerdict | None:
        """The verdict where the replay shows an effect that the capture bears out."""
        before, (_, after) = self._before[1].answer, self._decisive
        if impact.effect is Effect.SAME or (self._is_all_weak(impact) and not self._is_lost(impact)):
            return None
        is_alike = self._before[0].params == self._at[0].params if self._at else False
        # What the later document shows needs no prediction, for which a whole document is written anew.
        if is_alike and not signs(before, after) and is_refuted(self._what_if.predicted(impact), before, after):
            return None
        is_other = other_branch([after], self._later_reads, self._baseline, self.runs.generalise)
        if is_other and not self._what_if.has_this_effect(impact, after, weak=self._is_all_weak(impact)):
            return None
        is_for_both = not signs(before, after) and is_provided_for(self.runs, impact.because)
        if is_for_both or asks_for_words(self.runs, impact.because):
            return None
        return self._changed(impact, Verdict.DEGRADED if is_partial(impact, before, after) else Verdict.BROKEN, after)

    @cached_property
    def _baseline(self) -> Baseline:
        present = frozenset(path for path, there in self.runs.reads.items() if there)
        return Baseline((self._before[1].answer,), present, self.runs.is_changed)

    @property
    def _later_reads(self) -> Sequence[Read]:
        return [read for read in self._outcome.reads if self.runs.of_store(read.path)]

    def _if_worse(self, impact: Impact, hidden: Sequence[StorePath]) -> ReaderVerdict | None:
        """The verdict where the answer on the capture is plainly worse, and no replay shows why."""
        before, (situation, after) = self._before[1].answer, self._decisive
        others = [run.answer for run in self.runs.known if run is not self._before[1] and not no_answer(run.answer)]
        is_turned = self._is_turned
        # True and false are of one kind: only an answer of false on another known-good store shows that false is right.
        # Of what is in an answer, one that held nothing tells nothing.
        telling = [other for other in others if after.empty or not other.empty]
        if any(other.same_as(after) for other in others) or (not is_turned and self.runs.is_sound(after, telling)):
            # On another known-good store it answered just so.
            return self._if_called_otherwise(after) or self._if_turned(after, telling) or self._if_retyped(after)
        hurt = self._silently_broken("", impact.because)
        plain, odd = self._plain_signs(after), turned_to_nothing(before, after)
        is_null = odd is not None and after.type == "null"
        is_soft = odd is None or is_null or odd is Verdict.DEGRADED
        is_known = any(run.answer.same_as(after) for run in self.runs.known)
        is_of_data = is_null and (is_known or is_null_of_data(self.runs, self._outcome))
        weak = (self._is_all_weak(impact) and is_soft) or is_of_data
        if says := self._says_rewritten(impact, plain, weak=weak, is_nothing=odd is not None):
            return replace(hurt, says=says)
        has_known_states = not hidden and holds_known_states(self.runs, self._outcome)
        if plain and odd is None and (has_known_states or asks_for_words(self.runs, impact.because)):
            return None
        if plain and UNDEFINED_AS_TEXT not in plain and (weak or self._what_if.is_of_data(plain)):
            says = "AFTER gives it less, as other data would"
        elif odd is not None:
            says = f"AFTER gives it {UNDEFINED_AS_TEXT if UNDEFINED_AS_TEXT in plain else 'nothing'}"
            return ReaderVerdict(self._name, odd, Effect.UNAVAILABLE, impact.because, before, after, says, at=situation)
        elif plain:
            says = "AFTER gives it less, and shows too little to say why"
        elif (turned := self._if_turned(after, ())) is not None:
            return turned
        elif are_stand_ins(before, after, self.runs.reader.literals):
            says = "AFTER gives it only what its own code puts in for want of a value"
        elif is_turned and (self.runs.loses_reads(self._outcome) or self.runs.words.are_lost()):
            says = "AFTER turns its answer, and lacks what it looks for"
        elif self._is_weak_loss(impact) and self._what_if.is_borne_out(impact, self._decisive[1]):
            says = "AFTER gives it what it gives for want of a field, as other data would"
        else:
            return self._if_retyped(after)
        return unseen_verdict(self._name, before, after, says, hidden)

    def _says_rewritten(self, impact: Impact, plain: frozenset[str], *, weak: bool, is_nothing: bool) -> str:
        """Why a worse answer comes of a store that was surely written anew; empty where nothing shows that."""
        is_worse = bool(plain) or self._is_turned
        shows_little = weak or (is_nothing and not self.runs.lists_other_keys)
        if is_worse and not shows_little and self._is_of_another_program(impact):
            return "AFTER was written by another program, and gives it less"
        is_recast = any(sign.startswith("type at ") for sign in plain)
        if is_recast and self.runs.is_surely_rewritten:
            return "AFTER was written by another program, and gives it parts of another type"
        if plain and not is_nothing and (text := self.runs.words.respelled_name()):
            return f"AFTER calls {text} otherwise, and gives it less"
        if is_worse and not weak and self.runs.surely_lacks(self._outcome):
            return "AFTER lacks in all records what it reads there, and gives it less"
        return ""

    def _plain_signs(self, after: Answer) -> frozenset[str]:
        """What is plainly worse; an answer that the capture holds itself is no stand-in of the reader's own."""
        plain = signs(self._before[1].answer, after, self.runs.reader.literals)
        is_held = "default" in plain and not self.runs.changes and not self.runs.loses_reads(self._outcome)
        return plain - {"default"} if is_held and self.runs.words.is_held(after.text[1:-1]) else plain

    def _if_called_otherwise(self, after: Answer) -> ReaderVerdict | None:
        """The verdict where the reader finds nothing, and what it looks for stands there by another word.

        Or where it finds its own stand-in alone, as no record has any more what all of them had.
        """
        before = self._before[1].answer
        worse = signs(before, after, self.runs.reader.literals) or self._is_turned
        says = ""
        is_rewritten = self.runs.is_surely_rewritten or self.runs.lists_other_keys
        if worse and (text := self.runs.words.renamed_kind()):
            says = f"AFTER calls {text} otherwise, and gives it less"
        elif worse and is_rewritten and (text := self.runs.words.lost_from_keys()):
            says = f"AFTER was written by another program, and has no key with {text} in it, by which it looks for one"
        elif are_stand_ins(before, after, self.runs.reader.literals) and self.runs.surely_lacks(self._outcome):
            says = "AFTER lacks in all records what it reads there, and gives it only what its own code puts in"
        return self._silently_broken(says) if says else None

    def _if_turned(self, after: Answer, others: Sequence[Answer]) -> ReaderVerdict | None:
        """The verdict where every item of a list turned into what no known-good store has."""
        is_turned = turned_for_all((self._before[1].answer, *others), after, self.runs.reader.literals)
        return self._silently_broken("AFTER turns every item of its answer") if is_turned else None

    def _if_retyped(self, after: Answer) -> ReaderVerdict | None:
        """The verdict where values of another type stand where the reader reads, and it finds none of them."""
        before = self._before[1].answer
        finds = any(not run.answer.empty for run in self.runs.known if not no_answer(run.answer))
        if not (after.empty and finds and retypes_reads(self.runs)):
            return None
        says = "AFTER has values of another type where it reads, and gives it nothing, as some known-good data do"
        return unseen_verdict(self._name, before, after, says)

    def _is_of_another_program(self, impact: Impact) -> bool:
        """Whether what the reader looks for is lost, and the store was surely written in another structure."""
        if finds_elsewhere(self._later_reads, self._baseline, self.runs.generalise):
            return False
        if asks_for_words(self.runs, self.runs.changes) or holds_little(self.runs):
            return False
        words = self.runs.words
        lost = self.runs.loses_reads(self._outcome) or words.are_lost() or self.runs.lists_other_keys
        is_sure = self.runs.is_rewritten if lost else self.runs.is_surely_rewritten and words.loses_kind()
        # Who answers alike on replay reads the parsed text as well, unless a record was joined to a text.
        reads_both = (
            impact.effect is Effect.SAME and bool(impact.tried) and OBJECT_AS_TEXT not in self._decisive[1].text
        )
        return is_sure or retypes_reads(self.runs, but_coded=reads_both and not lost)

    def _if_hidden(self, hidden: Sequence[StorePath]) -> ReaderVerdict | None:
        before, after = self._before[1].answer, self._decisive[1]
        is_known = any(outcome.answer.same_as(after) for outcome in self.runs.known)
        if self._is_turned and self.runs.changes and not is_known:
            says = "AFTER turns its answer, and has another structure where it reads"
            return unseen_verdict(self._name, before, after, says)
        if not hidden and (text := self.runs.words.lost_from_keys()):
            if not before.same_as(after) and self.runs.words.is_respelled(text):
                return self._silently_broken(f"AFTER calls {text} otherwise, by which it looks for a key")
            says = f"AFTER has no key with {text} in it, by which it looks for one"
            return unseen_verdict(self._name, before, after, says)
        if not hidden:
            return None
        # What is false, 0 or the reader's own default leaves its answer as it is when it is gone: had it been another?
        places = hidden if self.runs.is_surely_rewritten else ()
        lost = next((place for place in places if self._what_if.is_lost(place, self._outcome)), None)
        if lost is not None:
            says = f"AFTER was written by another program, and lacks {lost.path}, which decides its answer"
            return self._silently_broken(says)
        says = f"AFTER shows nothing below {hidden[0].path}"
        return unseen_verdict(self._name, before, after, says, hidden)

    def _if_preceded(self) -> ReaderVerdict | None:
        """The verdict where a new name stands before all that were there, and it takes that for the first of them."""
        situation, after = self._decisive
        if any(outcome.answer.same_as(after) for outcome in self.runs.known):
            return None
        place = self._what_if.preceded(situation, after)
        return (
            None if place is None else self._silently_broken(f"AFTER has {place} first, and it takes that for another")
        )

    def _if_joined(self) -> ReaderVerdict | None:
        """The verdict where an entry of another kind is among those that the reader chooses by a part of their keys."""
        before, (situation, after) = self._before[1].answer, self._decisive
        if any(outcome.answer.same_as(after) for outcome in self.runs.known):
            return None
        joined = self._what_if.joined(situation, after)
        if joined is None:
            return None
        name, entry = joined
        says = f"AFTER has {entry.place}, an entry of another kind, and it takes that for one of its own"
        documents = self.stores[name].documents
        if documents is None or (len(documents.known) == 1 and not entry.is_marked):
            # One session does not show all kinds of entries, but a mark that no entry has tells that this is none.
            return unseen_verdict(self._name, before, after, says)
        return self._silently_broken(says)

    def _if_nothing_left(self) -> ReaderVerdict | None:
        """The verdict where the reader answers as before for want of all that it reads, or counts other things now."""
        is_same = self._before[1].answer.same_as(self._decisive[1])
        says = says_nothing_left(self.runs, self._outcome) if is_same else says_other_things(self.runs, self._outcome)
        return self._silently_broken(says) if says else None

    def _if_masked(self) -> ReaderVerdict | None:
        """The verdict where no known-good store shows what the reader answers, for want of what is hidden there."""
        return self._unseen_masked("it finds nothing in known-good stores") if self.runs.finds_nothing_masked else None

    def _unseen_masked(self, why: str) -> ReaderVerdict:
        before, (_, after) = self._before[1].answer, self._decisive
        return unseen_verdict(self._name, before, after, f"cannot be judged on masked data: {why}")

    def _intact(self, impact: Impact) -> ReaderVerdict:
        before, (_, after) = self._before[1].answer, self._decisive
        basis = Basis.REPLAY if impact.tried else Basis.CAPTURE
        return intact_verdict(self._name, before, after, basis)

    @property
    def _name(self) -> str:
        return self.runs.reader.function

    @property
    def _outcome(self) -> Outcome:
        assert self._at is not None  # noqa: S101 - only asked where there is a capture
        return self._at[1]

    @property
    def _decisive(self) -> tuple[Situation, Answer]:
        """The captured situation that decides, and the answer in it."""
        assert self._at is not None  # noqa: S101 - as above
        return self._at[0], self._outcome.answer

    def _is_all_weak(self, impact: Impact) -> bool:
        return bool(impact.because) and all(map(self.runs.is_weak, impact.because))

    def _is_weak_loss(self, impact: Impact) -> bool:
        """Whether all that hurts are fields that are gone, as other data may lack them."""
        return self._is_all_weak(impact) and all(map(self._is_loss, impact.because))

    def _is_loss(self, change: Change) -> bool:
        """Whether a field is gone that is more than one of the names that the reader only lists."""
        if not change.rule.is_removal or self.runs.is_only_listed(change):
            return False
        return not (self.runs.may_be_left_out(change) or self.runs.is_of_another_kind(change))

    def _is_lost(self, impact: Impact) -> bool:
        """Whether fields are gone that other data might lack too, but not so that this reader is hurt.

        That is where the store was surely written anew, or the empty texts that it asks for were always written.
        """
        if self._what_if.misses_empty(impact):
            return True
        is_lost = all(map(self._is_loss, impact.because)) and self.runs.is_surely_rewritten
        after = self._decisive[1]
        return is_lost and (self._what_if.is_borne_out(impact, after) or self._what_if.leaves_alone(impact, after))

    @property
    def _is_turned(self) -> bool:
        """Whether yes is no now."""
        return (self._before[1].answer.text, self._decisive[1].text) == ("true", "false")

    def _silently_broken(self, says: str, because: tuple[Change, ...] = ()) -> ReaderVerdict:
        """The verdict of a reader whose answer on the capture is wrong, and throws nothing."""
        before, (situation, after) = self._before[1].answer, self._decisive
        return ReaderVerdict(self._name, Verdict.BROKEN, Effect.SILENT, because, before, after, says, at=situation)

    def _changed(self, impact: Impact, verdict: Verdict, after: Answer | None) -> ReaderVerdict:
        """The verdict of a reader whose answer changes on replay."""
        return changed_verdict(self._name, verdict, impact, self._before[1].answer, after)
