"""Typed paths: their text form says exactly what they are, whatever the names of fields."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Key, Path, Step, names_in, objects

STEPS = st.one_of(st.text().map(Key), st.just(EACH_VALUE), st.just(EACH_ITEM))
PATHS = st.lists(STEPS, max_size=6).map(lambda steps: Path(tuple(steps)))


@given(PATHS)
@example(Path((Key(""),)))
@example(Path((Key("{}"), EACH_VALUE, Key("[]"), EACH_ITEM)))
@example(Path((Key("~2{}"), Key("~0"), Key("~1"), Key("/"), Key("~"))))
@example(Path((Key("a/b"), Key("line\nbreak"), Key('"quoted"'), Key("__proto__"))))
def test_the_text_form_is_read_back_as_the_same_path(path: Path) -> None:
    assert Path.parse(str(path)) == path


@given(PATHS, PATHS)
def test_different_paths_have_different_text_forms(one: Path, other: Path) -> None:
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), "/"),
        ((Key("state"), Key("byId"), EACH_VALUE, EACH_ITEM, Key("done")), "/state/byId/{}/[]/done"),
        ((Key("{}"),), "/~2{}"),
        ((Key("[]"),), "/~2[]"),
        ((Key(""),), "/~2"),
        ((Key("a/b~c"),), "/a~1b~0c"),
    ],
)
def test_the_text_form_is_a_pointer_with_marks_for_maps_and_lists(steps: tuple[Step, ...], text: str) -> None:
    assert str(Path(steps)) == text
    assert Path.parse(text) == Path(steps)


@pytest.mark.parametrize("text", ["state", "state/byId", "{}", " /x"])
def test_a_text_that_does_not_begin_at_the_root_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        Path.parse(text)


@given(PATHS, PATHS)
def test_a_path_lies_within_every_path_above_it(top: Path, below: Path) -> None:
    whole = Path((*top.steps, *below.steps))
    assert whole.within(top)
    assert top.within(whole) == (not below.steps)


@given(PATHS, STEPS)
def test_one_step_down_and_up_again(path: Path, step: Step) -> None:
    assert (path / step).parent == path
    assert (path / step).last == step


def test_the_root() -> None:
    assert (ROOT.parent, ROOT.last, ROOT.name) == (ROOT, None, "/")
    assert Path.parse("") == ROOT
    assert (ROOT / "state").name == "state"
    assert (ROOT / EACH_ITEM).name == "[]"
    assert (ROOT / EACH_VALUE).name == "{}"


@given(st.text())
def test_the_name_of_a_field_is_the_field_as_it_is_called(name: str) -> None:
    assert (ROOT / name).name == name


def test_paths_are_sorted_as_their_texts_are() -> None:
    texts = ["/b", "/a/{}", "/a", "/a/[]"]
    assert [str(path) for path in sorted(map(Path.parse, texts))] == sorted(texts)


DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(st.text(max_size=3), below, max_size=4)),
)


@given(DOCUMENTS)
def test_the_names_in_a_document_are_those_of_all_its_objects(document: object) -> None:
    assert names_in(document) == {name for record in objects(document) for name in record}


def test_the_names_in_a_document_of_many_records_are_all_told() -> None:
    shelves = [{f"shelf {number}": [{f"book {number}": {"title": "Reed"}}]} for number in range(3000)]
    expected = {"title", *(f"{kind} {number}" for kind in ("shelf", "book") for number in range(3000))}
    assert names_in(shelves) == expected
