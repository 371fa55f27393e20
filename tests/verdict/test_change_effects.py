"""What readers suffer from changes that are partial, from lost envelopes, and from nestings that are not told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff import diff_documents


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _track(number: int) -> dict[str, Any]:
    return {"id": f"song-{number}", "liked": number % 2 == 0, "seconds": 200 + number}


TRACKS = [_track(number) for number in range(12)]


def _judged(engine: Engine, before: Any, after: Any, **readers: str) -> dict[str, str]:
    code = "".join(f"export const {name} = {reader};\n" for name, reader in readers.items())
    found = diff_documents(before, after, module(code, "readers.js"), engine)
    return {reader.name: f"{reader.verdict} {reader.effect}" for reader in found.readers}


def test_a_half_done_rename_hurts_who_knows_one_name_and_not_who_knows_both(engine: Engine) -> None:
    after = [
        track if number % 3 else {"id": track["id"], "fav": track["liked"], "seconds": track["seconds"]}
        for number, track in enumerate(TRACKS)
    ]
    judged = _judged(
        engine, {"tracks": TRACKS}, {"tracks": after},
        old="(d) => d.tracks.filter((one) => one.liked === true).length",
        both="(d) => d.tracks.filter((one) => (one.fav ?? one.liked) === true).length",
        others="(d) => d.tracks.map((one) => one.id)",
    )  # fmt: skip
    assert judged == {"old": "degraded silent", "both": "intact same", "others": "intact same"}


def test_numbers_of_which_some_are_texts_hurt_who_adds_them_and_not_who_converts(engine: Engine) -> None:
    after = [{**track, "seconds": str(track["seconds"])} if track["liked"] else track for track in TRACKS]
    judged = _judged(
        engine, {"tracks": TRACKS}, {"tracks": after},
        plain="(d) => d.tracks.reduce((sum, one) => sum + one.seconds, 0)",
        converted="(d) => d.tracks.reduce((sum, one) => sum + Number(one.seconds), 0)",
    )  # fmt: skip
    assert judged == {"plain": "broken silent", "converted": "intact same"}


def test_a_version_that_went_with_the_envelope_is_still_lost_to_who_reads_it(engine: Engine) -> None:
    before = {"state": {"tracks": TRACKS, "volume": 7}, "version": 3}
    judged = _judged(
        engine, before, before["state"],
        version="(d) => d.version === 3",
        lenient="(d) => (d.state ?? d).tracks.length",
        strict="(d) => d.state.tracks.length",
    )  # fmt: skip
    assert judged == {"version": "broken silent", "lenient": "intact same", "strict": "broken throws"}


def test_a_nesting_that_is_not_told_is_judged_by_its_worst_level(engine: Engine) -> None:
    # Which of the two it is cannot be seen; the count of the outer list survives the one and not the other.
    judged = _judged(
        engine, {"tracks": TRACKS}, {"tracks": [[TRACKS[0]]]},
        outer="(d) => d.tracks.length",
        flat="(d) => d.tracks.flat(2).length > 0",
    )  # fmt: skip
    assert judged == {"outer": "broken silent", "flat": "intact same"}


def test_a_nesting_that_is_told_spares_who_it_does_not_hurt(engine: Engine) -> None:
    judged = _judged(
        engine, {"tracks": TRACKS}, {"tracks": [[track] for track in TRACKS]},
        outer="(d) => d.tracks.length",
        ids="(d) => d.tracks.map((one) => one.id)",
    )  # fmt: skip
    assert judged == {"outer": "intact same", "ids": "broken silent"}
