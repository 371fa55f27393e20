"""Documents made up in the form of real ones: the same forms and relations, and none of the values."""

from __future__ import annotations

import base64
import itertools
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.forms import text_form
from driftwright.snapshot import MakeUp

SECRET = bytes(range(32))
SOURCE = 'const open = (d) => d.items.filter((item) => item.status === "open" && item.key.startsWith("order:v2:"))'
MAKE = MakeUp(SECRET, SOURCE, frozenset({"open", "order:v2:", "items", "status", "key"}))

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
FORMS = (
    "9f8e7d6c-1a2b-4c3d-8e9f-0a1b2c3d4e5f",
    "deadbeef12345678",
    "2024-02-29",
    "2024-02-29T23:59:59.123Z",
    "2024-02-29T23:59:59+02:00",
    "2024-02-29 10:11",
    "3/14/2024",
    "https://shop.example/p/17?ref=mail#top",
    "blob:https://shop.example/9f8e7d6c",
    "assets/images/fox.jpg",
    "order_9XKQ27ab81LLm3",
    "48213977",
    "1,204.50",
    "#ff8800",
    "12:34:56",
    "user-12345678-Иванов",
    "王小明 訂單",
    "a sentence, as people write it.",
    "%E4%BD%A0%20ok",
)


def _like(value: Any, made: Any) -> bool:
    """Whether two values have the same structure."""
    if isinstance(value, dict):
        return isinstance(made, dict) and len(made) == len(value) and all(map(_like, value.values(), made.values()))
    if isinstance(value, list):
        return isinstance(made, list) and len(made) == len(value) and all(map(_like, value, made))
    return type(value) is type(made)


@given(DOCUMENTS)
def test_the_structure_stays(document: Any) -> None:
    assert _like(document, MAKE.document(document))


@given(DOCUMENTS)
def test_it_is_the_same_each_time_and_another_with_another_secret(document: Any) -> None:
    again = MakeUp(SECRET, SOURCE, MAKE.literals)
    assert again.document(document) == MAKE.document(document)
    other = MakeUp(bytes(32), SOURCE, MAKE.literals)
    assert other.name != MAKE.name
    assert other.text("Marguerite Yourcenar") != MAKE.text("Marguerite Yourcenar")


@pytest.mark.parametrize("text", FORMS)
def test_a_text_keeps_its_form_and_nothing_else(text: str) -> None:
    made = MAKE.text(text)
    assert text_form(made) == text_form(text)
    assert len(made) == len(text)
    assert made != text
    assert [char for char in made if not char.isalnum() and char.isascii()] == [
        char for char in text if not char.isalnum() and char.isascii()
    ]


@given(st.lists(st.from_regex(r"[A-Z][a-z]{4,12} [A-Z][a-z]{5,12}", fullmatch=True), min_size=1, max_size=5))
def test_no_name_is_left(names: list[str]) -> None:
    written = json.dumps(MAKE.document({"people": names, "byName": dict.fromkeys(names, 1)}))
    assert not any(name in written for name in names)


def test_different_values_stay_different() -> None:
    words = ["".join(pair) for pair in itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=2)]
    assert len({MAKE.text(f"{word}-x") for word in words}) == len(words)
    numbers = range(100, 6000)
    assert len({MAKE.number(number) for number in numbers}) == len(numbers)
    assert all(len(str(MAKE.number(number))) == len(str(number)) for number in numbers)


def test_a_number_and_its_text_stay_equal() -> None:
    made = MAKE.document({"byId": {"4812": 1, "977": 2}, "order": [4812, 977], "refs": ["order 4812"]})
    assert [str(number) for number in made["order"]] == list(made["byId"])
    assert made["refs"][0].endswith(f" {made['order'][0]}")


def test_what_the_readers_name_stays() -> None:
    assert MAKE.text("open") == "open"
    made = MAKE.text("order:v2:Zanzibar")
    assert made.startswith("order:v2:")
    assert "Zanzibar" not in made


def test_upper_and_lower_case_and_joined_words_stay_related() -> None:
    made = MAKE.text("winterForest")
    assert MAKE.text("winter_forest") == made[:6] + "_" + made[6:].lower()
    assert MAKE.text("WINTER") == made[:6].upper()


def test_times_keep_their_order_and_distance() -> None:
    first, second = (datetime.fromisoformat(MAKE.text(text)) for text in ("2024-01-31T10:00:00", "2024-03-01T09:30:00"))
    assert second - first == datetime(2024, 3, 1, 9, 30) - datetime(2024, 1, 31, 10)  # noqa: DTZ001 - a distance
    seconds = MAKE.number(1_700_000_000), MAKE.number(1_700_000_060)
    assert seconds[1] - seconds[0] == 60
    assert MAKE.number(1_700_000_000_000) == seconds[0] * 1000


def test_an_abbreviated_number_stays_abbreviated_and_nothing_else_becomes_one() -> None:
    for number in range(40):
        make = MakeUp(bytes([number] * 32), SOURCE, frozenset())
        assert make.text("1500K views")[4] == "K"
        assert make.text("about 417,2m")[-1] == "m"
        units = "ghijlnopqrstuvwxyz"
        others = {make.text(f"{1000 + number}{unit}")[-1] for number, unit in enumerate(units)}
        assert others.isdisjoint("bkm")
        assert len(others) == len(units)  # different units stay different


def test_a_text_in_base64_stays_one_and_holds_another_text() -> None:
    texts = ("willow-54", "tundra 47", "brook68")
    coded = [base64.b64encode(text.encode()).decode() for text in texts]
    made = [MAKE.text(text) for text in coded]
    assert [base64.b64decode(text, validate=True).decode() for text in made] == [MAKE.text(text) for text in texts]
    assert not set(made) & set(coded)
    assert MAKE.text("lagoon90") != "lagoon90"  # of this length, and no text in Base64


def test_a_value_that_is_the_name_of_a_field_stays_and_no_name_of_a_person() -> None:
    make = MakeUp(SECRET, SOURCE, frozenset(), frozenset({"raven46", "anna.schmidt@mail.example"}))
    made = make.document({"author": "raven46", "mail": "anna.schmidt@mail.example", "stats": {"raven46": {"n": 2}}})
    assert (made["author"], made["stats"]) == ("raven46", {"raven46": {"n": 2}})
    assert made["mail"] != "anna.schmidt@mail.example"


def test_documents_within_texts_are_made_up_inside() -> None:
    inner = {"owner": "Marguerite Yourcenar", "qty": 3}
    whole = {
        "json": json.dumps(inner),
        "address": quote(json.dumps(inner), safe=""),
        "token": ".".join((base64.urlsafe_b64encode(json.dumps(inner).encode()).decode().rstrip("="), "c2ln")),
    }
    made = MAKE.document(whole)
    coded = made["token"].split(".")[0]
    opened = [
        made["json"],
        unquote(made["address"]),
        base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode(),
    ]
    for text in opened:
        assert json.loads(text)["qty"] == 3
        assert "Yourcenar" not in text


@pytest.mark.parametrize("name", ["anna.schmidt@mail.example", "user491701234567", "Anna Schmidt, Berlin"])
def test_a_key_that_a_person_could_have_is_made_up(name: str) -> None:
    made = MAKE.document({name: {"n": 1}, "status": "x"})
    assert list(made)[1] == "status"
    assert next(iter(made)) != name
