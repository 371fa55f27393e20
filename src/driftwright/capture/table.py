"""A table of a TOML file, read with suspicion: every complaint names the file, the place and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from driftwright.errors import InputFault

_Of = TypeVar("_Of")


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table.

    Args:
        held: What it holds.
        file: The file, as the user named it.
        place: JSON Pointer of the table inside the file; empty for the whole.
    """

    held: Mapping[str, Any]
    file: str
    place: str

    def fault(self, name: str, what: str, mend: str) -> InputFault:
        """Return a complaint about the key `name`."""
        return InputFault(what, self.file, f"{self.place}/{name}", mend)

    def only(self, known: Iterable[str]) -> None:
        """Refuse a key that is not known."""
        names = list(known)
        for name in self.held:
            if name not in names:
                near = difflib.get_close_matches(name, names, 1)
                mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
                raise self.fault(name, f"unknown key {name}", mend)

    def take(self, name: str, kind: type[_Of], default: _Of | None = None) -> _Of:
        """Return the value of `name`, which must be of `kind`; required unless there is a default."""
        if name not in self.held and default is not None:
            return default
        value = self.held.get(name)
        if type(value) is not kind:
            word = f"{name} is missing" if name not in self.held else f"{name} is not a {kind.__name__}"
            raise self.fault(name, word, f"give a {kind.__name__}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self.take(name, list)
        if not all(isinstance(item, str) for item in found):
            raise self.fault(name, f"{name} holds something that is not text", "give a list of texts")
        return tuple(found)

    def tables(self, name: str) -> tuple[Table, ...]:
        """Return a list of tables; an absent one is empty."""
        found = self.take(name, list, [])
        if not all(isinstance(item, dict) for item in found):
            raise self.fault(name, f"{name} is not a list of tables", f"write [[{name}]]")
        return tuple(Table(item, self.file, f"{self.place}/{name}/{index}") for index, item in enumerate(found))

    def folder(self, name: str, beside: Path) -> Path | None:
        """Return a folder named relative to the file, or None when none is named."""
        if name not in self.held:
            return None
        found = (beside / self.take(name, str)).resolve()
        if not found.is_dir():
            raise self.fault(name, "there is no such folder", "name a folder relative to this file")
        return found
