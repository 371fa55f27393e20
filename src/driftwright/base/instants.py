"""Instants: the moments that texts and numbers of a store stand for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from driftwright.base.forms import LEAST_EPOCH

EPOCH_DIGITS = ((1e15, 1e6), (1e12, 1e3), (LEAST_EPOCH, 1.0))
"""The least epoch in microseconds, milliseconds and seconds, each with its ticks per second."""


def time_of_epoch(value: Any) -> datetime | None:
    """Return the moment of a number of seconds, milliseconds or microseconds since 1970; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    ticks = next((ticks for least, ticks in EPOCH_DIGITS if least <= value < least * 1e4), 0.0)
    try:
        return datetime.fromtimestamp(value / ticks, UTC) if ticks else None
    except (ValueError, OverflowError, OSError):
        return None  # a number of that size, and no time that has a calendar


def instant_of(value: Any) -> datetime | None:
    """Return the moment of an epoch, or of an ISO 8601 text that names its zone; None for anything else."""
    if not isinstance(value, str):
        return time_of_epoch(value)
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
