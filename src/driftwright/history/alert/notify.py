"""Mail, chat and the like through apprise, an extra: `pip install driftwright[notify]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.history.alert.alert import Happening
from driftwright.history.alert.message import Message

VARIABLE = "DRIFTWRIGHT_APPRISE_URLS"
_KINDS = {Happening.RECOVERED: "success", Happening.NEW: "failure", Happening.WORSE: "failure"}


@dataclass(frozen=True, slots=True)
class Notify:
    """A channel that sends to apprise's addresses.

    Args:
        client: An `apprise.Apprise`, with the addresses added.
        name: Name of the channel in the history.
        edits: False, as a sent message cannot be edited.
    """

    client: Any = field(repr=False)
    name: str = "apprise"
    edits: bool = False

    def send(self, messages: Sequence[Message]) -> Iterator[Message]:
        """Send each message as plain text, and yield it.

        Raises:
            MachineFault: Sending to one of the addresses failed.
        """
        for message in messages:
            kind = _KINDS.get(message.happening, "warning")
            try:
                taken = self.client.notify(
                    title=f"{message.title} ({message.happening})",
                    body=message.text,
                    notify_type=kind,
                    body_format="text",
                )
            except Exception as error:  # noqa: BLE001 - a plugin of apprise may raise anything, and say an address in it
                taken, why = False, f" ({type(error).__name__})"
            else:
                why = ""
            if not taken:
                problem = f"apprise could not send to every address{why}"
                raise MachineFault(problem, "", "", f"look at {VARIABLE}; the next run sends what is left")
            yield message


def notify(environment: Mapping[str, str]) -> Notify:
    """Return the channel with the addresses in the environment.

    Raises:
        InputFault: Apprise is not installed, there is no address, or apprise does not know the kind of one.
    """
    urls = environment.get(VARIABLE, "").split()
    if not urls:
        raise InputFault("no address for apprise", VARIABLE, "", "set it to addresses of apprise, parted by spaces")
    try:
        apprise = import_module("apprise")
    except ImportError:
        mend = "pip install 'driftwright[notify]'"
        raise InputFault("apprise is not installed", "--alert", "apprise", mend) from None
    client = apprise.Apprise()
    for number, url in enumerate(urls, 1):
        if not client.add(url):
            raise InputFault(f"address {number} is none that apprise knows", VARIABLE, "", "mend or remove it")
    return Notify(client)
