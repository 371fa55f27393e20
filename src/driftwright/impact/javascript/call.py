"""What to run: a reader on arguments, or a fact with its ordered sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from driftwright.impact.javascript.program import Program

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Argument:
    """What one reader is called with: a document, or stores by name with parameters.

    Args:
        document: JSON text of the one argument of a reader of a plain document; None for a reader of stores.
        stores: JSON text of each store by its name; None for a store that is absent.
        places: The storage area and the key of each store by its name, for code that asks a storage itself; a key may
            hold one parameter's name in braces.
        params: Further members of the argument. `now` (milliseconds since 1970, or ISO 8601) also sets the clock.
    """

    document: str | None = None
    stores: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    params: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    _token: list[object] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def token(self) -> object:
        """A hashable value that is equal for equal arguments."""
        if not self._token:
            # A parameter's type tells too: 1, 1.0 and True are three things to a reader.
            params = tuple((name, type(value), value) for name, value in self.params.items())
            self._token.append((self.document, tuple(self.stores.items()), tuple(self.places.items()), params))
        return self._token[0]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an exported function.

    Args:
        function: The export's name.
        argument: What it is called with.
        warm_up: What the very same function is called with before, to fill its caches; those answers are dropped.
    """

    function: str
    argument: Argument
    warm_up: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class FactSource:
    """One source of a derived fact.

    Args:
        name: Its name.
        level: full, degraded or unavailable.
        lost: What is lost with it.
        derive: The function that derives the fact, as a program and its export; None for a constant.
        needs: The guard; only while it answers true may the source be trusted.
        value: JSON text of the constant, where there is no `derive`.
    """

    name: str
    level: str
    lost: str = ""
    derive: tuple[Program, str] | None = None
    needs: tuple[Program, str] | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class FactProgram:
    """A derived fact as the resolver takes it: its sources, best first, and what a right result looks like."""

    sources: tuple[FactSource, ...]
    result: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def programs(self) -> tuple[Program, ...]:
        """The reading code of all sources and their guards."""
        return tuple(pair[0] for source in self.sources for pair in (source.derive, source.needs) if pair is not None)

    @property
    def token(self) -> object:
        """A hashable value that is equal for equal facts of one run."""
        return self.sources, json.dumps(dict(self.result), sort_keys=True)
