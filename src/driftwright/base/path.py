"""Typed paths: the position of a shape, a change or a read in a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One named field of a record, or one named key of a map."""

    name: str


@dataclass(frozen=True, slots=True, order=True)
class EachValue:
    """Every value of a map, whatever its key."""


@dataclass(frozen=True, slots=True, order=True)
class EachItem:
    """Every item of a list."""


Step = Key | EachValue | EachItem

_MAP = "{}"
_LIST = "[]"
_HOLDERS = frozenset({dict, list})
_RUN = 1024  # so many values are looked at together


@dataclass(frozen=True, slots=True)
class Path:
    """A position in a structure, from the root downward.

    The text form is a JSON Pointer (RFC 6901) in which `{}` stands for every value of a map and `[]` for every item
    of a list; a field that is really named so is written `~2{}` or `~2[]`.
    """

    steps: tuple[Step, ...] = ()
    # Both are kept: paths are looked up, and put in order by their text, far more often than they are made.
    _hash: int | None = field(default=None, init=False, repr=False, compare=False)
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(self.steps))
        return self._hash or 0

    def __str__(self) -> str:
        if self._text is None:
            object.__setattr__(self, "_text", "".join(["/" + _step_text(step) for step in self.steps]) or "/")
        return self._text or ""

    def __lt__(self, other: Path) -> bool:
        return str(self) < str(other)

    def __truediv__(self, step: Step | str) -> Path:
        """Return the path one step further down; a plain text is a field's name."""
        return Path((*self.steps, Key(step) if isinstance(step, str) else step))

    @property
    def parent(self) -> Path:
        """The path one step up; the root is its own parent."""
        return Path(self.steps[:-1])

    @property
    def last(self) -> Step | None:
        """The last step, or None at the root."""
        return self.steps[-1] if self.steps else None

    @property
    def name(self) -> str:
        """The last step as text: the plain name of a field, `{}`, `[]`, or `/` at the root."""
        match self.last:
            case None:
                return "/"
            case Key(name):
                return name
            case step:
                return _step_text(step)

    def within(self, other: Path) -> bool:
        """Whether this path is `other` or lies below it."""
        return self.steps[: len(other.steps)] == other.steps

    @classmethod
    def parse(cls, text: str) -> Path:
        """Read the text form back.

        Raises:
            ValueError: `text` is neither `/` nor a sequence of `/step`.
        """
        if text in ("", "/"):
            return cls()
        if not text.startswith("/"):
            raise ValueError(text)
        return cls(tuple(_parse_step(part) for part in text[1:].split("/")))


@dataclass(frozen=True, slots=True, order=True)
class StorePath:
    """A path in a store, written `store:/path`; `store:/` is the whole store."""

    store: str
    path: Path

    def __str__(self) -> str:
        return f"{self.store}:{self.path}"


ROOT = Path()
EACH_VALUE = EachValue()
EACH_ITEM = EachItem()


def values_at(document: Any, path: Path) -> Iterator[Any]:
    """Return every value at a path of a document, in the document's order, each found when it is asked for."""
    values: Iterator[Any] = iter((document,))
    for step in path.steps:
        values = _parts(values, step)
    return values


def records_at(document: Any, path: Path) -> list[dict[str, Any]]:
    """Return the objects among the values at a path."""
    return [value for value in values_at(document, path) if isinstance(value, dict)]


def values_in(documents: Iterable[Any], path: Path) -> Iterator[Any]:
    """Return every value at a path of several documents, document by document."""
    return chain.from_iterable(values_at(document, path) for document in documents)


def without_depth(path: Path) -> Path:
    """Return a path within a tree as it is at the least depth: from the first step to the last of the same name.

    `/children/[]/children/[]/name` is `/children/[]/name`: the same field of the same records, at any depth.
    """
    steps: list[Step] = []
    for step in path.steps:
        if isinstance(step, Key) and step in steps:
            del steps[steps.index(step) :]
        steps.append(step)
    return Path(tuple(steps))


def records_in(documents: Iterable[Any], path: Path) -> list[dict[str, Any]]:
    """Return the objects among the values at a path of several documents."""
    return [value for value in values_in(documents, path) if isinstance(value, dict)]


def text_leaves(value: Any) -> frozenset[str]:
    """Return all texts that are values anywhere in a JSON value, not the keys; faster than to look through `leaves`."""
    texts: set[str] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if type(part) is str:
            texts.add(part)
        elif type(part) is dict:
            waiting.extend(part.values())
        elif type(part) is list:
            waiting.extend(part)
    return frozenset(texts)


def leaves(document: Any) -> Iterator[Any]:
    """Yield every value of a document that holds no other values, in no particular order."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)
        else:
            yield value


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document, itself and those within it, in no particular order."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)


def names_in(document: Any) -> frozenset[str]:
    """Return the names of all fields and keys of a document."""
    names: set[str] = set()
    waiting = [document]
    while waiting:
        # In runs that fit into the processor's cache: what one of them holds is looked at while it is still there.
        run = waiting[-_RUN:]
        del waiting[-_RUN:]
        records = [value for value in run if type(value) is dict]
        lists = [value for value in run if type(value) is list]
        names.update(chain.from_iterable(records))
        held = chain(chain.from_iterable(map(dict.values, records)), chain.from_iterable(lists))
        waiting += [value for value in held if type(value) in _HOLDERS]
    return frozenset(names)


def _parts(values: Iterator[Any], step: Step) -> Iterator[Any]:
    """Return a lazy iterator of the values one step below each of some values."""
    if step == EACH_ITEM:
        return chain.from_iterable(value for value in values if isinstance(value, list))
    if step == EACH_VALUE:
        return chain.from_iterable(value.values() for value in values if isinstance(value, dict))
    assert isinstance(step, Key)  # noqa: S101 - the third and last kind of step
    name = step.name
    return (value[name] for value in values if isinstance(value, dict) and name in value)


def _step_text(step: Step) -> str:
    match step:
        case Key(name):
            escaped = name.replace("~", "~0").replace("/", "~1")
            return f"~2{escaped}" if name in (_MAP, _LIST, "") else escaped
        case EachValue():
            return _MAP
        case EachItem():
            return _LIST


def _parse_step(text: str) -> Step:
    if text == _MAP:
        return EACH_VALUE
    if text == _LIST:
        return EACH_ITEM
    return Key(text.removeprefix("~2").replace("~1", "/").replace("~0", "~"))
