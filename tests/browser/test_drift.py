"""End to end: each release of the stand-in, opened in a real Chromium by `driftwright run`, and what is said of it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import driftwright
from driftwright.snapshot.capture.launched.browser import has_sandbox
from kit.once import Made
from kit.releases import Releases, Run, releases, run_standin

pytestmark = pytest.mark.browser("shared")

ROOT = Path(__file__).resolve().parents[2]
PROBES = ROOT / "probes"
VARIANTS = tomllib.loads((PROBES / "standin.toml").read_text(encoding="utf-8"))["variant"]
EXPECT: dict[str, str] = {variant["name"]: variant["expect"] for variant in VARIANTS}
EXIT = {"intact": 0, "drift": 1, "unseen": 3}

# What the first source of each derived fact does under each release; a fact that is not named answers as before.
COUNTS = (
    "attempt_details credits_used moderated_count session_state successful_count unmoderated_count video_group "
    "videos_generated"
)
LISTS = f"attempt_outcomes {COUNTS} video_progress"
# What takes all from both maps, and what needs the image besides.
HOOKS = "storage_of_page storage_sync_hook"
IMAGES = "original_image_prompt parent_image_url session_summary storage_sync_hook"
EFFECTS: dict[str, dict[str, str]] = {
    # A renamed flag reads as "not moderated": failures vanish, successes appear, nothing throws. Whoever asks for an
    # address as well is not hurt.
    "rename-moderated": {
        "silent": f"attempt_outcomes latest_outcome moderated_count session_state unmoderated_count {HOOKS}"
    },
    # `=== true` no longer holds for 1; readers that test truth are not hurt.
    "moderated-as-int": {"silent": "attempt_outcomes latest_outcome unmoderated_count"},
    # The text "false" is true.
    "moderated-as-text": {
        "silent": "attempt_outcomes latest_outcome moderated_count session_state successful_count unmoderated_count "
        f"{HOOKS}",
    },
    # The wide search takes a page that no list names for an image of its own; the others find nothing.
    "rename-video-id": {
        "silent": f"{COUNTS} image_of_session storage_sync_hook",
        "unavailable": "parent_image_of_video progress_of_video storage_of_page",
    },
    "rename-video-map": {
        "silent": LISTS,
        "unavailable": "active_session_is_stale image_of_session latest_outcome parent_image_of_video "
        f"progress_of_video recent_video {HOOKS}",
    },
    # The hook of phase 1 gives everything or nothing; the one that ships leaves the prompt out and gives the rest.
    "drop-images": {"unavailable": IMAGES, "silent": "storage_of_page"},
    "list-to-map": {
        "throws": LISTS,
        "silent": "image_of_session recent_video",
        "unavailable": f"latest_outcome parent_image_of_video progress_of_video {HOOKS}",
    },
    "list-in-page-object": {
        "throws": LISTS,
        "silent": "image_of_session recent_video",
        "unavailable": f"latest_outcome parent_image_of_video progress_of_video {HOOKS}",
    },
    "null-items": {"throws": "attempt_outcomes"},
    "unwrap-envelope": {
        "silent": LISTS,
        "unavailable": "active_session_is_stale image_of_session latest_outcome parent_image_of_video "
        f"progress_of_video recent_video storage_of_page {IMAGES}",
    },
    "key-by-video": {
        "silent": f"{LISTS} active_session_is_stale image_of_session parent_image_of_video recent_video {HOOKS}",
        "unavailable": "latest_outcome",
    },
    # A video that is under way is counted like a finished one, unless its address or its flag is asked for.
    "list-unfinished": {
        "silent": "attempt_details attempt_outcomes credits_used latest_outcome session_state unmoderated_count "
        f"video_group video_progress videos_generated {HOOKS}",
    },
}
EVERY_FACT = sorted(file.stem for file in (ROOT / "contracts").glob("*.toml"))
# A store that lies elsewhere, or in a text that is no JSON: the data is alive, and every reader finds nothing.
DISPLACED = {
    "rename-key": "store-key-renamed",
    "move-to-local-storage": "store-moved",
    "move-to-indexed-db": "store-moved",
    "key-per-user": "store-key-renamed",
    "split-in-two-keys": "store-split",
    "pack-in-base64": "store-compressed",
}
EFFECTS |= {name: {"unavailable": " ".join(EVERY_FACT)} for name in DISPLACED}

# Facts whose reader answers as before, but whose first source is no longer trusted by its own guard.
GUARDED = {
    "rename-moderated": {"successful_count"},
    "rename-video-id": {"attempt_outcomes"},
    "key-by-video": {"progress_of_video"},
    "list-unfinished": {"moderated_count", "progress_of_video", "successful_count"},
}

# The one cause that each release is put down to; a release without a change of structure has none.
RULES: dict[str, list[tuple[str, str, str | None]]] = {
    "rename-moderated": [
        ("field-renamed", "/state/videoByMediaId/{}/[]/moderated", "/state/videoByMediaId/{}/[]/isModerated")
    ],
    "moderated-as-int": [("flag-became-number", "/state/videoByMediaId/{}/[]/moderated", None)],
    "moderated-as-text": [("flag-became-text", "/state/videoByMediaId/{}/[]/moderated", None)],
    "rename-video-id": [
        ("field-renamed", "/state/videoByMediaId/{}/[]/videoId", "/state/videoByMediaId/{}/[]/videoUuid")
    ],
    "rename-video-map": [("field-renamed", "/state/videoByMediaId", "/state/videosByParentId")],
    "drop-images": [("field-removed", "/state/imageByMediaId", None)],
    "list-to-map": [("list-became-map", "/state/videoByMediaId/{}", None)],
    "list-in-page-object": [("list-became-page", "/state/videoByMediaId/{}", "/state/videoByMediaId/{}/items")],
    "null-items": [],
    "unwrap-envelope": [("envelope-unwrapped", "/", None)],
    **{name: [(rule, "/", None)] for name, rule in DISPLACED.items()},
    "key-by-video": [("keys-changed-space", "/state/videoByMediaId", None)],
    "list-unfinished": [],
    "key-order": [],
    "more-records": [],
    "version-bump": [("version-changed", "/version", None)],
    "empty": [],
}

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
    assert set(RULES) | {"new-field", "new-slice"} == set(EXPECT)


@pytest.mark.parametrize("name", EXPECT)
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
    file = Path(driftwright.__file__).parent / "report" / "formats" / "report-v1.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)
    counted = [fact["verdict"] for fact in report["facts"]]
    assert report["summary"] == {
        "facts": len(EVERY_FACT),
        **{verdict: counted.count(verdict) for verdict in ("intact", "degraded", "broken", "unseen")},
        "suppressed": 0,
    }


def _effects_are(run: Run, name: str) -> None:
    expected = {fact: effect for effect, facts in EFFECTS.get(name, {}).items() for fact in facts.split()}
    found = {fact: held["effect"] for fact, held in run.facts.items() if held["effect"] != "same"}
    assert found == expected
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
    if name in RULES:
        assert found == RULES[name]
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
        for fact in run.facts.values():
            assert fact["name"].replace("_", "") in re.sub(r"[\\_]", "", text) or fact["verdict"] == "intact"
        assert run.report["verdict"] in text.lower()


def _holds_nothing_private(run: Run) -> None:
    text = run.everything()
    assert [word for word in PRIVATE if word.lower() in text.lower()] == []
    assert set(re.findall(r"https?://([\w.:-]++)(?!…)", text)) <= HOSTS  # what was cut short is no host
    snapshot = (run.folder / "standin.snapshot.json").read_text(encoding="utf-8")
    times = re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", snapshot)
    # Times keep their order and distance class on an invented day; the one real time is when the capture was taken.
    assert [time for time in times if not time.startswith("2025-")] == [run.report["capture"]["taken_at"]]


def test_a_lost_flag_hides_failures_and_a_numeric_one_makes_successes(release: Releases) -> None:
    renamed, numeric = release("rename-moderated").facts, release("moderated-as-int").facts
    assert (renamed["moderated_count"]["verdict"], renamed["moderated_count"]["effect"]) == ("degraded", "silent")
    assert (numeric["moderated_count"]["verdict"], numeric["moderated_count"]["effect"]) == ("intact", "same")
    evidence = numeric["unmoderated_count"]["evidence"]
    assert (evidence["before"]["text"], evidence["after"]["text"]) == ("0", "1")
    (attempts,) = evidence["store"]["site"]["state"]["videoByMediaId"].values()
    assert [attempt["moderated"] for attempt in attempts] == [1]
    assert numeric["unmoderated_count"]["fallback"]["source"] == "session record"


@pytest.mark.parametrize(
    ("name", "area", "key", "told"),
    [
        ("rename-key", "session", "useImagineMediaStore", "useImagineMediaStore"),
        ("move-to-local-storage", "local", "useMediaStore", "local"),
        # The database and its table have names that no schema knows.
        ("move-to-indexed-db", "indexed-db", r"imagine/x_[0-9a-f]{8}/useMediaStore", "indexed-db"),
        ("key-per-user", "session", rf"useMediaStore:{UUID}", "useMediaStore:"),
        ("split-in-two-keys", "session", "imagineImages", "imagineImages and imagineVideos"),
    ],
)
def test_a_store_that_moved_is_found_again(release: Releases, name: str, area: str, key: str, told: str) -> None:
    run = release(name)
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


def test_a_version_bump_alone_is_a_note(release: Releases) -> None:
    report = release("version-bump").report
    (change,) = report["changes"]
    assert change["level"] == "note"
    assert change["read_by"] == []
    assert [note for note in report["notes"] if "not a break by itself" in note]


@pytest.mark.parametrize("name", ["new-field", "new-slice"])
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


def test_a_hole_breaks_only_the_reader_that_trips_over_it(release: Releases) -> None:
    fact = release("null-items").facts["attempt_outcomes"]
    assert (fact["basis"], fact["evidence"]["moment"]) == ("capture", "capture")
    assert "TypeError" in fact["evidence"]["error"]
    # What is right on a capture nobody knows.
    assert fact["fallback"]["right"] is None


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
    file = Path(driftwright.__file__).parent / "report" / "formats" / "report-v1.schema.json"
    jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8"))).validate(report)
    assert report["facts"] == []
