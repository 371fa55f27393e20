"""Judge a capture by its page state: what the state may lack is unseen, what it must show has to be there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from driftwright.base.path import EACH_VALUE, Path, StorePath, values_at
from driftwright.base.terms import Verdict
from driftwright.report import Blind, FactFound, Report
from driftwright.structure import Change, Comparison
from driftwright.verdict.observe import UNWRITTEN, Observed
from driftwright.workspace import Expectation, Workspace, expectations

_ABSENCES = ("missing", "removed", "optional", "emptied", "truncated")


class PageStates:
    """The page states of a capture's target."""

    def __init__(self, states: Sequence[Expectation], reached: str) -> None:
        """Take the target's states and the name of the one that the capture reached."""
        self._states = states
        self._reached = next((state for state in states if state.name == reached), None)

    @classmethod
    def of(cls, workspace: Workspace, target: str, reached: str) -> PageStates:
        """Read the states of a target; an unknown target has none.

        Raises:
            InputFault: The file is malformed.
        """
        is_known = target in workspace.targets()  # a name from a file is no path
        return cls(expectations(workspace.target_file(target)) if is_known else (), reached)

    def excused(self, observed: Mapping[str, Observed], known_stores: Collection[str] = ()) -> Mapping[str, Observed]:
        """Return the stores with absences that the state allows as unseen instead of as changes.

        Args:
            observed: The captured stores by name.
            known_stores: The names of the stores that the page is known to have had before.
        """
        excused = {name: self.excuse(item) for name, item in observed.items()}
        return {
            name: replace(item, absence=UNWRITTEN) if self._is_unwritten(item, known_stores) else item
            for name, item in excused.items()
        }

    def _is_unwritten(self, item: Observed, known_stores: Collection[str]) -> bool:
        """Whether a store is missing, and neither the page state nor an earlier run says that it has to be there."""
        name, reached = item.store.name, self._reached
        if item.state != "missing" or item.absence:
            return False
        if reached is not None:
            if any(place.store == name for place in reached.must):
                return False
            if any(place.store == name and not place.path.steps for place in reached.may_lack):
                return True
        return name not in known_stores

    def excuse(self, item: Observed) -> Observed:
        """Return a store with absences that the state allows as unseen instead of as changes."""
        reached = self._reached
        return item if reached is None or not reached.may_lack else _excuse_absences(item, reached)

    def applied(self, report: Report, observed: Mapping[str, Observed]) -> Report:
        """Return the report with hints at better states for unseen facts, and a note when the page was not ready."""
        reached = self._reached
        if reached is None:
            return report
        facts = tuple(self._add_hint(fact) for fact in report.facts)
        lacking = [place for place in reached.must if not is_shown(observed, place)]
        lacking = [place for place in lacking if not _is_explained(observed, place)]
        if not lacking:
            return replace(report, facts=facts)
        message = f"not-ready: the page state {reached.name!r} must show {lacking[0]}, and this capture does not"
        report = replace(report, facts=facts, notes=(*report.notes, message))
        if any(fact.verdict is not Verdict.INTACT for fact in facts):
            return report  # its verdict already is not "intact", and says more than that the page was not ready
        mend = f"bring the page to {reached.name!r} ({reached.what}) and capture again"
        blind = Blind("not-ready", message.removeprefix("not-ready: "), mend)
        return replace(report, capture=replace(report.capture, blind=blind))

    def _add_hint(self, fact: FactFound) -> FactFound:
        if fact.unseen is None or self._reached is None:
            return fact
        reads = [_parse_place(read) for read in fact.reads]
        shows = {state: sum(_is_sure_to_show(state, read) for read in reads) for state in self._states}
        better = max(shows, key=lambda state: shows[state], default=self._reached)
        if better is self._reached or shows[better] <= shows[self._reached]:
            return fact
        need = f"page state {self._reached.name!r} need not show it: capture {better.name!r} ({better.what})"
        to_see = f"{fact.unseen.to_see}; {need}" if fact.unseen.to_see else need
        return replace(fact, unseen=replace(fact.unseen, to_see=to_see), next=to_see)


def _parse_place(text: str) -> StorePath:
    store, _, path = text.partition(":")
    return StorePath(store, Path.parse(path))


def _is_sure_to_show(state: Expectation, read: StorePath) -> bool:
    """Whether a capture of a state is sure to show a value at or around a place that is read."""

    def beside(place: StorePath) -> bool:
        return place.store == read.store and (place.path.within(read.path) or read.path.within(place.path))

    return any(map(beside, state.must)) and not any(
        place.store == read.store and read.path.within(place.path) for place in state.may_lack
    )


def is_shown(observed: Mapping[str, Observed], place: StorePath) -> bool:
    """Whether a capture shows at least one value at a place."""
    item = observed.get(place.store)
    if item is None or item.document is None:
        return False
    path = Path((EACH_VALUE, *place.path.steps)) if item.store.placeholder else place.path
    return any(True for _ in values_at(item.document, path))


def _is_explained(observed: Mapping[str, Observed], place: StorePath) -> bool:
    """Whether a change explains why a place is not shown; then the change is the finding, not the page state."""
    item = observed.get(place.store)
    if item is None:
        return False
    changed = [change.path for change in item.comparison.changes if change.rule.happened != "added"]
    return any(place.path.within(path) or path.within(place.path) for path in changed)


def _excuse_absences(item: Observed, reached: Expectation) -> Observed:
    allowed = [place.path for place in reached.may_lack if place.store == item.store.name]
    if not allowed or item.document is None:
        return item

    def is_excused(change: Change) -> bool:
        path = Path(change.path.steps[1:]) if item.store.placeholder else change.path
        return change.rule.happened in _ABSENCES and any(path.within(allowed_path) for allowed_path in allowed)

    gone = [change for change in item.comparison.changes if is_excused(change)]
    kept = tuple(change for change in item.comparison.changes if not is_excused(change))
    unseen = tuple(sorted({*item.comparison.unseen, *(change.path for change in gone)}))
    return replace(item, comparison=Comparison(kept, unseen), may_lack=True)
