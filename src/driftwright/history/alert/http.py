"""HTTP requests of the channels: HTTPS only, no redirects, a deadline, a bounded answer, no secrets in faults."""

from __future__ import annotations

import ipaddress
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import IO, Any

from driftwright.base.errors import InputFault, MachineFault

_SECONDS = 20.0
_MOST_BYTES = 16 << 20
_REPEATABLE = ("GET", "PATCH")
_SERVER = 500
_MOVED = range(300, 400)
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Args:
        method: `GET`, `POST` or `PATCH`; a failed `POST` is never repeated, as it may have arrived.
        url: The address; never in a fault, as it may hold a secret.
        headers: Headers besides those for JSON; never in a fault.
        payload: A JSON value to send; None for no body.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer: its status, and its JSON document; None if there is none."""

    status: int
    document: Any


def checked_url(url: str, variable: str) -> str:
    """Return an address that a secret may be sent to.

    Args:
        url: The address.
        variable: The environment variable that it comes from; faults name that, never the address.

    Raises:
        InputFault: It is neither https nor on this machine, or it has a user, a fragment or an illegal character.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InputFault("no web address", variable, "", "write https://...") from None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise InputFault("no web address", variable, "", "write https://...")
    if parts.username is not None or parts.fragment:
        raise InputFault("an address with a user or a fragment", variable, "", "write https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
        raise InputFault("not https", variable, "", "write https://...; only this machine may be asked without it")
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _build_opener(url: str) -> urllib.request.OpenerDirector:
    """Return an opener that follows no redirect, as a redirect would send the token to another host."""
    is_local = _is_this_machine(urllib.parse.urlsplit(url).hostname or "")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler({} if is_local else None),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def send_request(request: HttpRequest, service: str) -> HttpAnswer:
    """Send a request, a second time if there was no answer and its method may be repeated.

    Args:
        request: The request.
        service: Name of the service that is asked, for the fault.

    Raises:
        MachineFault: There was no answer within the time and size limits.
    """
    times = 2 if request.method in _REPEATABLE else 1
    for attempt in range(1, times + 1):
        try:
            answer = _exchange(request, time.monotonic() + _SECONDS)
        except (OSError, HTTPException, ValueError) as error:
            # What the error says may hold the address, and with it a secret.
            if attempt == times:
                problem = f"{service} did not answer ({type(error).__name__})"
                raise MachineFault(problem, "", "", "the next run sends what is left") from None
        else:
            if answer.status < _SERVER or attempt == times:
                return answer
    raise AssertionError


def document_of(answer: HttpAnswer, service: str) -> Any:
    """Return the document of an answer.

    Args:
        answer: The answer.
        service: Name of the service that answered, for the fault.

    Raises:
        MachineFault: The status is not a success (2xx).
    """
    if answer.status in _GOOD:
        return answer.document
    mend = "look at its address" if answer.status in _MOVED else "look at its address and at what the token may do"
    raise MachineFault(f"{service} answered {answer.status}", "", "", f"{mend}; the next run sends what is left")


def _exchange(request: HttpRequest, deadline: float) -> HttpAnswer:
    data = None if request.payload is None else json.dumps(request.payload).encode()
    headers = {"User-Agent": "driftwright", "Accept": "application/json", **request.headers}
    if data is not None:
        headers["Content-Type"] = "application/json"
    outgoing = urllib.request.Request(request.url, data, headers, method=request.method)  # noqa: S310 - checked_url
    try:
        with _build_opener(request.url).open(outgoing, timeout=_SECONDS) as response:
            return HttpAnswer(response.status, _read_document(response, deadline))
    except urllib.error.HTTPError as error:
        with error:
            return HttpAnswer(error.code, None)


def _read_document(stream: IO[bytes], deadline: float) -> Any:
    read = getattr(stream, "read1", stream.read)
    data = b""
    while piece := read(1 << 16):
        data += piece
        if len(data) > _MOST_BYTES or time.monotonic() > deadline:
            raise TimeoutError
    try:
        return json.loads(data) if data.strip() else None
    except (ValueError, RecursionError):
        return None
