"""Build the report of a capture from the observed stores and the judged facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as File

from driftwright.base.errors import BlindFault
from driftwright.base.path import EACH_VALUE, Path
from driftwright.base.terms import BESIDE_STORAGE, Area, Verdict
from driftwright.base.toml import line_of
from driftwright.report import (
    Blind,
    CaptureFacts,
    ChangeFound,
    CohortFound,
    CohortGroup,
    ContractAt,
    EvidenceSeen,
    FactFound,
    FoundPlace,
    Report,
    StoreFound,
    TreeFound,
    ViolationFound,
    fingerprint,
)
from driftwright.snapshot import Snapshot
from driftwright.structure import Change, PathCount, count_path
from driftwright.verdict import too_large
from driftwright.verdict.beside import mend_beside, page_word
from driftwright.verdict.case import Case, level_of
from driftwright.verdict.early_warnings import dual_writes
from driftwright.verdict.ledger import FactReads, read_by
from driftwright.verdict.observe import UNGIVEN, UNLOOKED, UNWRITTEN, Observed
from driftwright.verdict.tree import grouped, tree_of
from driftwright.workspace import Fact, accepted_shape, repository_of


def report_of(
    capture: CaptureFacts,
    case: Case,
    facts: Sequence[Fact],
    judged: Sequence[FactFound],
    reads: Mapping[str, FactReads],
) -> Report:
    """Return the report of a capture, without proposals of patches.

    Args:
        capture: The origin of the capture.
        case: The input that the facts were judged by.
        facts: The contracts.
        judged: The judgement of each fact.
        reads: What each fact reads, by its name; empty where nothing changed.
    """
    observed = case.observed
    changes = tuple(_build_change(case, reads, name, change, judged) for name, change in case.changes.items())
    return Report(
        capture=capture,
        stores=tuple(_build_store(item, changes, judged) for item in observed.values()),
        changes=changes,
        facts=tuple(_add_path_counts(observed, _add_places(facts, judged))),
        notes=(
            *_note_absences(observed, judged),
            *_note_words(observed, judged),
            *too_large.notes(observed),
            *_note_resets(observed),
            *_note_changes(changes, judged),
            *_note_early_warnings(observed, reads),
        ),
    )


def blind_report(fault: BlindFault, target: str, state: str, tool: str) -> Report:
    """Return the report of a blind capture: nothing was judged, neither drift nor intact."""
    blind = Blind(fault.place or "unknown", fault.what, fault.mend)
    return Report(capture=CaptureFacts(target, state, "", "", "", tool, "", None, blind))


def capture_facts(snapshot: Snapshot, file: str | None) -> CaptureFacts:
    """Return the origin of a snapshot; `file` is the path of its file."""
    where = snapshot.provenance
    return CaptureFacts(
        where.target, where.state, where.origin, where.browser, where.taken_at, where.tool, snapshot.digest, file
    )


def _build_store(item: Observed, changes: Sequence[ChangeFound], judged: Sequence[FactFound]) -> StoreFound:
    store, resolution = item.store, item.resolution
    elsewhere = item.entry if item.state == "elsewhere" else None
    return StoreFound(
        name=store.name,
        title=store.title,
        area=str(store.area),
        key=store.key,
        found=item.state,
        found_at=FoundPlace(str(elsewhere[0].area), elsewhere[1].key, elsewhere[0].where) if elsewhere else None,
        schema=store.owner,
        accepted=item.accepted.name,
        resolved=resolution.version.name if resolution and resolution.version else None,
        distance=resolution.distance if resolution else None,
        violations=tuple(
            ViolationFound(violation.path, violation.keyword, violation.message, violation.times)
            for violation in item.violations
        ),
        cohorts=tuple(
            CohortFound(
                str(cohort.path), tuple(CohortGroup(group.records, group.lacks, group.has) for group in cohort.groups)
            )
            for cohort in item.cohorts
        ),
        tree=_build_tree(item, changes, judged),
    )


def _build_tree(item: Observed, changes: Sequence[ChangeFound], judged: Sequence[FactFound]) -> TreeFound | None:
    if item.shape is None:
        return None
    name = item.store.name
    changed = [
        (path, change.id)
        for change in changes
        if change.store == name
        for path in {change.path, change.to or change.path}
    ]
    reads = [(read, fact.name) for fact in judged for read in fact.reads]
    top = "/{}" if item.store.placeholder else ""  # readers are given one entry of a pattern store
    ends = [(top + read.removeprefix(f"{name}:"), fact) for read, fact in reads if read.startswith(f"{name}:")]
    return tree_of((accepted_shape(item.accepted), item.shape), item.accepted.layout, grouped(changed), grouped(ends))


def _note_absences(observed: Mapping[str, Observed], judged: Sequence[FactFound]) -> Iterator[str]:
    """Yield a note for each store whose absence is no drift and that an unseen fact reads."""
    wanted = {path.partition(":")[0] for fact in judged if fact.unseen is not None for path in fact.unseen.paths}
    for name, item in observed.items():
        if name not in wanted:
            continue
        if item.absence == UNLOOKED:
            yield f"{name}: {UNLOOKED}, so nothing can be said of it: capture {item.store.area} storage as well"
        elif item.absence and item.store.area in BESIDE_STORAGE and item.absence not in (UNGIVEN, UNWRITTEN):
            yield f"{name}: {item.absence}: {mend_beside(item.absence)}"
        if item.absence == UNGIVEN:
            yield f"{name}: {UNGIVEN}, so nothing can be said of it: give its file with --store as well"
        if item.absence == UNWRITTEN:
            yield (
                f"{name}: {UNWRITTEN}: it lies nowhere, and nothing known of this page says that it must; use the "
                "page and capture again, or list it in `must` of a [[state]] of the target if it is always there"
            )


def _note_words(observed: Mapping[str, Observed], judged: Sequence[FactFound]) -> Iterator[str]:
    """Yield a note for each store that is read and that the page's own code makes."""
    read = {path.partition(":")[0] for fact in judged for path in fact.reads}
    for name, item in observed.items():
        if item.store.area is Area.WINDOW and item.document is not None and name in read:
            yield page_word(item.store)


