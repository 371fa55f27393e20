"""A DevTools port that another user of the machine has taken is not spoken to."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.snapshot.capture.attached import owner
from driftwright.snapshot.capture.attached.endpoint import find_endpoints
from driftwright.snapshot.capture.attached.websocket import WebSocket
from driftwright.snapshot.capture.deadline import Deadline

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells whose a connection is")
NOBODY = 65534
ANY = "0.0.0.0"  # noqa: S104 - as a careless browser listens
LISTENS = """
import os, socket, sys
if os.geteuid() == 0:
    os.setuid(int(sys.argv[3]))
taken = socket.create_server((sys.argv[1], 0), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET,
                             dualstack_ipv6=sys.argv[1] == "::")
print(taken.getsockname()[1], flush=True)
heard = b""
while sys.argv[2] == "takes":
    connection, _ = taken.accept()
    connection.settimeout(5)
    heard += connection.recv(1 << 16)
    print(len(heard), flush=True)
input()
"""


@contextmanager
def listening(host: str, how: str = "takes") -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A program of another user that listens; for who may not become another, another user is pretended to ask."""
    command = [sys.executable, "-S", "-c", LISTENS, host, how, str(NOBODY)]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        yield int(program.stdout.readline()), program
    finally:
        program.kill()
        program.communicate()


@pytest.fixture(autouse=True)
def other_user(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        own = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: own + 1)


@pytest.mark.parametrize("how", ["takes", "lets it wait"])
@pytest.mark.parametrize(("host", "to"), [("127.0.0.1", "127.0.0.1"), (ANY, "127.0.0.1"), ("::", "127.0.0.1")])
def test_the_port_of_another_user_is_refused_before_anything_is_sent(host: str, to: str, how: str) -> None:
    with listening(host, how) as (port, program):
        for ask in (
            lambda: find_endpoints(f"http://{to}:{port}", Deadline.after(5, "t.toml")),
            lambda: WebSocket(to, port, "/devtools/browser/x", 5),
        ):
            with pytest.raises(InputFault, match="belongs to another user of this machine") as caught:
                ask()
            assert (caught.value.place, str(NOBODY) in str(caught.value)) == ("", os.geteuid() == 0)
        assert program.stdout is not None
        assert how == "lets it wait" or program.stdout.readline() == "0\n", "it was told nothing"


def test_ones_own_port_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_connection(taken.getsockname()) as asking:
        owner.refuse_other_owner(asking)
        assert owner.owners_of_peer(asking) == {os.geteuid()} | ({0} & owner.owners_of_peer(asking))


def test_where_the_system_does_not_tell_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_TABLES", (tmp_path / "tcp",))
    with listening("127.0.0.1") as (port, _), socket.create_connection(("127.0.0.1", port)) as asking:
        owner.refuse_other_owner(asking)
