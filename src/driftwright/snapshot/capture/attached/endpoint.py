"""Find the DevTools endpoint of a running browser on this machine."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from driftwright.base.errors import InputFault
from driftwright.base.files import read_bounded
from driftwright.snapshot.capture.attached.devtools import part
from driftwright.snapshot.capture.attached.owner import OtherOwner, refuse_other_owner
from driftwright.snapshot.capture.attached.websocket import ending
from driftwright.snapshot.capture.deadline import Deadline

Address = tuple[str, int, str]

_HERE = "127.0.0.1"
_USUAL_PORT = 9222
_LONGEST_PORT = 5  # digits
_SECONDS = 3.0
_MOST_BYTES = 1 << 20
_START_ONE = "start it with --remote-debugging-port=9222 and a --user-data-dir of its own"
# Where browsers keep what they know, below the user's folder for such things.
_PROFILES = {
    "darwin": ("Chromium", "Google/Chrome"),
    "win32": ("Chromium/User Data", "Google/Chrome/User Data"),
}
_PROFILES_ELSEWHERE = ("chromium", "google-chrome", "google-chrome-for-testing")


def find_endpoints(where: str, deadline: Deadline) -> tuple[Address, ...]:
    """Return host, port and path of each place where the browser may be.

    Args:
        where: A port, a URL, or `auto`: what the profiles of this user say, then the usual port.
        deadline: By when it is known.

    Raises:
        InputFault: It is not on this machine, or no browser answers there.
        BlindFault: The time is up.
    """
    if where == "auto":
        with contextlib.suppress(OtherOwner):  # which is no browser of ours, and perhaps there is another
            return (*_active_ports(), *_ask_path(_HERE, _USUAL_PORT, deadline))
        return tuple(_active_ports())
    if where.isascii() and where.isdecimal() and len(where) <= _LONGEST_PORT:
        return _ask_endpoint(where, _HERE, int(where), deadline)
    try:
        parts = urlsplit(where)
        port = parts.port
    except ValueError:
        raise _wrong_address() from None
    if parts.scheme not in ("http", "ws") or not parts.hostname or port is None:
        raise _wrong_address()
    host = _loopback(parts.hostname)
    return ((host, port, parts.path),) if parts.scheme == "ws" else _ask_endpoint(where, host, port, deadline)


def _wrong_address() -> InputFault:
    return InputFault("not a way to a browser", "--attach", "", "give a port, http://127.0.0.1:PORT, or auto")


def _loopback(host: str) -> str:
    """Return an address of this machine itself; nothing is asked of a name server."""
    if host == "localhost":
        return _HERE
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    mend = "attach where the browser runs: an open DevTools port gives everybody the whole browser"
    raise InputFault("that browser is not on this machine", "--attach", "", mend)


def _ask_endpoint(where: str, host: str, port: int, deadline: Deadline) -> tuple[Address, ...]:
    addresses = tuple(_ask_path(host, port, deadline))
    if not addresses:
        raise InputFault("no browser answers there", "--attach", where, _START_ONE)
    return addresses


def _ask_path(host: str, port: int, deadline: Deadline) -> Iterator[Address]:
    """Ask a port for the path of its browser; another host in its answer is ignored.

    Raises:
        OtherOwner: It is another user's.
    """
    seconds = min(_SECONDS, deadline.seconds())
    connection = http.client.HTTPConnection(host, port, timeout=seconds)  # knows of no proxy
    try:
        connection.connect()
        refuse_other_owner(connection.sock)
        end = ending(connection.sock, seconds)
        try:
            connection.request("GET", "/json/version")
            answer = json.loads(connection.getresponse().read(1 << 16))
        finally:
            end.cancel()
        yield host, port, urlsplit(part(answer, str, "webSocketDebuggerUrl")).path
    except OtherOwner:
        raise
    except (OSError, http.client.HTTPException, OverflowError, ValueError, RecursionError, InputFault):
        return
    finally:
        connection.close()


def _active_ports() -> Iterator[Address]:
    """Read what running browsers wrote into their profiles; a file may be left over from one that ended."""
    for profile in _profiles():
        try:
            port, path = read_bounded(profile / "DevToolsActivePort", _MOST_BYTES).decode("ascii").split()[:2]
            yield _HERE, int(port), path
        except (InputFault, ValueError):
            continue


def _profiles() -> Iterator[Path]:
    from platformdirs import user_config_path, user_data_path

    try:
        if sys.platform in _PROFILES:
            folders = [user_data_path()]
        else:
            # A browser that the desktop started may know nothing of an XDG_CONFIG_HOME that a shell has set.
            folders = list(dict.fromkeys((user_config_path(), Path.home() / ".config")))
    except RuntimeError:  # nobody's home
        return
    names = _PROFILES.get(sys.platform, _PROFILES_ELSEWHERE)
    yield from (folder / name for folder in folders for name in names)
