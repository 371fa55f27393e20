"""The other ways to a capture: a browser that runs already, a profile, a console, a saved dump."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from driftwright.errors import InputFault, MachineFault

if TYPE_CHECKING:
    from driftwright.capture import CaptureRequest
    from driftwright.capture.attach import Attachment
    from driftwright.snapshot import Snapshot
    from driftwright.watch_file import Watch

_SECONDS = 30.0
_MEMORY = 1 << 30
_PASTE = "-"
_UNSEALED = (b'"way":"snippet"', b'"way":"fingerprint"')


def asks_nothing(options: argparse.Namespace) -> bool:
    """Whether the options ask for something that is no capture: a sign-in, a snippet, a fingerprint."""
    return bool(options.login or options.snippet or options.fingerprint)


def printed(options: argparse.Namespace, request: CaptureRequest, state: File) -> int:
    """Do what is no capture, and print what there is to print.

    Args:
        options: The command line.
        request: What a capture would be of.
        state: Folder of what the workspace keeps to itself.
    """
    from driftwright.capture.fingerprint import fingerprint_function
    from driftwright.capture.login import login, profile_folder
    from driftwright.capture.snippet import one_time_salt, snippet

    if options.login:
        folder = profile_folder(state, request.target)
        print("sign in by hand in the window that opens, then close it", file=sys.stderr)
        login(request.target, folder)
        print(folder)
        return 0
    if options.fingerprint:
        print(fingerprint_function(request.target, request.policy), end="")
        return 0
    print(snippet(request.target, request.policy, options.state, one_time_salt(request.salt)), end="")
    print("paste it into the console of the page's tab, then its answer into `driftwright check -`", file=sys.stderr)
    return 0


def captured(options: argparse.Namespace, request: CaptureRequest, state: File) -> Snapshot:
    """Capture the way the options say.

    Raises:
        InputFault: They contradict each other, or what they name is not there.
        BlindFault: The page could not be seen.
    """
    from driftwright.capture import capture_launched

    if options.attach is None and (options.tab is not None or options.extension):
        raise InputFault(
            "only with --attach", "--tab" if options.tab is not None else "--extension", "", "add --attach"
        )
    if options.attach is not None:
        from driftwright.capture.attach import capture_attached

        return capture_attached(request, attachment(options))
    if options.dumps:
        return _from_dumps(options, request)
    if options.profile or request.target.profile:
        from driftwright.capture.login import checked_profile, profile_folder

        folder = checked_profile(profile_folder(state, request.target), request.target.file)
        return capture_launched(replace(request, profile=folder))
    return capture_launched(request)


def attachment(options: argparse.Namespace) -> Attachment:
    """Return which tab the options name."""
    from driftwright.capture.attach import Attachment

    return Attachment(options.attach, options.tab, options.extension or "")


def _from_dumps(options: argparse.Namespace, request: CaptureRequest) -> Snapshot:
    from driftwright.capture.dump import dumped, named_area
    from driftwright.jsontext import parse_json_file

    named = [named_area(argument) for argument in options.dumps]
    return dumped(request, [(area, unwrapped(parse_json_file(File(file)), file), file) for area, file in named], redact)


def unwrapped(document: Any, file: str) -> Any:
    """Return what a dump says, also when it was copied as a text that holds it."""
    from driftwright.jsontext import parse_json

    return parse_json(document.encode("utf-8", "surrogatepass"), file) if isinstance(document, str) else document


def redact(policy: str, areas: str) -> str:
    """Run the redactor in V8: the same code as in a page."""
    from driftwright.capture.answer import literal
    from driftwright.capture.redactor import redactor_source
    from driftwright.javascript.process import Process, Refused, Stopped

    process = Process(_MEMORY, "UTC")
    try:
        return process.evaluate(f"({redactor_source()}).redact({literal(policy)}, {literal(areas)})", _SECONDS)
    except (Stopped, Refused):
        raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
    except MachineFault:
        # What V8 says may hold text of the dump.
        raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None
    finally:
        process.close()


def read_any(name: str) -> Snapshot | Watch:
    """Read a capture: a file that was written here, or what a person pasted from the console.

    Args:
        name: The file; `-` for standard input.

    Raises:
        InputFault: It is neither.
    """
    from driftwright.snapshot_file import MAX_BYTES, captured_bytes
    from driftwright.watch_file import capture_of

    if name == _PASTE:
        if sys.stdin.isatty():
            print("paste the line that the snippet printed, then end the input (Ctrl-D)", file=sys.stderr)
        return _pasted(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    data = captured_bytes(File(name))
    quoted = data.lstrip()[:1] in (b'"', b"'", b"`")
    unsealed = b'"digest"' not in data and any(way in data for way in _UNSEALED)
    return _pasted(data, name) if quoted or unsealed else capture_of(data, name)


def _pasted(data: bytes, name: str) -> Snapshot:
    from driftwright.capture.snippet import pasted
    from driftwright.jsontext import parse_json
    from driftwright.snapshot_file import MAX_BYTES, pasted_snapshot

    if len(data) > MAX_BYTES:
        raise InputFault("larger than 16 MiB", name, "", "capture fewer stores")
    line = pasted(data.decode("utf-8", "replace"), name)
    return pasted_snapshot(parse_json(line.encode("utf-8", "surrogatepass"), name), name)
