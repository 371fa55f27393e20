"""Which way to a capture the options ask for, and what `probe` prints that is no capture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault

if TYPE_CHECKING:
    from driftwright.snapshot.capture import Attachment, CaptureRequest, Way


def is_no_capture(options: argparse.Namespace) -> bool:
    """Whether the options ask for something that is no capture: a sign-in, a snippet, a fingerprint."""
    return bool(options.login or options.snippet or options.fingerprint)


def print_for_person(options: argparse.Namespace, request: CaptureRequest, state: File) -> int:
    """Do what a person needs for a capture by hand: a sign-in, or a function or snippet to copy; print the result.

    Args:
        options: The command line.
        request: What a capture would be of.
        state: The private folder of the workspace.
    """
    from driftwright.snapshot.capture import (
        FINGERPRINT_AREAS,
        fingerprint_function,
        login,
        one_time_salt,
        profile_folder,
        snippet,
        snippet_areas,
    )

    if options.login:
        folder = profile_folder(state, request.target)
        print("sign in by hand in the window that opens, then close it", file=sys.stderr)
        login(request.target, folder)
        print(folder)
        return 0
    if options.fingerprint:
        print(fingerprint_function(request.target.name, request.policy), end="")
        _warn_of_unread_stores(request.beyond(FINGERPRINT_AREAS))
        return 0
    print(snippet(request.target, request.policy, options.state, one_time_salt(request.salt)), end="")
    print("paste it into the console of the page's tab, then its answer into `driftwright check -`", file=sys.stderr)
    _warn_of_unread_stores(request.beyond(snippet_areas(request.policy)))
    return 0


def _warn_of_unread_stores(stores: Sequence[str]) -> None:
    """Name the stores that are not looked into so; what rests on them will be unseen."""
    if stores:
        print(f"driftwright: this way does not look into {', '.join(stores)}", file=sys.stderr)


def way_of(options: argparse.Namespace) -> Way:
    """Return which way to a capture the options ask for.

    Raises:
        InputFault: They contradict each other.
    """
    from driftwright.snapshot.capture import Way

    if options.attach is None and (options.tab is not None or options.extension):
        raise InputFault(
            "only with --attach", "--tab" if options.tab is not None else "--extension", "", "add --attach"
        )
    return Way(
        attachment=attachment(options) if options.attach is not None else None,
        profile=options.profile,
        dumps=tuple(options.dumps or ()),
    )


def attachment(options: argparse.Namespace) -> Attachment:
    """Return which tab the options name."""
    from driftwright.snapshot.capture import Attachment

    return Attachment(options.attach, options.tab, options.extension or "")
