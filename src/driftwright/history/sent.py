"""What was sent to a channel: nothing is sent twice, and a later run sends what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = "sent-v1"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was last sent to one channel about one alert.

    Args:
        channel: Name of the channel, with the repository if it has one (`github:owner/name`).
        key: Key of the alert.
        sequence: Number of the last run that was sent.
        active: Whether the alert was active in that message; False if it had recovered.
        run: The id of that run: numbers may differ when a history is rebuilt.
    """

    channel: str
    key: str
    sequence: int
    active: bool
    run: str


def sent_record(sent: Sent) -> dict[str, Any]:
    """Return the entry as a `sent-v1` record."""
    return {"format": FORMAT, **asdict(sent)}


def sent_from(record: Any) -> Sent:
    """Return the entry of a `sent-v1` record.

    Raises:
        ValueError: It is not a `sent-v1` record.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError(f"not {FORMAT}")
    kinds = {"channel": str, "key": str, "sequence": int, "active": bool, "run": str}
    if any(type(record.get(name)) is not kind for name, kind in kinds.items()):
        raise ValueError("no record of what was sent")
    return Sent(**{name: record[name] for name in kinds})
