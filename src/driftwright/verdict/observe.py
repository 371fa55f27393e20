"""Find the stores in a capture and compare each with its nearest accepted version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from driftwright.base.path import ROOT, Path
from driftwright.base.terms import BESIDE_STORAGE, PAGE_STORAGE
from driftwright.snapshot import AreaView, Entry, MakeUp, OwnFiles, Snapshot, entry_id, hide, is_at_home
from driftwright.structure import (
    Change,
    Cohort,
    Comparison,
    Layout,
    Shape,
    StoreDocuments,
    adapt_layout,
    compare,
    find_cohorts,
    fold,
    layout_of,
    make_change,
    open_embedded_json,
    shape_of_fingerprint,
    with_shown,
)
from driftwright.verdict.beside import absence_beside
from driftwright.verdict.known_good import distinct
from driftwright.workspace import (
    Resolution,
    Store,
    Version,
    Violation,
    accepted_shape,
    redaction_policy,
    resolve_document,
    violations,
    vocabulary_violations,
)

_NOTHING = Comparison((), ())
TOO_LARGE = "nested deeper, or larger, than a capture looks"

UNWRITTEN = "not written yet"
UNLOOKED = "its storage area was not looked into"
UNGIVEN = "it was not given"
_SAVED = "dump"


@dataclass(frozen=True, slots=True)
class ReadingCode:
    """The source of the readers of a workspace.

    Args:
        text: All of it.
        literals: The texts and names that stand in it.
    """

    text: str
    literals: frozenset[str]


NO_CODE = ReadingCode("", frozenset())


@dataclass(frozen=True, slots=True)
class Observed:
    """One store as a capture shows it.

    Args:
        store: Its declaration.
        state: `here`, `elsewhere`, `missing`, `empty`, `unreadable`, or `too-large`: not looked at to its end.
        entry: The area and the entry in which it was found; None when it is missing.
        document: Its value as readers are given it; None when they are given none.
        resolution: The nearest version; None when there is nothing to compare.
        accepted: The version that the capture is compared with.
        comparison: The changes, and the paths that could not be seen.
        violations: The violations of the accepted version's schema.
        cohorts: Paths whose records have several shapes.
        reset: Whether the site seems to have emptied the store under another version number.
        shape: The shape that was compared with the accepted version; None when nothing was compared.
        documents: The documents that were compared; None when readers are given none.
        raw: Its value with nothing hidden, for a file of one's own: readers run on it, and it is shown nowhere.
        text_paths: Where the compared documents had JSON text that a reader parses, innermost first.
        layout: The layout that readers' paths are told by; None when nothing was compared.
        may_lack: Whether the page state or its having been emptied explains absences.
        absence: Why it is not in its place, where that is no drift: `UNWRITTEN` (nothing shows that the page had to
            have it), `UNLOOKED` or `UNGIVEN`; else empty.
        usual: The shape of the known-good documents that it was compared with; None when nothing was compared.
    """

    store: Store
    state: str
    entry: tuple[AreaView, Entry] | None
    document: Any
    resolution: Resolution | None
    accepted: Version
    comparison: Comparison
    violations: tuple[Violation, ...]
    cohorts: tuple[Cohort, ...] = ()
    reset: bool = False
    shape: Shape | None = None
    documents: StoreDocuments | None = None
    raw: Any = field(default=None, repr=False)
    text_paths: tuple[Path, ...] = ()
    usual: Shape | None = None
    layout: Layout | None = None
    may_lack: bool = False
    absence: str = ""

    @property
    def is_alike(self) -> bool:
        """Whether its values are made up as those of its known-good stores are: equal ones are equal on both sides."""
        return self.store.made_up and self.documents is not None and self.documents.comparable

    def without_reset(self, comparison: Comparison) -> Comparison:
        """Return a comparison of the store without what its having been emptied explains."""
        return _without_reset(comparison, self.accepted.layout) if self.reset else comparison


def observe_store(snapshot: Snapshot, store: Store, code: ReadingCode = NO_CODE) -> Observed:
    """Find a store in a snapshot and compare it with its nearest published version.

    Args:
        snapshot: The capture.
        store: The declaration.
        code: The source of the readers.
    """
    entries = [(view, entry) for view in snapshot.areas for entry in view.entries if entry.store == store.name]
    if not entries:
        if snapshot.own.documents:
            return _observe_missing(store, UNGIVEN)
        return _observe_missing(store, _absence(snapshot, store, is_elsewhere=False))
    fingerprints = [pair for pair in entries if pair[1].form == "shape"]
    if fingerprints:
        return _observe_fingerprint(store, fingerprints[0])
    at_home = [pair for pair in entries if is_at_home(*pair, store)]
    if not at_home:
        absence = _absence(snapshot, store, is_elsewhere=True)
        if absence:  # what lies elsewhere as well has not moved there
            return replace(_observe_missing(store, absence), state="elsewhere", entry=entries[0])
        return _observe_elsewhere(store, entries)
    view, entry = at_home[0]
    if any(pair[1].form == "oversize" for pair in at_home):
        return Observed(store, "too-large", at_home[0], None, None, store.latest, _NOTHING, ())
    odd = [pair for pair in at_home if pair[1].form != "json"]
    if odd and not odd[0][1].form.startswith(_PACKED):
        return _observe_unreadable(store, odd[0])
    observed = _observe_document(snapshot.own, store, (view, entry), at_home, code)
    observed = replace(observed, raw=snapshot.own.documents.get(store.name))
    return _observe_packed(observed, odd[0][1].form) if odd else observed


def _observe_missing(store: Store, absence: str) -> Observed:
    return Observed(store, "missing", None, None, None, store.latest, _NOTHING, (), absence=absence)


def _observe_document(
    own: OwnFiles, store: Store, pair: tuple[AreaView, Entry], at_home: list[tuple[AreaView, Entry]], code: ReadingCode
) -> Observed:
    entry = pair[1]
    document = {entry_id(e): e.value for _, e in at_home} if store.placeholder else entry.value
    comparable = True
    if store.made_up:
        document, comparable = _made_up(own, store, code) if store.name in own.documents else (document, False)
    shape = fold([document], store.latest.layout)
    resolution = resolve_document(document, store, shape)
    accepted = resolution.version if resolution.version and resolution.version.published else store.latest
    known = distinct(document for document in accepted.witnesses.values() if document is not None)
    if store.made_up and store.name not in own.documents:
        known = tuple(hide(redaction_policy([store]), known, NO_SECRET))
    text_paths: tuple[Path, ...] = ()
    later = document
    if known and not store.placeholder:
        opened = open_embedded_json(known[0], document, known[1:])
        known, later, text_paths = (opened.before, *opened.known), opened.after, opened.text_paths
    counted = accepted_shape(accepted) if accepted.counted.counted else None
    usual = fold(list(known), accepted.layout)
    layout = with_shown(accepted.layout, usual)
    documents = StoreDocuments(
        store.name, known, later, layout, code.literals, accepted.claims, comparable, counted, usual
    )
    compared = documents.compared()
    comparison, shape = compared.comparison, compared.shapes[1]
    if store.made_up and store.name in own.documents:
        comparison = _with_notations(comparison, documents, own.documents[store.name])
    reset = _is_reset(comparison, shape, accepted.layout)
    if reset:
        comparison = _without_reset(comparison, accepted.layout)
    state = "empty" if shape.empty and shape.empty == shape.total else "here"
    wrong = (*violations(document, accepted, shape), *vocabulary_violations(document, accepted, store.name))
    mixed = find_cohorts(document, comparison)
    return Observed(
        store,
        state,
        pair,
        document,
        resolution,
        accepted,
        comparison,
        wrong,
        mixed,
        reset,
        shape,
        documents,
        text_paths=text_paths,
        usual=compared.shapes[0],
        layout=compared.layout,
        may_lack=reset,
    )


_OF_WRITING = frozenset({"notation", "duration", "part"})


def _with_notations(comparison: Comparison, documents: StoreDocuments, raw: Any) -> Comparison:
    """Return a comparison with what shows in the texts of a file as they are, and not once they are made up.

    How a text writes a number says nothing of what it says, so that made-up texts of known-good stores show it as well.
    """
    opened = open_embedded_json(documents.known[0], raw, documents.known[1:]).after if documents.known else raw
    as_it_is = replace(documents, later=opened, comparable=False).compared().comparison
    known_paths = {change.path for change in comparison.changes}
    return comparison.plus(
        change
        for change in as_it_is.changes
        if change.params.get("as") in _OF_WRITING and change.path not in known_paths
    )


NO_SECRET = b"what is made up is no secret    "


def _made_up(own: OwnFiles, store: Store, code: ReadingCode) -> tuple[Any, bool]:
    """Return a file of one's own with its values made up, and whether so by the secret of the known-good stores."""
    document = own.documents[store.name]
    layout = adapt_layout(document, store.latest.layout, accepted_shape(store.latest))
    shape = fold([document], layout)
    names = layout_of(accepted_shape(store.latest)).names  # as the known-good stores were made up with
    make_up = MakeUp(own.secret, code.text, code.literals, names)
    return make_up.document(document, layout_of(shape)), make_up.name == store.made_with


