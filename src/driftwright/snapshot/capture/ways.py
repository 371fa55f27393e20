"""Capture in the way that was chosen: a launched browser, a running one, a profile, or saved storage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.model import Snapshot

if TYPE_CHECKING:
    from driftwright.snapshot.capture.attached.attach import Attachment
    from driftwright.snapshot.capture.launched.shared import SharedBrowser


@dataclass(frozen=True, slots=True)
class Way:
    """How a capture is taken; the defaults launch a fresh browser.

    Args:
        attachment: The tab of a running browser to read instead; None to launch one.
        profile: Whether to launch the browser with the profile in which somebody signed in.
        dumps: Files of saved storage to redact instead, each `FILE` or `AREA=FILE`.
        shared: A launched browser in which several captures take turns; None for one of its own.
    """

    attachment: Attachment | None = None
    profile: bool = False
    dumps: tuple[str, ...] = ()
    shared: SharedBrowser | None = None


LAUNCHED = Way()


def capture_by(way: Way, request: CaptureRequest, state: Path) -> Snapshot:
    """Capture a page.

    Args:
        way: How to capture.
        request: What to capture.
        state: The private folder of the workspace, which holds the profiles.

    Raises:
        InputFault: What the way names is not there, or not what it should be.
        BlindFault: The page could not be seen.
        MachineFault: There is no browser that fits, or it does not start.
    """
    logged = request.logged
    if logged is None:
        return _captured(way, request, state)
    from driftwright.snapshot.capture.by_hand.logged import capture_logged, with_logged

    if not request.policy["stores"]:
        return capture_logged(logged, request.target)
    return with_logged(_captured(way, request, state), logged, request.target, request.policy)


def _captured(way: Way, request: CaptureRequest, state: Path) -> Snapshot:
    """Capture what a page holds."""
    if way.attachment is not None:
        from driftwright.snapshot.capture.attached.attach import capture_attached

        return capture_attached(request, way.attachment)
    if way.dumps:
        return _from_dumps(way.dumps, request)
    from driftwright.snapshot.capture.launched.probe import capture_launched

    if way.profile or request.target.profile:
        from driftwright.snapshot.capture.launched.login import checked_profile, profile_folder

        folder = checked_profile(profile_folder(state, request.target), request.target.file)
        return capture_launched(replace(request, profile=folder))
    return capture_launched(request, way.shared)


def _from_dumps(dumps: tuple[str, ...], request: CaptureRequest) -> Snapshot:
    from driftwright.base.jsontext import parse_json_file
    from driftwright.snapshot.capture.by_hand.dump import dumped, named_area, unwrapped
    from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor

    named = [named_area(dump) for dump in dumps]
    files = [(area, unwrapped(parse_json_file(Path(file)), file), file) for area, file in named]
    with OfflineRedactor() as redactor:
        return dumped(request, files, redactor.redact, redactor.ask)
