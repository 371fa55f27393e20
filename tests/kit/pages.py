"""Reports with all that a page can show (history, alerts, trees), and a window in which such a page is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

from driftwright.base.terms import Verdict
from driftwright.report.formats import json as machine
from driftwright.report.model import AlertSeen, Past, RunSeen, StoreSeen, fingerprint
from driftwright.structure.shape.folding import fold
from driftwright.structure.shape.model import Layout
from driftwright.verdict.tree import MOST_NODES, grouped, tree_of
from kit.samples import poisoned, sample, with_changes
from kit.stored import render

RUNS = 30
_DAY = datetime(2026, 10, 24, 12, tzinfo=UTC)
_BLIND = {4: "login-wall", 5: "login-wall", 13: "timeout", 21: "bot-wall"}
_FIELDS = ("videoId", "moderated", "progress", "mediaUrl", "createTime", "parentPostId", "rRated")
_PARENTS = ("11111111-1111-4111-8111-111111111111", "99999999-9999-4999-8999-999999999999")


def full(name: str) -> dict[str, Any]:
    """Return a sample with a history of thirty runs and the tree of every store that the capture saw."""
    record = sample(name)
    record["past"] = _plain(_past(record))
    for store in record["stores"]:
        store["tree"] = None if name == "blind" or store["found"] == "missing" else _tree(record, store["name"])
    return valid(record)


def valid(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record, which must be a published report."""
    Draft202012Validator(machine.schema()).validate(record)
    return record


def crowded(count: int) -> dict[str, Any]:
    """Return a report of so many broken facts, so many changes, a long history and four of the largest trees."""
    record = full("broken")
    fact = next(fact for fact in record["facts"] if fact["verdict"] == "broken")
    record["changes"] = with_changes(count)["changes"]
    record["facts"] = [
        {
            **fact,
            "name": f"fact_{number}",
            "title": f"What is worked out as number {number}",
            "because": [f"c{number}"],
            "reads": [f"site:/state/list{number}/{{}}/[]/field"],
            "fingerprint": f"{number:012x}",
        }
        for number in range(1, count + 1)
    ]
    record["summary"] = {**dict.fromkeys(record["summary"], 0), "facts": count, "broken": count}
    for store in record["stores"]:
        node = store["tree"]["nodes"][0]
        mark = {"changes": ["c1"], "types_now": ["string"], "depth": 3}
        store["tree"]["nodes"] = [{**node, **mark, "path": f"/state/list{at}/[]"} for at in range(MOST_NODES)]
    return valid(record)


@cache
def hostile_page(payload: str) -> str:
    """Return the page of a full report that holds `payload` in every text that the schema leaves open."""
    return render(hostile_full(payload), "html")


def hostile_full(payload: str) -> dict[str, Any]:
    """Return a full report that holds `payload` in every text that the schema leaves open."""
    whole = full("broken")
    record: dict[str, Any] = poisoned({**whole, "past": None}, machine.schema(), payload)
    record["past"] = poisoned(whole["past"], {"$ref": "#/$defs/past"}, payload)
    return valid(record)


def crossed(payloads: Sequence[str]) -> dict[str, Any]:
    """Return a full report that holds each payload in each text of its history and of its trees.

    Args:
        payloads: As many as the history shows stores of one run, at most.
    """
    record = full("broken")
    (node, *_), turns = record["stores"][0]["tree"]["nodes"], len(payloads)
    for store in record["stores"]:
        marks = ({"path": text, "changes": [text], "read_by": [text, *payloads]} for text in payloads)
        store["tree"]["nodes"] = [{**node, **mark} for mark in marks]
    past = record["past"]
    past["last_good"] = payloads[0]
    for at, run in enumerate(past["runs"]):
        text = payloads[at % turns]
        stores = [{"name": name, "version": text, "distance": at} for name in payloads]
        run.update({"recorded_at": text, "blind": text, "stores": stores})
    past["alerts"] = [{**past["alerts"][0], "title": text, "since": text} for text in payloads]
    return valid(record)


