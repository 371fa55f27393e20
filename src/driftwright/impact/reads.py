"""Reads: the paths of stores that a reader asks for, generalised over maps and lists by the declared layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from driftwright.base.forms import is_idlike
from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Key, Path, Step, StorePath
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.readers import Reader
from driftwright.impact.situation import Situation, calls
from driftwright.structure import OPEN, Layout, Shape
from driftwright.workspace import Store, Version

LOCK_FORMAT = "reads-lock-v1"


@dataclass(frozen=True, slots=True)
class ReadValues:
    """How a reader finds one path on known-good stores.

    Args:
        times: How often it asked.
        present: How often it was there.
        types: The types it met, `absent` not among them.
    """

    times: int
    present: int
    types: frozenset[str]

    @property
    def presence(self) -> str:
        """`always`, `sometimes` or `never`."""
        return "always" if self.present == self.times else "sometimes" if self.present else "never"


@dataclass(frozen=True, slots=True)
class Trace:
    """What a reader answered and read on known-good situations.

    Args:
        answers: Its answers.
        reads: What it read, by path.
        unknown: Members of its argument that it asked for and that never were there, by name; no store has that name.
    """

    answers: tuple[Answer, ...]
    reads: Mapping[StorePath, ReadValues]
    unknown: frozenset[str] = frozenset()

    @property
    def present(self) -> frozenset[StorePath]:
        """The paths that it found."""
        return frozenset(path for path, record in self.reads.items() if record.present)

    @property
    def ends(self) -> tuple[StorePath, ...]:
        """The paths at which reading ends, without those that only lead to them."""
        passed = {StorePath(read.store, read.path.parent) for read in self.reads if read.path.steps}
        return tuple(read for read in self.reads if read not in passed)


_Traced = tuple[Engine, Reader, int]
"""What was traced: by which engine, which reader, on which situations, by the id of their sequence."""


@dataclass(frozen=True, slots=True)
class Generaliser:
    """Turns the concrete keys of a read into a path, by the layouts of the stores.

    Args:
        layouts: Each store's layout as a reader meets it: an entry, where a store has many keys.
        plain: The store's name of a reader of one document; None for readers of stores.
    """

    layouts: Mapping[str, Layout]
    plain: str | None = None
    _roots: dict[str, _Place] = field(default_factory=dict, init=False, repr=False, compare=False)
    # Several questions of one judgement look at the same trace; the situations are kept, so their id stays theirs.
    traces: dict[_Traced, tuple[Sequence[Situation], Trace]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __call__(self, concrete: Sequence[str | int]) -> StorePath:
        """Return the generalised path of a read; for all reads of one place it is the same object."""
        if self.plain is None:
            store, keys = str(concrete[0]), concrete[1:]
        else:
            store, keys = self.plain, concrete
        place = self._roots.get(store)
        if place is None:
            place = self._roots[store] = _Place(StorePath(store, ROOT), self.layouts.get(store))
        for key in keys:
            place = place.at(key)
        return place.path


class _Place:
    """One generalised path, with the places that were met below it."""

    __slots__ = ("below", "entries", "items", "layout", "path")

    def __init__(self, path: StorePath, layout: Layout | None) -> None:
        self.path = path
        self.layout = layout
        self.items: _Place | None = None
        self.entries: _Place | None = None
        self.below: dict[str, _Place] = {}

    def at(self, key: str | int) -> _Place:
        layout = self.layout
        if isinstance(key, int):
            if self.items is None:
                self.items = self._make(EACH_ITEM, layout.items if layout else None)
            return self.items
        if self.entries is not None and layout is not None and layout.kind == "map" and key not in layout.fields:
            return self.entries
        place = self.below.get(key)
        if place is not None:
            return place
        step, inner = _step(key, layout)
        if step == EACH_VALUE:
            if self.entries is None:
                self.entries = self._make(step, inner)
            place = self.entries
        else:
            place = self.below[key] = self._make(step, inner)
        return place

    def _make(self, step: Step, layout: Layout | None) -> _Place:
        return _Place(StorePath(self.path.store, self.path.path / step), layout)


def _step(key: str, layout: Layout | None) -> tuple[Step, Layout | None]:
    if layout is not None and layout.kind == "map" and key not in layout.fields:
        return EACH_VALUE, layout.values
    if layout is not None and (layout.kind == "record" or layout.fields):
        return Key(key), layout.fields.get(key)
    return (EACH_VALUE, None) if is_idlike(key) else (Key(key), None)


def generaliser(stores: Mapping[str, Store], versions: Mapping[str, Version]) -> Generaliser:
    """Return the generaliser for readers of these stores in these versions.

    Args:
        stores: The stores by name.
        versions: Their versions by the store's name; of a store of many keys, a reader meets one entry.
    """
    return Generaliser(
        {
            name: (version.layout.values or OPEN) if stores[name].placeholder else version.layout
            for name, version in versions.items()
        }
    )


def trace(engine: Engine, reader: Reader, chosen: Sequence[Situation], generalise: Generaliser) -> Trace:
    """Run a reader on known-good situations under the read tracer; the same ones are not run again."""
    if not chosen:
        return Trace((), {})
    asked = (engine, reader, id(chosen))
    if asked not in generalise.traces:
        generalise.traces[asked] = chosen, _trace(engine, reader, chosen, generalise)
    return generalise.traces[asked][1]


def _trace(engine: Engine, reader: Reader, chosen: Sequence[Situation], generalise: Generaliser) -> Trace:
    outcomes = engine.run(reader.program, calls(reader.function, chosen), traced=True)
    gathered: dict[StorePath, list[tuple[int, int, frozenset[str]]]] = {}
    unknown: set[str] = set()
    for outcome in outcomes:
        for read in outcome.reads:
            if read.asked == "keys":
                continue
            # Parameters are members of the same argument; only stores are read.
            if generalise.plain is None and read.path[0] not in generalise.layouts:
                if not read.present:
                    unknown.add(str(read.path[0]))
                continue
            path = generalise(read.path)
            types = frozenset(read.types) - {"absent"}
            gathered.setdefault(path, []).append((read.times, read.present, types))
    reads = {
        path: ReadValues(
            sum(times for times, _, _ in rows),
            sum(present for _, present, _ in rows),
            frozenset().union(*(types for _, _, types in rows)),
        )
        for path, rows in sorted(gathered.items())
    }
    return Trace(tuple(outcome.answer for outcome in outcomes), reads, frozenset(unknown))


def as_entry(read: StorePath, shape: Shape) -> StorePath:
    """Return a read path with the keys of maps left open that are asked for by name: what befalls all befalls them.

    Args:
        read: What is read.
        shape: The shape of its store.
    """
    here: Shape | None = shape
    steps: list[Step] = []
    for step in read.path.steps:
        is_entry = here is not None and here.values is not None and isinstance(step, Key)
        steps.append(EACH_VALUE if is_entry else step)
        here = here.at(Path((steps[-1],))) if here is not None else None
    return StorePath(read.store, Path(tuple(steps)))


def touches(read: StorePath, store: str, path: Path, *, inside_entry: bool) -> bool:
    """Whether a change at a path of a store lies on the way to, or at, what is read.

    Args:
        read: What is read.
        store: The changed store.
        path: Where it changed, in the whole document.
        inside_entry: Whether readers meet one entry of the store and not its whole document.
    """
    if read.store != store:
        return False
    # Whoever reads a list at all reads how many items it has: what befalls the items concerns it.
    place = path.parent if path.last == EACH_ITEM else path
    return read.path.within(Path(place.steps[1:] if inside_entry else place.steps))
