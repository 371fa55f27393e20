"""The interface of a channel, and the channels that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from driftwright.base.errors import InputFault
from driftwright.history.alert.message import Message

NAMES = ("github", "webhook", "apprise")


class Channel(Protocol):
    """A receiver of messages.

    `name` is kept in the history beside what was sent; it holds no secret. `edits` says whether the channel can update
    an earlier message without notifying anybody again.
    """

    @property
    def name(self) -> str:
        """Name of the channel in the history."""

    @property
    def edits(self) -> bool:
        """Whether it can edit an earlier message."""

    def send(self, messages: Sequence[Message]) -> Iterator[Message]:
        """Send the messages, and yield each once it has arrived.

        Raises:
            MachineFault: The rest could not be sent; a later run sends it.
        """


def channel(name: str, environment: Mapping[str, str], repo: str | None = None) -> Channel:
    """Return a channel, ready to send.

    Args:
        name: One of `NAMES`.
        environment: Environment variables with its addresses and tokens, which are never in a file or an argument.
        repo: For `github`: `owner/name`; None to take it from the environment.

    Raises:
        InputFault: There is no such channel, or an address, a token or a package is missing.
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
