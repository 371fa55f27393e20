"""Watches an open tab of a running browser while somebody uses it."""

from __future__ import annotations

import time

from driftwright.base.errors import BlindFault
from driftwright.snapshot.capture.answer import PAGE_AREAS, answer_text, views_of
from driftwright.snapshot.capture.attached.attach import SECONDS, Attachment, tab_at_rest
from driftwright.snapshot.capture.attached.devtools import RefusedError
from driftwright.snapshot.capture.attached.tab import Tab, attached, chosen_tab, connected, tabs_of
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.watch import PATIENCE, Lookout, WatchRequest, rekeyed
from driftwright.snapshot.capture.rekeying import rekeyer_of
from driftwright.snapshot.watch import Sample, Watch


def watch_attached(request: WatchRequest, attachment: Attachment) -> Watch:
    """Look at the storage of an open tab again and again; nothing is done there.

    Raises:
        InputFault: The browser is not on this machine, or it is not clear which tab is meant.
        BlindFault: The tab could not be seen, or went away.
    """
    target = request.capture.target
    deadline = Deadline.after(request.seconds + SECONDS, target.file)
    request.capture.progress("attaching to the browser")
    with rekeyer_of(request.capture) as rekeyer:
        with connected(attachment.where, deadline) as browser:
            chosen = chosen_tab(tabs_of(browser, target), target, attachment.tab)
            with attached(browser, target, chosen) as session:
                tab = Tab(browser, session, request.capture, attachment.extension)
                lookout = _TabLookout(request, tab, deadline)
                lookout.run()
                final = tab_at_rest(tab, (), deadline)
        return rekeyed(lookout.watched(final), rekeyer)


class _TabLookout(Lookout):
    """Looks at a tab at regular times."""

    def __init__(self, request: WatchRequest, tab: Tab, deadline: Deadline) -> None:
        super().__init__(request)
        self._tab = tab
        self._deadline = deadline
        self._call = self._reading.call(PAGE_AREAS, self._reading.names)
        self._document = ""
        self._page = -1

    def run(self) -> None:
        """Look until the time is up."""
        self.begin()
        while self.has_time():
            at = self.now()
            if not self._look(at) and self.unseen() > PATIENCE:
                raise BlindFault("the tab went elsewhere", self._reading.target.file, "crash", "watch it again")
            self.tell(at)
            time.sleep(max(0.0, self._request.every_ms - (self.now() - at)) / 1000)

    def _look(self, at: int) -> bool:
        """Look once; return whether there was anything to be seen: not while a page loads."""
        target = self._reading.target
        try:
            frame, document = self._tab.document()
            answer = self._tab.asked(frame, self._deadline, self._call)
            if answer is None or self._tab.document()[1] != document:  # nobody knows which page it was
                return False
            text = answer_text(answer, target.file)
            areas = views_of(text, target.origin, target.file)
        except RefusedError:
            return False
        except BlindFault as fault:
            if fault.place == "wrong-origin":  # on its way, perhaps by a login
                return False
            raise
        if document != self._document:
            self._document = document
            self._page += 1
        self.note_sample(text, Sample(at, self._page, areas))
        return True
