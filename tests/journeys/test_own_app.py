"""An app of one's own behind a plain file server: from nothing to the first verdict, and its releases judged."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kit.program import Done, Program

NOTES: list[dict[str, Any]] = [
    {"id": "n1", "title": "Milk", "done": True, "tags": ["shop"]},
    {"id": "n2", "title": "Tea", "done": False, "tags": []},
    {"id": "n3", "title": "Bread", "done": True, "tags": ["shop", "soon"]},
]
DRAFTS: dict[str, Any] = {"drafts": [{"note": "n1", "size": 3}, {"note": "n3", "size": 4}]}
VIEW: dict[str, Any] = {"open": "n2", "filter": {"done": False}}
PAGE = """<!doctype html><meta charset="utf-8"><title>Notes</title><script type="module">
const { area, notes, view, drafts } = await (await fetch('release.json')).json();
window[area].setItem('notes', JSON.stringify({ notes, version: 1 }));
sessionStorage.setItem('view', JSON.stringify(view));
const opening = indexedDB.open('notes', 1);
opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
opening.onsuccess = () => opening.result.transaction('kept', 'readwrite').objectStore('kept').put(drafts, 'drafts');
</script>
"""
READERS = {
    "notes": "export const doneCount = (s) => s.notes.filter((note) => note.done).length;\n"
    "export const titles = (s) => s.notes.map((note) => note.title);\n",
    "view": "export const openNote = (view) => view.open;\n",
    "drafts": "export const draftSize = (kept) => kept.drafts.reduce((sum, one) => sum + one.size, 0);\n",
}
PLACES = {
    "notes": ("--area", "local", "--key", "notes"),
    "view": ("--area", "session", "--key", "view"),
    "drafts": ("--area", "indexed-db", "--key", "notes/kept/drafts", "--store", "drafts"),
}
SAVED: dict[str, tuple[Any, Any]] = {
    "notes": ({"notes": NOTES, "version": 1}, {"notes": NOTES[:2], "version": 1}),
    "view": (VIEW, {"open": "n1", "filter": {"done": True}}),
    "drafts": (DRAFTS, {"drafts": DRAFTS["drafts"][:1]}),
}


@dataclass(frozen=True, slots=True)
class App:
    """The app as it is served now."""

    url: str
    folder: Path

    def release(self, notes: list[dict[str, Any]], area: str = "localStorage") -> None:
        """Serve a release that writes these notes to this area."""
        made = {"area": area, "notes": notes, "view": VIEW, "drafts": DRAFTS}
        (self.folder / "release.json").write_text(json.dumps(made))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served = App(f"http://127.0.0.1:{server.server_port}/", folder)
        served.release(NOTES)
        yield served
        server.shutdown()


def _started(program: Program, folder: Path, app: App, name: str) -> Done:
    """From nothing to the first verdict, in two commands."""
    first, second = (f"{name}-{day}.json" for day in ("monday", "friday"))
    for file, document in zip((first, second), SAVED[name], strict=True):
        (folder / file).write_text(json.dumps(document))
    (folder / f"{name}.js").write_text(READERS[name])
    days = ("--snapshot", first, "--snapshot", second, "--readers", f"{name}.js")
    made = program("init", f"ws-{name}", *days, *PLACES[name], "--url", app.url)
    assert made.code == 0, made.stderr
    return _run(program, name)


def _run(program: Program, name: str) -> Done:
    return program("--workspace", f"ws-{name}", "run", name, "--output", "out")


def _verdicts(folder: Path) -> dict[str, str]:
    report = json.loads((folder / "out" / "report.json").read_text())
    return {fact["name"]: fact["verdict"] for fact in report["facts"]}


@pytest.mark.browser("shared", "kept")
def test_two_commands_lead_to_a_true_verdict_and_a_rename_is_told_when_it_stays(
    program: Program, tmp_path: Path, app: App
) -> None:
    first = _started(program, tmp_path, app, "notes")
    assert (first.code, _verdicts(tmp_path)) == (0, {"done_count": "intact", "titles": "intact"}), first.stdout
    app.release([{**{key: one[key] for key in one if key != "done"}, "finished": one["done"]} for one in NOTES])
    for says in ("alert     waiting", "alert     open"):
        renamed = _run(program, "notes")
        assert (renamed.code, _verdicts(tmp_path)) == (1, {"done_count": "broken", "titles": "intact"})
        assert says in renamed.stdout


@pytest.mark.nightly
@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("name", ["view", "drafts"])
def test_the_other_areas_lead_there_as_well(program: Program, tmp_path: Path, app: App, name: str) -> None:
    done = _started(program, tmp_path, app, name)
    assert (done.code, set(_verdicts(tmp_path).values())) == (0, {"intact"}), done.stdout


@pytest.mark.nightly
@pytest.mark.browser("shared", "kept")
def test_a_benign_a_moved_and_an_emptied_release(program: Program, tmp_path: Path, app: App) -> None:
    assert _started(program, tmp_path, app, "notes").code == 0
    app.release([{**note, "colour": "blue"} for note in NOTES])
    benign = _run(program, "notes")
    assert (benign.code, "alert " in benign.stdout) == (0, False)
    app.release([])
    emptied = _run(program, "notes")
    assert (emptied.code, set(_verdicts(tmp_path).values()), "alert " in emptied.stdout) == (3, {"unseen"}, False)
    app.release(NOTES, "sessionStorage")
    moved = _run(program, "notes")
    assert (moved.code, set(_verdicts(tmp_path).values())) == (1, {"broken"})
    assert "store-moved" in moved.stdout
