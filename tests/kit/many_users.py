"""Many users, made up: fingerprints and snapshots of a few shapes, by day, version and country."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from driftwright.snapshot.file import read_snapshot, snapshot_record
from driftwright.structure import fingerprint_of_shape, fold, layout_of
from driftwright.verdict.cohorts.files import StoreLayout, fold_files
from driftwright.verdict.cohorts.folded import Folded
from driftwright.workspace import find_workspace, load_stores

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "standin.snapshot.json"
RENAMES = ("", "moderated", "progress", "mediaUrl")


@cache
def areas(number: int) -> str:
    """Return the areas of a fingerprint of the stand-in's site; each number up to 40 is another shape."""
    stores = load_stores(find_workspace(str(ROOT)).schemas)
    (document,) = (
        entry.value for view in read_snapshot(SAMPLE).areas for entry in view.entries if entry.store == "site"
    )
    text = json.dumps(document)
    for bit, name in enumerate(("moderated", "progress", "mediaUrl", "videoUrl", "width", "height")):
        if number >> bit & 1:
            text = text.replace(f'"{name}"', f'"{name}Now"')
    shape = fold([json.loads(text)], layout_of(fold([document], stores["site"].latest.layout)))
    return json.dumps(
        [{"area": "session", "others": 0, "entries": [], "shapes": {"site": fingerprint_of_shape(shape)}}]
    )


def fingerprint(number: int, day: str, app: str = "", country: str = "", factor: int = 1) -> dict[str, Any]:
    """Return a fingerprint; a user with more records has counts that are so many times as large."""
    labels = {name: value for name, value in (("app", app), ("country", country)) if value}
    return {
        "format": "snapshot-v1",
        "provenance": {"target": "standin", "state": "", "origin": "", "browser": "", "tool": "0",
                       "taken_at": f"{day}T00:00:00Z", "way": "fingerprint"},
        "redaction": {"redactor": "", "policy": ""},
        "labels": labels,
        "areas": _times(json.loads(areas(number)), factor),
    }  # fmt: skip


def _times(value: Any, factor: int) -> Any:
    if isinstance(value, dict):
        return {name: _times(part, factor) for name, part in value.items()}
    if isinstance(value, list):
        return [_times(part, factor) for part in value]
    return value * factor if isinstance(value, int) else value


def drawn(count: int, shapes: int, seed: int) -> Iterator[tuple[int, str, str, str, int]]:
    """Yield users: shape, day, version, country and how many times the usual records they have."""
    draw = random.Random(seed)  # noqa: S311 - made-up users
    weights = [1 / (number + 1) for number in range(shapes)]
    for number in draw.choices(range(shapes), weights, k=count):
        day = f"2026-06-{draw.randint(1, 5):02}"
        yield number, day, draw.choice(("2.0", "2.1")), draw.choice(("DE", "FR", "", "LU")), draw.randint(1, 5)


def write_snapshots(folder: Path, count: int) -> list[str]:
    """Write snapshots of three shapes on three days, and return their files."""
    base = read_snapshot(SAMPLE)
    texts = []
    for name in RENAMES[:3]:
        views = []
        for view in base.areas:
            entries = (replace(entry, value=_renamed(entry.value, name)) for entry in view.entries)
            views.append(replace(view, entries=tuple(entries)))
        for day in range(1, 4):
            where = replace(base.provenance, taken_at=f"2026-05-0{day}T10:00:00Z")
            texts.append(json.dumps(snapshot_record(replace(base, areas=tuple(views), provenance=where, answers=None))))
    files = []
    for number in range(count):
        file = folder / f"{number:05}.snapshot.json"
        file.write_text(texts[number % len(texts)])
        files.append(str(file))
    return files


def _renamed(value: Any, name: str) -> Any:
    return json.loads(json.dumps(value).replace(f'"{name}"', f'"{name}Now"')) if name else value


def fold_or_die(once: str, layouts: Mapping[str, StoreLayout], names: Sequence[str]) -> Folded:
    """Fold captures; who first gets to the file `00007` is killed in the middle of its work."""
    folded = fold_files(layouts, names)
    if any("00007" in name for name in names) and not Path(once).exists():
        Path(once).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return folded
