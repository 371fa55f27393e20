"""Who is told, over real sockets and real processes: once, in order, with no secret, and nothing lost when it fails."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault, MachineFault
from driftwright.entrypoints.cli.job import channels_of
from driftwright.history.alert.alert import Happening
from driftwright.history.alert.channel import channel
from driftwright.history.alert.github import GitHub, Rest, github
from driftwright.history.alert.http import checked_url
from driftwright.history.alert.message import LONGEST_BODY, message
from driftwright.history.alert.outbox import Sending, news, pending, send
from driftwright.history.alert.webhook import VARIABLE as WEBHOOK
from driftwright.history.run import Run
from driftwright.history.runs import History
from driftwright.history.sent import Sent
from kit.examples import NIGHTLY
from kit.github_site import REPO, TOKEN, Asked, Site, github_site, serving
from kit.program import run_here
from kit.stored import read
from kit.stories import BLIND, GOOD, GRAVE, HURT, KEY, MORE, Say, a_run, story

ROOT = Path(__file__).resolve().parents[1]
BROKEN = json.loads((ROOT / "samples" / "broken.report.json").read_text("utf-8"))
MANY = 100 if NIGHTLY else 25  # runs in a row that say the same


@pytest.fixture
def site() -> Iterator[Site]:
    with github_site() as served:
        yield served


def the_repo(site: Site) -> GitHub:
    environment = {"GITHUB_API_URL": site.url, "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPO}
    return github(environment)


def live(folder: Path, runs: list[Run], *channels: Any) -> list[Sending]:
    """Record the runs one by one, and send after each, as the scheduled job does."""
    outcomes = list[Sending]()
    for run in runs:
        with History(folder) as history:
            history.add(run)
        outcomes += send(folder, channels, run.target)
    return outcomes


def faults(outcomes: list[Sending]) -> list[str]:
    return [str(outcome.fault) for outcome in outcomes if outcome.fault]


def test_many_runs_of_one_drift_make_one_issue_and_no_comment(tmp_path: Path, site: Site) -> None:
    outcomes = live(tmp_path, story(*[HURT] * MANY), the_repo(site))
    assert faults(outcomes) == []
    (issue,) = site.issues
    assert (issue["state"], issue["labels"], site.comments) == ("open", ["driftwright"], [])
    assert issue["body"].startswith(f"<!-- driftwright:alert:{KEY} -->")
    assert f"shown in {MANY} runs" in issue["body"]
    assert site.writes() == ["POST issues", *["PATCH issues/1"] * (MANY - 2)]
    assert [one.happening for outcome in outcomes for one in outcome.sent] == ["new", *["still"] * (MANY - 2)]


def test_many_blind_runs_make_one_issue_about_that_and_none_about_drift(tmp_path: Path, site: Site) -> None:
    live(tmp_path, story(HURT, *[BLIND] * MANY), the_repo(site))
    assert [issue["title"] for issue in site.issues] == ["driftwright: shop cannot be seen"]
    assert site.comments == []


def test_the_issue_lives_as_the_alert_does(tmp_path: Path, site: Site) -> None:
    says: list[Say] = [HURT, HURT, MORE, MORE, BLIND, BLIND, GOOD, GOOD, GOOD]
    live(tmp_path, story(*says), the_repo(site))
    drift, blind = site.issues
    assert (drift["state"], blind["state"]) == ("closed", "closed")
    assert [text.partition(":")[0] for number, text in site.comments if number == 1] == ["It got worse", "Recovered"]
    assert [number for number, _ in site.comments].count(2) == 1
    assert "**Status:** recovered" in drift["body"]
    written = len(site.writes())
    live(tmp_path, [a_run(10, GOOD)], the_repo(site))
    assert len(site.writes()) == written  # nothing more is said of what is over
    live(tmp_path, [a_run(11, HURT), a_run(12, HURT)], the_repo(site))
    assert len(site.issues) == 2  # it is found again, not made again
    assert site.issues[0]["state"] == "open"
    assert site.comments[-1] == (1, "It is back: two captures agree on it.")


def test_the_issue_is_found_by_its_mark_among_hundreds_also_when_the_history_is_lost(
    tmp_path: Path, site: Site
) -> None:
    quoting = f"someone quotes\n<!-- driftwright:alert:{KEY} -->"
    site.issues = [
        {"number": n, "title": "other", "body": quoting, "labels": ["driftwright"], "state": "open"}
        for n in range(1, 251)
    ]
    site.issues[7]["body"] = None
    site.issues[8] = {**site.issues[8], "body": f"<!-- driftwright:alert:{KEY} -->", "pull_request": {}}
    live(tmp_path / "one", story(HURT, HURT), the_repo(site))
    assert len(site.issues) == 251
    later = [replace(a_run(n, HURT), recorded_at=f"2026-04-01T0{n}:00:00.000000Z") for n in (1, 2, 3)]
    live(tmp_path / "two", later, the_repo(site))
    assert len(site.issues) == 251
    assert site.comments == []
    assert "2026-04-01T03:00:00Z" in site.issues[250]["body"]


def test_an_older_run_neither_edits_nor_closes_what_a_newer_one_said(tmp_path: Path, site: Site) -> None:
    live(tmp_path / "newer", story(*[HURT] * 9), the_repo(site))
    before = dict(site.issues[0])
    behind = tmp_path / "behind"
    outcomes = live(behind, story(HURT, HURT, GOOD, GOOD), the_repo(site))
    assert site.issues[0] == before
    assert all(outcome.sent == () for outcome in outcomes)
    # It is said, for a history that is older than what was told from it has lost runs.
    told = faults(outcomes)
    assert len(told) == 2
    assert [fault for fault in told if "1 issue was written by a later run of this history" not in fault] == []
    live(behind, [a_run(20, GOOD)], the_repo(site))
    assert site.issues[0] == before  # the history behind never told it, so it has nothing to take back


@pytest.mark.parametrize("mark", ["run:9999-12-31T23:59:59Z", f"run:{'f' * 32}:999999999999999999", "run:", ""])
@pytest.mark.parametrize("happened", ["new", "still"])
def test_a_strangers_issue_with_our_marks_silences_nothing(
    tmp_path: Path, site: Site, mark: str, happened: str
) -> None:
    body = f"<!-- driftwright:alert:{KEY} -->\n<!-- driftwright:{mark} -->"
    planted = {"title": "x", "body": body, "labels": ["driftwright"], "state": "open", "user": {"login": "stranger"}}
    if happened == "still":  # the alert was told already, and then the issue of it was taken away
        live(tmp_path, story(HURT, HURT), the_repo(site))
        site.issues = []
    site.issues.append({**planted, "number": 1})
    runs = [a_run(number, HURT) for number in (3, 4)]
    assert faults(live(tmp_path, runs, the_repo(site))) == []
    assert site.issues[0] == {**planted, "number": 1}
    assert site.issues[1]["user"] == {"login": site.login}


def test_a_clock_in_the_future_ends_no_alert(tmp_path: Path, site: Site) -> None:
    ahead = [replace(run, recorded_at=f"9999-12-31T23:59:5{run.sequence}.000000Z") for run in story(HURT, HURT)]
    live(tmp_path, [*ahead, a_run(3, GOOD), a_run(4, GOOD)], the_repo(site))
    assert [issue["state"] for issue in site.issues] == ["closed"]
    live(tmp_path / "begun anew", [a_run(5, HURT), a_run(6, HURT)], the_repo(site))
    assert [issue["state"] for issue in site.issues] == ["open"]


def test_the_token_of_a_workflow_is_asked_whose_it_is_by_the_other_way(tmp_path: Path, site: Site) -> None:
    site.workflow, site.login = True, "github-actions[bot]"
    live(tmp_path, story(*[HURT] * 4), the_repo(site))
    assert len(site.issues) == 1
    site.fails = lambda asked: 403 if "graphql" in asked.path else None
    (fault,) = faults(live(tmp_path, [a_run(5, GRAVE), a_run(6, GRAVE)], the_repo(site))[:1])
    assert fault.startswith("GitHub answered 403")


def test_an_entry_about_a_run_that_is_still_to_come_is_told_as_a_fault_and_silences_nothing(
    tmp_path: Path, site: Site
) -> None:
    live(tmp_path, story(GOOD))
    with History(tmp_path) as history:
        history.mark(Sent(f"github:{REPO}", KEY, 2**62, active=True, run="x"))
    told = faults(live(tmp_path, [a_run(number, HURT) for number in (2, 3, 4)], the_repo(site)))
    assert len(site.issues) == 1
    assert len(told) == 1
    assert "that a run still to come was told" in told[0]


def test_what_could_not_be_sent_is_sent_by_the_next_run_once(tmp_path: Path, site: Site) -> None:
    site.fails = lambda asked: 503 if asked.method != "GET" else None
    outcomes = live(tmp_path, story(HURT, HURT), the_repo(site))
    assert faults(outcomes) == [
        "GitHub answered 503; look at its address and at what the token may do; the next run sends what is left"
    ]
    assert len(site.writes()) == 1  # making an issue is never tried twice: it may have been made
    with History(tmp_path) as history:
        assert len(history.runs()) == 2
    site.fails = lambda _: None
    live(tmp_path, [a_run(3, HURT)], the_repo(site))
    assert len(site.issues) == 1
    site.fails = lambda asked: 500 if asked.method == "PATCH" else None
    before = len(site.asked)
    assert faults(live(tmp_path, [a_run(4, MORE), a_run(5, MORE)], the_repo(site)))
    assert len([one for one in site.asked[before:] if one.method == "PATCH"]) == 4  # one more time each, not more
    site.fails = lambda _: None
    live(tmp_path, [a_run(6, MORE)], the_repo(site))
    assert [text.partition(":")[0] for _, text in site.comments] == ["It got worse"]


def test_what_came_and_went_while_nothing_could_be_sent_is_never_told(tmp_path: Path, site: Site) -> None:
    site.fails = lambda _: 502
    live(tmp_path, story(HURT, HURT, GOOD, GOOD), the_repo(site))
    site.fails = lambda _: None
    live(tmp_path, [a_run(5, GOOD)], the_repo(site))
    assert site.issues == []


def test_one_channel_that_fails_keeps_no_other_from_being_told(tmp_path: Path, site: Site) -> None:
    nowhere = channel("webhook", {WEBHOOK: "http://127.0.0.1:9/secret-path"})
    outcomes = live(tmp_path, story(HURT, HURT), nowhere, the_repo(site))
    assert len(site.issues) == 1
    (fault,) = faults(outcomes)
    assert fault == "the webhook did not answer (URLError); the next run sends what is left"


def test_the_token_goes_to_nobody_else_and_stands_in_no_fault(tmp_path: Path, site: Site) -> None:
    stolen = list[Asked]()

    def thief(asked: Asked) -> tuple[int, Any]:
        stolen.append(asked)
        return 200, []

    with serving(thief) as elsewhere, serving(lambda _: (302, {}), {"Location": f"{elsewhere}/x"}) as redirecting:
        (fault,) = faults(live(tmp_path, story(HURT, HURT), replace(the_repo(site), api=Rest(redirecting, TOKEN))))
    assert stolen == []
    assert fault == "GitHub answered 302; look at its address; the next run sends what is left"
    site.fails = lambda _: 401
    (refused,) = faults(live(tmp_path / "b", story(HURT, HURT), the_repo(site)))
    assert TOKEN not in refused + fault + repr(the_repo(site))
    assert {asked.headers["authorization"] for asked in site.asked} == {f"Bearer {TOKEN}"}
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "url",
    ["http://example.org/x", "ftp://example.org", "file:///etc/passwd", "https://user:word@example.org/", "nonsense",
     "https:///", "http://127.0.0.1.example.org/", "https://example.org/a b", "https://example.org/\nx", "http://[::1"],
)  # fmt: skip
def test_an_address_that_no_secret_may_go_to_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(InputFault) as refused:
        checked_url(url, "DRIFTWRIGHT_WEBHOOK_URL")
    assert url not in str(refused.value)
    assert str(refused.value).startswith("DRIFTWRIGHT_WEBHOOK_URL: ")


@pytest.mark.parametrize(
    "url", ["https://example.org/x?y", "http://127.0.0.1:80/", "http://localhost/", "http://[::1]/"]
)
def test_https_and_this_machine_are_addresses(url: str) -> None:
    assert checked_url(url, "X") == url


@pytest.mark.parametrize(
    ("name", "environment", "repo", "line"),
    [
        ("github", {}, None, "--repo: no repository for the issues; name it as owner/name"),
        ("github", {}, "a/../b", "--repo: no repository; name it as owner/name"),
        ("github", {"PATH": ""}, REPO, "GITHUB_TOKEN: no way to GitHub; set it or GH_TOKEN to a token, or sign"),
        ("github", {"PATH": "", "GH_TOKEN": "a\nb"}, REPO, "GITHUB_TOKEN: a token with a character that none has"),
        ("github", {"GH_TOKEN": "t", "GITHUB_API_URL": "http://example.org"}, REPO, "GITHUB_API_URL: not https"),
        ("webhook", {}, None, "DRIFTWRIGHT_WEBHOOK_URL: no address for the webhook"),
        ("apprise", {}, None, "DRIFTWRIGHT_APPRISE_URLS: no address for apprise"),
        ("pigeon", {}, None, "--alert: there is no channel 'pigeon'; use one of github, webhook, apprise"),
    ],
)  # fmt: skip
def test_a_channel_that_lacks_something_says_so_in_one_line(
    name: str, environment: dict[str, str], repo: str | None, line: str
) -> None:
    with pytest.raises(InputFault) as refused:
        channel(name, environment, repo)
    assert str(refused.value).startswith(line)


def test_a_webhook_gets_one_post_with_all_that_is_news(tmp_path: Path) -> None:
    got = list[Asked]()

    def listen(asked: Asked) -> tuple[int, Any]:
        got.append(asked)
        return 200, {"ok": True}

    with serving(listen) as url:
        hook = channel("webhook", {WEBHOOK: f"{url}/hook/secret"})
        other = ("field-removed", "site", "/videos")
        runs = [replace(run, findings=(*run.findings, *a_run(1, GRAVE, other).findings)) for run in story(HURT, HURT)]
        live(tmp_path, [*runs, a_run(3, HURT), a_run(4, GOOD), a_run(5, GOOD), a_run(6, GOOD)], hook)
    assert [(one.method, one.path) for one in got] == [("POST", "/hook/secret")] * 2
    first, last = (one.document for one in got)
    assert [alert["event"] for alert in first["alerts"]] == ["new", "new"]
    assert [alert["event"] for alert in last["alerts"]] == ["recovered", "recovered"]
    assert first["format"] == "alerts-v1"
    assert first["alerts"][0]["key"] == KEY
    assert first["alerts"][0]["facts"] == [{"fact": "count", "verdict": "degraded", "effect": "silent"}]
    assert "Target shop, cause: field-renamed at site:/videos/{}/flag." in first["text"]


def test_apprise_is_asked_for_by_name_when_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InputFault, match=r"apprise is not installed; pip install 'driftwright\[notify\]'"):
        channel("apprise", {"DRIFTWRIGHT_APPRISE_URLS": "json://127.0.0.1"})


class ApprisePart:
    """What the channel uses of apprise: `add` tells whether it knows an address, `notify` whether all took it."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.said: list[dict[str, str]] = []

    def add(self, url: str) -> bool:
        self.urls.append(url)
        return "://" in url

    def notify(self, **said: str) -> bool:
        self.said.append(said)
        if "raise" in self.urls[0]:
            raise ValueError(self.urls[0])
        return "refuse" not in self.urls[0]


