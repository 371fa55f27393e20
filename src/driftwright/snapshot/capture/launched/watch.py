"""Watches a page: reads its storage at regular times, and keeps the samples that changed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from driftwright.base.errors import BlindFault
from driftwright.snapshot.capture.answer import PAGE_AREAS
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.probe import settled_snapshot
from driftwright.snapshot.capture.launched.reading import read_areas
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.rekeying import Rekeyer, rekeyer_of
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.capture.worlds import ThrewError
from driftwright.snapshot.model import Snapshot
from driftwright.snapshot.watch import Sample, Watch
from driftwright.workspace import Step

EVERY_MS = 100
MAX_SAMPLES = 300
MAX_UNITS = 6 * 1024 * 1024  # of redacted text in all samples together
MAX_VALUES = 120_000  # in all samples together: a file of more is not read again
PATIENCE = 3.0  # seconds without a look, as while a page loads, before the page counts as lost
_PASSING = ("crash", "wrong-origin", "timeout")  # what a look in the middle of a navigation may seem to be


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What to watch.

    Args:
        capture: The page, how to hide what it stores, and the state in which the watch begins.
        seconds: How long to watch; when the target says what to do meanwhile, at most so long.
        every_ms: Milliseconds between two looks.
    """

    capture: CaptureRequest
    seconds: float
    every_ms: int = EVERY_MS


def watch_launched(request: WatchRequest) -> Watch:
    """Watch the target's page.

    Raises:
        InputFault: The target has no such state or variant.
        BlindFault: The page could not be seen, or did not let its steps be done in time; its place is the reason.
        MachineFault: There is no browser that fits.
    """
    target, progress = request.capture.target, request.capture.progress
    address = target.address(request.capture.variant)
    state, steps = target.walk(request.capture.state or target.watch.start or None)
    deadline = Deadline.after(target.deadline + request.seconds, target.file)
    progress("starting the browser")
    with rekeyer_of(request.capture) as rekeyer:
        with Session(target, deadline) as session:
            session.follow(request.capture.policy)
            progress(f"opening {target.origin}")
            session.open(address)
            for step in steps:
                session.take(step)
            lookout = _PageLookout(request, session, deadline)
            lookout.run(target.watch.steps)
            progress("reading the storage")
            final = settled_snapshot(request.capture, session, deadline, state)
        return rekeyed(lookout.watched(final), rekeyer)


def rekeyed(watch: Watch, rekeyer: Rekeyer) -> Watch:
    """Return the watch with the pseudonyms that are kept in all of its samples."""
    samples = tuple(replace(sample, areas=rekeyer.areas(sample.areas)) for sample in watch.samples)
    return replace(watch, samples=samples, final=rekeyer.snapshot(watch.final))


@dataclass(slots=True)
class _Kept:
    """The samples that are kept: every change, until there are too many."""

    samples: list[Sample] = field(default_factory=list)
    left_out: int = 0
    _last: tuple[int, str] = (-1, "")
    _units: int = 0
    _values: int = 0

    def add(self, text: str, sample: Sample) -> None:
        """Keep a sample if it shows anything new."""
        if (sample.page, text) == self._last:
            return
        self._last = (sample.page, text)
        self._units += len(text)
        self._values += sum(map(text.count, "[{,"))
        if len(self.samples) < MAX_SAMPLES and self._units <= MAX_UNITS and self._values <= MAX_VALUES:
            self.samples.append(sample)
        else:
            self.left_out += 1


class Lookout:
    """The counts and samples of a watch; base class of all ways of watching."""

    def __init__(self, request: WatchRequest) -> None:
        """Prepare; the watch begins with `begin`."""
        self.looks = 0
        self.kept = _Kept()
        self._request = request
        self._reading = _page_reading(request.capture)
        self.begin()

    def begin(self) -> None:
        """Begin to count the time."""
        self._begun = self._seen = time.monotonic()

    def now(self) -> int:
        """Milliseconds since the watch began."""
        return round((time.monotonic() - self._begun) * 1000)

    def has_time(self) -> bool:
        """Whether the time is not up yet."""
        return time.monotonic() - self._begun < self._request.seconds

    def unseen(self) -> float:
        """Seconds since something was seen last."""
        return time.monotonic() - self._seen

    def note_sample(self, text: str, sample: Sample) -> None:
        """Count a look, and keep what is new in it."""
        self.looked()
        self.kept.add(text, sample)

    def looked(self) -> None:
        """Count a look."""
        self._seen = time.monotonic()
        self.looks += 1

    def tell(self, at: int) -> None:
        """Say how far the watch has come."""
        self._request.capture.progress(f"{at / 1000:.1f} s, {len(self.kept.samples)} samples")

    def watched(self, final: Snapshot) -> Watch:
        """Return what was seen; `final` is how it ended, at rest."""
        return Watch(
            every_ms=self._request.every_ms,
            lasted_ms=self.now(),
            looks=self.looks,
            left_out=self.kept.left_out,
            samples=tuple(self.kept.samples),
            final=final,
        )


class _PageLookout(Lookout):
    """Looks at the storage at regular times, and does the steps of a plan in between."""

    def __init__(self, request: WatchRequest, session: Session, deadline: Deadline) -> None:
        super().__init__(request)
        self._session = session
        self._deadline = deadline
        self._page = 0
        # An event of the protocol tells a new document from a page that only changes its address.
        self._protocol = session.page.context.new_cdp_session(session.page)
        self._protocol.on("Page.frameNavigated", self._navigated)
        self._protocol.send("Page.enable")

    def run(self, steps: tuple[Step, ...]) -> None:
        """Look until the time is up, or until the steps are done."""
        waiting = list(steps)
        self.begin()
        self._look()
        while self.has_time():
            if steps and not waiting:
                self._look()
                return
            if waiting and self._done(waiting[0]):
                waiting.pop(0)
            self._session.pause(self._request.every_ms)
            self._look()
            self.tell(self.now())
        if waiting:
            problem = f"the watch ended before its step {len(steps) - len(waiting) + 1} of {len(steps)} was done"
            raise BlindFault(problem, self._reading.target.file, "not-ready", "watch for longer, or mend watch.steps")

    def _look(self) -> None:
        page, at = self._page, self.now()
        try:
            text, areas = read_areas(self._session, self._deadline, self._reading)
        except BlindFault as fault:
            if fault.place not in _PASSING or self.unseen() > PATIENCE:
                raise
            return
        if page == self._page:
            self.note_sample(text, Sample(at, page, areas))
        else:  # nobody knows which page it was
            self.looked()

    def _done(self, step: Step) -> bool:
        """Do a step, or see whether what it waits for has come: a long wait must not keep us from looking."""
        from playwright.sync_api import Error

        if step.action != "wait":
            self._session.take(step)
            return True
        worlds = self._session.worlds
        expression = f"(async () => !!(await ({step.argument})()))()"
        try:
            return worlds.evaluate(expression, worlds.main(), self._deadline.milliseconds()) is True
        except (ThrewError, Error):
            return False  # what it asks for is not there yet, or a navigation took the world away

    def _navigated(self, event: dict[str, dict[str, str]]) -> None:
        if "parentId" not in event["frame"]:
            self._page += 1


def _page_reading(request: CaptureRequest) -> AreaReading:
    """Read the page's own areas alone, in a world of our own: the cheapest look there is."""
    target = replace(request.target, extension=None)
    stores = [store for store in request.policy["stores"] if store["area"] in PAGE_AREAS]
    return AreaReading(target, {**request.policy, "stores": stores}, request.salt)
