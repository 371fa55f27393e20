"""Redact stores in files that a client logged: read here, and hidden in memory by the redactor that runs in a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.files import read_bounded, text_of
from driftwright.base.jsontext import ONE_DOCUMENT
from driftwright.base.terms import Area
from driftwright.snapshot.answers import RawAnswers
from driftwright.snapshot.capture.answer import provenance_of, redaction_of, views_of
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.snapshot.capture.logged import LoggedStores, Place
from driftwright.snapshot.model import AreaView, Snapshot
from driftwright.workspace import Store, Target

WAY = "dump"
_MOST_FILES = 1000
_MOST_BYTES = 64 << 20
_MEND = "name fewer files, or take one of them"


def capture_logged(logged: LoggedStores, target: Target) -> Snapshot:
    """Return the snapshot of a target all of whose stores lie in files.

    Raises:
        InputFault: A file cannot be read, or holds more than can be taken.
    """
    view, answers = _redacted(logged, target)
    where = provenance_of(target, "", "no browser", WAY)
    return Snapshot(where, redaction_of(logged.policy), (view,), answers=answers)


def with_logged(snapshot: Snapshot, logged: LoggedStores, target: Target, policy: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of a page with the stores of its target that lie in files.

    Args:
        snapshot: The page's.
        logged: The stores in files.
        target: The page, for messages.
        policy: What may be kept of the page's own stores.

    Raises:
        InputFault: A file cannot be read, or holds more than can be taken.
    """
    view, answers = _redacted(logged, target)
    whole = {**policy, "stores": [*policy["stores"], *logged.policy["stores"]]}
    joined_answers = _joined(snapshot.answers, answers)
    return replace(snapshot, redaction=redaction_of(whole), areas=(*snapshot.areas, view), answers=joined_answers)


def _joined(page: RawAnswers | None, logged: RawAnswers | None) -> RawAnswers | None:
    """Return the answers on a page's stores and on those in files as one: each fact's, where it was asked."""
    if page is None or logged is None or page.without or logged.without:
        return page
    asked = {name: answers for name, answers in logged.facts.items() if not answers.without}
    return replace(page, facts={**page.facts, **asked})


def _redacted(logged: LoggedStores, target: Target) -> tuple[AreaView, RawAnswers | None]:
    entries = [entry for store in logged.stores for entry in _entries(store, logged.places[store.name])]
    with OfflineRedactor() as redactor:
        try:
            reading_text = redactor.redact(logged.policy, logged.salt, [{"area": str(Area.FILE), "entries": entries}])
        except InputFault:
            problem = "what the files hold is more than the redactor can take"
            raise InputFault(problem, target.file, "files", _MEND) from None
        (view,) = views_of(reading_text, "", target.file)
        return view, redactor.ask(logged.readers, target.file)


def _entries(store: Store, place: Place) -> Iterator[list[Any]]:
    """Yield the entry of a store as the redactor takes it; none where there is no such file."""
    files = _files(place)
    many = store.take == "all"
    if not many and store.take.isdigit():
        files = files[int(store.take) - 1 : int(store.take)]
    elif not many:
        files = files[-1:] if store.take == "last" else files[:1]
    left = _MOST_BYTES
    parts = []
    for file in files:
        data = read_bounded(file, _MOST_BYTES, _MEND)
        left -= len(data)
        if left < 0:
            raise InputFault(f"with those before it more than {_MOST_BYTES >> 20} MiB", str(file), "", _MEND)
        parts.append(["json" if file.suffix == ONE_DOCUMENT else "lines", text_of(data, str(file))])
    if parts:
        yield [store.key, parts, many]


def _files(place: Place) -> list[File]:
    """Return the files that a path or glob names, in the order of their names."""
    folder, pattern = place
    if (anchor := File(pattern).anchor) != "":
        folder, pattern = File(anchor), str(File(pattern).relative_to(anchor))
    files: list[File] = []
    for file in folder.glob(pattern):
        if len(files) == _MOST_FILES:
            raise InputFault(f"names more than {_MOST_FILES:,} files", pattern, "", "name fewer with a narrower glob")
        if file.is_file():
            files.append(file)
    return sorted(files)
