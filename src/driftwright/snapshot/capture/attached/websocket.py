"""A WebSocket to a browser on this machine, by the package `websockets` with strict settings."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from typing import Self

from driftwright.snapshot.capture.attached.owner import refuse_other_owner

_MOST_BYTES = 64 * 1024 * 1024  # of one message
_MOST_FRAMES = 2  # that wait to be taken
_CLOSING_SECONDS = 1.0  # that a browser has to agree to the end; it goes on either way
_PORTS = range(1, 1 << 16)
_PATH = re.compile(r"/[!-~]*")


class ClosedError(Exception):
    """The other side went away, or does not speak the protocol."""


class WebSocket:
    """A connection that sends and receives texts.

    Every call ends when the time of the socket is up, by a `TimeoutError`. When the time of the whole connection is up,
    it is cut off, however little by little the other side goes on.
    """

    def __init__(self, host: str, port: int, path: str, seconds: float) -> None:
        """Connect and agree on the protocol; all is over after `seconds`.

        Raises:
            OSError: Nothing listens there, or it does not answer in time.
            OtherOwner: What listens there is another user's program.
            ClosedError: What listens there is no WebSocket.
        """
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        # They come from a file or another port, and must not change whom the request names.
        if not _PATH.fullmatch(path) or port not in _PORTS:
            raise ClosedError
        self._seconds, self._until = seconds, time.monotonic() + seconds
        name = f"[{host}]" if ":" in host else host
        # The socket is made here: the package then follows no redirect, and so speaks to nobody but this machine.
        self._socket = socket.create_connection((host, port), timeout=seconds)
        self._end = ending(self._socket, seconds)
        try:
            refuse_other_owner(self._socket)
            self._connection = connect(
                f"ws://{name}:{port}{path}",
                sock=self._socket,
                proxy=None,
                compression=None,  # a small frame could otherwise grow into a large message
                user_agent_header=None,
                open_timeout=seconds,
                ping_interval=None,  # only what is asked is done there
                close_timeout=_CLOSING_SECONDS,
                max_size=_MOST_BYTES,
                max_queue=_MOST_FRAMES,
                logger=_silent_logger(),
                legacy=True,
            )
        except TimeoutError:
            raise
        except (WebSocketException, ValueError, EOFError):
            raise self._ended() from None
        finally:
            if not hasattr(self, "_connection"):
                self._end.cancel()
                self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def allow(self, seconds: float) -> None:
        """Let each of the next calls take `seconds` at most."""
        self._seconds = seconds
        with contextlib.suppress(OSError):  # closed already: the next call says so
            self._socket.settimeout(seconds)

    def send(self, text: str) -> None:
        """Send one text.

        Raises:
            ClosedError: The connection has ended.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            self._connection.send(text)
        except ConnectionClosed as closed:
            if isinstance(closed.__cause__, TimeoutError):
                raise TimeoutError from None
            raise self._ended() from None

    def receive(self) -> str:
        """Return the next text.

        Raises:
            ClosedError: There is none any more.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            data = self._connection.recv(self._seconds, decode=False)
        except ConnectionClosed:
            raise self._ended() from None
        return data.decode("utf-8", "replace")  # a page can store half a letter

    def _ended(self) -> Exception:
        """Return why the connection is over: it was cut off when its time is up, and did not end by itself."""
        return TimeoutError() if time.monotonic() >= self._until else ClosedError()

    def close(self) -> None:
        """End the connection; the browser goes on."""
        self._connection.close()
        self._end.cancel()


def ending(connection: socket.socket, seconds: float) -> threading.Timer:
    """Start a timer that cuts a connection off, and return it: a limit for each call lets a dribble go on for ever."""

    def end() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer


def _silent_logger() -> logging.Logger:
    """Return a logger without output, whatever the calling program configures: messages hold contents of pages."""
    logger = logging.getLogger("driftwright.websocket")
    logger.disabled = True
    return logger
