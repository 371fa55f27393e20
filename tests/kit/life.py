"""A scripted life of the stand-in: thirty runs of the scheduled job, and exactly what is told of them."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from driftwright.history.alert.life import life
from driftwright.history.run import Run
from driftwright.report.model import fingerprint

ROOT = Path(__file__).resolve().parents[2]
TARGET = "standin"
FLAG = "/state/videoByMediaId/{}/[]/moderated"


@dataclass(frozen=True, slots=True)
class Step:
    """One run: which workspace judges which release, and what is told after it.

    Args:
        workspace: `all`; `few`, an earlier extension with fewer derived facts; `gone`, a site whose page is not there.
        release: The release that the site plays; empty for today's.
        verdict: The verdict of the report.
        news: What is news after the run: what happened, to which alert.
    """

    workspace: str
    release: str
    verdict: str
    news: tuple[tuple[str, str], ...] = ()


KEYS: Mapping[str, str] = {
    "renamed": fingerprint(TARGET, "field-renamed", "site", FLAG),
    "number": fingerprint(TARGET, "flag-became-number", "site", FLAG),
    "dropped": fingerprint(TARGET, "field-removed", "site", "/state/imageByMediaId"),
    "blind": fingerprint(TARGET, "blind"),
}

_RENAMED, _NUMBER = "rename-moderated", "moderated-as-int"

SCRIPT: tuple[Step, ...] = (
    Step("few", "", "intact"),
    Step("few", "", "intact"),
    Step("few", _RENAMED, "degraded"),  # one capture is no alert yet
    Step("few", _RENAMED, "degraded", (("new", "renamed"),)),
    Step("few", _RENAMED, "degraded"),
    Step("gone", "", "blind"),  # one blind run is none either
    Step("few", _RENAMED, "degraded"),
    Step("all", _RENAMED, "degraded"),  # the next extension reads the flag in two more places
    Step("all", _RENAMED, "degraded", (("worse", "renamed"),)),
    Step("all", _RENAMED, "degraded"),
    Step("gone", "", "blind"),
    Step("gone", "", "blind", (("new", "blind"),)),
    Step("gone", "", "blind"),  # two blind runs and more are no recovery
    Step("all", _RENAMED, "degraded"),
    Step("all", "", "intact", (("recovered", "blind"),)),
    Step("all", "", "intact", (("recovered", "renamed"),)),
    Step("all", "new-field", "intact"),
    Step("all", "drop-images", "broken"),  # a hiccup that no second capture confirms
    Step("all", "", "intact"),
    Step("all", "empty", "unseen"),
    Step("all", "", "intact"),
    Step("all", _NUMBER, "degraded"),
    Step("all", "", "intact"),
    Step("all", _NUMBER, "degraded"),
    Step("all", "", "intact"),
    Step("all", _NUMBER, "degraded", (("flapping", "number"),)),
    Step("all", "", "intact"),
    Step("all", "", "intact"),
    Step("all", "", "intact"),
    Step("all", "", "intact", (("recovered", "number"),)),
)

LATER = ("moderated_count", "successful_count")  # facts that the earlier extension does not show


# Enough facts for all that is told in the life: each fact of each run takes its time.
SOME = (*LATER, "unmoderated_count", "session_state", "original_image_prompt", "parent_image_url")


def workspaces(folder: Path, facts: Collection[str] | None = None) -> dict[str, Path]:
    """Make the three workspaces of the life; the stand-in is the same in all, and in one its page is missing.

    Args:
        folder: Where they go.
        facts: The facts that they have; all if it is None.
    """
    places = {name: folder / name for name in ("all", "few", "gone")}
    for place in places.values():
        for part in ("contracts", "schemas", "probes"):
            shutil.copytree(ROOT / part, place / part)
        for contract in (place / "contracts").glob("*.toml"):
            if facts is not None and contract.stem not in facts:
                contract.unlink()
    for fact in LATER:
        (places["few"] / "contracts" / f"{fact}.toml").unlink()
    (places["gone"] / "probes" / TARGET / "site" / "index.html").unlink()
    return places


def news_by_run(runs: tuple[Run, ...]) -> list[tuple[tuple[str, str], ...]]:
    """Return what is news after each run, in the words of the script."""
    names = {key: name for name, key in KEYS.items()}
    _, events = life(runs)
    return [
        tuple(
            (str(event.happening), names.get(event.alert.key, event.alert.key))
            for event in events
            if event.run == run.id and event.happening != "still"
        )
        for run in runs
    ]
