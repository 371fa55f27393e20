"""Fields of an untrusted document of a capture; every complaint names the file and the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from driftwright.base.errors import InputFault

AGAIN = "capture it again with `driftwright probe`"
_Of = TypeVar("_Of")


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Takes fields out of an untrusted document; every complaint names the file and the pointer."""

    file: str

    def field(self, holder: Mapping[str, Any], place: str, name: str, kind: type[_Of]) -> _Of:
        """Return `holder[name]`, which must be of `kind`."""
        value = holder.get(name)
        if type(value) is not kind:
            word = "missing" if name not in holder else "of the wrong type"
            raise InputFault(f"{name} is {word}", self.file, f"{place}/{name}", AGAIN)
        return value

    def objects(self, holder: Mapping[str, Any], place: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each object of the list `holder[name]`, with its pointer."""
        for index, item in enumerate(self.field(holder, place, name, list)):
            below = f"{place}/{name}/{index}"
            if not isinstance(item, dict):
                raise InputFault("not an object", self.file, below, AGAIN)
            yield below, item
