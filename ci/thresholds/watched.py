"""Thresholds of the verdict that can be set, and watched: which other values would have changed the course of a run.

A watched threshold is a number that notes, at each comparison, which other values would have compared otherwise. Where
none of them did, a run with that value takes the very same steps, and need not be done.
"""

from __future__ import annotations

import importlib
import operator
import pkgutil
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import driftwright

Settings = Mapping["Threshold", float]

_COMPARING = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__")
_CALCULATING = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a module that decides something.

    Args:
        module: The module that it is defined in.
        name: Its name there.
        today: Its value.
        others: The values that are tried beside it.
    """

    module: str
    name: str
    today: float
    others: tuple[float, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """All values, the smallest first."""
        return tuple(sorted((self.today, *self.others)))

    @property
    def label(self) -> str:
        """Its module and name, without the name of the package."""
        return f"{self.module.removeprefix('driftwright.')}.{self.name}"


def load_thresholds(file: Path) -> tuple[Threshold, ...]:
    """Return the thresholds that a TOML file declares; every module of the package is loaded for it.

    Raises:
        AttributeError: A module does not define the name.
    """
    for found in pkgutil.walk_packages(driftwright.__path__, "driftwright."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return tuple(map(_threshold, tomllib.loads(file.read_text("utf-8"))["threshold"]))


def _threshold(declared: Mapping[str, Any]) -> Threshold:
    today = getattr(importlib.import_module(declared["module"]), declared["name"])
    others = [round(today * factor, 6) for factor in declared.get("times", ())]
    others += [today + difference for difference in declared.get("plus", ())]
    return Threshold(declared["module"], declared["name"], today, tuple(others))


@contextmanager
def applied(settings: Settings) -> Iterator[None]:
    """Give some thresholds other values, in every module that holds them, as long as the context lasts."""
    replaced = [
        (holder, threshold, getattr(holder, threshold.name)) for threshold in settings for holder in _holders(threshold)
    ]
    try:
        for holder, threshold, _ in replaced:
            setattr(holder, threshold.name, settings[threshold])
        yield
    finally:
        for holder, threshold, was in replaced:  # which is not what a test calls the value of today
            setattr(holder, threshold.name, was)


def _holders(threshold: Threshold) -> list[ModuleType]:
    """Return the modules that hold a threshold: a private name its own module alone, others all that import it."""
    home = sys.modules[threshold.module]
    if threshold.name.startswith("_"):
        return [home]
    loaded = [module for name, module in sys.modules.items() if name.split(".")[0] == "driftwright"]
    return [module for module in loaded if threshold.name in vars(module)]


@contextmanager
def watched(thresholds: Iterable[Threshold]) -> Iterator[set[tuple[Threshold, float]]]:
    """Watch some thresholds, as long as the context lasts.

    Yields:
        A set that grows: each threshold with a value that would have made a comparison come out otherwise.
    """
    differing: set[tuple[Threshold, float]] = set()
    with applied({threshold: _watching(threshold, differing) for threshold in thresholds}):
        yield differing


class _WatchedFloat(float):
    plain: float
    others: tuple[float, ...]
    differs: Callable[[float], None]


class _WatchedInt(int):
    plain: int
    others: tuple[float, ...]
    differs: Callable[[float], None]


def _watching(threshold: Threshold, differing: set[tuple[Threshold, float]]) -> float:
    watching: _WatchedFloat | _WatchedInt
    watching = _WatchedInt(threshold.today) if isinstance(threshold.today, int) else _WatchedFloat(threshold.today)
    watching.plain, watching.others = threshold.today, threshold.others
    watching.differs = lambda value: differing.add((threshold, value))
    return watching


def _comparing(name: str) -> Callable[[Any, Any], Any]:
    compare = getattr(operator, name)

    def compared(self: Any, other: Any) -> Any:
        result = compare(self.plain, other)
        for value in self.others:
            if compare(value, other) != result:
                self.differs(value)
        return result

    return compared


def _calculating(name: str, *, turned: bool) -> Callable[[Any, Any], Any]:
    calculate = getattr(operator, name)

    def calculated(self: Any, other: Any) -> Any:
        # What becomes of the result cannot be followed, so every other value may change something.
        for value in self.others:
            self.differs(value)
        return calculate(other, self.plain) if turned else calculate(self.plain, other)

    return calculated


for _kind in (_WatchedFloat, _WatchedInt):
    for _name in _COMPARING:
        setattr(_kind, _name, _comparing(_name))
    for _name in _CALCULATING:
        setattr(_kind, f"__{_name}__", _calculating(_name, turned=False))
        setattr(_kind, f"__r{_name}__", _calculating(_name, turned=True))
