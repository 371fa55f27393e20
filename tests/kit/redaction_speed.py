"""How long the redactor takes in a page, paired with that of another source tree in the same run.

`python tests/kit/redaction_speed.py SRC` prints the ratio of this tree's time to that of SRC, the median of many turns
in one page of Chromium, in which each redacts the same stores. Beside it stands what a capture does once more without a
page: hide the pseudonyms under the workspace's salt, as a share of the time in the page.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import uuid
from typing import Any

from playwright.sync_api import Page, sync_playwright

from driftwright.snapshot.capture.answer import literal, page_policy_text
from driftwright.snapshot.capture.launched.browser import find_browser, has_sandbox
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.rekeying import rekeying_call

TURNS = 15
SALT = b"\x07" * 32
KEEP = {"redact": "keep", "types": ["integer"]}
CLIP = {"fields": {"id": {"redact": "pseudonym", "types": ["string"]}, "progress": KEEP}}
RULE = {"fields": {"state": {"fields": {"clips": {"values": {"items": CLIP}}}}}}
POLICY: dict[str, Any] = {
    "words": ["state", "clips", "title", "mode", "size"],
    "stores": [{"name": "site", "area": "session", "key": "site", "rule": RULE}],
}
_OTHER = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from driftwright.snapshot.capture.redactor import redactor_source; sys.stdout.write(redactor_source())"
)


def _stores() -> dict[str, Any]:
    draw = random.Random(1)  # noqa: S311 - invented content, the same on every run

    def name() -> str:
        return str(uuid.UUID(int=draw.getrandbits(128), version=4))

    def clip() -> dict[str, Any]:
        return {
            "id": name(), "at": f"2026-03-{draw.randint(1, 28):02}T10:15:00.000Z", "progress": draw.randint(0, 100),
            "address": f"https://media.example/{name()}.mp4", "hidden": draw.random() < 0.3, "mode": "plain",
            "title": " ".join(draw.choices(("amber", "basin", "cedar", "fjord"), k=5)), "size": draw.randint(0, 10**7),
        }  # fmt: skip

    clips = {name(): [clip() for _ in range(4)] for _ in range(2500)}
    return {
        "records of clips": {"state": {"clips": clips}, "version": 1},
        "ids": [name() for _ in range(40_000)],
        "numbers": [draw.randint(0, 10**9) for _ in range(150_000)],
        "words": [draw.choice(("amber", "basin")) + str(draw.randint(0, 9999)) for _ in range(40_000)],
        "prose": [" ".join(draw.choices(("amber", "basin", "cedar"), k=9)) for _ in range(20_000)],
    }


def _milliseconds(page: Page, expression: str) -> float:
    milliseconds = page.evaluate(
        f"(() => {{ const began = performance.now(); {expression}; return performance.now() - began; }})()"
    )
    return float(milliseconds)


def _row(page: Page, name: str, document: Any) -> str:
    areas = json.dumps([{"area": "session", "entries": [["site", json.dumps(document)]]}])
    page.evaluate(f"globalThis.areas = {literal(areas)}; globalThis.policy = {literal(_policy())}; 0")
    times: dict[str, list[float]] = {"mine": [], "other": [], "again": []}
    for _ in range(TURNS):
        for tool in ("other", "mine"):
            times[tool].append(_milliseconds(page, f"globalThis.answer = {tool}.redact(policy, areas)"))
        times["again"].append(_milliseconds(page, rekeying_call(POLICY, SALT, "answer")))
    mine, other, again = (statistics.median(times[tool]) for tool in ("mine", "other", "again"))
    paired = statistics.median(mine / other for mine, other in zip(times["mine"], times["other"], strict=True))
    return f"{name:18} {len(areas) / 1e6:6.1f} {other:9.1f} {mine:9.1f} {paired:8.2f} {again / mine:12.2f}"


def _policy() -> str:
    return str.__str__(page_policy_text(POLICY, SALT, ()))


def main(other: str) -> None:
    """Print the table."""
    source = subprocess.run([sys.executable, "-c", _OTHER, other], capture_output=True, text=True, check=True).stdout
    with sync_playwright() as playwright:
        path = find_browser().path
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=has_sandbox())
        page = browser.new_page()
        page.evaluate(f"globalThis.mine = {redactor_source()}; globalThis.other = {source}; 0")
        sys.stdout.write("store              M chars  other ms   mine ms    ratio  again, share\n")
        for name, document in _stores().items():
            sys.stdout.write(_row(page, name, document) + "\n")
            sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
