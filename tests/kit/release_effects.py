"""What each release of the stand-in does to the derived facts, and the one cause that it is put down to."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VARIANTS = tomllib.loads((ROOT / "probes" / "standin.toml").read_text(encoding="utf-8"))["variant"]
EXPECT: dict[str, str] = {variant["name"]: variant["expect"] for variant in VARIANTS}

# Those that a browser plays in every check: one of each kind of thing that befalls a store, and those of the life of
# `kit.life`. Of the others laws/test_redaction.py plays one of each kind without one; at night all are played twice.
BY_BROWSER = (
    *("rename-moderated", "drop-images", "list-unfinished", "new-field", "empty"),
    *("move-to-indexed-db", "split-in-two-keys", "pack-in-base64"),
)

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
CAUSES: dict[str, list[tuple[str, str, str | None]]] = {
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


def effects_of(release: str) -> dict[str, str]:
    """Return what happens to the facts that a release hurts."""
    return {fact: effect for effect, facts in EFFECTS.get(release, {}).items() for fact in facts.split()}