_PACKED = ("json-in-lz", "json-in-base64")
_NEARLY_EMPTY = 1


def _observe_fingerprint(store: Store, pair: tuple[AreaView, Entry]) -> Observed:
    """Observe a store of which a fingerprint gives the structure alone: readers get no document."""
    version, comparison, shape = _nearest_by_shape(store, pair[1].value)
    state = "empty" if shape.empty and shape.empty == shape.total else "here"
    nearest = Resolution(version, len(comparison.changes), "")
    return Observed(store, state, pair, None, nearest, version, comparison, (), shape=shape)


def _nearest_by_shape(store: Store, node: Any) -> tuple[Version, Comparison, Shape]:
    """Return the published version that a fingerprint is nearest to, and what is different from it."""
    candidates = []
    for version in store.versions:
        usual = accepted_shape(version)
        shape = shape_of_fingerprint(node, usual)
        candidates.append((version, compare(usual, shape, version.layout, store.name), shape))
    # Of equally near versions, the newest.
    return min(reversed(candidates), key=lambda candidate: len(candidate[1].changes))


def _observe_packed(observed: Observed, form: str) -> Observed:
    """Return a packed store as unreadable for readers, with the changes of the document inside it."""
    packing = _store_change(observed.store, "compressed", "json", form)
    inside = observed.comparison
    both = Comparison((*packing, *inside.changes), inside.unseen)
    return replace(observed, state="unreadable", document=None, documents=None, raw=None, comparison=both)


