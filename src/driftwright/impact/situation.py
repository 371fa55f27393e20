"""Situations: the stores and parameters that a reader is called with, and the same after changes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from driftwright.base.jsontext import json_text, parse_text
from driftwright.base.path import Key, Path, Step, StorePath, values_at
from driftwright.impact.javascript import Argument, Call
from driftwright.structure import MISSING, Change, apply_changes, edit_at
from driftwright.workspace import Fact, Param, Store, Version

_TIME = re.compile(r'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z)"')
# Nothing that is kept today happened later: such a time says that something has no end (2999-12-31, 9999-12-31).
_NEVER = "2100"
_USUAL_NOW = "2026-01-01T00:00:00.000Z"
_MAX_BINDINGS = 60

# The situations, the changes that fitted nowhere, and the changes themselves, so that their identity stays theirs.
_After = tuple[tuple["Situation", ...], tuple[Change, ...], tuple[Change, ...]]

DOCUMENT = ""
"""The store name under which a plain document stands."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What one call of a reader sees.

    Args:
        moment: The known-good moment it comes from, or `capture`.
        stores: Each store's document by name; a plain document stands under `DOCUMENT`.
        params: The fact's parameters.
        placeholders: For stores of many keys: the parameter that chooses the entry.
        now: The time at which it is read, in ISO 8601; changes of the stores do not change it.
        answers: What other facts answer in it, by their names, for the parameters that take their answers.
        written: Documents with their JSON texts, by identity, so that a large one need not be written out again.
        places: The storage area and the key of each store by its name.
        sealed: By the name of each store, where in its document a reader meets JSON text, innermost first.
    """

    moment: str
    stores: Mapping[str, Any]
    params: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    now: str = _USUAL_NOW
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    written: Mapping[int, tuple[Any, str]] = field(default_factory=dict, repr=False, compare=False)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sealed: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    _argument: list[Argument] = field(default_factory=list, init=False, repr=False, compare=False)
    _after: dict[tuple[int, ...], _After] = field(default_factory=dict, init=False, repr=False, compare=False)

    def argument(self) -> Argument:
        """The argument of a reader in this situation."""
        if not self._argument:
            self._argument.append(self._build_argument())
        return self._argument[0]

    def _build_argument(self) -> Argument:
        if DOCUMENT in self.stores:
            return Argument(document=json_text(self._seal(DOCUMENT)))
        texts = {name: self._text(name) for name in self.stores}
        return Argument(stores=texts, places=self.places, params={"now": self.now, **self.params})

    def opened(self, sealed: Mapping[str, tuple[Path, ...]]) -> Situation:
        """Return this situation with the JSON texts at these places parsed; readers still meet the texts."""
        stores = dict(self.stores)
        for name, paths in sealed.items():
            for path in reversed(paths) if stores.get(name) is not None else ():
                stores[name], _ = edit_at(stores[name], path, parse_text)
        return replace(self, stores=stores, sealed=sealed)

    def _seal(self, name: str) -> Any:
        document = self.stores[name]
        for path in self.sealed.get(name, ()) if document is not MISSING and document is not None else ():
            document, _ = edit_at(
                document, path, lambda part: json_text(part) if isinstance(part, (dict, list)) else part
            )
        return document

    def _text(self, name: str) -> str | None:
        document = self.stores[name]
        if document is MISSING or document is None:
            return None
        placeholder = self.placeholders.get(name)
        if self.sealed.get(name):
            return json_text(self._seal(name))
        if placeholder is None:
            written = self.written.get(id(document))
            return written[1] if written is not None and written[0] is document else json_text(document)
        key = self.params.get(placeholder)
        entry = document.get(key) if isinstance(document, dict) and key is not None else None
        return None if entry is None else json_text(entry)

    def place_of(self, place: StorePath) -> Path:
        """Return a place within what readers are given as a path of the store's whole document.

        A step `{name}` stands for the value of that parameter.
        """
        placeholder = self.placeholders.get(place.store)
        entry = () if placeholder is None else (Key(self.params.get(placeholder, "")),)
        return Path((*entry, *map(self._with_params, place.path.steps)))

    def _with_params(self, step: Step) -> Step:
        name = step.name if isinstance(step, Key) else ""
        return Key(self.params[name[1:-1]]) if name[:1] == "{" and name[1:-1] in self.params else step

    def after(self, changes: Sequence[Change]) -> tuple[tuple[Situation, ...], tuple[Change, ...]]:
        """Return this situation after changes, once for each way to apply them, and the changes that fitted nowhere."""
        key = tuple(map(id, changes))
        if key not in self._after:
            self._after.clear()  # several ask for the same in a row, nobody for what was asked before
            self._after[key] = (*self._apply_changes(changes), tuple(changes))
        return self._after[key][:2]

    def _apply_changes(self, changes: Sequence[Change]) -> tuple[tuple[Situation, ...], tuple[Change, ...]]:
        ways: dict[str, tuple[Any, ...]] = {}
        missed: list[Change] = []
        for name in sorted({change.store for change in changes}):
            if name in self.stores:
                replayed = apply_changes(self.stores[name], [change for change in changes if change.store == name])
                ways[name] = replayed.documents
                missed += replayed.missed
            else:
                missed += [change for change in changes if change.store == name]
        count = max((len(documents) for documents in ways.values()), default=0)
        results = []
        for number in range(count):
            changed = {name: documents[min(number, len(documents) - 1)] for name, documents in ways.items()}
            results.append(replace(self, stores={**self.stores, **changed}))
        return tuple(results), tuple(missed)


def written_out(stores: Mapping[str, Any]) -> Mapping[int, tuple[Any, str]]:
    """Return the documents with their JSON texts, for `Situation.written`."""
    return {id(document): (document, json_text(document)) for document in stores.values()}


def read_at(stores: Mapping[str, Any]) -> str:
    """Return the time at which stores are read: a second after the newest time in them, so that none is ahead.

    Texts that name no moment, such as the 30th of February, tell nothing; nor do times that stand for no end.
    """
    texts = (text for document in stores.values() for text in _TIME.findall(json_text(document)) if text < _NEVER)
    newest = max((time for text in texts if (time := _moment_of(text)) is not None), default=None)
    if newest is None:
        return _USUAL_NOW
    # Written without strftime, which pads no year on some machines.
    return f"{(newest + timedelta(seconds=1)).isoformat(timespec='seconds')[:19]}.000Z"


def _moment_of(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def calls(function: str, chosen: Sequence[Situation], warm: Sequence[Situation] = ()) -> list[Call]:
    """Return the calls of one function in these situations, each warmed up in its counterpart of `warm`."""
    pairs = itertools.zip_longest(chosen, warm[: len(chosen)])
    return [
        Call(function, situation.argument(), (before.argument(),) if before is not None else ())
        for situation, before in pairs
    ]


def moments(stores: Mapping[str, Store], accepted: Mapping[str, Version]) -> tuple[Situation, ...]:
    """Join the witnesses of the same name in the accepted versions of all stores into known-good moments."""
    names = sorted({name for version in accepted.values() for name in version.witnesses})
    placeholders = {name: store.placeholder for name, store in stores.items() if store.placeholder}
    joined = []
    for name in names:
        documents = {store: version.witnesses.get(name) for store, version in sorted(accepted.items())}
        places = places_of(stores)
        joined.append(Situation(name, documents, placeholders=placeholders, now=read_at(documents), places=places))
    return tuple(joined)


def places_of(stores: Mapping[str, Store]) -> Mapping[str, tuple[str, str]]:
    """Return the storage area and the key of each store, for `Situation.places`."""
    return {name: (str(store.area), store.key) for name, store in stores.items()}


def situations(fact: Fact, chosen: Sequence[Situation]) -> tuple[Situation, ...]:
    """Return every moment once for each binding of the fact's parameters in it."""
    return tuple(replace(moment, params=binding) for moment in chosen for binding in bindings(fact, moment))


def bindings(fact: Fact, moment: Situation) -> Iterator[Mapping[str, str]]:
    """Yield the parameters that a moment offers; one empty binding for a fact without parameters."""
    values = [list(dict.fromkeys(_values(param, moment))) for param in fact.params]
    names = [param.name for param in fact.params]
    for combination in itertools.islice(itertools.product(*values), _MAX_BINDINGS):
        yield dict(zip(names, combination, strict=True))


def _values(param: Param, moment: Situation) -> Iterator[str]:
    if param.fact:
        yield from moment.answers.get(param.fact, ())
        return
    document = moment.stores.get(param.store)
    for value in (value for path in param.paths for value in values_at(document, path)):
        if param.of == "key" and isinstance(value, dict):
            yield from value
        elif param.of == "value" and isinstance(value, str):
            yield value
