"""DevTools endpoints that are hostile, broken or slow: what may listen at a port that somebody attaches to.

Each plays on real sockets of this machine. `ENDPOINTS` names for each what it does with a connection.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from driftwright.snapshot.capture.answer import UNCHANGED

HOST = "127.0.0.1"
ORIGIN = "http://127.0.0.1:1"
PAUSE = 0.05  # seconds between two bytes of a dribble
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_LONG = 120.0  # seconds for which a slow one goes on: far past every deadline

Endpoint = Callable[[socket.socket, int], None]
"""Serves one connection; the port is its own."""


def _head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        if not piece:
            raise ConnectionError
        data += piece
    return data


def _dribble(connection: socket.socket, data: bytes) -> None:
    end = time.monotonic() + _LONG
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(PAUSE)
        if time.monotonic() > end:
            return


def _http(body: bytes, status: str = "200 OK", more: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n".encode() + more + b"\r\n" + body


def _version(port: int) -> bytes:
    return json.dumps({"webSocketDebuggerUrl": f"ws://{HOST}:{port}/devtools/browser/x"}).encode()


def frame(data: bytes, opcode: int = 1, *, final: bool = True) -> bytes:
    """Return one frame of a server."""
    first = bytes([(0x80 if final else 0) | opcode])
    if len(data) < 126:
        return first + bytes([len(data)]) + data
    if len(data) < 1 << 16:
        return first + b"\x7e" + struct.pack(">H", len(data)) + data
    return first + b"\x7f" + struct.pack(">Q", len(data)) + data


def _agreed(head: bytes, more: bytes = b"") -> bytes:
    match = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
    accept = base64.b64encode(hashlib.sha1((match[1] if match else b"") + _GUID).digest())  # noqa: S324 - the protocol's own
    lines = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return lines + b"Sec-WebSocket-Accept: " + accept + b"\r\n" + more + b"\r\n"


def _asked(connection: socket.socket) -> dict[str, Any]:
    """Return the next command."""
    while True:
        opcode, data = _received(connection)
        if opcode == 8:
            raise ConnectionError
        if opcode == 1:
            command: dict[str, Any] = json.loads(data)
            return command


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def _received(connection: socket.socket) -> tuple[int, bytes]:
    first, second = _exactly(connection, 2)
    length = second & 0x7F
    if length >= 126:
        length = int.from_bytes(_exactly(connection, 2 if length == 126 else 8), "big")
    key = _exactly(connection, 4)
    data = _exactly(connection, length)
    return first & 15, bytes(byte ^ key[place % 4] for place, byte in enumerate(data))


# ---- the browser's own answers, and what may be wrong with each

READING = {"origin": ORIGIN, "areas": [{"area": "session", "others": 0, "entries": []}]}
GOOD: Mapping[str, Any] = {
    "Target.getTargets": {"targetInfos": [{"targetId": "t", "type": "page", "url": f"{ORIGIN}/"}]},
    "Target.attachToTarget": {"sessionId": "s"},
    "Target.detachFromTarget": {},
    "Page.getFrameTree": {"frameTree": {"frame": {"id": "f", "loaderId": "l"}}},
    "Page.createIsolatedWorld": {"executionContextId": 1},
    "Browser.getVersion": {"product": "Chromium/1"},
    "Runtime.enable": {},
    "Runtime.disable": {},
    "Runtime.evaluate": {"result": {"type": "string", "value": json.dumps(READING)}},
}


def _reply(command: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    method = command["method"]
    if method == "Runtime.evaluate" and command["params"]["expression"] == UNCHANGED and method not in answers:
        return {"result": {"type": "boolean", "value": True}}
    return {**GOOD, **answers}.get(method, {})


def _connected(connection: socket.socket, port: int) -> bool:
    """Answer the request for the path, or agree on the protocol; whether commands follow."""
    head = _head(connection)
    if b"/json/version" in head:
        connection.sendall(_http(_version(port)))
        return False
    connection.sendall(_agreed(head))
    return True


def browser(**answers: Any) -> Endpoint:
    """A browser that answers some methods (`Page_getFrameTree`) in a way of its own."""
    own = {name.replace("_", "."): answer for name, answer in answers.items()}

    def serve(connection: socket.socket, port: int) -> None:
        if _connected(connection, port):
            while True:
                command = _asked(connection)
                message = {"id": command["id"], "result": _reply(command, own)}
                connection.sendall(frame(json.dumps(message).encode()))

    return serve


def raw(answer: Callable[[int], bytes]) -> Endpoint:
    """A browser that answers each command, by its number, with bytes."""

    def serve(connection: socket.socket, port: int) -> None:
        if _connected(connection, port):
            while True:
                connection.sendall(answer(_asked(connection)["id"]))

    return serve


def _flood(data: bytes) -> Endpoint:
    """A browser that tells things without an end, and never what was asked."""

    def serve(connection: socket.socket, port: int) -> None:
        if _connected(connection, port):
            while True:
                connection.sendall(data)

    return serve


def _slow(data: Callable[[int], bytes]) -> Endpoint:
    """A browser whose answer comes byte by byte."""

    def serve(connection: socket.socket, port: int) -> None:
        if _connected(connection, port):
            _dribble(connection, data(_asked(connection)["id"]))

    return serve


def http(answer: Callable[[int], bytes], *, slow: bool = False) -> Endpoint:
    """A port that answers the first request with bytes, at once or byte by byte."""

    def serve(connection: socket.socket, port: int) -> None:
        _head(connection)
        (_dribble if slow else socket.socket.sendall)(connection, answer(port))

    return serve


def shaking(answer: Callable[[bytes], bytes], *, slow: bool = False) -> Endpoint:
    """A port that answers the request for the path well, and the handshake with bytes."""

    def serve(connection: socket.socket, port: int) -> None:
        head = _head(connection)
        if b"/json/version" in head:
            connection.sendall(_http(_version(port)))
        else:
            (_dribble if slow else socket.socket.sendall)(connection, answer(head))
            time.sleep(PAUSE)

    return serve


def _silent(connection: socket.socket, _: int) -> None:
    connection.recv(1 << 16)
    with contextlib.suppress(OSError):
        while connection.recv(1 << 16):
            pass


def _gone(connection: socket.socket, _: int) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _silent_browser(connection: socket.socket, port: int) -> None:
    if _connected(connection, port):
        _silent(connection, port)


def _gone_browser(connection: socket.socket, port: int) -> None:
    if _connected(connection, port):
        _asked(connection)
        _gone(connection, port)


def _pinging(connection: socket.socket, port: int) -> None:
    if _connected(connection, port):
        while True:
            connection.sendall(frame(b"", 9))
            time.sleep(PAUSE)


def _result(value: object) -> Callable[[int], bytes]:
    return lambda number: frame(json.dumps({"id": number, "result": value}).encode())


def _evaluated(value: object) -> Endpoint:
    return browser(Runtime_evaluate={"result": {"value": value}})


def _reading(**more: object) -> Endpoint:
    return _evaluated(json.dumps({**READING, **more}))


def _tree(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"frame": {}}
    for _ in range(depth):
        tree = {"frame": {"id": "f", "loaderId": "l"}, "childFrames": [tree]}
    return {"frameTree": tree}


_EVENT = frame(b'{"method":"Page.event","params":{"text":"lighthouse"}}')
_CONTEXT = {"method": "Runtime.executionContextCreated", "params": {"context": {"uniqueId": "u", "origin": "o"}}}
_ODD_CONTEXT = frame(json.dumps({**_CONTEXT, "params": {"context": {"uniqueId": 7}}}).encode())
_INFO = {"targetId": "t", "type": "page", "url": f"{ORIGIN}/"}
_ENTRY = {"key": "k", "store": "cart", "ids": {}, "size": 1, "form": "json", "value": 1}

ENDPOINTS: dict[str, Endpoint] = {
    # The port itself
    "never answers": _silent,
    "hangs up": _gone,
    "says nothing that is HTTP": http(lambda _: b"\x00\xff" * 500),
    "an answer that never ends": http(lambda _: b"HTTP/1.1 200 OK\r\n\r\n{" + b" " * 5_000_000),
    "dribbles its status": http(lambda _: b"HTTP/1.1 200 OK" + b" " * 9999, slow=True),
    "dribbles its headers": http(lambda _: b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 9999, slow=True),
    "dribbles its body": http(lambda _: b"HTTP/1.1 200 OK\r\n\r\n" + b"{ " * 9999, slow=True),
    "says to wait for ever": http(lambda _: b"HTTP/1.1 100 Continue\r\n\r\n" * 9999, slow=True),
    "says to wait at once and often": http(lambda _: b"HTTP/1.1 100 Continue\r\n\r\n" * 99_999),
    "a thousand headers": http(lambda _: b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000 + b"\r\n{}"),
    "a header without an end": http(lambda _: b"HTTP/1.1 200 OK\r\na: " + b"b" * 1_000_000),
    "a length that is none": http(lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{}"),
    "chunks that are none": http(lambda _: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}"),
    "a list for a version": http(lambda _: _http(b"[1]")),
    "a number for a version": http(lambda _: _http(b"7")),
    "a version that is deep": http(lambda _: _http(b"[" * 60_000)),
    "no path": http(lambda _: _http(b"{}")),
    "a path that is no text": http(lambda _: _http(b'{"webSocketDebuggerUrl": 7}')),
    "a path that is no address": http(lambda _: _http(b'{"webSocketDebuggerUrl": "ws://[/x"}')),
    "a path with a line in it": http(lambda _: _http(json.dumps({"webSocketDebuggerUrl": "ws://a/x\ny z"}).encode())),
    # The handshake
    "dribbles the handshake": shaking(_agreed, slow=True),
    "refuses the handshake": shaking(lambda _: _http(b"", "403 Forbidden")),
    "agrees to another key": shaking(lambda _: _agreed(b"")),
    "agrees to what nobody offered": shaking(lambda head: _agreed(head, b"Sec-WebSocket-Extensions: mine\r\n")),
    "moves elsewhere": shaking(lambda _: _http(b"", "302 Found", b"location: ws://192.0.2.1/x\r\n")),
    "hangs up in the handshake": shaking(lambda head: _agreed(head)[:40]),
    # Frames
    "answers no command": _silent_browser,
    "hangs up at a command": _gone_browser,
    "pings for ever": _pinging,
    "tells without an end": _flood(_EVENT),
    "a fragment without an end": _flood(frame(b"x" * 60_000, 0, final=False)),
    "dribbles an answer": _slow(_result("x" * 9999)),
    "a frame of 2 to the 62nd bytes": raw(lambda _: b"\x81\x7f" + struct.pack(">Q", 1 << 62)),
    "a frame that is masked": raw(lambda _: b"\x81\x85abcd\x00\x00\x00\x00\x00"),
    "a reserved frame": raw(lambda _: b"\xf3\x01a"),
    "a close with no reason": raw(lambda _: frame(b"\x00", 8)),
    "bytes that are no text": raw(lambda _: frame(b"\xff\xfe{", 1)),
    "a frame of bytes": raw(lambda number: frame(json.dumps({"id": number, "result": {}}).encode(), 2)),
    # Messages
    "no JSON": raw(lambda _: frame(b"{")),
    "a message that is deep": raw(lambda _: frame(b"[" * 100_000)),
    "a number of 5,000 digits": raw(lambda _: frame(b'{"id": ' + b"9" * 5000 + b"}")),
    "a list for a message": raw(lambda _: frame(b"[]")),
    "a message without an answer": raw(lambda number: frame(json.dumps({"id": number}).encode())),
    "an answer that is a list": raw(_result([])),
    "an answer that is a text": raw(_result("x")),
    "an error for everything": raw(lambda number: frame(json.dumps({"id": number, "error": "lighthouse"}).encode())),
    "an event that is none": raw(lambda _: frame(b'{"method": "Runtime.executionContextCreated"}')),
    "an event of another type": raw(lambda _: _ODD_CONTEXT),
    "a crash that nobody asked for": raw(lambda _: frame(b'{"method": "Inspector.targetCrashed"}')),
    # Answers
    "no list of tabs": browser(Target_getTargets={}),
    "tabs that are numbers": browser(Target_getTargets={"targetInfos": [1, 2]}),
    "tabs that are no list": browser(Target_getTargets={"targetInfos": {"a": 1}}),
    "a tab without an address": browser(Target_getTargets={"targetInfos": [{**_INFO, "url": None}]}),
    "a tab with an odd address": browser(Target_getTargets={"targetInfos": [{**_INFO, "url": "http://[x"}]}),
    "a hundred thousand tabs": browser(Target_getTargets={"targetInfos": [_INFO] * 100_000}),
    "no session": browser(Target_attachToTarget={}),
    "no frame": browser(Page_getFrameTree={"frameTree": {}}),
    "frames within frames": browser(Page_getFrameTree=_tree(300)),
    "frames that are no list": browser(Page_getFrameTree={"frameTree": {"frame": {"id": "f"}, "childFrames": 5}}),
    "a world that is a text": browser(Page_createIsolatedWorld={"executionContextId": "lighthouse"}),
    "no version": browser(Browser_getVersion={}),
    "a version of another type": browser(Browser_getVersion={"product": ["x"]}),
    "a reading that is nothing": browser(Runtime_evaluate={}),
    "a reading that throws": browser(Runtime_evaluate={"exceptionDetails": "lighthouse"}),
    "a reading that is a number": _evaluated(7),
    "a reading that is no JSON": _evaluated("lighthouse {"),
    "a reading that is deep": _evaluated("[" * 100_000),
    "a reading with half a letter": _evaluated('{"origin": "\ud800"}'),
    "a reading from elsewhere": _reading(origin="http://elsewhere.test"),
    "a reading without areas": _evaluated(json.dumps({"origin": ORIGIN})),
    "areas that are no list": _reading(areas=7),
    "an area that is none": _reading(areas=[{"area": "attic", "others": 0, "entries": []}]),
    "entries that are none": _reading(areas=[{"area": "session", "others": 0, "entries": [7]}]),
    "an entry with a part too many": _reading(areas=[{"area": "session", "entries": [{**_ENTRY, "size": "x"}]}]),
    "a number that is none": _evaluated(
        json.dumps(READING).replace("0", "NaN", 1).replace('"others": 0', '"others": NaN')
    ),
    "a reading of 17 MiB": _evaluated("x" * (17 << 20)),
    "never the same twice": browser(Runtime_evaluate={"result": {"value": json.dumps(READING)}}),
}


@contextlib.contextmanager
def listening(endpoint: Endpoint) -> Iterator[int]:
    """Let an endpoint listen on a free port of this machine; its port."""
    open_ones: list[socket.socket] = []

    def serve(connection: socket.socket, port: int) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            endpoint(connection, port)

    def work(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                open_ones.append(connection)
                threading.Thread(target=serve, args=(connection, server.getsockname()[1]), daemon=True).start()

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=work, args=(server,), daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            for connection in (server, *open_ones):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
