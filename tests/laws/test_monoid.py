"""Folding is a monoid: the merged shapes of the parts of a column are its shape, however it was parted."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from driftwright.base.form_counts import count_key_forms, count_text_forms
from driftwright.base.forms import key_form, text_form
from driftwright.base.path import Path
from driftwright.impact.javascript.process import Process
from driftwright.snapshot.capture.answer import literal
from driftwright.snapshot.capture.by_hand.fingerprint import shapes_source
from driftwright.structure.shape.counted import shape_record
from driftwright.structure.shape.fingerprint import shape_of_fingerprint
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.merging import merge_all
from driftwright.structure.shape.model import Layout, Shape

IDS = [f"{number:08x}-1111-4222-8333-444444444444" for number in range(50)]
TEXTS = [
    *IDS[:3],
    *("", "true", "false", "truer", "open", "o1000001", "deadbeef", "deadbeef1", "12345678", "1e5", "-3.5", "+7", ".5"),
    *(
        "7.",
        "2026-03-01",
        "2026-03-01T10:15",
        "2026-03-01T10:15:33.000Z",
        "2026-03-01 10:15:33+0200",
        "1/2/2026, 10:15",
    ),
    *(
        "https://a.example/x y",
        "https://a.example/\u00e9",
        "http://",
        "HTTPS://A.EXAMPLE",
        "blob:https://a/b",
        "data:x",
    ),
    *("mailto:a", "abc_defg_hijk_lmn1", "1234567890123456e10", "a1234567890123456", "{}", "{", "[1]", "{a]", "a b"),
    *("a\tb", "a b/c", "/a/b/", "a/b", "//a", "../x/y", "\u0661\u0662", "\u00b2", "x\0y", "\0", "a.b-c", "alb-12"),
    *("_x", "$x", "Reed Salt 7", "usr_0123456789abcdef", "12 apples", "17.50 EUR", "7.50. x", "01.03.26 10:00", "42\n"),
]
KEYS = [
    *IDS[:4],
    "17",
    "4",
    "deadbeef",
    "order_000123",
    "ord_1",
    "title",
    "",
    "a/b",
    "x y",
    f"at-{IDS[5]}",
    "__proto__",
]
ANY_TEXT = st.sampled_from(TEXTS) | st.text(max_size=20) | st.from_regex(r"[0-9a-fA-FxT:/. -]{1,20}", fullmatch=True)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False), ANY_TEXT,
    st.sampled_from([2**60, 10**21, 1e21, 1e20, 10**20, -0.0, 0]),
)  # fmt: skip
DOCUMENTS = st.recursive(
    SCALARS,
    lambda below: st.one_of(
        st.lists(below, max_size=5),
        st.dictionaries(st.sampled_from(KEYS), below, max_size=5),
        st.fixed_dictionaries({}, optional={"id": st.sampled_from(KEYS), "at": below, "size": SCALARS}),
    ),
    max_leaves=30,
)
PARTS = st.lists(st.lists(DOCUMENTS, max_size=4), min_size=1, max_size=5)
PINNED = frozenset({"title", IDS[0]})


def assert_same(parts: Sequence[Sequence[Any]], layout: Layout, pinned: frozenset[str] = frozenset()) -> Shape:
    whole = fold([value for part in parts for value in part], layout, pinned)
    merged = merge_all([fold(part, layout, pinned) for part in parts])
    assert merged == whole
    # To the byte, as it is written: 2 and 2.0 are one number, and the order of the parts does not matter.
    backwards = merge_all([fold(part, layout, pinned) for part in reversed(parts)])
    texts = {json.dumps(shape_record(shape)) for shape in (whole, merged, backwards)}
    assert len(texts) == 1
    return whole


@settings(max_examples=120)
@given(PARTS)
@example([[{"a": 1}], [{"a": 1.0}], [{"a": 2**60}, {"a": 1e300}]])
@example([[{IDS[0]: [{"id": IDS[0]}]}], [{IDS[1]: {"id": IDS[1]}}], [{IDS[2]: [[]]}], [{}]])
def test_any_chunking_of_any_column_gives_one_shape(parts: list[list[Any]]) -> None:
    layout = layout_of(fold([value for part in parts for value in part]))
    assert_same(parts, layout)
    assert_same(parts, layout, PINNED)


def shelf(draw: random.Random, number: int) -> dict[str, Any]:
    """A store of records in a map and in lists in a map, some of which repeat their key."""
    keys = [f"{draw.getrandbits(32):08x}-1111-4222-8333-{number:012}" for _ in range(draw.randrange(40))]
    names = draw.sample(TEXTS, 12)
    record = {"note": "", "at": "2026-03-01", "size": 1}
    return {
        "books": {
            key: {**record, "id": key if draw.random() < 0.7 else draw.choice(keys), "note": draw.choice(names)}
            for key in keys
        },
        "lists": {key: [{"of": key, draw.choice(("odd", "even")): 1}] * draw.randrange(4) for key in keys},
    }


BOOK = Layout(kind="record")
SHELF = Layout(
    kind="record",
    fields={"books": Layout(kind="map", values=BOOK), "lists": Layout(kind="map", values=Layout(items=BOOK))},
)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 100))
def test_a_long_column_is_counted_exactly_however_it_is_parted(seed: int, count: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - data, no secret
    stores = [shelf(draw, number) for number in range(count)]
    cuts = sorted(draw.randrange(count + 1) for _ in range(draw.randrange(6)))
    parts = [stores[start:end] for start, end in zip([0, *cuts], [*cuts, count], strict=True)]
    shape = assert_same(parts, SHELF)
    books = [(key, book) for store in stores for key, book in store["books"].items()]
    lists = [(key, item) for store in stores for key, items in store["lists"].items() for item in items]
    of_books, of_lists = shape.fields["books"], shape.fields["lists"]
    assert of_books.keyed == +Counter({"*": len(books), "id": sum(key == book["id"] for key, book in books)})
    assert of_books.keys == +Counter({"uuid": len(books)})
    assert of_lists.keyed == +Counter({"*": len(lists), "of": len(lists)})
    if books:
        notes = of_books.at(Path.parse("/{}/note"))
        assert notes is not None
        assert notes.forms == Counter(text_form(book["note"]) for _, book in books)


@pytest.mark.parametrize(("count", "form_of"), [(count_text_forms, text_form), (count_key_forms, key_form)])
def test_every_form_is_counted_as_if_asked_one_by_one(count: Any, form_of: Any) -> None:
    draw = random.Random(7)  # noqa: S311 - data, no secret
    for text in (*TEXTS, *KEYS):
        assert count([text] * 50) == {form_of(text): 50}, text
        others = [*draw.choices(TEXTS, k=400), *[text] * 60, *draw.choices(KEYS, k=200)]
        assert count(others) == Counter(map(form_of, others)), text


@settings(max_examples=100)
@given(st.lists(ANY_TEXT, min_size=1, max_size=8), st.integers(1, 9))
def test_the_patterns_are_sure_of_what_they_take(texts: list[str], times: int) -> None:
    for column in ([text for text in texts for _ in range(50 * times)], texts * (50 * times)):
        assert count_text_forms(column) == Counter(map(text_form, column))
        assert count_key_forms(column) == Counter(map(key_form, column))


def test_few_ids_among_many_keep_their_number() -> None:
    column = [IDS[number % 50] if number < 49 else "free text here" for number in range(30_000)]
    random.Random(1).shuffle(column)  # noqa: S311 - data, no secret
    assert fold(column).forms == {"uuid": 49, "text": 29_951}


RULE = {
    "fields": {
        "books": {"values": {"fields": dict.fromkeys(("id", "note", "at", "size"), 0)}},
        "lists": {"values": {"items": {"fields": dict.fromkeys(("of", "odd", "even"), 0)}}},
    }
}


def told_alike(shape: Shape) -> Any:
    """What a page tells of a shape: everything that is no value."""
    below = (told_alike(part) if part is not None else None for part in (shape.values, shape.items))
    fields = {name: told_alike(part) for name, part in shape.fields.items()}
    counts = (shape.types, shape.keys, shape.keyed, shape.forms)
    return [dict(sorted(count.items())) for count in counts], shape.empty, shape.true, fields, *below


def test_the_fold_of_the_page_counts_as_this_one_does() -> None:
    draw = random.Random(3)  # noqa: S311 - data, no secret
    store = shelf(draw, 1)
    store["lists"] |= {key: [{"of": key}, [{"of": key}, {"of": ""}], {}, 1] for key in IDS[:2]}
    store["books"] |= {f"other {number}": {"id": f"other {number}", "note": text} for number, text in enumerate(TEXTS)}
    entries = [{"area": "session", "entries": [["shop", json.dumps(store)]]}]
    stores = [{"name": "shop", "area": "session", "key": "shop", "rule": RULE}]
    process = Process(1 << 30, "UTC")
    try:
        call = f"({shapes_source()})({json.dumps(stores)}, JSON.parse({literal(json.dumps(entries))}))"
        (area,) = json.loads(process.evaluate(f"JSON.stringify({call})", 30))
    finally:
        process.close()
    assert told_alike(shape_of_fingerprint(area["shapes"]["shop"], None)) == told_alike(fold([store], SHELF))
