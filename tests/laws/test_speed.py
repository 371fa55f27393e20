"""Speed and memory as ratios in one process, with room for a busy machine: only a change of kind fails, not noise."""

from __future__ import annotations

import gc
import random
import time
import tracemalloc
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from driftwright.base.jsontext import collector_paused, parse_json
from driftwright.base.terms import JsonType
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import expression
from driftwright.snapshot.file import read_snapshot
from driftwright.structure.change.compare import compare
from driftwright.structure.shape.folding import fold, layout_of

pytestmark = pytest.mark.own_engines

HERE = Path(__file__).resolve().parents[1]
ROUNDS = 7


def clip(chance: random.Random) -> dict[str, Any]:
    name = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return {
        "id": name,
        "at": f"2026-03-{chance.randint(1, 28):02}T10:15:00.000Z",
        "address": f"https://media.example/{name}.mp4",
        "hidden": chance.random() < 0.3,
        "progress": 100,
        "mode": chance.choice(("plain", "custom")),
        "title": " ".join(chance.choices(("amber", "basin", "cedar", "fjord"), k=chance.randint(2, 9))),
    }


def store(clips: int) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311 - invented content, the same on every run
    albums = (str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(clips // 4))
    return {"state": {"clips": {album: [clip(chance) for _ in range(4)] for album in albums}}, "version": 1}


def best(*works: Callable[[], object]) -> list[float]:
    """The least processor time of each, in seconds, measured in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, found in zip(works, times, strict=True):
            began = time.process_time()
            work()
            found.append(time.process_time() - began)
    return [min(found) for found in times]


@pytest.fixture(scope="module")
def large() -> bytes:
    return orjson.dumps(store(20_000))


@pytest.mark.nightly
def test_parse_and_fold_cost_a_few_parses(large: bytes) -> None:
    parse, folded, bounded = best(
        lambda: orjson.loads(large),
        lambda: fold([orjson.loads(large)]),
        lambda: fold([parse_json(large, "store.json")]),
    )
    assert folded <= 2.5 * parse
    assert bounded <= 3.0 * parse


@pytest.mark.nightly
def test_fold_is_linear(large: bytes) -> None:
    small = orjson.dumps(store(5_000))
    little, much = best(lambda: fold([orjson.loads(small)]), lambda: fold([orjson.loads(large)]))
    assert much / little <= 1.6 * len(large) / len(small)


def test_a_long_column_is_folded_whole(large: bytes) -> None:
    """What is sampled are forms alone: counts, presence, types and ranges stay exact."""
    document = orjson.loads(large)
    clips = [clip for found in document["state"]["clips"].values() for clip in found]
    clips[12_345]["progress"] = None
    del clips[17_000]["hidden"]
    clips[19_999]["late"] = 1
    clips[777]["mode"] = "fun"
    shape = fold([document])
    items = shape.fields["state"].fields["clips"].values
    assert items is not None
    assert items.items is not None
    fields = items.items.fields
    assert fields["progress"].types == {JsonType.INTEGER: 19_999, JsonType.NULL: 1}
    assert (fields["hidden"].total, fields["late"].total) == (19_999, 1)
    assert fields["hidden"].true == sum(clip.get("hidden", False) for clip in clips)
    assert fields["mode"].enum == frozenset({"plain", "custom", "fun"})
    assert fields["mode"].forms == {"word": 20_000}
    assert fields["id"].forms == {"uuid": 20_000}
    assert set(fields["at"].forms) == {"time-utc"}


@pytest.mark.nightly
def test_parse_and_fold_need_little_more_memory_than_the_document(large: bytes) -> None:
    tracemalloc.start()
    document = orjson.loads(large)
    parsed = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()  # what the parser asks for on its way is its own affair
    fold([document])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 2.5 * parsed


@pytest.mark.nightly
def test_the_bounds_need_less_memory_than_the_parser_does(large: bytes) -> None:
    tracemalloc.start()
    document = orjson.loads(large)
    parser = tracemalloc.get_traced_memory()[1]
    del document
    tracemalloc.reset_peak()
    fold([parse_json(large, "store.json")])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 1.05 * parser


@pytest.mark.nightly
def test_comparing_shapes_does_not_depend_on_the_number_of_records(large: bytes) -> None:
    def renamed(document: Any) -> Any:
        text = orjson.dumps(document).replace(b'"hidden"', b'"isHidden"')
        return orjson.loads(text)

    pairs = []
    for document in (store(200), orjson.loads(large)):
        before = fold([document])
        pairs.append((before, fold([renamed(document)], layout_of(before))))
    (few, few_after), (many, many_after) = pairs
    assert [change.rule.id for change in compare(many, many_after).changes] == ["field-renamed"]
    little, much = best(lambda: compare(few, few_after), lambda: compare(many, many_after))
    assert much <= 3 * little


@pytest.mark.nightly
def test_many_calls_on_one_large_store_parse_it_once(large: bytes) -> None:
    """Sixty calls cost far less than sixty parses; the engine gives no call what another one changed."""
    text = large.decode()
    reads = expression("({shop, key}) => [Object.keys(shop.state.clips).length, key]", "test", "")
    writes = expression("({shop}) => { shop.version += 1; return shop.version; }", "test", "")
    with Engine() as engine:

        def wall(program: Any, count: int) -> tuple[float, list[str]]:
            calls = [Call("default", Argument(stores={"shop": text}, params={"key": n})) for n in range(count)]
            began = time.perf_counter()
            answers = [outcome.answer.text for outcome in engine.run(program, calls)]
            return time.perf_counter() - began, answers

        wall(reads, 1)
        writing, told = wall(writes, 20)
        reading, shown = wall(reads, 20)
    assert told == ["2"] * 20
    assert shown == [f"[5000,{n}]" for n in range(20)]
    assert reading * 3 <= writing


@pytest.mark.nightly
def test_a_snapshot_is_read_in_a_moment() -> None:
    """As a multiple of parsing it: reading is bounded, strict, and checks the digest."""
    file = HERE / "standin.snapshot.json"
    data = file.read_bytes()
    plain, read = best(lambda: orjson.loads(data), lambda: read_snapshot(file))
    assert read <= 30 * plain


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:  # noqa: FBT001 - a state, not a choice
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        fold([{"a": 1}])
        assert gc.isenabled() is enabled
        with pytest.raises(ZeroDivisionError), collector_paused():
            1 / (0 if not gc.isenabled() else 1)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
