"""Whose program is at the other end of a connection within this machine: another user's is no browser of ours.

The port of a browser can be taken by whoever is first. What listens there then could tell a store that never was, and a
verdict would rest on it. Linux tells of every connection whose program each end is; other systems do not, and there
nothing is looked up.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from driftwright.base.errors import InputFault

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ROOT = 0
_LISTENS = "0A"
_WORD = 8  # hexadecimal digits, in the byte order of the machine
_COLUMNS = 8  # those up to the user's number

_Place = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


class OtherOwner(InputFault):
    """A port of this machine belongs to another user."""


def refuse_other_owner(connection: socket.socket) -> None:
    """Refuse a connection to a program of another user than this one and root.

    Raises:
        OtherOwner: It is one.
    """
    if not hasattr(os, "geteuid"):
        return
    others = owners_of_peer(connection) - {_ROOT, os.geteuid()}
    if others:
        problem = f"that port belongs to another user of this machine (number {min(others)})"
        mend = "attach as the user whose browser it is, or start yours on another port"
        raise OtherOwner(problem, "--attach", "", mend)


def owners_of_peer(connection: socket.socket) -> frozenset[int]:
    """Return the numbers of the users whose programs are at the other end; none where the system does not tell.

    A connection that waits to be taken is nobody's yet, and told as root's: so who listens there counts as well.
    """
    own, other = (_place(*name[:2]) for name in (connection.getsockname(), connection.getpeername()))
    users = set()
    for local, remote, is_listening, user in _sockets():
        listens = is_listening and local[1] == other[1] and (local[0] == other[0] or local[0].is_unspecified)
        if listens or (local, remote) == (other, own):
            users.add(user)
    return frozenset(users)


def _sockets() -> Iterator[tuple[_Place, _Place, bool, int]]:
    """Yield each socket of this machine: local and remote address, whether it listens, and its user's number."""
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except (OSError, UnicodeDecodeError):
            continue
        for line in lines:
            columns = line.split()
            if len(columns) >= _COLUMNS:
                yield _parse_address(columns[1]), _parse_address(columns[2]), columns[3] == _LISTENS, int(columns[7])


def _parse_address(text: str) -> _Place:
    """Return an address as the table writes it: words of 4 bytes in the machine's order, and a port."""
    address, _, port = text.partition(":")
    words = [address[start : start + _WORD] for start in range(0, len(address), _WORD)]
    data = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    return _place(str(ipaddress.ip_address(data)), int(port, 16))


def _place(host: str, port: int) -> _Place:
    """Return an address and a port; one of IPv4 that is written as one of IPv6 is the same."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address, port