def numbered(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with a number of its own in each count, so that no figure can pass for another.

    The totals are those of the facts: there are of each verdict as many as of no other.
    """
    left = iter(range(70_001, 99_999))

    def number_counts(value: Any, *inside: str) -> Any:
        if isinstance(value, dict):
            return {name: number_counts(part, *inside, name) for name, part in value.items()}
        if isinstance(value, list):
            return [number_counts(part, *inside) for part in value]
        counts = inside[-1] in ("seen", "of", "sequence", "runs", "distance")
        return next(left) if counts and isinstance(value, int) and not isinstance(value, bool) else value

    facts = list(_multiplied(record["facts"]))
    return valid(json.loads(render({**number_counts(record), "facts": number_counts(facts, "facts")}, "json")))


def _multiplied(facts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Repeat facts until there are of each verdict, where there is any, as many as of no other."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        kinds.setdefault(fact["verdict"], []).append(fact)
    count = 0
    for held in sorted(kinds.values(), key=len):
        count += len(held) + 1
        yield from ({**held[at % len(held)], "name": f"{held[at % len(held)]['name']}_{at}"} for at in range(count))


def at_pointer(record: Mapping[str, Any], pointer: str) -> Any:
    """Return what a JSON pointer leads to; a pointer to nothing is an error."""
    part: Any = record
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        part = part[int(name)] if isinstance(part, list) else part[name]
    return part


def opened(page: Page, file: Path, html: str) -> list[str]:
    """Open a page and return the requests that it made beyond itself; the next one may be opened in its place."""
    asked: list[str] = []

    def hear(request: Request) -> None:
        asked.append(request.url)

    def note(dialog: Dialog) -> None:
        asked.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", hear)
    page.on("dialog", note)
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri(), wait_until="load")
    page.remove_listener("request", hear)
    page.remove_listener("dialog", note)
    return [url for url in asked if url not in (file.as_uri(), "data:,")]


class Window:
    """One page of a browser, and what the document in it did that it should not."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")  # else what was scrolled to is still on its way
        self._file = file
        self.noticed: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("pageerror", lambda error: self.noticed.append(f"error {error}"))
        page.on("console", self._said)
        page.on("dialog", self._met)

    def show(self, html: str, width: int = 1280, scheme: str = "light") -> Page:
        """Show a page as a screen of this width does.

        Args:
            html: The page.
            width: Of the screen, in CSS pixels.
            scheme: `light` or `dark`.
        """
        self.noticed.clear()
        self._file.write_text(html, encoding="utf-8")
        self.as_screen(width, scheme)
        self.page.goto(self._file.as_uri(), wait_until="load")
        return self.page

    def as_screen(self, width: int, scheme: str = "light") -> None:
        """Become a screen of this width and colour scheme, whatever it shows."""
        self.page.set_viewport_size({"width": width, "height": 720 if width > 600 else 640})
        dark = scheme == "dark"
        self.page.emulate_media(media="screen", color_scheme="dark" if dark else "light")

    def open_all(self) -> None:
        """Open all that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    @property
    def address(self) -> str:
        """Where the page lies."""
        return self._file.as_uri()

    def _asked(self, url: str) -> None:
        if url not in (self.address, "data:,"):
            self.noticed.append(f"request {url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.noticed.append(f"console {message.text}")

    def _met(self, dialog: Dialog) -> None:
        self.noticed.append(f"dialog {dialog.message}")
        dialog.dismiss()


def _past(record: Mapping[str, Any]) -> Past:
    runs = tuple(_run(number, record["verdict"]) for number in range(1, RUNS + 1))
    good = [run.recorded_at for run in runs if run.verdict == "intact"]
    return Past(good[-1], runs, tuple(_alerts()))


def _run(number: int, last: str) -> RunSeen:
    blind = _BLIND.get(number, "")
    story = "intact" if number < 10 else "degraded" if number < 16 else "broken" if number < 20 else "intact"
    verdict = last if number == RUNS else "blind" if blind else story
    if verdict == "blind":
        return RunSeen(number, _day_text(number), Verdict(verdict), blind or "login-wall", ())
    version, distance = ("v1", 0) if number < 10 else ("", 7) if number < 16 else ("v2", number % 3)
    stores = (StoreSeen("site", version, distance), StoreSeen("session", "v2", 0), StoreSeen("prompts", "v1", 0))
    return RunSeen(number, _day_text(number), Verdict(verdict), "", stores)


def _alerts() -> Iterator[AlertSeen]:
    titles = {
        "waiting": "field-removed at site:/state/videoByMediaId/{}/[]/rRated",
        "open": "field-renamed at site:/state/videoByMediaId/{}/[]/moderated hurts 2 facts",
        "flapping": "record-nulls at site:/state/videoByMediaId/{}/[] hurts latest_outcome",
        "recovered": "The capture saw nothing: login-wall",
    }
    for number, (status, title) in enumerate(titles.items(), start=1):
        yield AlertSeen(fingerprint("standin", status), status, title, _day_text(number), number)


def _day_text(number: int) -> str:
    return (_DAY + timedelta(days=number)).isoformat()


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(asdict(value)))


def _tree(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the tree that the program itself would make of such a store."""
    before, now, layout = _SIDES[name](record["verdict"])
    changes_at = [
        (path, change["id"])
        for change in record["changes"]
        if change["store"] == name
        for path in {change["path"], change["to"] or change["path"]}
    ]
    ends = [
        (read.removeprefix(f"{name}:"), fact["name"])
        for fact in record["facts"]
        for read in fact["reads"]
        if read.startswith(f"{name}:")
    ]
    shapes = (fold([before], layout), fold([now], layout))
    tree: dict[str, Any] = _plain(tree_of(shapes, layout, grouped(changes_at), grouped(ends)))
    return tree