def test_apprise_says_what_is_news_and_its_faults_name_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("apprise")
    module.Apprise = ApprisePart  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apprise", module)
    name = "DRIFTWRIGHT_APPRISE_URLS"
    told: Any = channel("apprise", {name: "mail://a chat://b"})
    live(tmp_path / "a", story(HURT, HURT, HURT, GOOD, GOOD), told)
    assert [(said["notify_type"], said["body_format"]) for said in told.client.said] == [
        ("failure", "text"),
        ("success", "text"),
    ]
    assert told.client.urls == ["mail://a", "chat://b"]
    for word in ("refuse", "raise"):
        failing = channel("apprise", {name: f"{word}://secret-word"})
        (fault,) = faults(live(tmp_path / word, story(HURT, HURT), failing))
        assert fault.startswith("apprise could not send to every address")
        assert "secret-word" not in fault
    with pytest.raises(InputFault, match="address 2 is none that apprise knows"):
        channel("apprise", {name: "mail://a nonsense"})


GH = """#!{python}
import json, os, sys
with open(os.environ["GH_LOG"], "a") as log:
    log.write(json.dumps(sys.argv[1:]) + chr(10))
if sys.argv[1:] != ["auth", "token", "--hostname", "github.com"] or os.environ["GH_SAYS"] == "refuse":
    print("no oauth token found for {token}", file=sys.stderr)
    sys.exit(1)
print(os.environ["GH_SAYS"])
"""


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> dict[str, str]:
    """An environment with a small program called gh on PATH, signed in to the site that stands for GitHub."""
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(GH.format(python=sys.executable, token=TOKEN), "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("driftwright.history.alert.github._API", site.url)
    return {"PATH": str(program.parent), "GH_LOG": str(tmp_path / "gh.log"), "GH_SAYS": TOKEN}


def _asked_of_gh(environment: dict[str, str]) -> list[list[str]]:
    log = Path(environment["GH_LOG"])
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def test_gh_is_asked_once_for_its_token_and_for_nothing_else(tmp_path: Path, gh: dict[str, str], site: Site) -> None:
    told = channel("github", gh, REPO)
    live(tmp_path / "history", story(HURT, HURT, MORE, MORE, GOOD, GOOD), told)
    (issue,) = site.issues
    assert issue["state"] == "closed"
    assert [text.partition(":")[0] for _, text in site.comments] == ["It got worse", "Recovered"]
    assert {asked.headers["authorization"] for asked in site.asked} == {f"Bearer {TOKEN}"}
    assert _asked_of_gh(gh) == [["auth", "token", "--hostname", "github.com"]]
    assert TOKEN not in repr(told)


def test_a_token_of_the_environment_goes_before_that_of_gh(gh: dict[str, str], site: Site) -> None:
    told = channel("github", {**gh, "GITHUB_TOKEN": "another"}, REPO)
    with pytest.raises(MachineFault, match="GitHub answered 401"):
        list(told.send(pending(story(HURT, HURT), {})))
    assert {asked.headers["authorization"] for asked in site.asked} == {"Bearer another"}
    assert _asked_of_gh(gh) == []


def test_the_token_of_gh_is_shown_to_no_other_address(gh: dict[str, str]) -> None:
    with serving(lambda _: (200, [])) as elsewhere, pytest.raises(InputFault, match="no way to GitHub"):
        channel("github", {**gh, "GITHUB_API_URL": elsewhere}, REPO)
    assert _asked_of_gh(gh) == []


@pytest.mark.parametrize("says", ["refuse", "", "two words", "two\nlines"])
def test_a_gh_without_a_token_is_one_line_without_what_it_said(gh: dict[str, str], says: str) -> None:
    with pytest.raises(InputFault) as refused:
        channel("github", {**gh, "GH_SAYS": says}, REPO)
    assert str(refused.value).startswith(
        ("GITHUB_TOKEN: no way to GitHub; ", "gh auth token: a token with a character ")
    )
    assert TOKEN not in str(refused.value)
    assert "two" not in str(refused.value)


def test_a_gh_that_is_no_program_is_no_way_to_github(gh: dict[str, str]) -> None:
    (Path(gh["PATH"]) / "gh").write_bytes(b"\x7fELF nonsense")
    with pytest.raises(InputFault, match="no way to GitHub"):
        channel("github", gh, REPO)


def test_a_github_that_says_no_is_one_line_without_the_token(tmp_path: Path, gh: dict[str, str], site: Site) -> None:
    site.fails = lambda _: 403
    (fault,) = faults(live(tmp_path / "history", story(HURT, HURT), channel("github", gh, REPO)))
    assert fault.startswith("GitHub answered 403")
    assert TOKEN not in fault


def test_a_run_that_does_not_show_the_cause_leaves_the_issue_as_it_is(tmp_path: Path, site: Site) -> None:
    live(tmp_path, story(HURT, HURT, HURT), the_repo(site))
    before, written = dict(site.issues[0]), len(site.writes())
    live(tmp_path, [a_run(4, BLIND), a_run(5, "unseen"), a_run(6, GOOD)], the_repo(site))
    assert (site.issues, len(site.writes())) == ([before], written)


def test_two_that_send_at_once_make_one_issue(tmp_path: Path, site: Site) -> None:
    with History(tmp_path) as history:
        for run in story(HURT, HURT):
            history.add(run)
    threads = [threading.Thread(target=send, args=(tmp_path, [the_repo(site)], "shop")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.issues) == 1
    assert site.writes().count("POST issues") == 1


def test_the_body_holds_the_report_cut_by_whole_sections() -> None:
    report = json.loads(json.dumps(BROKEN))
    facts = [one for one in report["facts"] if one["verdict"] == "broken"]
    for number in range(300):
        report["facts"].append({**facts[0], "name": f"more_{number}", "says": "It is wrong, and it stays wrong. " * 8})
    (alert,) = {key: one for key, one in _alerts(story(HURT, HURT)).items() if key == KEY}.values()
    one = message(Happening.NEW, alert, [a_run(2, HURT)], read(report))
    assert 40_000 < len(one.body) <= LONGEST_BODY
    assert "**Cut short:**" in one.body
    assert one.body.count("\n```") % 2 == 0  # no fence is left open
    assert one.body.count("<details>") == one.body.count("</details>")


def _alerts(runs: list[Run]) -> Any:
    from driftwright.history.alert.life import life

    return life(runs)[0].alerts


def test_a_channel_that_cannot_edit_never_hears_that_an_alert_is_still_there() -> None:
    runs = story(HURT, HURT, HURT)
    told = {KEY: Sent("webhook", KEY, 2, active=True, run=runs[1].id)}
    (still,) = pending(runs, told)
    assert still.happening is Happening.STILL
    hook = channel("webhook", {WEBHOOK: "https://example.org/"})
    assert news([still], hook) == ()


def _options(**more: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"alert": None, "repo": None, "dry_run": True, **more})


def test_a_dry_run_needs_no_secret_and_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN", "GH_TOKEN", WEBHOOK):
        monkeypatch.delenv(name, raising=False)
    assert [one.name for one in channels_of(_options())] == ["github"]
    assert [one.name for one in channels_of(_options(alert=["github", "webhook"], repo=REPO))] == [
        f"github:{REPO}",
        "webhook",
    ]
    with History(tmp_path / "history") as history:
        for run in story(HURT, HURT):
            history.add(run)
    done = run_here(
        tmp_path, "alert", "--history", str(tmp_path), "--dry-run", "--alert", "github", "--alert", "webhook"
    )
    assert (done.code, done.stderr) == (0, "")
    title = "driftwright: shop: field-renamed at site:/videos/{}/flag hurts 1 fact"
    assert done.stdout.count(f"  event: new\n  title: {title}\n  body:\n") == 2
    assert f"  | <!-- driftwright:alert:{KEY} -->\n" in done.stdout
    with History(tmp_path / "history") as history:
        assert history.sent("github") == history.sent("webhook") == {}


def test_the_alert_command_sends_from_a_job_of_its_own_and_exits_4_when_it_cannot(tmp_path: Path, site: Site) -> None:
    with History(tmp_path / "history") as history:
        for run in story(HURT, HURT):
            history.add(run)
    environment = {"GITHUB_API_URL": site.url, "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPO}
    command = ("alert", "--history", str(tmp_path), "--alert", "github")
    site.fails = lambda _: 500
    done = run_here(tmp_path, *command, **environment)
    assert done.code == 4
    assert done.stderr.startswith("driftwright: GitHub answered 500")
    site.fails = lambda _: None
    done = run_here(tmp_path, *command, **environment)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"told github:{REPO}: new: driftwright: shop: field-renamed")
    assert TOKEN not in done.stdout
    again = run_here(tmp_path, *command, **environment)
    assert again.stdout.startswith(f"told github:{REPO}: still")
    assert len(site.issues) == 1
    nobody = run_here(tmp_path, "alert", "--history", str(tmp_path))
    assert (nobody.code, nobody.stderr) == (
        2,
        "driftwright: --alert: nobody to tell; name a channel, or ask with --dry-run what would be said\n",
    )


def test_a_fault_of_the_machine_is_what_failing_to_send_is() -> None:
    hook = channel("webhook", {WEBHOOK: "http://127.0.0.1:9/"})
    with pytest.raises(MachineFault):
        list(hook.send(pending(story(HURT, HURT), {})))
