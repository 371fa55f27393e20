"""The timed probe: its file, and a generation of the stand-in in a real Chromium, from command line to report."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import driftwright
from driftwright.base.errors import InputFault
from driftwright.snapshot.capture.launched.watch import MAX_SAMPLES, _Kept
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.watch import Sample, Watch, read_capture, write_watch
from kit.faults import in_time
from kit.program import Done, Program

WATCHED = 15  # seconds
ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
WATCH = Watch(
    every_ms=100,
    lasted_ms=900,
    looks=9,
    left_out=0,
    samples=(Sample(0, 0, SNAPSHOT.areas[:1]), Sample(400, 1, SNAPSHOT.areas[:2])),
    final=SNAPSHOT,
)
LISTED = "a video is listed only when it has ended"
PLANTED = ("lighthouse", "canary-user")


# ---- the file


def test_a_watch_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_watch(WATCH, tmp_path / "a.watch.json")
    assert read_capture(tmp_path / "a.watch.json") == WATCH
    record = json.loads((tmp_path / "a.watch.json").read_text())
    schema = json.loads(
        (Path(driftwright.__file__).parent / "snapshot" / "formats" / "watch-v1.schema.json").read_text()
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(record)
    write_snapshot(SNAPSHOT, tmp_path / "a.snapshot.json")
    assert read_capture(tmp_path / "a.snapshot.json") == SNAPSHOT


def test_the_digest_is_of_what_was_seen_and_when() -> None:
    later = replace(WATCH, samples=(WATCH.samples[0], replace(WATCH.samples[1], at_ms=500)))
    emptied = replace(WATCH, samples=(WATCH.samples[0], replace(WATCH.samples[1], areas=())))
    assert len({WATCH.digest, later.digest, emptied.digest, replace(WATCH, looks=8).digest}) == 4


def _tampered(record: dict[str, Any], where: str, value: Any) -> None:
    *path, last = where.split("/")
    for step in path:
        record = record[int(step) if step.isdecimal() else step]  # type: ignore[index]
    record[last] = value


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("looks", 8, "/digest: the content does not match its digest"),
        ("samples/1/at_ms", 401, "/digest: the content does not match its digest"),
        ("samples/1/at_ms", -1, "/samples/1/at_ms: at_ms is less than nothing"),
        ("samples/1/page", "1", "/samples/1/page: page is of the wrong type"),
        ("samples", [1], "/samples/0: not an object"),
        ("samples", {}, "/samples: samples is of the wrong type"),
        ("samples/0/areas/0/area", "cookies", "no such storage area"),
        ("final", {}, "this is not a snapshot-v1 document"),
        ("final/provenance/state", 1, "/provenance/state: state is of the wrong type"),
        ("format", "watch-v2", "this is not a snapshot-v1 document"),
    ],
)
def test_a_file_that_was_edited_is_refused_with_the_place(tmp_path: Path, where: str, value: Any, message: str) -> None:
    file = tmp_path / "a.watch.json"
    write_watch(WATCH, file)
    record = json.loads(file.read_text())
    _tampered(record, where, value)
    file.write_text(json.dumps(record))
    with pytest.raises(InputFault) as fault:
        read_capture(file)
    assert message in str(fault.value)


def test_samples_out_of_order_are_refused(tmp_path: Path) -> None:
    write_watch(replace(WATCH, samples=WATCH.samples[::-1]), tmp_path / "a.watch.json")
    with pytest.raises(InputFault, match="not in the order of time"):
        read_capture(tmp_path / "a.watch.json")


def test_only_what_changed_is_kept_and_never_without_bound() -> None:
    kept = _Kept()
    for text in ("a", "a", "b", "b", "a"):
        kept.add(text, Sample(len(kept.samples), 0, ()))
    kept.add("a", Sample(9, 1, ()))  # a new page is news, whatever it shows
    assert len(kept.samples) == 4
    for number in range(2 * MAX_SAMPLES):
        kept.add(str(number), Sample(10 + number, 1, ()))
    assert len(kept.samples) == MAX_SAMPLES
    assert kept.left_out == 4 + 2 * MAX_SAMPLES - MAX_SAMPLES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--watch", "0"), "--watch: not a time to watch for; give 1 to 3600 seconds"),
        (("--watch", "nan"), "--watch: not a time to watch for"),
        (("--watch", "5", "--every", "1"), "--every: not a time between two looks; give 10 to 60000 milliseconds"),
        (("--watch", "5", "--state", "imag"), "no state 'imag'; did you mean image?"),
        (("--watch", "5", "--drift", "none"), "no variant 'none'"),
    ],
)
def test_a_mistake_of_usage_is_one_line(program: Program, arguments: tuple[str, ...], message: str) -> None:
    done = program("--workspace", str(ROOT), "probe", "standin", *arguments)
    assert done.code == 2, done.stderr
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


# ---- a generation


def _watched(program: Program, folder: Path, *variant: str) -> tuple[Watch, Done]:
    file, here = folder / "standin.watch.json", ("--workspace", str(ROOT))
    begun = time.monotonic()
    probed = program(*here, "probe", "standin", "--watch", str(WATCHED), *variant)
    assert in_time(time.monotonic() - begun, WATCHED)
    assert probed.code == 0, probed.stderr
    watch = read_capture(file)
    assert isinstance(watch, Watch)
    assert probed.stdout == f"{file.name}  {watch.digest}  {len(watch.samples)} samples of {watch.looks} looks\n"
    checked = program(*here, "check", file.name, "--format", "json")
    text = file.read_text() + probed.stdout + checked.stdout
    assert [word for word in PLANTED if word in text] == []
    return watch, checked


@pytest.mark.nightly  # what is not broken is intact in the watch below, too
@pytest.mark.browser("kept")
def test_an_intact_generation_is_silent(program: Program, tmp_path: Path) -> None:
    watch, checked = _watched(program, tmp_path)
    assert checked.code == 0, checked.stdout[:2000]
    report = json.loads(checked.stdout)
    assert report["verdict"] == "intact"
    assert report["changes"] == []
    held = {each["name"]: each["held"] for fact in report["facts"] for each in fact["invariants"]}
    assert False not in held.values()
    assert held[LISTED] is True
    assert held["refused videos are gone after a reload"] is True
    assert [note for note in report["notes"] if "had no occasion" in note or "not-ready" in note] == []
    assert [sample.page for sample in watch.samples] == sorted(sample.page for sample in watch.samples)
    assert {sample.page for sample in watch.samples} == {0, 1}
    assert watch.samples[0].at_ms < WATCHED * 1000 / 10
    assert watch.looks > len(watch.samples) >= 5


@pytest.mark.browser("kept")
def test_a_site_that_begins_to_list_unfinished_videos_breaks_the_counts(program: Program, tmp_path: Path) -> None:
    watch, checked = _watched(program, tmp_path, "--drift", "list-unfinished")
    assert checked.code == 1, checked.stdout[:2000]
    report = json.loads(checked.stdout)
    facts = {fact["name"]: fact for fact in report["facts"]}
    for name in ("credits_used", "unmoderated_count"):
        fact = facts[name]
        assert (fact["verdict"], fact["effect"], fact["basis"]) == ("degraded", "silent", "invariant")
        assert (fact["fallback"]["source"], fact["fallback"]["right"]) == ("session record", True)
        (shown,) = (each["shows"] for each in fact["invariants"] if each["name"] == LISTED and each["held"] is False)
        ((attempt,),) = shown["site"]["state"]["videoByMediaId"].values()
        assert set(attempt) == {"videoId", "progress"}
        assert attempt["progress"] < 100
        assert LISTED in [finding["path"] for finding in fact["findings"]]
        assert fact["evidence"]["before"]["text"] != fact["evidence"]["after"]["text"]
    (note,) = (note for note in report["notes"] if LISTED in note)
    assert attempt["videoId"] in note
    assert any(f" {sample.at_ms} ms into the watch" in note for sample in watch.samples)
    assert facts["parent_image_url"]["verdict"] == "intact"
