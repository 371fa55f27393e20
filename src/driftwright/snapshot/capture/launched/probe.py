"""Takes one snapshot: opens the page, walks to the state, and reads until two readings agree."""

from __future__ import annotations

from typing import Any

from driftwright.base.errors import BlindFault, MachineFault
from driftwright.snapshot.capture.answer import provenance_of, redaction_of
from driftwright.snapshot.capture.blindness import blind
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.beside import wait_for_answers
from driftwright.snapshot.capture.launched.elsewhere import found_elsewhere
from driftwright.snapshot.capture.launched.reading import ask_readers, is_unchanged, read_areas, runs_script
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.launched.shared import SharedBrowser
from driftwright.snapshot.capture.rekeying import rekeyer_of
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.model import Snapshot
from driftwright.workspace import Target

READS = 3  # at least so many readings, of which the last two agree
PAUSE = 100.0  # milliseconds between two readings
_ONCE_MORE = ("crash", "reload-loop")


def capture_launched(request: CaptureRequest, shared: SharedBrowser | None = None) -> Snapshot:
    """Capture the target's storage, redacted inside the browser.

    Args:
        request: What to capture.
        shared: A browser in which several captures take turns; None for one of its own.

    Raises:
        InputFault: The target has no such state or variant.
        BlindFault: The page could not be seen; its place is the reason's word.
        MachineFault: There is no browser that fits.
    """
    deadline = Deadline.after(request.target.deadline, request.target.file)
    with rekeyer_of(request) as rekeyer:
        return rekeyer.snapshot(_capture_with_retry(request, deadline, shared))


def _capture_with_retry(request: CaptureRequest, deadline: Deadline, shared: SharedBrowser | None) -> Snapshot:
    try:
        return _attempt(request, deadline, shared)
    except BlindFault as fault:
        if fault.place not in _ONCE_MORE or deadline.passed:
            raise
        crashed = fault
    request.progress("the page went away: once more")
    try:
        return _attempt(request, deadline, shared)
    except (BlindFault, MachineFault):
        if deadline.passed:  # the crash is why there was no time left
            raise crashed from None
        raise


def _attempt(request: CaptureRequest, deadline: Deadline, shared: SharedBrowser | None) -> Snapshot:
    target = request.target
    address = target.address(request.variant)
    state, steps = target.walk(request.state)
    request.progress("starting the browser")
    with Session(target, deadline, request.profile, shared) as session:
        try:
            session.follow(request.policy)
            request.progress(f"opening {target.origin}")
            session.open(address)
            for number, step in enumerate(steps, 1):
                request.progress(f"step {number} of {len(steps)}: {step.action}")
                session.take(step)
            wait_for_answers(session, deadline, request)
            request.progress("reading the storage")
            session.check_room([store["area"] for store in request.policy["stores"]])
            snapshot = settled_snapshot(request, session, deadline, state)
        except BlindFault as fault:
            if fault.place == "crash" and session.has_moved:  # it went away under our hands, and was sent nowhere
                raise blind("reload-loop", target.file) from None
            raise
    _check_written(snapshot, target)
    return snapshot


def _check_written(snapshot: Snapshot, target: Target) -> None:
    """Refuse a capture without any store, where the page state says that a whole one may be missing."""
    reached = next((state for state in target.states if state.name == snapshot.provenance.state), None)
    may_lack = reached is not None and any(not place.path.steps for place in reached.may_lack)
    if may_lack and not any(view.entries for view in snapshot.areas):
        raise blind("not-written-yet", target.file)


def settled_snapshot(request: CaptureRequest, session: Session, deadline: Deadline, state: str) -> Snapshot:
    """Read all areas until two readings are the same, and return the snapshot, hidden under the key of pages alone.

    Raises:
        BlindFault: The page could not be seen, or never came to rest.
    """
    target = request.target
    reading = _reading(request, scripted=runs_script(session, target))
    areas = _read_at_rest(session, deadline, reading)
    areas += found_elsewhere(session, deadline, reading, areas)
    version = session.worlds.browser_version()
    name = session.browser.version.rpartition(" ")[0]
    way = "profile" if request.profile else "launched"
    # Last of all, for whatever the readers do to the page, it has been seen by then.
    answers = ask_readers(session, deadline, reading, areas)
    provenance = provenance_of(target, state, f"{name} {version}", way)
    return Snapshot(provenance, redaction_of(request.policy), areas, answers=answers)


def _read_at_rest(session: Session, deadline: Deadline, reading: AreaReading) -> tuple[Any, ...]:
    """Read, and look again until two looks in a row are the same: a store in mid-write is not evidence."""
    areas: tuple[Any, ...] | None = None
    looks = 0
    while not deadline.passed:
        try:
            if areas is None or not is_unchanged(session, deadline, reading):
                areas = read_areas(session, deadline, reading)[1]
            elif looks + 1 >= READS:
                return areas
        except BlindFault as fault:
            if fault.place == "timeout" and looks >= READS:
                break  # it was looked at often enough: the storage is what did not end in time
            if fault.place != "crash" or not session.has_moved:
                raise
            areas = None  # a navigation took the world away under our hands
        looks += 1
        session.pause(PAUSE)
    if session.is_looping:
        raise blind("reload-loop", reading.target.file)
    problem = "the storage never came to rest"
    raise BlindFault(problem, reading.target.file, "not-ready", "add a wait to the state's steps")


def _reading(request: CaptureRequest, *, scripted: bool) -> AreaReading:
    return AreaReading(request.target, request.policy, request.salt, scripted, request.readers)
