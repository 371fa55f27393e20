"""Numbers in texts: how they are written, told from examples, and written otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.structure.change import Comparison
from driftwright.structure.change.notation import Notation, is_base64, is_percent_coded, is_percent_plain
from driftwright.structure.detect.writings import add_writing_changes
from driftwright.structure.shape import fold
from kit.asked import verdict_on

NOTATIONS = st.builds(
    Notation,
    prefix=st.sampled_from(["", "$", "EUR "]),
    suffix=st.sampled_from(["", " views", "px", "%"]),
    decimal=st.sampled_from([".", ","]),
    group=st.just(""),
    places=st.integers(1, 3),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["1,204", "88", "12,345,678"], Notation(group=",")),
        (["1.204,50", "88,10"], Notation(decimal=",", group=".", places=2)),
        (["73.902", "60.230"], Notation(group=".")),
        (["0.5 km", "12.5 km"], Notation(suffix=" km", decimal=".", places=1)),
        (["2.2K views", "640 views", "1.3M views"], Notation(suffix=" views", decimal=".", places=1, short="KM")),
        (["a17", "b18"], None),
        (["seventeen", "18"], None),
    ],
)
def test_a_notation_is_told_from_examples(texts: list[str], told: Notation | None) -> None:
    assert Notation.of(texts) == told


@given(NOTATIONS, st.lists(st.integers(1000, 999_000), min_size=3, max_size=9))
def test_what_a_notation_writes_it_reads(notation: Notation, thousandths: list[int]) -> None:
    for number in (round(value / 1000, notation.places) for value in thousandths):
        assert notation.number(notation.text(number)) == pytest.approx(number)


def test_base64_is_told_from_words() -> None:
    assert is_base64(["bWVhZG93Njk=", "YnJvb2s2OA==", "dHVuZHJhNDc=", "ZmpvcmQ2MQ=="])
    assert not is_base64(["meadow69", "brook68", "tundra47", "fjord61"])


def test_texts_as_in_a_url_are_told_from_others() -> None:
    coded = ["a%3A1", "b%2Fc", "d%20e", "plain", "f%3Dg"]
    plain = ["a:1", "b/c", "d e", "plain", "f=%20g"]
    assert is_percent_coded(coded)
    assert is_percent_plain(plain)
    assert not is_percent_coded(plain)
    assert not is_percent_plain(coded)
    assert not is_percent_coded(["word", "other", "third", "fourth", "fifth"])  # nothing shows that it is coded
    assert not is_percent_plain(["word", "other", "third", "fourth", "fifth"])


def _beds(words: str, numbers: range, unit: str = "stone") -> list[dict[str, str]]:
    return [{"bed": f"{words} {number},5 {unit}"} for number in numbers]


@pytest.mark.parametrize(
    ("later", "same", "told"),
    [
        (_beds("Pus", range(3, 9)), frozenset(), []),
        (_beds("Pus", range(3, 9)), None, ["/[]/bed"]),  # nothing was made up: it is another word
        (_beds("Pus", range(3, 9)), frozenset({"a.Bed"}), ["/[]/bed"]),  # the readers name one of them
        (_beds("Pus", range(3, 9), "kg"), frozenset({"stone"}), ["/[]/bed"]),
        (_beds("Pus:", range(3, 9)), frozenset(), ["/[]/bed"]),  # what stands between words is not made up
        ([{"bed": f"Pus {number}.5 stone"} for number in range(3, 9)], frozenset(), ["/[]/bed"]),
    ],
)
def test_a_word_that_was_made_up_on_each_side_is_no_other_notation(
    later: list[dict[str, str]], same: frozenset[str] | None, told: list[str]
) -> None:
    sides = ([_beds("Bed", range(1, 9))], [later])
    shapes = (fold(sides[0]), fold(sides[1]))
    found = add_writing_changes(Comparison((), ()), sides, shapes, same)
    assert [str(change.path) for change in found.changes] == told


READS = {
    "digits alone": 'data.rows.reduce((sum, row) => sum + Number(row.price.replace(/\\D/g, "")), 0)',
    "a number": "data.rows.reduce((sum, row) => sum + parseFloat(row.price), 0)",
    "both": 'data.rows.reduce((sum, row) => sum + parseFloat(row.price.replace(",", ".")), 0)',
    "no number": "data.rows.map((row) => row.id)",
}


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("digits alone", Verdict.INTACT),
        ("a number", Verdict.BROKEN),
        ("both", Verdict.INTACT),
        ("no number", Verdict.INTACT),
    ],
)
def test_a_comma_hurts_who_does_not_know_it(engine: Engine, reader: str, verdict: Verdict) -> None:
    before = {"rows": [{"id": f"r{n}", "price": f"{n + 3}.{25 + n}"} for n in range(8)]}
    after = {"rows": [{"id": f"r{n + 8}", "price": f"{n + 5},{41 + n}"} for n in range(8)]}
    assert verdict_on(engine, READS[reader], before, after) is verdict


def test_numbers_that_were_whole_by_chance_are_no_other_notation(engine: Engine) -> None:
    before = {"rows": [{"price": str(n + 3)} for n in range(4)]}
    after = {"rows": [{"price": f"{n + 3}.5"} for n in range(4)]}
    assert verdict_on(engine, READS["a number"], before, after) is Verdict.INTACT
