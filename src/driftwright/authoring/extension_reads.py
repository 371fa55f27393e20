"""The paths that an extension's own code reads in the stores, compared with those that the contracts declare."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path as File
from typing import Any

from driftwright.authoring.read_sites import Site, Sources, merged, parse_sites
from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.jsontext import parse_json_file
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step, StorePath
from driftwright.base.terms import STORAGE, JsonType
from driftwright.impact import LOCK_FORMAT, generaliser, module
from driftwright.structure import Layout
from driftwright.workspace import Store

FORMAT = "extension-reads-v1"
_STEPS: Mapping[int, Step] = {0: EACH_VALUE, -1: EACH_ITEM}
_ASKED = ("get", "has", "keys")
_COMPARED = r"\.{name}\s*(?P<after>[!=]==?)|(?P<before>[!=]==?)\s*[\w$.?]+\.{name}(?![\w$])"


@dataclass(frozen=True, slots=True, order=True)
class ExtensionRead:
    """How often the code read one path in one way.

    Args:
        at: The path.
        asked: `get` for its value, `has` for its presence, `keys` for its property names or length.
        times: How often it asked.
        present: How often it was there.
        swept: How often it was read as part of a loop over the whole object, as copying and serialising do.
        types: How often each JSON type was read, by its name; `absent` counts reads that found nothing.
        compared: `strict`, `loose` or `both`, as the code's text compares a property of this name; empty when it does
            not. Running code does not show it.
        sites: Where in the code it was asked.
    """

    at: StorePath
    asked: str
    times: int
    present: int
    swept: int
    types: Mapping[str, int]
    compared: str = ""
    sites: tuple[Site, ...] = ()

    @property
    def named(self) -> int:
        """How often the code asked for this very path."""
        return self.times - self.swept


@dataclass(frozen=True, slots=True)
class StoreUse:
    """How the extension used one store.

    Args:
        name: The store's name.
        parses: How often its text was parsed.
        handed: How often its value was handed over as it is, which is how an extension's areas and databases are read.
        opaque: How often of that it could not be followed: it refers to itself, or is no plain record or list.
        written: Whether the extension itself writes it.
        sites: Where in the code it was parsed.
    """

    name: str
    parses: int
    handed: int
    opaque: int
    written: bool
    sites: tuple[Site, ...] = ()

    @property
    def was_read(self) -> bool:
        """Whether the extension got hold of what is in it."""
        return bool(self.parses or self.handed)


@dataclass(frozen=True, slots=True)
class ExtensionReads:
    """All traced reads of an extension, with the stores that they were made in.

    Args:
        stores: The stores.
        reads: The reads.
        unmapped: The files whose source maps could not be read, each with why.
    """

    stores: tuple[StoreUse, ...]
    reads: tuple[ExtensionRead, ...]
    unmapped: tuple[str, ...] = ()

    @property
    def has_reads(self) -> bool:
        """Whether any store was read at all."""
        return any(store.was_read for store in self.stores)


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A path that the code reads and no contract declares, with the undeclared paths below it.

    Args:
        at: The path.
        times: How often it was asked for.
        below: The paths below it that are read as well.
        counts: Whether it is a finding: the code asks for it by itself, in a store that is not the extension's own.
        why: Why it is not, otherwise.
        sites: Where in the code it is asked for.
    """

    at: StorePath
    times: int
    below: tuple[StorePath, ...]
    counts: bool
    why: str = ""
    sites: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between the code's reads and the declared ones.

    Args:
        undeclared: Paths that only the code reads.
        unread: Paths that only the contracts declare, in stores that the code parsed.
        unparsed: Declared stores that it never parsed.
    """

    undeclared: tuple[Undeclared, ...]
    unread: tuple[StorePath, ...]
    unparsed: tuple[str, ...]

    @property
    def findings(self) -> tuple[Undeclared, ...]:
        """The undeclared reads that count."""
        return tuple(path for path in self.undeclared if path.counts)


def traced_stores(stores: Mapping[str, Store], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the tracer's configuration: name, area, key and declared layout of each store that lies in a storage."""
    chosen = {name: stores[name] for name in names if stores[name].area in STORAGE}
    layouts = generaliser(chosen, {name: store.latest for name, store in chosen.items()}).layouts
    return [
        {"name": name, "area": str(store.area), "key": store.key, "layout": _plain_layout(layouts[name])}
        for name, store in sorted(chosen.items())
    ]


