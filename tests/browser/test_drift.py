"""End to end: each release of the stand-in, opened in a real Chromium by `driftwright run`, and what is said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from driftwright.snapshot.capture.launched.browser import has_sandbox
from kit.examples import usually
from kit.once import Made
from kit.release_effects import BY_BROWSER, CAUSES, EFFECTS, EVERY_FACT, EXPECT, GUARDED, effects_of
from kit.releases import Releases, Run, releases, run_standin
from kit.valid import check_format

pytestmark = pytest.mark.browser("shared", "kept")

ROOT = Path(__file__).resolve().parents[2]
PROBES = ROOT / "probes"
EXIT = {"intact": 0, "drift": 1, "unseen": 3}

# Every private word that the stand-in makes up: prompts, names, file addresses, users.
PRIVATE = (
    "lighthouse",
    "canary",
    "dusk",
    "two moons",
    "among gulls",
    "heavy rain",
    "media.standin",
    "Slow",
    "evening",
    "?sig=",
    "0b7c52e9",
)
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HOSTS = {"standin.test", "masked.example", "assets.example"}


@pytest.fixture(scope="module", autouse=True)
def _packages() -> None:
    if not (PROBES / "standin" / "node_modules" / "zustand").is_dir():
        pytest.fail("probes/standin/node_modules is missing: run ci/setup, or npm ci in probes/standin", pytrace=False)


@pytest.fixture(scope="module")
def release(made_once: Made) -> Releases:
    return releases(made_once)


def test_every_release_has_its_expectations() -> None:
    drifting = {name for name, expect in EXPECT.items() if expect == "drift"}
    assert set(EFFECTS) == drifting
    assert set(CAUSES) | {"new-field", "new-slice"} == set(EXPECT)


@pytest.mark.parametrize("name", usually(EXPECT, BY_BROWSER))
def test_a_release_is_judged(release: Releases, name: str) -> None:
    run = release(name)
    assert run.code == EXIT[EXPECT[name]], run.stderr
    told = [line for line in run.stderr.splitlines() if "the browser had no sandbox" not in line]
    assert (told, len(run.stderr.splitlines())) == ([], int(not has_sandbox()))
    assert run.stdout.splitlines()[-1] == f"reports and snapshot: {run.folder}"
    files = {file.name for file in run.folder.iterdir()}
    assert files == {"report.html", "report.md", "report.json", "standin.snapshot.json", "history"}
    _is_published_format(run.report)
    _effects_are(run, name)
    _changes_are(run, name)
    _hurt_facts_are_proven(run)
    _every_format_tells(run)
    _holds_nothing_private(run)


def _is_published_format(report: Mapping[str, Any]) -> None:
    check_format(report)
    counted = [fact["verdict"] for fact in report["facts"]]
    assert report["summary"] == {
        "facts": len(EVERY_FACT),
        **{verdict: counted.count(verdict) for verdict in ("intact", "degraded", "broken", "unseen")},
        "suppressed": 0,
    }


def _effects_are(run: Run, name: str) -> None:
    found = {fact: held["effect"] for fact, held in run.facts.items() if held["effect"] != "same"}
    assert found == effects_of(name)
    stepped_down = {
        fact
        for fact, held in run.facts.items()
        if held["effect"] == "same" and held["verdict"] in ("degraded", "broken")
    }
    assert stepped_down == GUARDED.get(name, set())
    unseen = {fact for fact, held in run.facts.items() if held["verdict"] == "unseen"}
    assert unseen == (set(EVERY_FACT) if EXPECT[name] == "unseen" else set())


def _changes_are(run: Run, name: str) -> None:
    found = [(change["rule"], change["path"], change["to"]) for change in run.report["changes"]]
    if name in CAUSES:
        assert found == CAUSES[name]
    else:
        assert [rule for rule, _, _ in found] == ["field-added"]


def _hurt_facts_are_proven(run: Run) -> None:
    """What replay decided comes with the smallest store that shows it, and the answers before and after."""
    known = {change["id"] for change in run.report["changes"]}
    for fact in run.facts.values():
        assert set(fact["because"]) <= known
        if fact["effect"] == "same":
            continue
        evidence = fact["evidence"]
        assert evidence is not None, fact["name"]
        assert evidence["store"], fact["name"]
        assert (evidence["after"] is None) == (evidence["error"] is not None)
        if fact["basis"] == "replay":
            assert fact["because"], fact["name"]
            # As text: Python takes True and 1 for the same.
            assert json.dumps(evidence["store_before"]) != json.dumps(evidence["store"])
            assert evidence["before"] != evidence["after"]
            assert (evidence["error"] is not None) == (fact["effect"] == "throws")


def _every_format_tells(run: Run) -> None:
    texts = [run.stdout, *((run.folder / name).read_text(encoding="utf-8") for name in ("report.md", "report.html"))]
    for text in texts:
        plain = re.sub(r"[\\_]", "", text)
        for fact in run.facts.values():
            assert fact["name"].replace("_", "") in plain or fact["verdict"] == "intact"
        assert run.report["verdict"] in text.lower()


def _holds_nothing_private(run: Run) -> None:
    text = run.everything()
    assert [word for word in PRIVATE if word.lower() in text.lower()] == []
    assert set(re.findall(r"https?://([\w.:-]++)(?!…)", text)) <= HOSTS  # what was cut short is no host
    snapshot = (run.folder / "standin.snapshot.json").read_text(encoding="utf-8")
    times = re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", snapshot)
    # Times keep their order and distance class on an invented day; the one real time is when the capture was taken.
    assert [time for time in times if not time.startswith("2025-")] == [run.report["capture"]["taken_at"]]


@pytest.mark.nightly  # test_redaction.py judges both without a browser
def test_a_lost_flag_hides_failures_and_a_numeric_one_makes_successes(release: Releases) -> None:
    renamed, numeric = release("rename-moderated").facts, release("moderated-as-int").facts
    assert (renamed["moderated_count"]["verdict"], renamed["moderated_count"]["effect"]) == ("degraded", "silent")
    assert (numeric["moderated_count"]["verdict"], numeric["moderated_count"]["effect"]) == ("intact", "same")
    evidence = numeric["unmoderated_count"]["evidence"]
    assert (evidence["before"]["text"], evidence["after"]["text"]) == ("0", "1")
    (attempts,) = evidence["store"]["site"]["state"]["videoByMediaId"].values()
    assert [attempt["moderated"] for attempt in attempts] == [1]
    assert numeric["unmoderated_count"]["fallback"]["source"] == "session record"


# The release, where its store is found, and what is told of it.
MOVED = {
    "rename-key": ("session", "useImagineMediaStore", "useImagineMediaStore"),
    "move-to-local-storage": ("local", "useMediaStore", "local"),
    # The database and its table have names that no schema knows.
    "move-to-indexed-db": ("indexed-db", r"imagine/x_[0-9a-f]{8}/useMediaStore", "indexed-db"),
    "key-per-user": ("session", rf"useMediaStore:{UUID}", "useMediaStore:"),
    "split-in-two-keys": ("session", "imagineImages", "imagineImages and imagineVideos"),
}


@pytest.mark.parametrize("name", usually(MOVED, [name for name in MOVED if name in BY_BROWSER]))
def test_a_store_that_moved_is_found_again(release: Releases, name: str) -> None:
    run, (area, key, told) = release(name), MOVED[name]
    (site,) = (store for store in run.report["stores"] if store["name"] == "site")
    assert site["found"] == "elsewhere"
    assert (site["found_at"]["area"], site["found_at"]["where"]) == (area, "")
    assert re.fullmatch(key, site["found_at"]["key"])
    (change,) = run.report["changes"]
    assert told in change["message"]
    for text in (run.stdout, (run.folder / "report.md").read_text(encoding="utf-8")):
        assert told in text


def test_a_packed_store_is_named_by_its_packing_and_its_content_is_not_blamed(release: Releases) -> None:
    run = release("pack-in-base64")
    (site,) = (store for store in run.report["stores"] if store["name"] == "site")
    assert site["found"] == "unreadable"
    (change,) = run.report["changes"]
    assert "json-in-base64" in change["message"]
    assert "json-in-base64" in run.stdout
    snapshot = json.loads((run.folder / "standin.snapshot.json").read_text(encoding="utf-8"))
    (entry,) = (entry for view in snapshot["areas"] for entry in view["entries"] if entry["store"] == "site")
    assert len(entry["value"]["state"]["videoByMediaId"]) == 2


@pytest.mark.nightly  # test_redaction.py judges it without a browser
def test_a_version_bump_alone_is_a_note(release: Releases) -> None:
    report = release("version-bump").report
    (change,) = report["changes"]
    assert change["level"] == "note"
    assert change["read_by"] == []
    assert [note for note in report["notes"] if "not a break by itself" in note]


@pytest.mark.parametrize("name", usually(["new-field", "new-slice"], ["new-field"]))
def test_an_addition_goes_to_the_ledger_under_no_readable_name(release: Releases, name: str) -> None:
    (change,) = release(name).report["changes"]
    assert (change["level"], change["read_by"]) == ("note", [])
    assert re.search(r"/x_[0-9a-f]{8}\Z", change["path"])


def test_an_empty_store_proves_nothing_and_says_what_to_do(release: Releases) -> None:
    run = release("empty")
    for fact in run.facts.values():
        assert fact["basis"] == "none"
        assert fact["unseen"]["to_see"]
        assert any(path.startswith("site:/state/") for path in fact["unseen"]["paths"])
        assert fact["unseen"]["to_see"] in run.stdout


def test_what_no_shape_shows_is_found_by_what_must_hold(release: Releases) -> None:
    facts = release("list-unfinished").facts
    for name in EFFECTS["list-unfinished"]["silent"].split():
        assert facts[name]["basis"] == "invariant"
        assert any(invariant["held"] is False for invariant in facts[name]["invariants"])


@pytest.mark.nightly  # test_redaction.py judges it without a browser
def test_a_hole_breaks_only_the_reader_that_trips_over_it(release: Releases) -> None:
    fact = release("null-items").facts["attempt_outcomes"]
    assert (fact["basis"], fact["evidence"]["moment"]) == ("capture", "capture")
    assert "TypeError" in fact["evidence"]["error"]
    # What is right on a capture nobody knows.
    assert fact["fallback"]["right"] is None


@pytest.mark.nightly  # test_blind.py has a page that is not ready
def test_a_page_that_is_never_ready_is_blind_not_fine(tmp_path: Path) -> None:
    text = (PROBES / "standin.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^ready .*$", 'ready = "() => false"', text)
    text = re.sub(r"(?m)^deadline .*$", "deadline = 4", text)
    workspace = tmp_path / "workspace"
    (workspace / "probes").mkdir(parents=True)
    (workspace / "probes" / "standin.toml").write_text(text, encoding="utf-8")
    for name in ("contracts", "schemas", "probes/standin"):
        (workspace / name).symlink_to(ROOT / name)
    run = run_standin(tmp_path, workspace=workspace)
    assert run.code == 3, run.stderr
    report = run.report
    _is_published_format_of_blind(report)
    assert report["verdict"] == "blind"
    assert report["capture"]["blind"]["mend"]
    assert not (run.folder / "standin.snapshot.json").exists()


def _is_published_format_of_blind(report: Mapping[str, Any]) -> None:
    check_format(report)
    assert report["facts"] == []
