"""Reading a capture: a file that was written here, or what a person pasted from the console."""

from __future__ import annotations

import re
import sys
from pathlib import Path as File
from typing import TYPE_CHECKING

from driftwright.base.files import check_size

if TYPE_CHECKING:
    from driftwright.snapshot.model import Snapshot
    from driftwright.snapshot.watch import Watch

_PASTE = "-"
# A log or an editor writes the same JSON with spaces and line breaks of its own.
_UNSEALED = re.compile(rb'"way"\s*:\s*"(?:snippet|fingerprint)"')


def read_any(name: str) -> Snapshot | Watch:
    """Read a capture: a file that was written here, or what a person pasted from the console.

    Args:
        name: The file; `-` for standard input.

    Raises:
        InputFault: It is neither.
    """
    from driftwright.snapshot.file import MAX_BYTES, captured_bytes

    if name == _PASTE:
        if sys.stdin.isatty():
            sys.stderr.write("paste the line that the snippet printed, then end the input (Ctrl-D)\n")
        return _pasted(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    return read_bytes(captured_bytes(File(name)), name)


def read_bytes(data: bytes, name: str) -> Snapshot | Watch:
    """Read a capture, as `read_any`, from the bytes of its file.

    Args:
        data: The bytes.
        name: The file, for the message.

    Raises:
        InputFault: It is no capture.
    """
    from driftwright.snapshot.watch import capture_of

    quoted = data.lstrip()[:1] in (b'"', b"'", b"`")
    unsealed = b'"digest"' not in data and _UNSEALED.search(data) is not None
    return _pasted(data, name) if quoted or unsealed else capture_of(data, name)


def _pasted(data: bytes, name: str) -> Snapshot:
    from driftwright.base.jsontext import parse_json
    from driftwright.snapshot.capture.by_hand.snippet import pasted
    from driftwright.snapshot.file import MAX_BYTES, TOO_LARGE, pasted_snapshot

    check_size(data, MAX_BYTES, name, TOO_LARGE)
    line = pasted(data.decode("utf-8", "replace"), name)
    return pasted_snapshot(parse_json(line.encode("utf-8", "surrogatepass"), name), name)
