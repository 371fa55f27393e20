"""How long captures take here, as a table: `ci/capture-times` prints it."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from driftwright.snapshot.capture.answer import PAGE_AREAS
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.reading import read_areas
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.capture.worlds import Worlds
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.policy import redaction_policy
from driftwright.workspace.target.target import load_target
from kit.by_hand import SALT, by_hand, open_shop, policy, shop, write_target

SIZE = 5 * 1024 * 1024  # characters: what a browser grants an origin's sessionStorage
_ROOM = 200_000  # left free: a browser counts the keys as well
_WITNESS = ("grok", "useMediaStore", "v1", "several.witness.json")
_WORDS = ("a", "red", "fox", "crosses", "the", "frozen", "lake", "under", "low", "winter", "sun", "slowly")


def large_store(witness: dict[str, Any], size: int) -> str:
    """Return the witness's store with its records repeated up to `size` characters.

    Each record has ids, addresses, a time and a prompt of its own; the words that a service chooses (modes, sizes,
    models) stay, as they would.
    """
    chance = random.Random(7)  # noqa: S311 - invented data
    state = witness["state"]
    image = next(iter(state["imageByMediaId"].values()))
    videos = [video for held in state["videoByMediaId"].values() for video in held if video]
    images: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    left = size - _ROOM
    while left > 0:
        parent = _id(chance)
        images[parent] = _renewed(image, parent, chance)
        lists[parent] = [_renewed(chance.choice(videos), parent, chance) for _ in range(chance.randint(1, 6))]
        left -= len(_text([images[parent], lists[parent]])) + 2 * len(parent)
    return _text({**witness, "state": {**state, "imageByMediaId": images, "videoByMediaId": lists}})


def _renewed(record: Any, parent: str, chance: random.Random) -> Any:
    if isinstance(record, list):
        return [_renewed(part, parent, chance) for part in record]
    fresh = {"parentPostId": parent}
    for name, value in record.items():
        if name in fresh or not isinstance(value, str):
            continue
        if name.endswith("Url") or name == "imageReference":
            fresh[name] = f"https://assets.example/users/{_id(chance)}/{_id(chance)}/clip.mp4"
        elif name.lower().endswith("prompt"):
            fresh[name] = " ".join(chance.choices(_WORDS, k=10))
        elif name == "createTime":
            fresh[name] = f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}T10:{chance.randint(10, 59)}:00.000Z"
        elif len(value) == len(parent) and value.count("-") == parent.count("-"):
            fresh[name] = _id(chance)
    return {name: fresh.get(name, value) for name, value in record.items()}


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def page_times(runs: int) -> Iterator[tuple[float, int]]:
    """For each run in a browser of its own: processor seconds of the page's main thread, and round trips."""
    workspace = find_workspace(None)
    target = replace(load_target(workspace.target_file("standin")), extension=None)
    stores = load_stores(workspace.schemas)
    wanted = redaction_policy(stores[name] for name in target.stores)
    text = large_store(json.loads(workspace.schemas.joinpath(*_WITNESS).read_text(encoding="utf-8")), SIZE)
    for _ in range(runs):
        deadline = Deadline.after(60, target.file)
        with Session(target, deadline) as session:
            session.open(target.url)
            put = f"(sessionStorage.setItem('useMediaStore', {json.dumps(text)}), 1)"
            session.worlds.evaluate(put, session.worlds.main(), 20_000)
            session.pause(1500)  # until the browser itself has stored it
            devtools = session.page.context.new_cdp_session(session.page)
            devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
            before = _busy(devtools)
            with mock.patch.object(Worlds, "evaluate", autospec=True, side_effect=Worlds.evaluate) as asked:
                read_areas(session, deadline, AreaReading(target, wanted, SALT))
            yield _busy(devtools) - before, asked.call_count


def _busy(devtools: Any) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def launched(runs: int) -> Iterator[float]:
    """Seconds of `driftwright probe standin`, as a whole process."""
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "driftwright", "probe", "standin", "--out", f"{folder}/standin.json"]
            yield _seconds(partial(subprocess.run, command, check=True, capture_output=True))


def attached(runs: int) -> Iterator[float]:
    """Seconds to attach to a browser that somebody started, read a tab, and let go."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, shop() as port:
        target = load_target(write_target(Path(folder) / "probes", port, None))
        request = CaptureRequest(target, policy(PAGE_AREAS), SALT)
        with by_hand(Path(folder) / "profile", ()) as hand:
            open_shop(hand, port, marks=("ready",))
            for _ in range(runs):
                yield _seconds(lambda: capture_attached(request, Attachment(str(hand.port))))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _row(what: str, times: list[float], most: float) -> bool:
    median = statistics.median(times)
    span = f"{min(times) * 1000:,.0f} to {max(times) * 1000:,.0f}"
    good = median <= most
    cells = (what, f"{median * 1000:,.0f} ms", span, f"{most * 1000:,.0f} ms", "yes" if good else "no")
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()
    return good


def main() -> int:
    """Print the table; 0 if every median keeps to what is asked of it, 1 if not."""
    runs = int(sys.argv[1])
    sys.stdout.write("| what | median | of runs | at most | kept |\n| --- | --- | --- | --- | --- |\n")
    pages = list(page_times(runs))
    trips = {count for _, count in pages}
    good = _row(f"page time of a 5 MB store, in {trips} round trips", [seconds for seconds, _ in pages], 0.3)
    good &= trips == {1}
    good &= _row("`driftwright probe standin`, whole process", list(launched(runs)), 3.0)
    good &= _row("attach to a running browser", list(attached(runs)), 0.3)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
