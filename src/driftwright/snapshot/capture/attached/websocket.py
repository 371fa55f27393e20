"""A WebSocket to a browser on this machine: as much of RFC 6455 as the DevTools protocol needs."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
from typing import Self

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_SHORT, _MEDIUM = 126, 127  # lengths that say that the length itself follows, in two bytes or in eight
_LIMIT = 64 * 1024 * 1024
_HEAD = 16 * 1024


class ClosedError(Exception):
    """The other side went away, or does not speak the protocol."""


class WebSocket:
    """A connection that sends and receives texts.

    Every call ends when the time of the socket is up, by a `TimeoutError`.
    """

    def __init__(self, host: str, port: int, path: str, seconds: float) -> None:
        """Connect and agree on the protocol.

        Raises:
            OSError: Nothing listens there, or it does not answer in time.
            ClosedError: What listens there is no WebSocket.
        """
        self._socket = socket.create_connection((host, port), timeout=seconds)
        self._waiting = b""
        try:
            self._shake_hands(host, port, path)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def allow(self, seconds: float) -> None:
        """Let each of the next calls take `seconds` at most."""
        self._socket.settimeout(seconds)

    def send(self, text: str) -> None:
        """Send one text."""
        self._frame(_TEXT, text.encode("utf-8", "surrogatepass"))

    def receive(self) -> str:
        """Return the next text.

        Raises:
            ClosedError: There is none any more.
        """
        parts: list[bytes] = []
        while True:
            last, kind, payload = self._next()
            if kind == _CLOSE:
                raise ClosedError
            if kind == _PING:
                self._frame(_PONG, payload)
            elif kind != _PONG:
                parts.append(payload)
                if sum(map(len, parts)) > _LIMIT:
                    raise ClosedError
                if last:
                    return b"".join(parts).decode("utf-8", "replace")

    def close(self) -> None:
        """End the connection; the browser goes on."""
        try:
            self._frame(_CLOSE, b"")
        except OSError:
            pass
        finally:
            self._socket.close()

    def _shake_hands(self, host: str, port: int, path: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        name = f"[{host}]" if ":" in host else host
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {name}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        while b"\r\n\r\n" not in self._waiting:
            self._fill()
            if len(self._waiting) > _HEAD:
                raise ClosedError
        head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
        proof = base64.b64encode(hashlib.sha1((key + _MAGIC).encode(), usedforsecurity=False).digest())
        if not head.startswith(b"HTTP/1.1 101") or proof not in head:
            raise ClosedError

    def _frame(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < _SHORT:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | _SHORT, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | _MEDIUM, size)
        # The mask protects proxies, of which there is none on the way to this machine: zeros are a mask as well.
        self._socket.sendall(head + bytes(4) + payload)

    def _next(self) -> tuple[bool, int, bytes]:
        first, second = self._take(2)
        size = second & 0x7F
        if size == _SHORT:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == _MEDIUM:
            (size,) = struct.unpack("!Q", self._take(8))
        if size > _LIMIT or second & 0x80:
            raise ClosedError
        return bool(first & 0x80), first & 0x0F, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._waiting) < size:
            self._fill()
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return taken

    def _fill(self) -> None:
        data = self._socket.recv(1 << 20)
        if not data:
            raise ClosedError
        self._waiting += data