def _is_reset(comparison: Comparison, shape: Shape, layout: Layout) -> bool:
    """Whether the version number changed and the store's maps are nearly empty: the site discarded its data."""
    if not any(change.rule.happened == "version" for change in comparison.changes):
        return False
    maps = list(_maps(layout))
    counts = [part.values.total for path in maps if (part := shape.at(path)) is not None and part.values is not None]
    return bool(maps) and sum(counts) <= _NEARLY_EMPTY


def _maps(layout: Layout, path: Path = ROOT) -> Iterator[Path]:
    """Yield the outermost maps that a version declares."""
    if layout.kind == "map":
        yield path
        return
    for name, part in layout.fields.items():
        yield from _maps(part, path / name)


def _without_reset(comparison: Comparison, layout: Layout) -> Comparison:
    """Return the comparison with removals inside maps as unseen: a reset store is not filled yet."""
    maps = tuple(_maps(layout))

    def is_absence(change: Change) -> bool:
        return change.rule.happened == "removed" and any(path.within(change.path) for path in maps)

    gone = [change for change in comparison.changes if is_absence(change)]
    kept = tuple(change for change in comparison.changes if not is_absence(change))
    return Comparison(kept, tuple(sorted({*comparison.unseen, *(change.path for change in gone)})))


def _absence(snapshot: Snapshot, store: Store, *, is_elsewhere: bool) -> str:
    """Return why a store that is not in its place in a capture may be absent; empty where that may be drift."""
    if store.area in BESIDE_STORAGE:
        return absence_beside(snapshot, store, is_elsewhere=is_elsewhere)
    return "" if _is_looked_into(snapshot, store) else UNLOOKED


def _is_looked_into(snapshot: Snapshot, store: Store) -> bool:
    """Whether a capture looked into the area of the page in which a store should lie.

    A reading of the page itself looks into all areas of it; saved storage may be of some, and not every reading sees an
    extension's.
    """
    if snapshot.provenance.way != _SAVED and store.area in PAGE_STORAGE:
        return True
    return any(view.area == store.area and not view.where and not view.denied for view in snapshot.areas)


def _observe_elsewhere(store: Store, pairs: list[tuple[AreaView, Entry]]) -> Observed:
    view, entry = pairs[0]
    before = f"{store.area} {store.key}"
    keys = sorted({entry.key for _, entry in pairs})
    if len(keys) > 1 and not store.placeholder:
        change = _store_change(store, "split", before, " and ".join(keys))
    elif view.area != store.area or view.where:
        change = _store_change(store, "moved", before, f"{view.area} of {view.where}" if view.where else view.area)
    else:
        change = _store_change(store, "renamed", before, entry.key)
    return Observed(store, "elsewhere", pairs[0], None, None, store.latest, Comparison(change, ()), ())


def _observe_unreadable(store: Store, pair: tuple[AreaView, Entry]) -> Observed:
    twice = pair[1].form == "json-in-text"
    change = _store_change(store, "encoded-twice" if twice else "unreadable", "JSON", pair[1].form)
    return Observed(store, "unreadable", pair, None, None, store.latest, Comparison(change, ()), ())


def _store_change(store: Store, happened: str, before: str, after: str) -> tuple[Change, ...]:
    change = make_change(("store", happened), ROOT, (before, after), {}, store.name)
    return (change,) if change is not None else ()
