"""The door that JSON comes in by: what passes it quickly is what the strict parser reads, no more and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base import jsontext
from driftwright.base.errors import InputFault
from driftwright.base.jsontext import MAX_DEPTH, may_hold, parse_json, parse_plain_json, strict_json

NAMES = st.sampled_from(["a", "b", 'a":', "\\", "é", "a b", " :", "\x7f"])
TEXTS = st.sampled_from(["", "word", 'says "a": 1', "[[{,", "line\nbreak", "ünï", " : ", "\\"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4),
    max_leaves=20,
)
WAYS: list[dict[str, Any]] = [
    {},
    {"separators": (",", ":")},
    {"indent": 1},
    {"indent": 2, "ensure_ascii": False},
    {"separators": (" , ", " : ")},
    {"separators": ("\n,\t", "\r\n:")},
]


def refused(text: str) -> bool:
    try:
        parse_json(text.encode(), "f")
    except InputFault:
        return True
    return False


def passes(text: str) -> bool:
    try:
        parse_plain_json(text.encode())
    except ValueError:
        return False
    return True


@given(VALUES, st.sampled_from(WAYS))
def test_what_passes_at_once_is_read_as_the_strict_parser_reads_it(value: Any, way: dict[str, Any]) -> None:
    text = json.dumps(value, **way)
    strict = strict_json(text, "f", "")
    if passes(text):
        assert repr(parse_plain_json(text.encode())) == repr(strict)
    assert parse_json(text.encode(), "f") == strict


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a" :1, "a" :2, "b":"x\\":y"}',
        '{"a"\n:1,"a"\t:2,"b":":","c":"\\":"}',
        '{"a":1,"\\u0061":2}',
        '{"a":{"b":1,"b":1}}',
        '[{"a":1},{"a" : 1,"a" : 1,"x":"\\":","y":"\\":"}]',
        '{"a":1,"a":1,"c":"\\u0022:"}',
    ],
)
def test_a_key_named_twice_is_refused_however_it_is_hidden(text: str) -> None:
    assert refused(text)
    assert not passes(text)


@pytest.mark.parametrize("text", ["18446744073709551616", "[1E400]", "1e3", "[-0]", '"\\/"', '"\\ud800"', "1.50"])
def test_what_would_be_written_otherwise_does_not_pass_at_once(text: str) -> None:
    assert not passes(text)


def test_what_a_capture_writes_passes_at_once() -> None:
    value = {"entries": [{"key": "a", "value": {"n": 1.5, "é": [True, None, 'says "a": 1 : [']}}], "size": 12}
    assert passes(json.dumps(value, ensure_ascii=True, indent=1) + "\n")


@pytest.mark.parametrize("make", [lambda n: "[" * n + "]" * n, lambda n: '{"a":' * n + "{}" + "}" * n])
def test_the_bound_on_depth_is_exact(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(text: str) -> int:
        deepest = depth = 0
        for mark in text:
            depth += (mark in "[{") - (mark in "]}")
            deepest = max(deepest, depth)
        return deepest

    for text in map(make, range(MAX_DEPTH - 2, MAX_DEPTH + 3)):
        assert refused(text) == (held(text) > MAX_DEPTH)
    monkeypatch.setattr(jsontext, "_INDENTED", 0)  # as for a document too large to be written indented
    for text in map(make, range(MAX_DEPTH - 2, MAX_DEPTH + 3)):
        assert refused(text) == (held(text) > MAX_DEPTH)
    assert refused(make(5_000))


@pytest.mark.parametrize(
    ("opening", "closing", "beside"),
    [
        ('["]",', "]", 0),
        ('["[","]",', "]", 0),
        ('[{"}":1},', "]", 1),
        (r'{"\"]":', "}", 0),
        (r'{"\\":["\\\"}"],"a":', "}", 1),
        (r'["[]{}\"\"",', "]", 0),
        (r'[" ","{\"a\":[1]}",', ',"]]"]', 0),
    ],
)
def test_brackets_and_quotes_within_texts_do_not_change_how_deep_a_document_nests(
    opening: str, closing: str, beside: int
) -> None:
    for count in range(MAX_DEPTH - 3, MAX_DEPTH + 3):
        text = opening * count + "1" + closing * count
        assert refused(text) == (count + beside > MAX_DEPTH), count


@given(VALUES)
def test_the_bound_on_values_never_says_too_few(value: Any) -> None:
    def count(here: Any) -> int:
        below = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        return 1 + sum(map(count, below))

    assert may_hold(json.dumps(value, separators=(",", ":")).encode(), count(value) - 1)