def tracer_source() -> str:
    """Return the JavaScript source of the tracer: a function that takes the `Proxy` constructor to use."""
    folder = resources.files("driftwright.impact.javascript")
    parts = [module(folder.joinpath(f"{name}.js").read_text("utf-8"), f"{name}.js") for name in ("answer", "tracer")]
    members = ", ".join(f"...{part.script}" for part in parts)
    return f"(Proxy) => ({{{members}}})"


def gathered(texts: Sequence[str], sources: Sequence[str], folder: File | None = None) -> ExtensionReads:
    """Add up the reads that the tracer recorded in several pages.

    Args:
        texts: The tracer's JSON text of each page.
        sources: The texts of the extension's code.
        folder: The built extension, whose source maps name the places that it was built from; None to name none.

    Raises:
        MachineFault: A text is not what the tracer writes.
    """
    uses: dict[str, StoreUse] = {}
    reads: dict[tuple[StorePath, str], ExtensionRead] = {}
    try:
        for text in texts:
            world = json.loads(text)
            stacks = world["stacks"]
            for store in world["stores"]:
                sites = parse_sites(store["sites"], stacks)
                use = StoreUse(
                    name=str(store["name"]),
                    parses=int(store["parses"]),
                    handed=int(store["handed"]),
                    opaque=int(store["opaque"]),
                    written=store["written"] is True,
                    sites=sites,
                )
                uses[use.name] = _add_use(uses.get(use.name), use)
                for row in store["reads"]:
                    read = _parse_read(use.name, row, stacks)
                    key = (read.at, read.asked)
                    reads[key] = _add_reads(reads[key], read) if key in reads else read
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise disturbed() from None
    compared = _find_comparisons(reads.values(), "\n".join(sources))
    ordered = sorted(reads.values(), key=lambda read: (read.at.store, str(read.at.path), read.asked))
    places = Sources(folder) if folder else None
    named: Callable[[Iterable[Site]], tuple[Site, ...]] = places.named if places else merged
    return ExtensionReads(
        tuple(replace(uses[name], sites=named(uses[name].sites)) for name in sorted(uses)),
        tuple(replace(read, compared=compared.get(read.at.path.name, ""), sites=named(read.sites)) for read in ordered),
        tuple(places.complaints) if places else (),
    )


def disturbed() -> MachineFault:
    """Return the fault of a text that the tracer would not write."""
    return MachineFault("the tracer was disturbed in the page", "", "", "trace again")


def declared_reads(file: File) -> frozenset[StorePath]:
    """Return every path that some source of some fact is locked to read.

    Raises:
        InputFault: The file is missing or no lock of reads.
    """
    lock = parse_json_file(file)
    try:
        _require_word(lock["format"], LOCK_FORMAT)
        paths = {path for sources in lock["facts"].values() for reads in sources.values() for path in reads}
        split = (path.partition(":") for path in paths)
        return frozenset(StorePath(store, Path.parse(path)) for store, _, path in split)
    except (KeyError, TypeError, AttributeError, ValueError):
        mend = "write it anew with `driftwright prove --write-lock`"
        raise InputFault("not a lock of reads", str(file), "", mend) from None


def compared(reads: ExtensionReads, declared: frozenset[StorePath]) -> Comparison:
    """Compare the reads of the code with the declared reads."""
    own = {store.name for store in reads.stores if store.written}
    asked: dict[StorePath, list[ExtensionRead]] = {}
    for read in reads.reads:
        asked.setdefault(read.at, []).append(read)
    # The root is what is parsed, and being parsed is not yet being read.
    missing = sorted((at for at in asked if at not in declared and at.path.steps), key=str)
    tops = [at for at in missing if not any(at != other and _is_below(at, other) for other in missing)]
    undeclared = tuple(_describe_undeclared(top, missing, asked, own) for top in tops)
    parsed = {store.name for store in reads.stores if store.was_read}
    traced = {store.name for store in reads.stores}
    unread = sorted((at for at in declared if at.store in parsed and at not in asked and at.path.steps), key=str)
    unparsed = sorted({at.store for at in declared} & (traced - parsed))
    return Comparison(undeclared, tuple(unread), tuple(unparsed))


