"""What an extension's own code reads of the stores, and how that compares with what the contracts declare."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.jsontext import parse_json_file
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step, StorePath
from driftwright.base.terms import Area, JsonType
from driftwright.impact import LOCK_FORMAT, generaliser, module
from driftwright.structure import Layout
from driftwright.workspace import Store

FORMAT = "extension-reads-v1"
PAGE_AREAS = (Area.SESSION, Area.LOCAL)
_STEPS: Mapping[int, Step] = {0: EACH_VALUE, -1: EACH_ITEM}
_ASKED = ("get", "has", "keys")
_COMPARED = r"\.{name}\s*(?P<after>[!=]==?)|(?P<before>[!=]==?)\s*[\w$.?]+\.{name}(?![\w$])"


@dataclass(frozen=True, slots=True, order=True)
class ExtensionRead:
    """One way in which the code asks for one path.

    Args:
        at: The path.
        asked: `get` for its value, `has` for its presence, `keys` for the names or the length of what lies there.
        times: How often it asked.
        present: How often it was there.
        swept: How often it was met by going over all of the object, as copying and serialising do.
        types: How often each type was met, and `absent`.
        compared: `strict`, `loose` or `both`, as the code's text compares a property of this name; empty when it does
            not. Running code does not show it.
    """

    at: StorePath
    asked: str
    times: int
    present: int
    swept: int
    types: Mapping[str, int]
    compared: str = ""

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
        written: Whether the extension itself writes it.
    """

    name: str
    parses: int
    written: bool


@dataclass(frozen=True, slots=True)
class ExtensionReads:
    """All that was seen of an extension's reads."""

    stores: tuple[StoreUse, ...]
    reads: tuple[ExtensionRead, ...]

    @property
    def seen(self) -> bool:
        """Whether any store was parsed at all."""
        return any(store.parses for store in self.stores)


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A path that the code reads and no contract declares, with what it reads below it.

    Args:
        at: The path.
        times: How often it was asked for.
        below: The paths below it that are read as well.
        counts: Whether it is a finding: the code asks for it by itself, in a store that is not the extension's own.
        why: Why it is not, otherwise.
    """

    at: StorePath
    times: int
    below: tuple[StorePath, ...]
    counts: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The code's reads beside the declared ones.

    Args:
        undeclared: What only the code reads.
        unread: What only the contracts declare, of stores that the code did parse.
        unparsed: Declared stores that it never parsed.
    """

    undeclared: tuple[Undeclared, ...]
    unread: tuple[StorePath, ...]
    unparsed: tuple[str, ...]

    @property
    def findings(self) -> tuple[Undeclared, ...]:
        """The undeclared reads that count."""
        return tuple(one for one in self.undeclared if one.counts)


