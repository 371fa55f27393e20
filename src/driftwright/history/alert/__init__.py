"""Alerts: their life over the runs of a target, and the messages about them to each channel."""

from __future__ import annotations

from driftwright.history.alert.alert import Alert, Event, Happening, Hurt, Status
from driftwright.history.alert.channel import NAMES, Channel, channel
from driftwright.history.alert.life import Life, Thresholds, life, next_life
from driftwright.history.alert.message import Message
from driftwright.history.alert.outbox import Sending, news, pending, send
from driftwright.history.alert.past import past_of

__all__ = [
    "NAMES",
    "Alert",
    "Channel",
    "Event",
    "Happening",
    "Hurt",
    "Life",
    "Message",
    "Sending",
    "Status",
    "Thresholds",
    "channel",
    "life",
    "news",
    "next_life",
    "past_of",
    "pending",
    "send",
]
