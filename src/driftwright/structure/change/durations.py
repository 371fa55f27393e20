"""Durations: how long something lasts, as texts write it: `3:05`, `1:03:05`, `PT3M5S`, `3m 5s`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_CLOCK = re.compile(r"(?:(?P<h>\d+):(?=\d\d:))?(?P<m>\d+):(?P<s>[0-5]\d)")
_ISO = re.compile(r"PT(?=\d)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?")
_UNITS = re.compile(r"(?=\d)(?:(?P<h>\d+) ?h\s*)?(?:(?P<m>\d+) ?m(?:in)?\s*)?(?:(?P<s>\d+) ?s(?:ec)?)?")
_HOUR, _MINUTE = 3600, 60


def _to_clock(seconds: int) -> str:
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def _to_iso(seconds: int) -> str:
    return "PT" + ("".join(_parts(seconds, ("H", "M", "S"))) or "0S")


def _to_units(seconds: int) -> str:
    return " ".join(_parts(seconds, ("h", "m", "s"))) or "0s"


def _parts(seconds: int, units: Sequence[str]) -> list[str]:
    numbers = (seconds // _HOUR, seconds % _HOUR // _MINUTE, seconds % _MINUTE)
    return [f"{number}{unit}" for number, unit in zip(numbers, units, strict=True) if number]


_NOTATIONS: Mapping[str, tuple[re.Pattern[str], Callable[[int], str]]] = {
    "clock": (_CLOCK, _to_clock),
    "iso": (_ISO, _to_iso),
    "units": (_UNITS, _to_units),
}


def duration_notation(texts: Sequence[str]) -> str:
    """Return how all of some texts write a duration: `clock`, `iso` or `units`; empty when they do not."""
    fits = (name for name, (pattern, _) in _NOTATIONS.items() if texts and all(map(pattern.fullmatch, texts)))
    return next(fits, "")


def write_duration(text: str, before: str, after: str) -> str:
    """Return a duration in another notation; the text itself where it is none in the notation before."""
    match = _NOTATIONS[before][0].fullmatch(text)
    if match is None:
        return text
    hours, minutes, seconds = (int(match[name] or 0) for name in "hms")
    return duration_text(hours * _HOUR + minutes * _MINUTE + seconds, after)


def duration_text(seconds: int, notation: str) -> str:
    """Return so many seconds in a notation."""
    return _NOTATIONS[notation][1](seconds)
