"""The known-good stores of the site are what the small site makes of its moments, and nothing that it never writes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
FOLDER = SCHEMAS / "grok" / "useMediaStore" / "v1"
OWN = SCHEMAS / "grok-auto-retry"
KEPT = {file.name.removesuffix(".witness.json"): json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}


def _lists(store: Mapping[str, Any], slice_: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for container, held in store["state"][slice_].items():
        yield container, [entry for entry in held if entry is not None]


def _played(script: str) -> Any:
    command = ("node", str(ROOT / "probes" / "standin" / script))
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


def _kept(place: str, moment: str) -> Any:
    return json.loads((OWN / place / f"{moment}.witness.json").read_text("utf-8"))


def test_nobody_edited_them_by_hand() -> None:
    assert _played("witnesses.mjs") == KEPT, "run ci/witnesses"


def test_what_the_extension_keeps_beside_them_is_what_its_scripts_make() -> None:
    played = _played("own-witnesses.mjs")
    kept = {moment: {place: _kept(place, moment) for place in stores} for moment, stores in played.items()}
    assert played == kept, "run ci/witnesses"
    assert len(kept["ended"]) == len(kept["two-keys"]) == 5


@pytest.mark.parametrize("place", ["session/v5", "session/v6"])
def test_own_counters_stand_at_zero_beside_three_videos_that_the_site_lists(place: str) -> None:
    ((image, videos),) = _lists(KEPT["ended"], "videoByMediaId")
    (main,) = _kept(place, "ended").values()
    later = _kept("sessions/v5", "ended")["state"]["sessionByMediaId"][image]
    counted = {session[name] for session in (main, later) for name in ("videosGenerated", "creditsUsed", "retryCount")}
    assert (counted, len(videos)) == ({0}, 3)
    assert main["lastSessionSummary"]["creditsUsed"] == later["lastSessionSummary"]["creditsUsed"] == len(videos)


@pytest.mark.parametrize("place", ["session/v5", "session/v6"])
def test_one_session_lies_under_the_image_and_under_a_video_of_it(place: str) -> None:
    ((image, videos),) = _lists(KEPT["two-keys"], "videoByMediaId")
    held = _kept(place, "two-keys")
    assert held.keys() == {image, videos[0]["videoId"]}
    old, new = held[videos[0]["videoId"]], held[image]
    assert ("sessionMediaId" in old, new["sessionMediaId"]) == (False, image)
    assert (old["creditsUsed"], new["creditsUsed"]) == (2, 3)
    assert new["logs"][: len(old["logs"])] == old["logs"] != []


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
        assert image["id"] == container != image.get("optimisticId")
        assert [child["id"] for child in image["childPosts"]] == [video["videoId"] for video in videos[container]]
        assert {edit["originalPostId"] for edit in edits} <= {container}


def test_addresses_of_pictures_are_whole_or_relative_as_captures_show_both() -> None:
    pictures = [
        v["thumbnailImageUrl"] for store in KEPT.values() for _, vs in _lists(store, "videoByMediaId") for v in vs
    ]
    assert any(picture.startswith("https://") for picture in pictures)
    assert any(picture and not picture.startswith("https://") for picture in pictures)


def test_some_container_has_an_edit_and_some_list_a_hole() -> None:
    assert any(len(images) > 1 for store in KEPT.values() for _, images in _lists(store, "imageByMediaId"))
    assert any(None in held for store in KEPT.values() for held in store["state"]["videoByMediaId"].values())
