"""Blind captures: each fault has its name and its advice, ends in time, and leaves nothing behind."""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import BlindFault, InputFault
from driftwright.entrypoints.cli import main
from driftwright.report.formats import render
from driftwright.report.formats.text import Style
from driftwright.report.stored import record
from driftwright.snapshot.capture.blindness import REASONS, Reason, blind, blind_table
from driftwright.snapshot.capture.launched.diagnosis import is_declared_login, network_reason, resolver_rules
from driftwright.verdict.reported import blind_report
from driftwright.workspace.target.target import Target, load_target
from kit import faults
from kit.examples import NIGHTLY
from kit.faults import CASES, MORE, FaultCase

ROOT = Path(__file__).resolve().parents[2]
EACH = (*CASES, *MORE)
WORDS = {reason.word for reason in REASONS}
# Where the page itself is the fault and the browser is well. In every check it is told of in a browser that runs
# already; that a browser of its own is ended and leaves nothing is asked under all other faults, and at night here too.
BROWSER_IS_WELL = (
    *("connection refused", "another origin", "login form", "login declared", "challenge page", "HTTP 429", "HTTP 403"),
    *("storage closed", "quota used up", "not written yet"),
)


def _tried(case: FaultCase) -> Any:
    marks = [pytest.mark.browser("shared", "own" if NIGHTLY or case.name not in BROWSER_IS_WELL else "kept")]
    return pytest.param(case, id=case.name, marks=[*marks, *[pytest.mark.nightly] * (case.name in faults.ANOTHER_SIGN)])


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    with faults.site() as port:
        yield port, faults.closed_port()


@pytest.mark.parametrize("case", list(map(_tried, EACH)))
def test_a_fault_is_named_ends_in_time_and_leaves_nothing(
    case: FaultCase, ports: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outcome = faults.run(case, tmp_path, ports)
    assert (outcome.reason, outcome.exit) == (case.reason, "BlindFault")
    assert faults.in_time(outcome.seconds, case.deadline)
    assert outcome.requests == case.requests
    assert outcome.orphans == 0
    assert not outcome.traffic.listening
    allowed = {f"0100007F:{port:04X}" for port in ports}
    assert outcome.traffic.peers <= allowed
    has_its_own = NIGHTLY or case.name not in BROWSER_IS_WELL
    assert outcome.traffic.looks > 0 or case.reason in ("offline", "profile-busy") or not has_its_own
    assert "lighthouse" not in outcome.text
    assert not list(tmp_path.glob("driftwright-*"))


@pytest.mark.parametrize("one", REASONS, ids=lambda one: one.word)
def test_reports_say_why_and_what_to_do_and_nothing_of_drift(one: Reason) -> None:
    report = blind_report(blind(one.word, "shop.toml"), "shop", "new", "1")
    assert str(report.verdict) == "blind"
    written = record(report)
    assert written["capture"]["blind"] == {"reason": one.word, "what": one.what, "mend": one.mend}
    for name in ("text", "markdown", "html"):
        shown = render(report, name, Style()).replace("\\", "").replace("&#39;", "'")
        assert one.word in shown
        assert one.what in shown, name
        assert one.mend.split("`")[0].strip() in shown, name
    assert not report.facts


@pytest.mark.browser("shared", "kept")
def test_the_scheduled_job_is_blind_and_says_what_to_do(
    ports: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("contracts", "schemas"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "probes").mkdir()
    text = f'title = "Shop"\nurl = "http://127.0.0.1:{ports[0]}/challenge"\nstores = ["site"]\n'
    (tmp_path / "probes" / "shop.toml").write_text(text)
    assert main(["--workspace", str(tmp_path), "run", "shop", "--output", str(tmp_path / "out")]) == 3
    (page,) = (tmp_path / "out").glob("*.html")
    (written,) = (tmp_path / "out").glob("*.json")
    assert json.loads(written.read_text())["verdict"] == "blind"
    for shown in (capsys.readouterr().out, page.read_text()):
        assert "bot-wall" in shown
        assert "the site asks for a human" in shown
        assert "capture with --attach or --snippet from the browser that you use" in shown
        assert "lighthouse" not in shown
    assert not list((tmp_path / "out").glob("*.snapshot.json"))


def test_no_module_gives_a_reason_that_the_table_does_not_have() -> None:
    given: set[str] = set()
    for file in (ROOT / "src" / "driftwright").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("BlindFault", "blind")
            ):
                place = node.args[2 if node.func.id == "BlindFault" else 0 : 3]
                parts = [part for one in place[:1] for part in ast.walk(one) if isinstance(part, ast.Constant)]
                given |= {part.value for part in parts if isinstance(part.value, str)}
    assert {"crash", "timeout", "login-wall"} <= given
    assert given <= WORDS


def test_the_page_of_reasons_is_the_table() -> None:
    assert blind_table() in (ROOT / "docs" / "blind.md").read_text("utf-8")
    assert len(WORDS) == len(REASONS) == 18


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ERR_INTERNET_DISCONNECTED", "offline"),
        ("ERR_CONNECTION_REFUSED", "offline"),
        ("ERR_NAME_NOT_RESOLVED", "dns"),
        ("ERR_NAME_RESOLUTION_FAILED", "dns"),
        ("ERR_DNS_TIMED_OUT", "dns"),
        ("ERR_TIMED_OUT", "timeout"),
        ("ERR_CONNECTION_TIMED_OUT", "timeout"),
        ("ERR_HTTP_RESPONSE_CODE_FAILURE", "refused"),
    ],
)
def test_network_errors_have_their_reasons(code: str, reason: str) -> None:
    assert network_reason(f"Page.goto: net::{code} at https://shop.test/lighthouse") == (reason, code)
    assert network_reason("Target closed") is None


def _target(folder: Path, extra: str, url: str = "https://www.shop.test/a") -> Target:
    (folder / "shop.toml").write_text(f'title = "Shop"\nurl = "{url}"\nstores = ["cart"]\n{extra}\n')
    return load_target(folder / "shop.toml")


def test_declared_logins_are_paths_of_the_origin_or_whole_addresses(tmp_path: Path) -> None:
    target = _target(tmp_path, 'login = ["/enter*", "https://accounts.test/*"]')
    assert is_declared_login(target, "https://www.shop.test/enter?next=/a")
    assert is_declared_login(target, "https://accounts.test/anything")
    assert not is_declared_login(target, "https://other.test/enter")
    assert not is_declared_login(target, "https://www.shop.test/a?next=/enter")
    with pytest.raises(InputFault, match="is no address"):
        _target(tmp_path, 'login = ["enter"]')


def test_the_browser_finds_the_declared_hosts_alone(tmp_path: Path) -> None:
    target = _target(tmp_path, 'hosts = ["cdn.test"]')
    expected = "MAP * ~NOTFOUND, EXCLUDE www.shop.test, EXCLUDE *.shop.test, EXCLUDE cdn.test"
    assert resolver_rules(target) == expected
    assert resolver_rules(_target(tmp_path, "", "http://127.0.0.1:80/")) == "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with pytest.raises(InputFault, match="is no host"):
        _target(tmp_path, 'hosts = ["cdn.test, MAP * 10.0.0.1"]')


def test_a_fault_is_one_line_for_the_user_and_keeps_its_reason() -> None:
    fault = blind("refused", "shop.toml", detail="HTTP 429")
    assert isinstance(fault, BlindFault)
    assert str(fault).startswith("shop.toml:refused: the site refused the page (HTTP 429); ")
    assert json.dumps(fault.what)
