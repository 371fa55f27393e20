"""Users live in all time zones: what only some of them suffer is a break as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.terms import Effect, Verdict
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff import diff_documents

READERS = module(
    """
export const firstStart = (data) => new Date(data.shows[0].at).getTime();
export const firstDay = (data) => data.shows[0].at.slice(0, 10);
export const howMany = (data) => data.shows.length;
""",
    "readers.js",
)


def shows(suffix: str) -> dict[str, Any]:
    return {"shows": [{"at": f"2026-03-{day:02}T20:15:00.000{suffix}", "seats": day * 3} for day in range(1, 29)]}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def test_a_zone_that_is_dropped_breaks_whoever_is_not_in_utc(engine: Engine) -> None:
    found = {reader.name: reader for reader in diff_documents(shows("Z"), shows(""), READERS, engine).readers}
    assert (found["firstStart"].verdict, found["firstStart"].effect) == (Verdict.BROKEN, Effect.SILENT)
    assert found["firstDay"].verdict is Verdict.INTACT
    assert found["howMany"].verdict is Verdict.INTACT


def test_the_same_instants_written_otherwise_break_nobody(engine: Engine) -> None:
    found = {
        reader.name: reader.verdict for reader in diff_documents(shows("Z"), shows("+00:00"), READERS, engine).readers
    }
    assert set(found.values()) == {Verdict.INTACT}


def test_only_code_that_could_tell_runs_elsewhere(engine: Engine) -> None:
    timeless = module("export const count = (data) => data.shows.length;", "timeless.js")
    assert engine.zones(timeless) == (engine,)
    home, *abroad = engine.zones(READERS)
    assert home is engine
    call = [Call("firstStart", Argument(document='{"shows": [{"at": "2026-03-01T20:15:00"}]}'))]
    answers = {place.zone: place.run(READERS, call)[0].answer.text for place in (home, *abroad)}
    assert len(set(answers.values())) == len(answers) == 3
    assert engine.zones(READERS)[1:] == tuple(abroad)
