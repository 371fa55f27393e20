"""Channels: what somebody who is told must be able to do, and which there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from driftwright.base.errors import InputFault
from driftwright.history.alert.message import Message

NAMES = ("github", "webhook", "apprise")


class Channel(Protocol):
    """Somebody who is told.

    `name` stands in the history beside what was sent; it holds no secret. `edits` says whether it can bring what it
    said before up to date without telling anybody again.
    """

    @property
    def name(self) -> str:
        """What the channel is called in the history."""

    @property
    def edits(self) -> bool:
        """Whether it can edit what it said."""

    def send(self, messages: Sequence[Message]) -> Iterator[Message]:
        """Say the messages, and yield each once it is sure to have arrived.

        Raises:
            MachineFault: The rest could not be said; a later run will.
        """


def channel(name: str, environment: Mapping[str, str], repo: str | None = None) -> Channel:
    """Return a channel, ready to send.

    Args:
        name: One of `NAMES`.
        environment: Where its addresses and tokens are; they never stand in a file or on a command line.
        repo: For `github`: `owner/name`; None to take it from the environment.

    Raises:
        InputFault: Something that it needs is not there.
    """
    if name == "github":
        from driftwright.history.alert.github import github

        return github(environment, repo)
    if name == "webhook":
        from driftwright.history.alert.webhook import webhook

        return webhook(environment)
    if name == "apprise":
        from driftwright.history.alert.notify import notify

        return notify(environment)
    raise InputFault(f"there is no channel {name!r}", place="--alert", mend=f"use one of {', '.join(NAMES)}")
