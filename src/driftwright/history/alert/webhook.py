"""A webhook as a channel: one POST of JSON with all messages, to an address from the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.history.alert.http import HttpRequest, checked_url, document_of, send_request
from driftwright.history.alert.message import Message

FORMAT = "alerts-v1"
VARIABLE = "DRIFTWRIGHT_WEBHOOK_URL"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A channel that posts to one address.

    Args:
        url: The address; it is a secret.
        name: Name of the channel in the history.
        edits: False, as a sent message cannot be edited.
    """

    url: str = field(repr=False)
    name: str = "webhook"
    edits: bool = False

    def send(self, messages: Sequence[Message]) -> Iterator[Message]:
        """Send all messages in one request, and yield them.

        Raises:
            MachineFault: The request did not arrive.
        """
        if messages:
            document_of(
                send_request(HttpRequest("POST", self.url, {}, payload(messages)), "the webhook"), "the webhook"
            )
        yield from messages


def webhook(environment: Mapping[str, str]) -> Webhook:
    """Return the webhook of the environment.

    Raises:
        InputFault: The address is missing, or is no https address.
    """
    url = environment.get(VARIABLE, "").strip()
    if not url:
        raise InputFault("no address for the webhook", VARIABLE, "", "set it to the address that takes the alerts")
    return Webhook(checked_url(url, VARIABLE))


def payload(messages: Sequence[Message]) -> dict[str, Any]:
    """Return the `alerts-v1` document to post: names, verdicts and times, and no value from a page."""
    return {
        "format": FORMAT,
        "text": "\n\n".join(f"{message.title} ({message.happening})\n{message.text}" for message in messages),
        "alerts": [_alert_record(message) for message in messages],
    }


def _alert_record(message: Message) -> dict[str, Any]:
    alert = message.alert
    return {
        "event": str(message.happening),
        "key": alert.key,
        "status": str(alert.status),
        "title": message.title,
        "target": alert.target,
        "rule": alert.rule,
        "store": alert.store,
        "path": alert.path,
        "facts": [asdict(hurt) for hurt in alert.form if hurt.fact],
        "reason": alert.form[0].effect if alert.form and not alert.form[0].fact else "",
        "since": alert.since,
        "runs": alert.runs,
        "run": message.run.sequence,
        "recorded_at": message.run.recorded_at,
    }
