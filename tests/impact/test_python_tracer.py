"""Watched dicts and lists are to a reader what the real ones are, and note all that is taken out of them."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.impact.python.answer import type_of
from driftwright.impact.python.tracer import Trace
from kit.examples import examples

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
    max_leaves=15,
)


def watched(value: Any) -> tuple[Any, Trace]:
    trace = Trace(type_of)
    return trace.watch(copy.deepcopy(value)), trace


def taken(trace: Trace) -> set[tuple[str | int, ...]]:
    return {tuple(path) for path, asked, *_ in trace.reads() if asked == "get"}


def paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path below a value; all items of a list are one."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        here = (*above, key if isinstance(value, dict) else -1)
        yield here
        yield from paths(part, here)


WAYS: dict[str, Callable[[Any], Any]] = {
    "as JSON": json.dumps,
    "as JSON by Python alone": lambda value: json.dumps(value, indent=1, sort_keys=True),
    "as a text": repr,
    "as a copy": copy.deepcopy,
    "as a pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - made here
    "as compared": lambda value: value == json.loads(json.dumps(value)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@settings(max_examples=examples(40))
@given(value=values)
def test_however_all_of_it_is_taken_it_is_the_same_and_all_is_noted(way: Callable[[Any], Any], value: Any) -> None:
    held, trace = watched(value)
    assert way(held) == way(value)
    assert taken(trace) == set(paths(value))
    assert trace.cut(value, keeps_unlooked=False) == value


@settings(max_examples=examples(40))
@given(values)
def test_what_is_watched_is_of_the_same_kind(value: Any) -> None:
    held, trace = watched(value)
    assert isinstance(held, type(value))
    assert bool(held) == bool(value)
    assert type_of(held) == type_of(value)
    assert taken(trace) == set()
    if isinstance(value, (dict, list)):
        assert (len(held), list(held)) == (len(value), list(value))
        assert (held != value, held == value) == (False, True)
        with pytest.raises(TypeError, match=f"unhashable type: '{type(value).__name__}'"):
            hash(held)


@settings(max_examples=examples(40))
@given(st.dictionaries(st.text(max_size=2), values, max_size=5), st.text(max_size=2))
def test_one_part_is_noted_whether_it_is_there_or_not(value: dict[str, Any], key: str) -> None:
    held, trace = watched(value)
    assert held.get(key) == value.get(key)
    first = [(path, asked, times, present) for path, asked, times, present, _ in trace.reads() if path == [key]]
    assert first[:1] == [([key], "get", 1, int(key in value))]
    kept = {key: value[key]} if key in value else {}
    assert trace.cut(value, keeps_unlooked=True) == kept


def test_of_very_many_names_the_last_ones_are_one_place() -> None:
    value = {f"k{number}": number for number in range(3000)}
    held, trace = watched(value)
    assert sum(held.values()) == sum(value.values())
    assert 512 <= len(taken(trace)) <= 1024
    assert trace.cut(value, keeps_unlooked=True) == value


def test_once_it_has_ended_nothing_is_noted() -> None:
    held, trace = watched({"a": [1, {"b": 2}]})
    trace.live = False
    assert (list(held.items()), held["a"][0], len(held["a"])) == ([("a", [1, {"b": 2}])], 1, 2)
    assert trace.reads() == []
