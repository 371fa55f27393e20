"""The command that listens to an extension's own reads: trace."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path as File
from typing import Any

from driftwright.authoring import (
    NAME,
    Comparison,
    ExtensionReads,
    Site,
    TracedRun,
    Unwatched,
    compared,
    declared_reads,
    gathered,
    messages_sent,
    trace_record,
    traced_stores,
    tracer_source,
    unwatched_areas,
)
from driftwright.base.errors import InputFault, visible
from driftwright.base.files import write_atomically
from driftwright.base.jsontext import parse_json, read_bytes
from driftwright.base.terms import Area
from driftwright.entrypoints.cli.exits import DRIFT, INTACT, UNSEEN
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.snapshot.capture import (
    Extension,
    SavedStore,
    TraceRequest,
    load_extension,
    source_texts,
    trace_extension,
)
from driftwright.workspace import (
    LONGEST_DEADLINE,
    START,
    Store,
    Target,
    Workspace,
    find_workspace,
    load_stores,
    load_target,
)

QUOTA = 5 * 1024 * 1024  # UTF-16 units of keys and texts that a browser grants an origin
_RECORD = re.compile(r"[^/]+/[^/]+/.+", re.DOTALL)
_SHOWN = 3  # places from which one path is read; the file has all
_UNDECLARED = "store"  # what a store is called that no schema declares


def trace(options: argparse.Namespace) -> int:
    """Run the extension, write what it reads, and compare it with the contracts if asked to."""
    workspace = find_workspace(options.workspace)
    extension = load_extension(File(options.extension))
    if not 0 < options.seconds <= LONGEST_DEADLINE:
        raise InputFault("not a number of seconds", "--seconds", "", f"give 1 to {LONGEST_DEADLINE:.0f}")
    declared = declared_reads(workspace.contracts / NAME) if options.check else frozenset()
    _check_place(options)
    page, stores, areas = _page(options, workspace)
    request = TraceRequest(
        extension=extension,
        tracer=tracer_source(),
        stores=stores,
        page=page,
        path=options.path,
        state=options.state,
        seconds=options.seconds,
        progress=progress("trace"),
    )
    try:
        traced = trace_extension(request)
    finally:
        progress_done()
    code = source_texts(extension.folder)
    texts = (*traced.texts, *traced.of_workers)
    reads = gathered(texts, code, extension.folder)
    unwatched = unwatched_areas(areas, texts, has_worker=bool(extension.worker))
    untraced = _untraced(extension, texts, is_asleep=not traced.of_workers)
    comparison = compared(reads, declared) if options.check else None
    if options.out:
        run = TracedRun(
            name=str(extension.manifest.get("name", "")),
            version=str(extension.manifest.get("version", "")),
            code=code,
            untraced=untraced,
            origin=traced.origin,
            seconds=options.seconds,
            target=page.name if isinstance(page, Target) else "",
            state=options.state or "",
            unwatched=unwatched,
        )
        record = trace_record(run, reads, comparison)
        write_atomically(File(options.out), json.dumps(record, indent=2, sort_keys=True) + "\n")
    print(_text(reads, comparison, untraced, unwatched), end="")
    if options.check and workspace.built_in:
        print(f"{workspace.built_in_says}; {START}")
    if not reads.has_reads:
        return UNSEEN
    return DRIFT if comparison is not None and comparison.findings else INTACT


def _untraced(extension: Extension, texts: Sequence[str], *, is_asleep: bool) -> list[str]:
    """Return the parts of the extension in which nothing listened, in words."""
    parts = list(extension.untraced)
    if extension.worker and is_asleep:
        parts.append(f"the service worker {extension.worker} did not start")
    if sent := messages_sent(texts):
        parts.append(f"who reads what it sent of these stores, in {sent} messages, from one of its parts to another")
    return parts


def _check_place(options: argparse.Namespace) -> None:
    path = options.path
    if path is not None and (not path.startswith("/") or path.startswith("//") or not path.isprintable()):
        raise InputFault("not a path of the page's origin", "--path", "", 'begin it with one "/"')
    if options.state is not None and options.store is not None:
        raise InputFault("a saved store has no states", "--state", "", "name a --target, or leave it out")


def _page(
    options: argparse.Namespace, workspace: Workspace
) -> tuple[Target | SavedStore, list[dict[str, Any]], dict[str, Area]]:
    """Return the page, what the tracer must know of the stores on it, and in which areas these lie."""
    stores = load_stores(workspace.schemas)
    if options.store is None:
        target = load_target(workspace.target_file(options.target or "standin"))
        if options.state is not None:
            target.walk(options.state)  # what there is no such state of is told before a browser starts
        unknown = [name for name in target.stores if name not in stores]
        if unknown:
            declared = ", ".join(sorted(stores))
            raise InputFault(f"unknown store {unknown[0]!r}", target.file, "stores", f"known stores: {declared}")
        areas = {name: stores[name].area for name in target.stores}
        return target, traced_stores(stores, target.stores), areas
    if options.key is None:
        raise InputFault("a saved store without its key", "--store", "", "give --key as well")
    if options.area == Area.INDEXED_DB and _RECORD.fullmatch(options.key) is None:
        raise InputFault("not the place of a record", "--key", "", "write database/object store/key")
    data = read_bytes(File(options.store))
    parse_json(data, options.store)
    saved = SavedStore(options.area, options.key, data.decode("utf-8-sig"))
    if len((saved.key + saved.text).encode("utf-16-le", "surrogatepass")) // 2 > QUOTA:
        raise InputFault("larger than a page may store", options.store, "", "cut it down to what the extension reads")
    names = [store.name for store in stores.values() if store.area == saved.area and _holds(store, saved.key)]
    if names:
        return saved, traced_stores(stores, names), dict.fromkeys(names, Area(saved.area))
    if options.check:
        problem = f"no declared store lies under this key in {saved.area}"
        raise InputFault(problem, "--key", "", "declare it in schemas/, or trace without --check")
    undeclared = {"name": _UNDECLARED, "area": saved.area, "key": saved.key, "layout": {"fields": {}}}
    return saved, [undeclared], {_UNDECLARED: Area(saved.area)}


def _holds(store: Store, key: str) -> bool:
    if not store.placeholder:
        return store.key == key
    before, _, after = store.key.partition(f"{{{store.placeholder}}}")
    return re.fullmatch(f"{re.escape(before)}.+{re.escape(after)}", key, re.DOTALL) is not None


def _text(
    reads: ExtensionReads, comparison: Comparison | None, untraced: Sequence[str], unwatched: Sequence[Unwatched]
) -> str:
    lines = [f"{'path':<56} {'asked':<5} {'times':>7} {'present':>7} {'swept':>7} types"]
    for read in reads.reads:
        types = ", ".join(sorted(name for name in read.types if name != "absent"))
        how = f"; compared: {read.compared}" if read.compared else ""
        absent = "; at times absent" if 0 < read.present < read.times else "" if read.present else "always absent"
        lines.append(
            f"{read.at!s:<56} {read.asked:<5} {read.times:>7} {read.present:>7} {read.swept:>7} {types}{absent}{how}"
        )
        lines += _places(read.sites)
    lines.append("")
    for use in reads.stores:
        own = ", and written by the extension itself" if use.written else ""
        handed = f", taken {use.handed} times as it is" if use.handed else ""
        opaque = f", of which {use.opaque} could not be followed" if use.opaque else ""
        lines.append(f"{use.name}: parsed {use.parses} times{handed}{opaque}{own}")
        lines += _places(use.sites)
    lines += [f"not traced: {part}" for part in untraced]
    lines += [f"not watched: {area}" for area in unwatched]
    lines += [f"not mapped: {part}" for part in reads.unmapped]
    if not reads.has_reads:
        lines.append("unseen: the extension read none of these stores; lead it there with a target, or give it longer")
    elif comparison is not None:
        lines += _compared_lines(comparison)
    return "".join(f"{visible(line)}\n" for line in lines)


def _places(sites: Sequence[Site]) -> list[str]:
    """Return a line for each of the first places from which something is read, without what lies between."""
    places = list(dict.fromkeys(site.short for site in sites))
    more = [f"    and by {len(places) - _SHOWN} more"] if len(places) > _SHOWN else []
    return [*(f"    by {place}" for place in places[:_SHOWN]), *more]


def _compared_lines(comparison: Comparison) -> list[str]:
    lines = [""]
    for entry in comparison.findings:
        below = f", with {len(entry.below)} below it: {', '.join(map(str, entry.below))}" if entry.below else ""
        times = "once" if entry.times == 1 else f"{entry.times} times"
        lines.append(f"finding: {entry.at} is read {times} and declared by no contract{below}")
        lines += [f"    by {site}" for site in entry.sites[:_SHOWN]]
    noted: dict[str, list[str]] = {}
    for entry in comparison.undeclared:
        if not entry.counts:
            noted.setdefault(f"declared by no contract, but {entry.why}", []).append(str(entry.at))
    for at in comparison.unread:
        noted.setdefault("declared, but not read here", []).append(str(at))
    for name in comparison.unparsed:
        noted.setdefault("declared, but not read at all here", []).append(name)
    lines += [f"note: {why}: {', '.join(ats)}" for why, ats in noted.items()]
    count = len(comparison.findings)
    return [*lines, "1 finding" if count == 1 else f"{count} findings"]
