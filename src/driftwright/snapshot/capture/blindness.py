"""Every reason for which a capture is blind: its word, its meaning, and what to do; for faults and the docs."""

from __future__ import annotations

from dataclasses import dataclass

from driftwright.base.errors import BlindFault

_SIGN_IN = "sign in by hand with `driftwright probe TARGET --login`"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing was seen.

    Args:
        word: What reports call it, as the place of the fault.
        what: What happened, as a clause without a full stop.
        mend: What to do about it, as an imperative clause.
        seen_by: What shows it.
    """

    word: str
    what: str
    mend: str
    seen_by: str


REASONS: tuple[Reason, ...] = (
    Reason(
        "offline",
        "the page is out of reach",
        "check the network, and open the url by hand",
        "the network error that the browser names",
    ),
    Reason(
        "dns",
        "the network does not know the page's host",
        "check the url and the name server",
        "the browser's own error for a name that is not resolved",
    ),
    Reason(
        "timeout",
        "the page did not answer in time",
        "try again later, or give the target a longer deadline",
        "no answer, or no end of one, by the deadline",
    ),
    Reason(
        "wrong-origin",
        "the page went to another origin",
        f"correct the url, or {_SIGN_IN}",
        "the address that the page ended at, or was sent to",
    ),
    Reason(
        "login-wall",
        "the site asks to sign in",
        f"{_SIGN_IN}, or use --attach with the browser that you use",
        "an address that the target's `login` names; or a password field at a login's path or on another origin",
    ),
    Reason(
        "login-expired",
        "the profile was signed in, and the site asks it to sign in again",
        _SIGN_IN.replace("sign in by hand", "sign in again by hand"),
        "as login-wall, in a profile in which the page was seen before",
    ),
    Reason(
        "bot-wall",
        "the site asks for a human",
        "capture with --attach or --snippet from the browser that you use, and do not repeat it at once",
        "the header of a challenge, or the marks of one on a 403, 429 or 503; never repeated, never evaded",
    ),
    Reason(
        "refused",
        "the site refused the page",
        "open the url by hand, and wait before you try again",
        "an HTTP status of 400 or more",
    ),
    Reason(
        "crash",
        "the page or the browser crashed",
        "run it again; if it crashes each time, open the page by hand",
        "the end of the renderer or the browser; the one fault that is tried again, once",
    ),
    Reason(
        "hang",
        "the page does not come back from what it does",
        "open the page by hand, and check the target's `ready` and steps for what never ends",
        "a page that answered and then takes no call, or a promise that is never settled",
    ),
    Reason(
        "reload-loop",
        "the page loads itself again and again",
        "open the page by hand; a page that finds itself out of date may do so until its cache is cleared",
        "more loads of the page than were asked for, with no end of them",
    ),
    Reason(
        "download",
        "the url is a file that the browser downloads, and no page",
        "correct the url",
        "the browser's own word for a download; nothing is kept of it",
    ),
    Reason(
        "profile-busy",
        "the profile is open in another browser",
        "close that browser, and try again",
        "a browser that runs on the profile; it is left alone",
    ),
    Reason(
        "storage-denied",
        "the page may not open its own storage",
        "open the page itself, not a frame of it, and allow it to store data",
        "the name of the error that the storage throws",
    ),
    Reason(
        "storage-full",
        "the storage is full: what it holds may be old",
        "clear the site's data in that browser, reload the page, and capture again",
        "the sizes of all keys and values, within one per cent of the browser's limit; nothing is written",
    ),
    Reason(
        "extension-not-loaded",
        "the browser did not load the extension",
        "build it again, and check its manifest in chrome://extensions",
        "no page and no script of the extension",
    ),
    Reason(
        "not-ready",
        "the page did not become ready",
        "check the target's `ready`, its steps and its deadline",
        "a condition or a step of the target that did not come true by the deadline",
    ),
    Reason(
        "not-written-yet",
        "nothing is stored yet, and in this page state nothing need be",
        "capture a later page state with --state, or use the page first",
        "no declared store in any area, and a page state that may lack a whole one",
    ),
)
_BY_WORD = {reason.word: reason for reason in REASONS}


def blind(word: str, file: str, *, detail: str = "", mend: str = "") -> BlindFault:
    """Return the fault for a reason.

    Args:
        word: The reason; one of `REASONS`.
        file: The target's file.
        detail: What is known beyond the reason; never a text of the page.
        mend: A nearer advice than the reason's own.
    """
    reason = _BY_WORD[word]
    problem = f"{reason.what} ({detail})" if detail else reason.what
    return BlindFault(problem, file, word, mend or reason.mend)


def blind_table() -> str:
    """Return the reasons as a Markdown table."""
    rows = [f"| `{reason.word}` | {reason.what} | {reason.seen_by} | {reason.mend} |" for reason in REASONS]
    return "\n".join(("| reason | what happened | told by | what to do |", "| --- | --- | --- | --- |", *rows))
