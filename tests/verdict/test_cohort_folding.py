"""Captures of many users, folded by each engine: the same to the byte, also where a worker is killed."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault, MachineFault
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.model import Labels
from driftwright.verdict.cohorts.engines import _by_dask, fold_captures
from driftwright.verdict.cohorts.files import StoreLayout, fold_files, layouts_of
from driftwright.verdict.cohorts.folded import folded_text, merge_folded
from driftwright.verdict.cohorts.inputs import inputs_of
from driftwright.verdict.cohorts.pool import in_processes
from driftwright.workspace import find_workspace, load_stores
from kit.many_users import ROOT, fingerprint, fold_or_die, write_snapshots

COUNT = 40


@pytest.fixture(scope="module")
def layouts() -> dict[str, StoreLayout]:
    return layouts_of(load_stores(find_workspace(str(ROOT)).schemas))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("captures")
    files = write_snapshots(folder, COUNT)
    (folder / "00011.snapshot.json").write_text('{"format": "snapshot-v1", "digest": ')
    return files


def batches(files: Sequence[str]) -> list[list[str]]:
    return [list(files[start : start + 10]) for start in range(0, len(files), 10)]


def test_nothing_is_lost_and_the_damaged_one_is_named(files: list[str], layouts: dict[str, StoreLayout]) -> None:
    folded = fold_captures(files, layouts, "serial")
    assert sum(folded.counts.values()) == COUNT - 1
    assert len(folded.outlines) == 3
    assert folded.odd.count == 1
    assert "00011.snapshot.json" in folded.odd.named[0]


def test_in_which_order_and_parts_captures_are_folded_does_not_matter(
    files: list[str], layouts: dict[str, StoreLayout]
) -> None:
    whole = folded_text(fold_captures(files, layouts, "serial"))
    shuffled = random.Random(5).sample(files, len(files))  # noqa: S311 - an order
    parts = [fold_files(layouts, shuffled[start : start + 17]) for start in range(0, COUNT, 17)]
    assert folded_text(merge_folded(parts)) == folded_text(merge_folded(parts[::-1])) == whole


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process kills itself by a signal of POSIX")
def test_a_pool_of_which_a_process_is_killed_gives_what_one_process_gives(
    files: list[str], layouts: dict[str, StoreLayout], tmp_path: Path
) -> None:
    once = tmp_path / "killed"
    work = partial(fold_or_die, str(once), layouts)
    found = merge_folded(in_processes(batches(files), work, 2, lambda batch: batch[0]))
    assert once.exists(), "nothing was killed"
    assert folded_text(found) == folded_text(fold_captures(files, layouts, "serial"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process kills itself by a signal of POSIX")
def test_a_task_that_ends_every_process_is_a_fault_that_names_it() -> None:
    with pytest.raises(MachineFault, match=r"the only: processes end again and again"):
        list(in_processes([1], os._exit, 1, lambda _: "the only"))


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is of the dev group")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


@pytest.mark.filterwarnings("ignore")
@pytest.mark.nightly
def test_a_scheduler_of_dask_of_which_a_worker_is_killed_gives_the_same(
    files: list[str], layouts: dict[str, StoreLayout], cluster: Any, tmp_path: Path
) -> None:
    host = cluster.scheduler_address.removeprefix("tcp://")
    serial = folded_text(fold_captures(files, layouts, "serial"))
    assert folded_text(fold_captures(files, layouts, f"dask://{host}")) == serial
    once = tmp_path / "killed"
    killed = merge_folded(_by_dask(batches(files), partial(fold_or_die, str(once), layouts), host))
    assert once.exists(), "nothing was killed"
    assert folded_text(killed) == serial


@pytest.mark.parametrize(("engine", "says"), [("spark", "no engine 'spark'"), ("dask://127.0.0.1:1", "no scheduler")])
@pytest.mark.filterwarnings("ignore")
def test_an_engine_that_is_not_there_is_one_line(
    layouts: dict[str, StoreLayout], files: list[str], monkeypatch: pytest.MonkeyPatch, engine: str, says: str
) -> None:
    monkeypatch.setattr("driftwright.verdict.cohorts.engines._PATIENCE", 1)
    with pytest.raises((InputFault, MachineFault), match=says):
        fold_captures(files[:1], layouts, engine)


def test_inputs_are_files_folders_patterns_and_addresses(tmp_path: Path) -> None:
    write_snapshots(tmp_path, 3)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "told.jsonl").write_text("")
    pattern = str(tmp_path / "0000[01]*")
    assert len(inputs_of([pattern, pattern]).captures) == 2
    assert inputs_of([str(tmp_path)]).tables == (str(tmp_path / "below" / "told.jsonl"),)
    address = f"file://{tmp_path}/*.snapshot.json"
    assert len(inputs_of([address]).captures) == 3
    assert sum(fold_files({}, inputs_of([address]).captures).counts.values()) == 3
    with pytest.raises(InputFault, match="no capture and no table here"):
        inputs_of([str(tmp_path / "nothing*")])
    with pytest.raises(InputFault, match="no way to open"):
        inputs_of(["nowhere://x/*.json"])


@pytest.mark.parametrize("labels", [{"app": "a b"}, {"country": "Germany"}, {"app": 3}, []])
def test_a_label_that_is_none_sets_a_capture_aside(tmp_path: Path, labels: object) -> None:
    file = tmp_path / "told.json"
    file.write_text(json.dumps({**fingerprint(0, "2026-06-01"), "labels": labels}))
    folded = fold_files({}, [str(file)])
    assert (folded.counts, folded.odd.count) == ({}, 1)


def test_the_labels_of_a_snapshot_are_kept_in_its_file(tmp_path: Path) -> None:
    (name,) = write_snapshots(tmp_path, 1)
    labelled = replace(read_snapshot(Path(name)), labels=Labels("2.0", "DE"))
    write_snapshot(labelled, Path(name))
    assert read_snapshot(Path(name)).labels == Labels("2.0", "DE")
    (sighting,) = fold_files({}, [name]).counts
    assert sighting[1:] == ("2026-05-01", "2.0", "DE")
