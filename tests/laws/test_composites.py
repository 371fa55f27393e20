"""Words, ids and what somebody wrote, put together in any script: no part that is somebody's stays."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from driftwright.report.formats import FORMATS
from driftwright.snapshot.capture.by_hand.fingerprint import shapes_source
from driftwright.snapshot.capture.rekeying import rekeying_call
from kit.canaries import redactor_call, redactor_program
from kit.composites import PLACES, RULE, SCRIPTS, Composite, composite
from kit.examples import examples
from kit.program import Program
from kit.shop import begin_shop, shop

SEED = 20_260_114
CART: dict[str, Any] = {"fields": {"lines": {}, "discount": {}}}
POLICY: dict[str, Any] = {
    "words": ["video", "shop", "cart", "lines", "discount"],
    "salt": "0b" * 32,
    "stores": [
        {"name": "shop", "area": "session", "key": "shop", "rule": {"items": RULE}},
        {"name": "drafts", "area": "session", "key": "draft_{id}", "rule": {}},
        {"name": "cart", "area": "local", "key": "shop-cart", "rule": CART},
    ],
}
AT_ONCE = 60  # placements


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(redactor_program())
    engine.eval(f"const shapes = {shapes_source()}; 0")
    return engine


def _shown(placed: Sequence[tuple[str, Composite]]) -> Iterator[str]:
    """Yield what a capture and a fingerprint tell, as texts with every letter as it is."""
    entries = [["shop", json.dumps([PLACES[place](one.text) for place, one in placed])]]
    entries += [[f"draft_{one.text}", '{"note": 1}'] for _, one in placed[::7]]
    # A store that is not where it should be, behind what may be anybody's.
    entries += [[f"{one.text}:shop-cart", '{"lines": [], "discount": 1}'] for _, one in placed[::5]]
    policy = {**POLICY, "areas": ["session"]}
    areas: list[dict[str, Any]] = [{"area": "session", "entries": entries}]
    # What leaves a page, between marks, and what is kept of it; then a capture under one key, as by hand.
    page = _engine().eval(redactor_call({**policy, "marked": True}, areas))
    kept = _engine().eval(rekeying_call(policy, b"\x0c" * 32, json.dumps(page)))
    answer = _engine().eval(redactor_call(policy, areas))
    assert isinstance(answer, str)
    told = _engine().eval(f"JSON.stringify(shapes({json.dumps(POLICY['stores'])}, {json.dumps(areas)}))")
    assert isinstance(told, str)
    read = json.loads(answer)
    assert len(read["areas"][0]["entries"]) == len(entries)
    assert '"p"' in told
    for one in (read, json.loads(told), json.loads(str(page)), json.loads(str(kept))):
        yield json.dumps(one, ensure_ascii=False)
    yield from (text for text in _texts(read) if text[:1] in ("{", "["))  # JSON within JSON has escapes of its own


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _leaks(one: Composite, shown: Iterable[str]) -> bool:
    return any(one.secret in text or json.dumps(one.secret)[1:-1] in text for text in shown)


def _placed(count: int) -> Iterator[tuple[str, Composite]]:
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    for number in range(count):
        place = list(PLACES)[number // len(SCRIPTS) % len(PLACES)]
        yield place, composite(SCRIPTS[number % len(SCRIPTS)], draw)


def test_no_part_of_a_composite_that_is_somebodys_gets_out() -> None:
    placed = list(_placed(examples(2_100)))
    kinds = Counter((place, one.script) for place, one in placed)
    assert len(kinds) == len(SCRIPTS) * len(PLACES)
    leaks: list[tuple[str, Composite]] = []
    for start in range(0, len(placed), AT_ONCE):
        some = placed[start : start + AT_ONCE]
        shown = list(_shown(some))
        leaks += [(place, one) for place, one in some if _leaks(one, shown)]
    print(f"seed {SEED}, {len(placed)} placements, {len(leaks)} leaks")  # noqa: T201 - shown where the test fails
    assert leaks == []


def test_a_leak_at_any_of_these_places_would_be_seen() -> None:
    for place, one in _placed(len(SCRIPTS) * len(PLACES)):
        raw = json.dumps(PLACES[place](one.text), ensure_ascii=False)
        assert _leaks(one, (raw, *_texts(json.loads(raw)))), (place, one)


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("video2", True),
        ("createdVideos12", True),
        ("user491701234567", False),
        ("user555", False),
        ("id4711", False),
        ("user12_item34", False),
        ("message5551234567", False),
        ("video\u0662", False),
    ],
)
def test_a_number_behind_a_word_is_its_version_or_somebodys(name: str, stays: bool) -> None:  # noqa: FBT001
    (view,) = json.loads(
        str(
            _engine().eval(
                redactor_call(POLICY, [{"area": "session", "entries": [["draft_1", json.dumps({name: 1})]]}])
            )
        )
    )["areas"]
    (shown,) = view["entries"][0]["value"]
    assert (shown == name) is stays


def test_no_part_of_a_composite_is_in_what_a_run_or_an_adoption_leaves(tmp_path: Path, program: Program) -> None:
    begin_shop(tmp_path)
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    placed = [composite(script, draw) for script in SCRIPTS]
    document = shop(5)
    for number, order in enumerate(document["orders"].values()):
        order |= {one.text: "x" for one in placed[::12]}
        order |= {"customer": placed[number].text, "labels": [one.text for one in placed]}
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "today.json").write_text(json.dumps({"shop": json.dumps(document)}), encoding="utf-8")
    outputs = [
        program(
            "--workspace", "drift", "probe", "shop", "--from", "session=raw/today.json", "--out", "a.snapshot.json"
        ),
        program("--workspace", "drift", "run", "shop", "--from", "session=raw/today.json", "--output", "out"),
        *(program("--workspace", "drift", "check", "a.snapshot.json", "--format", name) for name in FORMATS),
        program("--workspace", "drift", "accept", "a.snapshot.json", "--apply"),
    ]
    (raw / "today.json").unlink()
    assert [done.code for done in outputs if done.code not in (0, 1, 3)] == []
    assert "accepted shop: v2" in outputs[-1].stdout
    left = [file.read_bytes().decode("utf-8", "replace") for file in tmp_path.rglob("*") if file.is_file()]
    shown = [*left, *(done.stdout + done.stderr for done in outputs)]
    assert [one for one in placed if _leaks(one, shown)] == []