def traced_stores(stores: Mapping[str, Store], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return what the tracer must know of stores: where they lie and what they declare; only those of a page."""
    chosen = {name: stores[name] for name in names if stores[name].area in PAGE_AREAS}
    layouts = generaliser(chosen, {name: store.latest for name, store in chosen.items()}).layouts
    return [
        {"name": name, "area": str(store.area), "key": store.key, "layout": _plain(layouts[name])}
        for name, store in sorted(chosen.items())
    ]


def tracer_source() -> str:
    """Return the tracer of readers as a function of the constructor of proxies that it shall use."""
    folder = resources.files("driftwright.impact.javascript")
    parts = [module(folder.joinpath(f"{name}.js").read_text("utf-8"), f"{name}.js") for name in ("answer", "tracer")]
    members = ", ".join(f"...{part.script}" for part in parts)
    return f"(Proxy) => ({{{members}}})"


def gathered(texts: Sequence[str], sources: Sequence[str]) -> ExtensionReads:
    """Add up what was listened to in several documents.

    Args:
        texts: One JSON text a document.
        sources: The texts of the extension's code.

    Raises:
        MachineFault: A text is not what the tracer writes.
    """
    uses: dict[str, StoreUse] = {}
    reads: dict[tuple[StorePath, str], ExtensionRead] = {}
    try:
        for text in texts:
            for told in json.loads(text)["stores"]:
                use = StoreUse(str(told["name"]), int(told["parses"]), told["written"] is True)
                uses[use.name] = _with(uses.get(use.name), use)
                for row in told["reads"]:
                    read = _read(use.name, row)
                    key = (read.at, read.asked)
                    reads[key] = _sum(reads[key], read) if key in reads else read
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MachineFault("the tracer was disturbed in the page", "", "", "trace again") from None
    compared = _comparisons(reads.values(), "\n".join(sources))
    ordered = sorted(reads.values(), key=lambda read: (read.at.store, str(read.at.path), read.asked))
    return ExtensionReads(
        tuple(uses[name] for name in sorted(uses)),
        tuple(replace(read, compared=compared.get(read.at.path.name, "")) for read in ordered),
    )


def declared_reads(file: File) -> frozenset[StorePath]:
    """Return every path that some source of some fact is locked to read.

    Raises:
        InputFault: The file is missing or no lock of reads.
    """
    lock = parse_json_file(file)
    try:
        _check(lock["format"], LOCK_FORMAT)
        paths = {path for sources in lock["facts"].values() for reads in sources.values() for path in reads}
        split = (path.partition(":") for path in paths)
        return frozenset(StorePath(store, Path.parse(path)) for store, _, path in split)
    except (KeyError, TypeError, AttributeError, ValueError):
        mend = "write it anew with `driftwright prove --write-lock`"
        raise InputFault("not a lock of reads", str(file), "", mend) from None


def compared(reads: ExtensionReads, declared: frozenset[StorePath]) -> Comparison:
    """Compare what the code reads with what is declared."""
    own = {store.name for store in reads.stores if store.written}
    asked: dict[StorePath, list[ExtensionRead]] = {}
    for read in reads.reads:
        asked.setdefault(read.at, []).append(read)
    # The root is what is parsed, and being parsed is not yet being read.
    missing = sorted((at for at in asked if at not in declared and at.path.steps), key=str)
    tops = [at for at in missing if not any(at != other and _below(at, other) for other in missing)]
    undeclared = tuple(_undeclared(top, missing, asked, own) for top in tops)
    parsed = {store.name for store in reads.stores if store.parses}
    traced = {store.name for store in reads.stores}
    unread = sorted((at for at in declared if at.store in parsed and at not in asked and at.path.steps), key=str)
    unparsed = sorted({at.store for at in declared} & (traced - parsed))
    return Comparison(undeclared, tuple(unread), tuple(unparsed))


def _undeclared(
    top: StorePath, missing: Sequence[StorePath], asked: Mapping[StorePath, Sequence[ExtensionRead]], own: set[str]
) -> Undeclared:
    below = tuple(at for at in missing if at != top and _below(at, top))
    named = _named(asked[top])
    times = named or max(read.times for read in asked[top])
    deeper = any(_named(asked[at]) for at in below)
    why = ""
    if top.store in own:
        why = "the extension writes this store itself"
    elif not named and not deeper:
        why = "only copied or serialised as a part of the whole"
    return Undeclared(top, times, below, counts=not why, why=why)


def _named(reads: Sequence[ExtensionRead]) -> int:
    """Return how often a path was asked for by itself; its keys are asked for by whoever copies it, too."""
    values = [read for read in reads if read.asked != "keys"]
    return sum(read.named for read in values or reads)


def _below(one: StorePath, other: StorePath) -> bool:
    return one.store == other.store and one.path.within(other.path)


def _plain(layout: Layout) -> dict[str, Any]:
    plain: dict[str, Any] = {"fields": {name: _plain(child) for name, child in layout.fields.items()}}
    if layout.values is not None:
        plain["values"] = _plain(layout.values)
    if layout.items is not None:
        plain["items"] = _plain(layout.items)
    return plain


def _read(store: str, row: Mapping[str, Any]) -> ExtensionRead:
    path = Path(tuple(Key(step) if isinstance(step, str) else _STEPS[step] for step in row["path"]))
    types = {str(name): int(count) for name, count in row["types"].items()}
    known = {str(name) for name in JsonType} | {"absent"}
    _check(row["asked"], *_ASKED)
    # Code that writes into what it parsed may leave there what JSON has not.
    kept = {name: count for name, count in types.items() if name in known}
    return ExtensionRead(
        StorePath(store, path), row["asked"], int(row["times"]), int(row["present"]), int(row["swept"]), kept
    )


def _check(word: object, *known: str) -> None:
    if word not in known:
        raise ValueError


def _with(one: StoreUse | None, other: StoreUse) -> StoreUse:
    if one is None:
        return other
    return StoreUse(one.name, one.parses + other.parses, one.written or other.written)


def _sum(one: ExtensionRead, other: ExtensionRead) -> ExtensionRead:
    types = {name: one.types.get(name, 0) + other.types.get(name, 0) for name in {*one.types, *other.types}}
    return replace(
        one,
        times=one.times + other.times,
        present=one.present + other.present,
        swept=one.swept + other.swept,
        types=types,
    )


def _comparisons(reads: Iterable[ExtensionRead], code: str) -> dict[str, str]:
    """Say for each property name how the code's text compares it; a name alone cannot say of which object."""
    found: dict[str, str] = {}
    names = {step.name for read in reads if isinstance(step := read.at.path.last, Key)}
    for name in names:
        signs = {
            sign
            for match in re.finditer(_COMPARED.replace("{name}", re.escape(name)), code)
            for sign in match.groups()
            if sign
        }
        kinds = {"strict" if len(sign) == len("===") else "loose" for sign in signs}
        found[name] = "both" if len(kinds) > 1 else next(iter(kinds), "")
    return found
