"""What a server answers while a page runs: which answers are stores, told by the browser's own events.

DevTools alone see the bodies. Only those are asked for that a store names, and those of an address with the same last
name, where a store may have moved to; they are held in memory until the world in which a page is read is handed them,
where the redactor hides them like everything else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from driftwright.base.forms import is_idlike
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import MAX_UNITS

ENABLE: Mapping[str, int] = {"maxResourceBufferSize": MAX_UNITS, "maxTotalBufferSize": 4 * MAX_UNITS}
"""How much of bodies the browser keeps for us: larger ones are not seen."""

EVENTS = (
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Network.loadingFinished",
    "Network.loadingFailed",
    "Network.eventSourceMessageReceived",
)
"""The events of DevTools that a log takes note of."""
_KINDS = frozenset({"XHR", "Fetch", "EventSource"})
_OK = range(200, 300)
_MOST_ELSEWHERE = 20
_MOST_KEPT = 1000
_MOST_MESSAGES = 10_000
_LINES = re.compile(r"ndjson|jsonl|json-?lines|json-seq|stream\+json", re.IGNORECASE)
_PART = re.compile(r"\*|\{[^{}]+\}")
_WORD = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class _Sought:
    """A store that is an answer: its key, which of several it is, and what its address looks like."""

    key: str
    take: str
    method: str
    address: re.Pattern[str]
    with_query: bool
    last: str

    @classmethod
    def of(cls, store: Mapping[str, Any], origin: str) -> _Sought:
        key = str(store["key"])
        method, _, address = key.rpartition(" ")
        whole = f"{origin}{address}" if address.startswith("/") else address
        return cls(key, str(store["take"]), method, _pattern(whole), "?" in whole, _last_name(whole))

    def key_of(self, url: str, method: str) -> str | None:
        """Return the key that an answer has as this store; None where it is another."""
        if self.method not in ("", method):
            return None
        address = url if self.with_query else url.partition("?")[0]
        match = self.address.fullmatch(address)
        if match is None:
            return None
        return re.sub(r"\{[^{}]+\}", lambda _: match[1], self.key, count=1) if match.groups() else self.key


def _pattern(address: str) -> re.Pattern[str]:
    """Compile an address to a pattern: `*` matches anything, and a placeholder anything without a slash."""
    parts, at = [], 0
    for match in _PART.finditer(address):
        parts += [re.escape(address[at : match.start()]), ".*" if match[0] == "*" else "([^/?#]+)"]
        at = match.end()
    return re.compile("".join([*parts, re.escape(address[at:])]))


def _last_name(url: str) -> str:
    """Return the last part of an address that is spelt in letters, and no id; empty where there is none."""
    parts = (part.replace("*", "") for part in reversed(urlsplit(url).path.split("/")) if "{" not in part)
    return next((part for part in parts if _WORD.search(part) and not is_idlike(part)), "")


@dataclass(slots=True, repr=False)
class _Answer:
    """One response that is not complete yet: the number of its request, and what is known so far."""

    number: int
    url: str
    method: str
    kind: str = ""
    status: int = 0
    mime: str = ""
    messages: list[str] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class ResponseLog:
    """The answers of a page that are stores, kept while it runs; without a `repr`, for it holds them in the raw.

    Args:
        policy: Names the stores.
        origin: The origin of the page.
    """

    policy: Mapping[str, Any]
    origin: str
    _sought: list[_Sought] = field(init=False)
    _running: dict[str, _Answer] = field(default_factory=dict, init=False)
    _parts: dict[str, dict[int, list[str]]] = field(default_factory=dict, init=False)
    _elsewhere: dict[str, list[str]] = field(default_factory=dict, init=False)
    _count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        stores = (store for store in self.policy["stores"] if store["area"] == Area.RESPONSE)
        self._sought = [_Sought.of(store, self.origin) for store in stores]

    @property
    def is_needed(self) -> bool:
        """Whether any store is an answer."""
        return bool(self._sought)

    def is_complete(self) -> bool:
        """Whether each store has an answer, and none that may be one is on its way."""
        streams = [answer for answer in self._running.values() if answer.kind == "EventSource" and answer.messages]
        keys = {*self._parts, *filter(None, map(self._key_of, streams))}
        waiting = [
            answer for answer in self._running.values() if self._key_of(answer) is not None and answer not in streams
        ]
        return not waiting and all(any(self._is_of(sought, key) for key in keys) for sought in self._sought)

    def note_event(self, event: str, details: Mapping[str, Any]) -> str | None:
        """Take note of an event; return the id of a request whose body is to be fetched now, and given to `keep`.

        Args:
            event: The name of an event of DevTools' domain `Network`.
            details: What it tells.
        """
        name = str(details.get("requestId", ""))
        match event:
            case "Network.requestWillBeSent":
                self._note_request(name, details)
            case "Network.responseReceived":
                self._note_response(name, details)
            case "Network.eventSourceMessageReceived":
                self._note_message(name, details)
            case "Network.loadingFailed":
                self._running.pop(name, None)
            case "Network.loadingFinished":
                return name if self._is_wanted(name) else None
        return None

    def keep(self, name: str, body: Mapping[str, Any] | None) -> None:
        """Keep the body of an answer that has come to its end; None where the browser has it no more."""
        answer = self._running.pop(name, None)
        text = text_of_body(body)
        if answer is None or text is None:
            return
        self._keep(answer, [_form_of(answer.mime), text])

    def entries(self) -> Any:
        """Return what a world is handed as the area of answers."""
        for answer in self._running.values():
            if answer.messages and answer.kind == "EventSource":
                self._keep(answer, ["events", "".join(answer.messages)])
        entries: list[list[Any]] = []
        for sought in self._sought:
            for key in [key for key in self._parts if self._is_of(sought, key)]:
                parts = [part for _, part in sorted(self._parts[key].items())]
                if sought.take == "all":
                    entries.append([key, parts, True])
                elif sought.take.isdigit():
                    entries += [[key, [part], False] for part in parts[int(sought.take) - 1 : int(sought.take)]]
                else:
                    entries.append([key, [parts[-1 if sought.take == "last" else 0]], False])
        entries += [[key, [part], False] for key, part in self._elsewhere.items()]
        units = sum(len(part[1]) for _, parts, _ in entries for part in parts)
        return entries if units <= MAX_UNITS else {"denied": "oversize"}

    def _note_request(self, name: str, details: Mapping[str, Any]) -> None:
        request = details.get("request")
        if isinstance(request, dict) and details.get("type") in _KINDS and len(self._running) < _MOST_KEPT:
            self._count += 1
            url, method = str(request.get("url", "")).partition("#")[0], str(request.get("method", ""))
            self._running[name] = _Answer(self._count, url, method, str(details["type"]))

    def _note_response(self, name: str, details: Mapping[str, Any]) -> None:
        response = details.get("response")
        if not isinstance(response, dict) or details.get("type") not in _KINDS:
            return
        if name not in self._running:  # it was asked for before anybody listened
            self._note_request(
                name, {"type": details["type"], "request": {"url": response.get("url", ""), "method": "GET"}}
            )
        if name in self._running:
            answer = self._running[name]
            answer.status, answer.mime = int(response.get("status", 0)), str(response.get("mimeType", ""))

    def _note_message(self, name: str, details: Mapping[str, Any]) -> None:
        answer = self._running.get(name)
        if answer is None or self._key_of(answer) is None or len(answer.messages) >= _MOST_MESSAGES:
            return
        data = "".join(f"data: {line}\n" for line in str(details.get("data", "")).split("\n"))
        answer.messages.append(f"event: {details.get('eventName', '')}\n{data}\n")

    def _is_wanted(self, name: str) -> bool:
        answer = self._running.get(name)
        if answer is None:
            return False
        beside = _last_name(answer.url) in {sought.last for sought in self._sought}
        is_wanted = answer.status in _OK and (self._key_of(answer) is not None or beside)
        if not is_wanted:
            del self._running[name]
        return is_wanted

    def _key_of(self, answer: _Answer) -> str | None:
        keys = (sought.key_of(answer.url, answer.method) for sought in self._sought)
        return next((key for key in keys if key is not None), None)

    def _is_of(self, sought: _Sought, key: str) -> bool:
        """Whether a key under which answers are kept is that of a store."""
        return key == sought.key or ("{" in sought.key and _pattern(sought.key).fullmatch(key) is not None)

    def _other_key(self, answer: _Answer) -> str:
        """Return the key of an answer that is no store: never one that a store has."""
        address = answer.url.partition("?")[0].removeprefix(self.origin)
        is_taken = any(self._is_of(sought, address) for sought in self._sought)
        return f"{answer.method} {address}" if is_taken else address

    def _keep(self, answer: _Answer, part: list[str]) -> None:
        key = self._key_of(answer)
        if key is None:
            if len(self._elsewhere) < _MOST_ELSEWHERE:
                self._elsewhere[self._other_key(answer)] = part
            return
        parts = self._parts.setdefault(key, {})
        parts[answer.number] = part
        take = next(sought.take for sought in self._sought if self._is_of(sought, key))
        numbers = sorted(parts)
        kept = numbers[-1:] if take == "last" else numbers[: int(take) if take.isdigit() else 1]
        for number in numbers:
            if take != "all" and number not in kept:
                del parts[number]


def _form_of(mime: str) -> str:
    if "event-stream" in mime:
        return "events"
    return "lines" if _LINES.search(mime) else "json"


def text_of_body(body: Mapping[str, Any] | None) -> str | None:
    """Return the text of a body as DevTools give it."""
    if body is None or not isinstance(body.get("body"), str):
        return None
    text: str = body["body"]
    if body.get("base64Encoded"):
        try:
            text = base64.b64decode(text).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return None
    return text.removeprefix("\ufeff")
