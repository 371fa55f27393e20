"""The first day with one's own page: nothing is stored yet, files are mixed up, names are unusual."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import driftwright
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


def test_a_store_that_is_named_twice_is_a_fault_of_usage(program: Program, tmp_path: Path) -> None:
    started(program, tmp_path)
    for first, second in (("renamed.json", "friday.json"), ("friday.json", "renamed.json")):
        for verb in ("check", "accept"):
            done = program(*HERE, verb, "--store", f"shop={first}", "--store", f"shop={second}")
            assert (done.code, done.stdout) == (2, "")
            assert f"the store shop is named twice, with {first} and {second}" in done.stderr


def test_the_file_of_one_store_is_no_saved_storage_and_no_run(program: Program, tmp_path: Path) -> None:
    started(program, tmp_path, "--url", URL, "--area", "local")
    for named in ("local=friday.json", "friday.json"):
        done = program(*HERE, "run", "shop", "--from", named, "--output", "bad")
        assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "--store NAME=friday.json" in done.stderr
    assert not (tmp_path / "bad").exists()
    full = saved(tmp_path, "full.json", shop=shop(4))
    assert program(*HERE, "run", "shop", "--from", full, "--output", "out").code == 0, "the store's own area is meant"


def test_databases_that_a_saved_state_left_out_are_unseen_though_they_were_seen(
    program: Program, tmp_path: Path
) -> None:
    started(program, tmp_path, "--url", URL, "--area", "local")
    (declared,) = (tmp_path / "drift" / "schemas").rglob("store.toml")
    text = declared.read_text().replace('area   = "local"', 'area   = "indexed-db"')
    declared.write_text(text.replace('key    = "shop"', 'key    = "data/kept/shop"'))
    kept = {"name": "kept", "autoIncrement": False, "indexes": [], "records": [{"key": "shop", "value": shop(4)}]}
    origin = {"origin": "https://shop.test", "localStorage": []}
    without = {"cookies": [], "origins": [origin]}
    with_it = {"cookies": [], "origins": [{**origin, "indexedDB": [{"name": "data", "version": 1, "stores": [kept]}]}]}
    for document, code, verdict in ((with_it, 0, "intact"), (without, 3, "unseen")):
        (tmp_path / "state.json").write_text(json.dumps(document))
        assert program(*HERE, "run", "shop", "--from", "state.json", "--output", "out").code == code
        assert verdicts(tmp_path) == {verdict}


SAVED = Path(__file__).parents[1] / "standin.snapshot.json"


def test_nothing_is_proven_without_a_workspace(program: Program, tmp_path: Path) -> None:
    for options in ((), ("--write-lock",), ("--format", "json")):
        done = program("prove", *options)
        assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "there is no workspace here to prove" in done.stderr
        assert "`driftwright init`" in done.stderr
        assert "--workspace DIR" in done.stderr
    with pytest.raises(driftwright.InputFault, match="no workspace here to prove"), contextlib.chdir(tmp_path):
        driftwright.prove()


@pytest.mark.parametrize(
    "command",
    [
        ("check", str(SAVED)),
        ("doctor",),
        ("explain",),
        ("explain", "credits_used"),
        pytest.param(("check", "--format", "json", str(SAVED)), marks=pytest.mark.nightly),  # as the first, as a record
    ],
)
def test_whose_contracts_judge_without_a_workspace_is_said(
    program: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = program(*command)
    assert (done.code, done.stderr) == (0, "")
    assert "the built-in contracts of grok and standin are taken" in done.stdout
    started(program, tmp_path)
    own = program(*HERE, *(("check", "--store", "shop=friday.json") if "check" in command else command[:1]))
    assert (own.code, "built-in" in own.stdout) == (0, False)


def test_a_store_that_the_built_in_contracts_lack_leads_to_ones_own(program: Program, tmp_path: Path) -> None:
    write_shop(tmp_path)
    done = program("check", "--store", "shop=friday.json")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "unknown store 'shop' in the built-in workspace" in done.stderr
    assert "--workspace" in done.stderr


def test_the_text_says_with_which_error_a_reader_fails_on_before(program: Program, tmp_path: Path) -> None:
    write_shop(tmp_path)
    (tmp_path / "readers.js").write_text("export const lines = (shop) => shop.basket.lines.length;")
    command = ("diff", "monday.json", "friday.json", "--consumer", "readers.js")
    done, told = program(*command), json.loads(program(*command, "--format", "json").stdout)
    assert done.code == 3
    assert told["readers"]["lines"]["before"].startswith("TypeError")
    assert told["readers"]["lines"]["before"] in done.stdout


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
    process: Program, program: Program, tmp_path: Path, site: str
) -> None:
    started(program, tmp_path, "--url", site)
    done = process(*HERE, "run", "shop", "--output", "out")
    assert done.code == 3, done.stdout + done.stderr
    assert verdicts(tmp_path) == {"unseen"}
    assert "not written yet" in done.stdout
