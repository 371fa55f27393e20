"""Timers and random numbers of a page: what is set to run later runs when it is waited for, alike on every run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer
from driftwright.impact.javascript.program import module

SECONDS = 30.0  # tests run beside others

ANSWERS = {
    "in their order": (
        """() => new Promise((tell) => {
          const seen = [];
          setTimeout(() => tell(seen.join()), 20);
          setTimeout((word) => seen.push(word), 10, "timer");
          setTimeout(() => seen.push("next"));
          queueMicrotask(() => seen.push("job"));
          seen.push("call");
        })""",
        '"call,job,next,timer"',
    ),
    "the clock goes on": (
        """async () => {
          const began = Date.now();
          let times = 0;
          for (; Date.now() - began < 1000; times += 1) await new Promise((done) => setTimeout(done, 50));
          return [times, performance.now(), Date.now() - performance.timeOrigin];
        }""",
        "[20,1000,1000]",
    ),
    "again and again": (
        """() => new Promise((tell) => {
          let times = 0;
          const timer = setInterval(() => ++times === 3 && (clearInterval(timer), tell(times)), 10);
        })""",
        "3",
    ),
    "taken back": (
        """() => new Promise((tell) => {
          clearTimeout(setTimeout(() => tell("first"), 1));
          setTimeout(tell, 2, "second");
        })""",
        '"second"',
    ),
    "an error in one": (
        """() => new Promise((tell) => {
          setTimeout(() => null.x, 1);
          setTimeout(tell, 2, "told");
        })""",
        '"told"',
    ),
    "nobody waits": ("() => { let ran = 0; setTimeout(() => (ran = 1)); return ran; }", "0"),
    "no function": ("() => { try { queueMicrotask(1); } catch (error) { return error.name; } }", '"TypeError"'),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


def answers(engine: Engine, reader: str, times: int = 1) -> list[Answer]:
    program = module(f"export const f = {reader};", "readers.js")
    return [outcome.answer for outcome in engine.run(program, [Call("f", Argument(document="{}"))] * times)]


@pytest.mark.parametrize("name", ANSWERS)
def test_timers_run_when_they_are_waited_for(engine: Engine, name: str) -> None:
    reader, expected = ANSWERS[name]
    assert [answer.text for answer in answers(engine, reader, 2)] == [expected] * 2


def test_timers_without_end_are_told_as_a_promise_that_does_not_settle(engine: Engine) -> None:
    (answer,) = answers(engine, "() => new Promise(() => setInterval(() => {}, 1))")
    assert (answer.kind, answer.text.partition(":")[0]) == ("throws", "PendingPromise")


def test_random_ids_have_their_form_and_are_the_same_on_every_run(engine: Engine) -> None:
    reader = """() => [crypto.randomUUID(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint16Array(3))]]"""
    first, again = answers(engine, reader, 2)
    assert first.text == again.text
    form = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    (told,) = answers(engine, f"() => [crypto.randomUUID(), crypto.randomUUID()].every((id) => /^{form}$/.test(id))")
    assert told.text == "true"
    (differ,) = answers(engine, "() => crypto.randomUUID() !== crypto.randomUUID()")
    assert differ.text == "true"
