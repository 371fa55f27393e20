"""What a channel was told: so that nobody is told twice, and what could not be sent is sent by a later run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = "sent-v1"


@dataclass(frozen=True, slots=True)
class Sent:
    """The last thing that one channel was told about one alert.

    Args:
        channel: The channel, with its place where it has one (`github:owner/name`).
        key: The alert.
        sequence: The number of the run up to which the channel knows.
        active: Whether it was told that the alert holds; False after it was told that it recovered.
        run: The id of that run: numbers may differ when a history is rebuilt.
    """

    channel: str
    key: str
    sequence: int
    active: bool
    run: str


def sent_record(sent: Sent) -> dict[str, Any]:
    """Return it as a `sent-v1` record."""
    return {"format": FORMAT, **asdict(sent)}


def sent_from(record: Any) -> Sent:
    """Return what a record says.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError(f"not {FORMAT}")
    kinds = {"channel": str, "key": str, "sequence": int, "active": bool, "run": str}
    if any(type(record.get(name)) is not kind for name, kind in kinds.items()):
        raise ValueError("no record of what was sent")
    return Sent(**{name: record[name] for name in kinds})
