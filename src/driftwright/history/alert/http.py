"""One request of a channel: HTTPS alone, no redirect, a deadline, a bounded answer, and nothing private in faults."""

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
    """What to ask.

    Args:
        method: `GET`, `POST` or `PATCH`; a failed `POST` is never said again, for it may have arrived.
        url: Where; it is in no fault, for it may hold a secret.
        headers: Beside those of JSON; never in a fault.
        payload: What to send as JSON; None for nothing.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: the status, and the JSON document if there is one."""

    status: int
    document: Any


def checked_url(url: str, variable: str) -> str:
    """Return an address that a secret may be sent to.

    Args:
        url: The address.
        variable: The environment variable that it comes from; faults name that, never the address.

    Raises:
        InputFault: It is neither https nor on this machine, or it holds what no address should.
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
    """Return what opens an address and follows no redirect: one would carry the token to whoever the answer names."""
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
    """Ask, once more if nothing came back and asking twice does no harm.

    Args:
        request: What to ask.
        service: Name of the service that is asked, for the fault.

    Raises:
        MachineFault: Nobody answered, in time and in bounds.
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
    """Return the document of an answer that says yes.

    Raises:
        MachineFault: It says no.
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
