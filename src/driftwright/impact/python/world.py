"""Makes the world of a reader the same on every run: one clock, one sequence of random numbers, the same built-ins.

What a library wrote in C asks the system itself (the dates of pandas, the random numbers of numpy) is not pinned.
"""

from __future__ import annotations

import builtins
import datetime as dt
import decimal
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

_BILLION = 1_000_000_000
_NODE = 0x02_00_00_00_00_00
_STEADY = ("monotonic", "perf_counter", "process_time", "thread_time")


class World:
    """The environment of readers: `renew` begins a call, and undoes what earlier calls changed in shared modules."""

    def __init__(self) -> None:
        self._now = 0.0
        self._seed = 0
        self._bytes = random.Random(0)  # noqa: S311 - as few as those of the reader are they secret
        self._environment = dict(os.environ)
        self._recursion = sys.getrecursionlimit()
        self._context = decimal.getcontext().copy()
        _pin_clock(self._ask_now)
        self._pin_chance()
        self._held = vars(builtins)
        self._builtins = dict(self._held)
        self._shared = (*_shared(), *((sys.modules, name, module) for name, module in sys.modules.items()))

    def _ask_now(self) -> float:
        return self._now

    def set_seed(self, seed: int) -> None:
        """Let readers meet other random numbers from the next call on."""
        self._seed = seed

    def renew(self, now: float) -> None:
        """Begin a call at a time, in seconds since 1970."""
        self._now = now
        self._bytes.seed(self._seed)
        random.seed(self._seed)
        decimal.setcontext(self._context.copy())
        sys.setrecursionlimit(self._recursion)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        self.settle()

    def settle(self) -> None:
        """Undo what a reader did to the built-in functions, which tell its answer as well."""
        self._held.update(self._builtins)
        for name in self._held.keys() - self._builtins.keys():
            del self._held[name]

    def is_stained(self) -> bool:
        """Whether a reader has put something in the place of a function, a class or a module that all readers share."""
        return any(held.get(name) is not value for held, name, value in self._shared)

    def _pin_chance(self) -> None:
        def urandom(size: int) -> bytes:
            return self._bytes.randbytes(size)

        def getrandom(size: int, flags: int = 0) -> bytes:  # noqa: ARG001 - as the real one is called
            return urandom(size)

        seed = random.Random.seed

        def seeded(generator: random.Random, a: Any = None, version: int = 2) -> None:
            seed(generator, self._seed if a is None else a, version)

        vars(os).update(urandom=urandom, **({"getrandom": getrandom} if hasattr(os, "getrandom") else {}))
        vars(random)["_urandom"] = urandom
        setattr(random.Random, seed.__name__, seeded)
        vars(random)[seed.__name__] = vars(random)["_inst"].seed  # what the module itself offers
        # The C library would ask the system's clock, and the network's hardware.
        vars(uuid).update(getnode=lambda: _NODE, _generate_time_safe=None)


def _shared() -> Iterator[tuple[Mapping[str, Any], str, object]]:
    """Yield what stands in the modules that are loaded and in their classes, and can be called."""
    for name, module in [*sys.modules.items()]:
        if name == "__main__" or not isinstance(module, ModuleType):
            continue
        for held in (vars(module), *(vars(class_) for class_ in vars(module).values() if isinstance(class_, type))):
            yield from ((held, key, value) for key, value in held.items() if callable(value))


def _pin_clock(now: Callable[[], float]) -> None:
    """Put clocks that tell what `now` answers in the place of the real ones."""
    zoned, universal = time.localtime, time.gmtime
    formatted, dated = time.strftime, time.asctime

    def moment(clock_of: Callable[[float], Any]) -> Callable[..., Any]:
        return lambda seconds=None: clock_of(now() if seconds is None else seconds)

    pinned = {
        "time": now,
        "time_ns": lambda: round(now() * 1000) * (_BILLION // 1000),
        "localtime": moment(zoned),
        "gmtime": moment(universal),
        "ctime": moment(lambda seconds: dated(zoned(seconds))),
        "asctime": lambda fields=None: dated(zoned(now()) if fields is None else fields),
        "strftime": lambda form, fields=None: formatted(form, zoned(now()) if fields is None else fields),
        "sleep": lambda _: None,
    }
    vars(time).update(pinned)
    for name in _STEADY:
        vars(time).update({name: lambda: 0.0, f"{name}_ns": lambda: 0})
    date, datetime = _pinned_dates(now)
    vars(dt).update(date=date, datetime=datetime)


class _Like(type):
    """A metaclass by which instances of the real class are instances of the pinned one, but not of its subclasses."""

    def __instancecheck__(cls, instance: object) -> bool:
        real = cls.__dict__.get("real")
        return isinstance(instance, real) if real is not None else super().__instancecheck__(instance)

    def __subclasscheck__(cls, other: type) -> bool:
        real = cls.__dict__.get("real")
        return issubclass(other, real) if real is not None else super().__subclasscheck__(other)


def _pinned_dates(now: Callable[[], float]) -> tuple[type, type]:
    class PinnedDate(dt.date, metaclass=_Like):
        real = dt.date

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

    class PinnedDatetime(dt.datetime, metaclass=_Like):
        real = dt.datetime

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(now(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(now(), dt.UTC).replace(tzinfo=None)

    for pinned, name in ((PinnedDate, "date"), (PinnedDatetime, "datetime")):
        pinned.__name__ = pinned.__qualname__ = name
        pinned.__module__ = dt.__name__
    return PinnedDate, PinnedDatetime