def _describe_undeclared(
    top: StorePath, missing: Sequence[StorePath], asked: Mapping[StorePath, Sequence[ExtensionRead]], own: set[str]
) -> Undeclared:
    below = tuple(at for at in missing if at != top and _is_below(at, top))
    named = _count_named(asked[top])
    times = named or max(read.times for read in asked[top])
    deeper = any(_count_named(asked[at]) for at in below)
    why = ""
    if top.store in own:
        why = "the extension writes this store itself"
    elif not named and not deeper:
        why = "only copied or serialised as a part of the whole"
    sites = merged(site for read in asked[top] for site in read.sites)
    return Undeclared(top, times, below, counts=not why, why=why, sites=sites)


def _count_named(reads: Sequence[ExtensionRead]) -> int:
    """Return how often a path was read on its own; reads of its keys count only where there are no others."""
    values = [read for read in reads if read.asked != "keys"]
    return sum(read.named for read in values or reads)


def _is_below(path: StorePath, other: StorePath) -> bool:
    return path.store == other.store and path.path.within(other.path)


def _plain_layout(layout: Layout) -> dict[str, Any]:
    plain: dict[str, Any] = {"fields": {name: _plain_layout(child) for name, child in layout.fields.items()}}
    if layout.values is not None:
        plain["values"] = _plain_layout(layout.values)
    if layout.items is not None:
        plain["items"] = _plain_layout(layout.items)
    return plain


def _parse_read(store: str, row: Mapping[str, Any], stacks: Sequence[Any]) -> ExtensionRead:
    path = Path(tuple(Key(step) if isinstance(step, str) else _STEPS[step] for step in row["path"]))
    types = {str(name): int(count) for name, count in row["types"].items()}
    type_names = {str(name) for name in JsonType} | {"absent"}
    _require_word(row["asked"], *_ASKED)
    # Code that writes into what it parsed may leave there what JSON has not.
    kept = {name: count for name, count in types.items() if name in type_names}
    return ExtensionRead(
        at=StorePath(store, path),
        asked=row["asked"],
        times=int(row["times"]),
        present=int(row["present"]),
        swept=int(row["swept"]),
        types=kept,
        sites=parse_sites(row["sites"], stacks),
    )


def _require_word(word: object, *allowed: str) -> None:
    if word not in allowed:
        raise ValueError


def _add_use(use: StoreUse | None, other: StoreUse) -> StoreUse:
    if use is None:
        return other
    return StoreUse(
        name=use.name,
        parses=use.parses + other.parses,
        handed=use.handed + other.handed,
        opaque=use.opaque + other.opaque,
        written=use.written or other.written,
        sites=(*use.sites, *other.sites),
    )


def _add_reads(read: ExtensionRead, other: ExtensionRead) -> ExtensionRead:
    types = {name: read.types.get(name, 0) + other.types.get(name, 0) for name in {*read.types, *other.types}}
    return replace(
        read,
        times=read.times + other.times,
        present=read.present + other.present,
        swept=read.swept + other.swept,
        types=types,
        sites=(*read.sites, *other.sites),
    )


def _find_comparisons(reads: Iterable[ExtensionRead], code: str) -> dict[str, str]:
    """Return by property name how the code's text compares it, whichever object the property is of."""
    comparisons: dict[str, str] = {}
    names = {step.name for read in reads if isinstance(step := read.at.path.last, Key)}
    for name in names:
        signs = {
            sign
            for match in re.finditer(_COMPARED.replace("{name}", re.escape(name)), code)
            for sign in match.groups()
            if sign
        }
        kinds = {"strict" if len(sign) == len("===") else "loose" for sign in signs}
        comparisons[name] = "both" if len(kinds) > 1 else next(iter(kinds), "")
    return comparisons