Sides = tuple[Any, Any, Layout]


def _site(verdict: str) -> Sides:
    """The app's store before, and as the sample of that verdict says that it is now."""
    usual = [{field: f"{field} {number}" for field in _FIELDS} for number in range(4)]
    drifted: list[Any] = [_drifted(video, number) for number, video in enumerate(usual)]
    now = {"broken": [*drifted, None], "unseen": []}.get(verdict, usual)
    image = [{"originalPrompt": "a prompt"}]
    videos, images = ({_PARENTS[0]: held[:2], _PARENTS[1]: held[2:]} for held in (usual, image))
    captured = {_PARENTS[0]: now[:2], _PARENTS[1]: now[2:]}
    maps = {"videoByMediaId": (videos, captured), "imageByMediaId": (images, {} if verdict == "unseen" else images)}
    each = Layout(kind="map", values=Layout(items=Layout(kind="record", fields={name: Layout() for name in _FIELDS})))
    layout = Layout(
        kind="record",
        fields={"state": Layout(kind="record", fields=dict.fromkeys(maps, each)), "version": Layout()},
    )
    sides = [{"state": {name: pair[side] for name, pair in maps.items()}, "version": 1} for side in (0, 1)]
    return sides[0], sides[1], layout


def _drifted(video: Mapping[str, Any], number: int) -> dict[str, Any]:
    kept = {name: value for name, value in video.items() if name not in ("moderated", "rRated")}
    return {**kept, "isModerated": number > 1, **({"rating": 1} if number else {})}


def _record(value: dict[str, Any]) -> Callable[[str], Sides]:
    layout = Layout(kind="record", fields={name: Layout() for name in value})
    return lambda _: (value, value, layout)


_SIDES: Mapping[str, Callable[[str], Sides]] = {
    "site": _site,
    "session": _record({"videoGoal": 5, "videosGenerated": 2}),
    "prompts": _record({"entries": ["a", "b"]}),
    "ui": _record({"x": 4, "y": 7}),
}
