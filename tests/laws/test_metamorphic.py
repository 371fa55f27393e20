"""Metamorphic laws over generated programs: data alone breaks nothing, what changes an answer is not called intact."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftwright.authoring import init_request, init_workspace
from driftwright.authoring.prove.mutations import mutations
from driftwright.base.terms import Verdict
from driftwright.impact import Argument, Call, Engine, Program, module
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.structure import MISSING, Change, apply_changes, fold, shape_rows
from driftwright.verdict.diff import diff_documents
from driftwright.workspace import find_workspace
from kit.examples import NIGHTLY, examples
from kit.generated import Design, Document, designs
from kit.hiding_bench import hiding_bench

# The same examples in every check, and others each night: some rare ones are known to be called intact still, such as a
# change of a few of several records, and a check must not fail now and then.
LAWS = settings(
    deadline=None,
    derandomize=not NIGHTLY,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(0, 1_000_000)
DATA_MAY_DO_IT = frozenset(
    {"order-reversed", "entries-dropped", "items-repeated", "flag-inverted", "whole-became-fraction"}
)
"""Rules whose change is one of values alone: another session of the same program may hold just that."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _in_another_order(value: Any, draw: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        draw.shuffle(names)
        return {name: _in_another_order(value[name], draw) for name in names}
    return [_in_another_order(item, draw) for item in value] if isinstance(value, list) else value


def _answers(engine: Engine, readers: Program, document: Any) -> dict[str, tuple[str, str]]:
    argument = Argument(document=json.dumps(document))
    outcomes = engine.run(readers, [Call(name, argument) for name in readers.exports])
    pairs = zip(readers.exports, outcomes, strict=True)
    return {name: (outcome.answer.kind, outcome.answer.text) for name, outcome in pairs}


def _mutations(design: Design, seed: int) -> list[Change]:
    """Every mutation of the program's stores that is one of structure; several stores show which objects are maps."""
    shape = fold([design.store(seed + number, 9) for number in range(4)])
    found = mutations("", shape, frozenset(row.path for row in shape_rows(shape)))
    return [change for change in found if change.rule.id not in DATA_MAY_DO_IT]


def _mutated(store: Document, change: Change) -> Document | None:
    """The store after a change; None where it is gone, or was written as something else than an object."""
    (first, *_) = apply_changes(store, [change]).documents
    return first if first is not MISSING and isinstance(first, dict) else None


@dataclass(frozen=True, slots=True)
class Sessions:
    """Two sessions of one generated program.

    Args:
        design: The program.
        seed: What its data are made of.
        known: A store that its readers are right on.
        later: A store of another session: other ids, texts and numbers, and another count of records.
    """

    design: Design
    seed: int
    known: Document
    later: Document


@st.composite
def sessions(draw: st.DrawFn, fewest: int) -> Sessions:
    """Two sessions with at least so many records each."""
    design, seed, counts = draw(designs()), draw(SEEDS), st.integers(fewest, fewest + 10)
    return Sessions(design, seed, design.store(seed, draw(counts)), design.store(seed + 1, draw(counts)))


@settings(LAWS, max_examples=examples(40))
@given(sessions(1), st.sampled_from(["the same order", "another order"]))
def test_data_alone_breaks_nothing(engine: Engine, two: Sessions, order: str) -> None:
    """Fewer, more and other records, other values of the same form, another order of keys."""
    readers = module(two.design.readers(), "readers.js")
    draw = random.Random(two.seed)  # noqa: S311 - invented content
    later = _in_another_order(two.later, draw) if order == "another order" else two.later
    for reader in diff_documents(two.known, later, readers, engine).readers:
        assert reader.verdict in (Verdict.INTACT, Verdict.UNSEEN), (reader.name, reader.says, two.design.readers())


@settings(LAWS, max_examples=examples(25))
@given(sessions(10), st.integers(0, 10_000))
def test_a_mutation_that_changes_an_answer_never_stays_intact(engine: Engine, two: Sessions, number: int) -> None:
    """What the change does is found by running the reader on the same data before and after it."""
    found = _mutations(two.design, two.seed)
    change = found[number % len(found)]
    readers = module(two.design.readers(), "readers.js")
    mutated = _mutated(two.later, change)
    if mutated is None:
        return
    right, now = _answers(engine, readers, two.later), _answers(engine, readers, mutated)
    for reader in diff_documents(two.known, mutated, readers, engine).readers:
        if now[reader.name] != right[reader.name]:
            assert reader.verdict is not Verdict.INTACT, (change.rule.id, str(change.path), reader.name, reader.says)


@pytest.mark.nightly
@settings(LAWS, max_examples=examples(2))
@given(designs(), SEEDS, st.integers(0, 10_000))
def test_hiding_never_turns_broken_into_intact(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, design: Design, seed: int, number: int
) -> None:
    """A capture hides what the file of the same store shows; where that is broken, the capture is not green."""
    folder = tmp_path_factory.mktemp("generated")
    found = _mutations(design, seed)
    with pytest.MonkeyPatch.context() as patch, OfflineRedactor() as redactor:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        (folder / "readers.js").write_text(design.readers())
        known = [design.store(seed, 9), design.store(seed + 2, 8)]
        init_workspace(folder / "drift", init_request(known, folder / "readers.js", key="shop"))
        bench = hiding_bench(folder, find_workspace(str(folder / "drift")), redactor, engine)
        for change in (found[number % len(found)], found[(number * 7 + 3) % len(found)]):
            mutated = _mutated(design.store(seed + 1, 10), change)
            if mutated is not None:
                _hides_nothing_broken(bench.raw(mutated), bench.captured(mutated))


def _hides_nothing_broken(raw: dict[str, Any], captured: dict[str, Any]) -> None:
    broken = {name for name, fact in raw.items() if fact.verdict is Verdict.BROKEN}
    assert {name for name in broken if captured[name].verdict is Verdict.INTACT} == set()
