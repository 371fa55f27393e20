"""A hook of an extension as it stands, in TypeScript with React, judged on every release of the stand-in."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from driftwright.verdict.check import check_snapshot
from driftwright.workspace.folders import Workspace, find_workspace
from kit.examples import usually
from kit.hooks import write_hook
from kit.once import Made
from kit.release_effects import BY_BROWSER
from kit.releases import Releases, releases

pytestmark = pytest.mark.browser("shared", "kept")

ROOT = Path(__file__).resolve().parents[2]
VARIANTS = [one["name"] for one in tomllib.loads((ROOT / "probes" / "standin.toml").read_text("utf-8"))["variant"]]

INVARIANT = """
[[invariant]]
name   = "no unfinished video is listed"
holds  = "readers/site-invariants.js#noneUnfinished"

[invariant.replay]
operator = "insert-item"
rule     = "unfinished-listed"
at       = "site:/state/videoByMediaId/{}/[]"
set      = { progress = 40, moderated = false, mediaUrl = "" }
fresh    = ["videoId"]
"""

# What a release does to the hook. It tests truth, so a flag of another type hurts only as a text, and it drops holes;
# but it derives everything or nothing, so that where one part cannot be read there is no other either.
SILENT = ("rename-moderated", "moderated-as-text", "rename-video-id", "key-by-video", "list-unfinished")
NOTHING = ("rename-video-map", "drop-images", "list-to-map", "list-in-page-object", "unwrap-envelope")
ELSEWHERE = (
    *("rename-key", "move-to-local-storage", "move-to-indexed-db", "key-per-user", "split-in-two-keys"),
    "pack-in-base64",
)
EXPECT = {
    **dict.fromkeys(SILENT, ("broken", "silent")),
    **dict.fromkeys((*NOTHING, *ELSEWHERE), ("broken", "unavailable")),
    "empty": ("unseen", "same"),
}


@pytest.fixture(scope="module")
def release(made_once: Made) -> Releases:
    return releases(made_once)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("extension")
    write_hook(folder, INVARIANT)
    shutil.copytree(ROOT / "contracts" / "readers", folder / "contracts" / "readers")
    for name in ("schemas", "probes"):
        (folder / name).symlink_to(ROOT / name)
    return find_workspace(str(folder))


@pytest.mark.parametrize("name", usually(["", *VARIANTS], ["", *BY_BROWSER]))
def test_the_hook_is_judged_right_on_every_release(release: Releases, workspace: Workspace, name: str) -> None:
    report = check_snapshot(release(name).snapshot, workspace)
    (fact,) = report.facts
    assert (str(fact.verdict), str(fact.effect)) == EXPECT.get(name, ("intact", "same")), fact.says


def test_what_hurts_one_part_takes_every_part_from_the_hook(release: Releases, workspace: Workspace) -> None:
    (fact,) = check_snapshot(release("drop-images").snapshot, workspace).facts
    others = release("drop-images").facts
    assert str(fact.effect) == "unavailable"
    assert {others[one]["verdict"] for one in ("unmoderated_count", "moderated_count", "credits_used")} == {"intact"}
