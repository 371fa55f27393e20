"""The known-good stores of the site are what the small site makes of its moments, and nothing that it never writes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "schemas" / "grok" / "useMediaStore" / "v1"
KEPT = {file.name.removesuffix(".witness.json"): json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}


def _lists(store: Mapping[str, Any], slice_: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for container, held in store["state"][slice_].items():
        yield container, [entry for entry in held if entry is not None]


def test_nobody_edited_them_by_hand() -> None:
    command = ("node", str(ROOT / "probes" / "standin" / "witnesses.mjs"))
    played = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(played.stdout) == KEPT, "run ci/witnesses"


@pytest.mark.parametrize("moment", KEPT)
def test_a_container_lists_one_refusal_at_most_and_its_own_videos_alone(moment: str) -> None:
    for container, videos in _lists(KEPT[moment], "videoByMediaId"):
        assert sum(video["moderated"] for video in videos) <= 1
        assert {video["parentPostId"] for video in videos} <= {container}
        assert {video["progress"] for video in videos} <= {100}
        assert all((video["mediaUrl"] == "") == video["moderated"] for video in videos)


@pytest.mark.parametrize("moment", KEPT)
def test_the_image_of_a_container_comes_first_and_holds_its_videos_as_items(moment: str) -> None:
    videos = dict(_lists(KEPT[moment], "videoByMediaId"))
    for container, (image, *edits) in _lists(KEPT[moment], "imageByMediaId"):
        assert image["id"] == container != image["optimisticId"]
        assert [child["id"] for child in image["childPosts"]] == [video["videoId"] for video in videos[container]]
        assert {edit["originalPostId"] for edit in edits} <= {container}


def test_some_container_has_an_edit_and_some_list_a_hole() -> None:
    assert any(len(images) > 1 for store in KEPT.values() for _, images in _lists(store, "imageByMediaId"))
    assert any(None in held for store in KEPT.values() for held in store["state"]["videoByMediaId"].values())
