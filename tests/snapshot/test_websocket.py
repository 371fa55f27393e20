"""What listens at a DevTools port may be anything: a connection stays on this machine, in its bounds and its time."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from driftwright.snapshot.capture.attached.websocket import ClosedError, WebSocket

HOST = "127.0.0.1"


@contextlib.contextmanager
def browser(answer: Callable[[ServerConnection], None], **more: Any) -> Iterator[int]:
    """A WebSocket server on a free port."""
    with serve(answer, HOST, 0, **more) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]


@contextlib.contextmanager
def listener(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A port that answers every connection with the same bytes and remembers what it was asked."""
    asked = list[bytes]()

    def work() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    asked.append(connection.recv(1 << 16))
                    connection.sendall(answer)

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=work, daemon=True).start()
        yield server.getsockname()[1], asked
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 9_000_000])
def test_texts_of_every_length_go_and_come(size: int) -> None:
    with browser(echo, max_size=None) as port, WebSocket(HOST, port, "/devtools/browser/x", 10) as connection:
        text = "é" * (size // 2) + "x" * (size % 2)
        connection.send(text)
        assert connection.receive() == text


def test_neither_compression_nor_an_origin_nor_a_name_of_ours_is_told() -> None:
    with listener(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n") as (port, asked), pytest.raises(ClosedError):
        WebSocket(HOST, port, "/x?y", 5)
    (head,) = asked
    assert head.startswith(b"GET /x?y HTTP/1.1\r\n")
    names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"upgrade", b"connection", b"sec-websocket-key", b"sec-websocket-version"}


def test_no_redirect_is_followed() -> None:
    with listener(b"") as (elsewhere, stolen):
        moved = f"HTTP/1.1 302 Found\r\nlocation: ws://{HOST}:{elsewhere}/x\r\ncontent-length: 0\r\n\r\n"
        with listener(moved.encode()) as (port, asked), pytest.raises(ClosedError):
            WebSocket(HOST, port, "/x", 5)
    assert len(asked) == 1
    assert stolen == []


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener(b"") as (elsewhere, stolen):
        for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{HOST}:{elsewhere}")
        monkeypatch.delenv("no_proxy", raising=False)
        with browser(echo) as port, WebSocket(HOST, port, "/", 5) as connection:
            connection.send("here")
            assert connection.receive() == "here"
    assert stolen == []


@pytest.mark.parametrize(
    "path", ["@example.org/x", "", "x", "/a b", "/x\r\nX-More: 1", "/é", ".example.org/", "\\\\example.org"]
)
def test_a_path_that_could_name_somebody_else_is_not_asked_for(path: str) -> None:
    with listener(b"") as (port, asked), pytest.raises(ClosedError):
        WebSocket(HOST, port, path, 5)
    assert asked == []


@pytest.mark.parametrize(
    "answer",
    [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", b"HTTP/1.1 101 X\r\n\r\n",
     b"HTTP/1.1 302 Found\r\nlocation: http://[bad\r\ncontent-length: 0\r\n\r\n", b"x" * 100_000,
     b"HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_websocket_is_told_as_such(answer: bytes) -> None:
    with listener(answer) as (port, _), pytest.raises((ClosedError, ConnectionResetError)):
        WebSocket(HOST, port, "/x", 5)


def test_a_port_that_cannot_be_is_not_taken_for_another() -> None:
    with listener(b"") as (port, asked):
        for no_port in (port + (1 << 16), port - (1 << 16), 1 << 70, 0):
            with pytest.raises(ClosedError):
                WebSocket(HOST, no_port, "/x", 5)
    assert asked == []


def test_a_message_without_bound_is_not_taken() -> None:
    def flood(connection: ServerConnection) -> None:
        with contextlib.suppress(Exception):
            connection.send("x" * (64 * 1024 * 1024 + 1))

    with browser(flood) as port, WebSocket(HOST, port, "/", 20) as connection, pytest.raises(ClosedError):
        connection.receive()


def test_one_that_sends_nothing_costs_no_more_than_its_time() -> None:
    with browser(echo) as port, WebSocket(HOST, port, "/", 10) as connection:
        connection.allow(0.2)
        with pytest.raises(TimeoutError):
            connection.receive()
        connection.allow(10)
        connection.send("late")  # what came too late for one question does not end the connection
        assert connection.receive() == "late"
    with socket.create_server((HOST, 0)) as mute, pytest.raises(TimeoutError):  # not even an answer to the greeting
        WebSocket(HOST, mute.getsockname()[1], "/", 0.3)


def test_one_that_does_not_read_costs_no_more_than_its_time() -> None:
    done = threading.Event()

    def deaf(connection: ServerConnection) -> None:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        done.wait(30)

    with browser(deaf, max_queue=1) as port:
        connection = WebSocket(HOST, port, "/", 10)
        try:
            connection.allow(0.5)
            with pytest.raises(TimeoutError):  # noqa: PT012 - which of them fills the way is not told
                for _ in range(200):
                    connection.send("x" * 1_000_000)
        finally:
            connection.close()
            done.set()


def test_one_that_goes_away_is_told_as_such() -> None:
    with browser(lambda connection: connection.close()) as port, WebSocket(HOST, port, "/", 5) as connection:
        with pytest.raises(ClosedError):
            connection.receive()
        with pytest.raises(ClosedError):
            connection.send("x")
        connection.allow(1)


def test_half_a_letter_is_no_fault() -> None:
    def half(connection: ServerConnection) -> None:
        connection.send(b'{"a":"\xed\xa0\x80"}', text=True)

    with browser(half) as port, WebSocket(HOST, port, "/", 5) as connection:
        assert connection.receive().startswith('{"a":"�')


def test_no_log_holds_what_a_page_wrote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet = logging.getLogger("server")
    quiet.disabled = True
    with browser(echo, logger=quiet) as port, WebSocket(HOST, port, "/secret-id", 5) as connection:
        connection.send("a-secret-value")
        assert connection.receive() == "a-secret-value"
    assert "secret" not in caplog.text
