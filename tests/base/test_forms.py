"""Forms of texts and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.forms import is_idlike, key_form, text_form

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

TEXTS = [
    ("", "empty"),
    ("0", "digits"),
    ("20260301", "digits"),
    ("-4", "numeric"),
    ("+12.50", "numeric"),
    (".5", "numeric"),
    ("6e23", "numeric"),
    ("true", "boolean"),
    ("false", "boolean"),
    ("True", "word"),
    (UUID, "uuid"),
    (UUID.upper(), "uuid"),
    (f"{UUID}.", "text"),
    ("deadbeef01", "hex"),
    ("deadbeef", "word"),
    ("9f86d081884c7d65", "hex"),
    ("2026-03-01T10:00:00Z", "time-utc"),
    ("2026-03-01T10:00:00.123Z", "time-utc"),
    ("2026-03-01 10:00Z", "time-utc"),
    ("2026-03-01T10:00:00+02:00", "time-offset"),
    ("2026-03-01T10:00:00-0530", "time-offset"),
    ("2026-03-01T10:00:00", "time-local"),
    ("2026-03-01", "date"),
    ("1/3/2026", "local-date"),
    ("01.03.2026, 10:00", "local-date"),
    ("3/1/26, 9:05:00 AM", "local-date"),
    ("https://pictures.example/a.jpg?size=2", "url"),
    ("HTTP://pictures.example", "url"),
    ("wss://live.example/feed", "url"),
    (f"blob:https://app.example/{UUID}", "blob"),
    ("data:image/png;base64,iVBORw0KGgo=", "data"),
    ("javascript:alert(1)", "text"),
    ("note:remember", "text"),
    ("/users/4/photo.jpg", "path"),
    ("pictures/cat.jpg", "path"),
    ('{"a":1}', "json"),
    ("[1,2]", "json"),
    ("[unfinished", "text"),
    ("open", "word"),
    ("in_progress", "word"),
    ("v1.2", "word"),
    ("sk_live_51H8f3Kd09aZ", "token"),
    ("two words", "text"),
    ("öffnen", "text"),
    ("12 apples", "text"),
    ("line\nbreak", "text"),
    ("true\n", "text"),
    ("42\n", "text"),
]

KEYS = [
    (UUID, "uuid", True),
    ("1024", "digits", True),
    ("3f2504e04f8941d39a0c0305e82c3301", "hex", True),
    (f"room-{UUID}", "prefixed", True),
    ("a8Zk3Qp0x9Lm2Nv7", "token", True),
    ("title", "word", False),
    ("parentId2", "word", False),
    ("$meta", "word", False),
    ("__proto__", "word", False),
    ("settings.theme", "text", False),
    ("src/app.css", "path", False),
    ("", "text", False),
    ("two words", "text", False),
    ("line\nbreak", "text", False),
    ('"quoted"', "text", False),
]


@pytest.mark.parametrize(("text", "form"), TEXTS)
def test_the_form_of_a_text(text: str, form: str) -> None:
    assert text_form(text) == form


@pytest.mark.parametrize(("key", "form", "idlike"), KEYS)
def test_the_form_of_a_key(key: str, form: str, *, idlike: bool) -> None:
    assert (key_form(key), is_idlike(key)) == (form, idlike)


@given(st.text())
def test_every_text_has_a_form(text: str) -> None:
    assert text_form(text)
    assert key_form(text)


@given(st.uuids())
def test_an_id_keeps_its_form_whatever_its_digits(number: object) -> None:
    assert text_form(str(number)) == "uuid"
    assert key_form(str(number)) == "uuid"


@given(st.datetimes())
def test_a_time_is_told_by_its_zone(moment: object) -> None:
    text = str(moment).replace(" ", "T")
    assert text_form(text) == "time-local"
    assert text_form(f"{text}Z") == "time-utc"
    assert text_form(f"{text}+01:00") == "time-offset"
