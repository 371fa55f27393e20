"""The first day with one's own page: nothing is stored yet, files are mixed up, names are unusual."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.program import Program
from kit.shop import shop, write_shop

HERE = ("--workspace", "drift")
DAYS = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "readers.js", "--key", "shop")
URL = "https://shop.test/"


def started(program: Program, folder: Path, *more: str) -> None:
    """Start the shop's workspace in `drift`."""
    write_shop(folder)
    done = program("init", "drift", *DAYS, *more)
    assert done.code == 0, done.stderr


def saved(folder: Path, name: str, **stores: Any) -> str:
    """Write the dump of a storage that holds these stores as texts, and return the file's name."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in stores.items()}
    (folder / name).write_text(json.dumps(texts))
    return name


def verdicts(folder: Path) -> set[str]:
    """The verdicts of the report that a run left in `out`."""
    report = json.loads((folder / "out" / "report.json").read_text())
    return {fact["verdict"] for fact in report["facts"]}


def test_a_store_that_is_not_written_yet_is_unseen_until_it_was_seen_once(program: Program, tmp_path: Path) -> None:
    started(program, tmp_path, "--url", URL)
    empty, full = saved(tmp_path, "empty.json", theme="dark"), saved(tmp_path, "full.json", shop=shop(4))

    def ran(file: str) -> tuple[int, str]:
        done = program(*HERE, "run", "shop", "--from", f"session={file}", "--output", "out")
        return done.code, done.stdout

    for _ in range(3):
        code, said = ran(empty)
        assert (code, verdicts(tmp_path)) == (3, {"unseen"})
        assert "shop: not written yet" in said
        assert "alert " not in said
    assert ran(full)[0] == 0
    code, said = ran(empty)
    assert (code, "broken" in verdicts(tmp_path)) == (1, True), "an earlier run has seen the store: it is gone"
    assert "not written yet" not in said
    assert "alert     open" in ran(empty)[1]


def test_a_store_under_another_key_is_drift_on_the_first_run(program: Program, tmp_path: Path) -> None:
    started(program, tmp_path, "--url", URL)
    moved = saved(tmp_path, "moved.json", basket=shop(4))
    done = program(*HERE, "run", "shop", "--from", f"session={moved}", "--output", "out")
    assert (done.code, "broken" in verdicts(tmp_path)) == (1, True)
    assert "store-key-renamed" in done.stdout


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a page that stores nothing."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>Shop</title>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.browser("shared")
def test_the_run_that_init_prints_is_unseen_on_a_page_that_has_stored_nothing(
    process: Program, tmp_path: Path, site: str
) -> None:
    started(process, tmp_path, "--url", site)
    done = process(*HERE, "run", "shop", "--output", "out")
    assert done.code == 3, done.stdout + done.stderr
    assert verdicts(tmp_path) == {"unseen"}
    assert "not written yet" in done.stdout
