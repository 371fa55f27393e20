"""The other ways to a capture: a browser that runs already, a profile, a console, a saved dump."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path as File
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault

if TYPE_CHECKING:
    from driftwright.snapshot import Snapshot
    from driftwright.snapshot.capture import Attachment, CaptureRequest


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
    from driftwright.snapshot.capture import fingerprint_function, login, one_time_salt, profile_folder, snippet

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
    from driftwright.snapshot.capture import capture_launched

    if options.attach is None and (options.tab is not None or options.extension):
        raise InputFault(
            "only with --attach", "--tab" if options.tab is not None else "--extension", "", "add --attach"
        )
    if options.attach is not None:
        from driftwright.snapshot.capture import capture_attached

        return capture_attached(request, attachment(options))
    if options.dumps:
        return _from_dumps(options, request)
    if options.profile or request.target.profile:
        from driftwright.snapshot.capture import checked_profile, profile_folder

        folder = checked_profile(profile_folder(state, request.target), request.target.file)
        return capture_launched(replace(request, profile=folder))
    return capture_launched(request)


def attachment(options: argparse.Namespace) -> Attachment:
    """Return which tab the options name."""
    from driftwright.snapshot.capture import Attachment

    return Attachment(options.attach, options.tab, options.extension or "")


def _from_dumps(options: argparse.Namespace, request: CaptureRequest) -> Snapshot:
    from driftwright.base.jsontext import parse_json_file
    from driftwright.snapshot import redact, unwrapped
    from driftwright.snapshot.capture import dumped, named_area

    named = [named_area(argument) for argument in options.dumps]
    return dumped(request, [(area, unwrapped(parse_json_file(File(file)), file), file) for area, file in named], redact)