def _note_resets(observed: Mapping[str, Observed]) -> Iterator[str]:
    for name, item in observed.items():
        if item.reset:
            yield (
                f"{name}: its version number changed and its maps are nearly empty; the site probably reset it, "
                "as a store does on the run after a version bump: use the app and capture again"
            )


def _build_change(
    case: Case, reads: Mapping[str, FactReads], name: str, change: Change, judged: Sequence[FactFound]
) -> ChangeFound:
    rule = change.rule
    readers = read_by(reads, change, inside_entry=bool(case.observed[change.store].store.placeholder))
    # A reader may pass on a whole record without reading inside it: a change that hurts it counts as read.
    hurt = {fact.name for fact in judged if name in fact.because}
    fits = any(not moment.after([change])[1] for moment in case.moments)
    replayed = "nothing to replay" if rule.operator == "none" else "replayed" if fits else "not replayed"
    return ChangeFound(
        id=name,
        rule=rule.id,
        title=rule.title,
        level=level_of(change, case.weak, is_hurt=bool(hurt)),
        store=change.store,
        path=str(change.path),
        to=str(change.to) if change.to is not None else None,
        message=change.message,
        before=change.before,
        after=change.after,
        replay=replayed,
        why_not="it fits no position of any known-good store" if replayed == "not replayed" else None,
        read_by=tuple(name for name in reads if name in readers.all or name in hurt),
        fingerprint=fingerprint(rule.id, change.store, str(change.path)),
        read_first=tuple(name for name in reads if name in readers.first or name in hurt),
    )


def _note_changes(changes: Sequence[ChangeFound], judged: Sequence[FactFound]) -> Iterator[str]:
    for change in changes:
        if change.rule == "version-changed":
            yield f"{change.store}: {change.message}; not a break by itself"
        if change.replay == "not replayed" and change.read_by:
            yield f"{change.store}: {change.message}; it could not be replayed, so it is not called tolerated"
    for fact in judged:
        if fact.verdict is not Verdict.INTACT:
            continue  # a broken fact disagrees with everything: one cause, one finding
        for agreement in fact.agreements:
            if agreement.held is False:
                yield f"{fact.name}: {agreement.name} does not hold ({agreement.says})"


def _note_early_warnings(observed: Mapping[str, Observed], reads: Mapping[str, FactReads]) -> Iterator[str]:
    ends = frozenset(path for fact in reads.values() for path in fact.ends)
    for item in observed.values():
        yield from (twice.says for twice in dual_writes(item, ends))


def _add_places(facts: Sequence[Fact], judged: Sequence[FactFound]) -> Iterator[FactFound]:
    """Yield the facts with the path of their contract, relative to the repository's root, and its line."""
    files = {fact.name: File(fact.file) for fact in facts}
    top = repository_of(next(iter(files.values())).parent) if files else File()
    for fact in judged:
        file = files[fact.name]
        place = (file.parent.resolve() / file.name).relative_to(top).as_posix()
        yield replace(fact, contract=ContractAt(place, line_of(file, "title")))


def _add_path_counts(observed: Mapping[str, Observed], judged: Iterable[FactFound]) -> Iterator[FactFound]:
    """Yield the facts with how often the capture shows the paths at which their reading ends."""
    counted: dict[str, PathCount] = {}
    for fact in judged:
        for read in fact.reads:
            if read not in counted:
                counted[read] = _count_at(observed, read)
        counts = ((read, counted[read]) for read in fact.reads)
        yield replace(
            fact,
            evidence_seen=tuple(EvidenceSeen(read, count.present, count.of, count.enough) for read, count in counts),
        )


def _count_at(observed: Mapping[str, Observed], read: str) -> PathCount:
    name, _, text = read.partition(":")
    path = Path.parse(text)
    item = observed.get(name)
    if item is None:
        return PathCount(0, 0)
    return count_path(item.document, Path((EACH_VALUE, *path.steps)) if item.store.placeholder else path)
