"""Known-good documents put into the structure of a later one, without any rule of a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.structure.counterfactual.align import Counterfactual, make_counterfactual
from driftwright.structure.counterfactual.plan import Draw, Trust

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(("", "red", "2026-03-01", "r1"))
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("id", "kind", "size")), inner),
    max_leaves=12,
)


def _boats(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"id": f"b{n}", "hull": ("oak", "pine")[n % 2], "length": 6 + n, "crew": {"skipper": f"s{n}"}}
        for n in range(start, start + count)
    ]


def _made(before: Any, after: Any, *named: str) -> tuple[Any, Counterfactual]:
    way = make_counterfactual([before], after, frozenset(named))
    return way.of(before, Draw()), way


@given(DOCUMENTS)
def test_a_document_in_its_own_structure_stays_as_it_is(document: Any) -> None:
    made, way = _made(document, document)
    assert made == document
    assert way.decisions == ()


@given(DOCUMENTS, DOCUMENTS)
def test_with_all_decisions_off_a_document_stays_as_it_is(before: Any, after: Any) -> None:
    way = make_counterfactual([before], after, frozenset())
    assert way.of(before, way.without(*Trust)) == before


@given(DOCUMENTS, DOCUMENTS)
def test_it_answers_for_any_two_documents_and_leaves_the_given_one_alone(before: Any, after: Any) -> None:
    copy = repr(before)
    way = make_counterfactual([before], after, frozenset())
    for draw in (Draw(), Draw(with_new=True), *(way.only(number) for number in range(len(way.decisions)))):
        way.of(before, draw)
    assert repr(before) == copy


def test_a_field_that_is_called_otherwise_keeps_its_value() -> None:
    after = [
        {**{k: v for k, v in boat.items() if k != "length"}, "hullLength": boat["length"]} for boat in _boats(4, 7)
    ]
    made, way = _made(_boats(3), after)
    assert made == [{"id": b["id"], "hull": b["hull"], "crew": b["crew"], "hullLength": b["length"]} for b in _boats(3)]
    assert [str(decision) for decision in way.decisions] == ["/[]/length: called hullLength"]


def test_a_field_that_lies_in_a_record_beside_it_is_put_there() -> None:
    after = [{"id": b["id"], "hull": b["hull"], "crew": {**b["crew"], "length": b["length"]}} for b in _boats(4, 7)]
    made, _ = _made(_boats(3), after)
    assert made[0] == {"id": "b0", "hull": "oak", "crew": {"skipper": "s0", "length": 6}}


def test_new_fields_have_a_later_value_and_only_where_they_are_asked_for() -> None:
    after = [{"flag": "NL", **boat} for boat in _boats(4, 7)]
    way = make_counterfactual([_boats(2)], after, frozenset())
    assert way.of(_boats(2), Draw()) == _boats(2)
    assert [list(boat) for boat in way.of(_boats(2), Draw(with_new=True))] == [["flag", *_boats(1)[0]]] * 2


def test_a_whole_document_is_put_into_a_wrapper() -> None:
    before = {"boats": _boats(3), "port": "Hoorn"}
    made, way = _made(before, {"v": 2, "data": {"boats": _boats(2, 9), "port": "Hoorn"}}, "boats", "port")
    assert made == {"data": before}
    assert {decision.says for decision in way.decisions} == {"put into data"}


def test_each_kind_of_record_is_decided_by_itself() -> None:
    before = [{"kind": "text", "text": f"t{n}", "bold": n % 2} for n in range(4)]
    before += [{"kind": "image", "file": f"f{n}.png", "width": n} for n in range(4)]
    after = [{"kind": "text", "text": f"t{n}", "bold": n % 2} for n in range(5)]
    after += [{"kind": "image", "filename": f"f{n}.png", "width": n} for n in range(5)]
    made, way = _made(before, after, "kind")
    assert made[0] == before[0]
    assert made[4] == {"kind": "image", "filename": "f0.png", "width": 0}
    assert [decision.says for decision in way.decisions] == ["called filename"]


KINDS_OF_CHANGES: Mapping[str, tuple[Callable[[int], Any], Callable[[int], Any], Trust, Any]] = {
    "numbers as texts": (lambda n: n, str, Trust.EXACT, "3"),
    "texts of numbers": (str, lambda n: n, Trust.EXACT, 3),
    "single values in lists": (lambda n: f"v{n}", lambda n: [f"v{n}"], Trust.EXACT, ["v3"]),
    "single values in records": (lambda n: f"v{n}", lambda n: {"name": f"v{n}"}, Trust.EXACT, {"name": "v3"}),
    "records as JSON texts": (lambda n: {"n": n}, lambda n: f'{{"n":{n}}}', Trust.EXACT, '{"n":3}'),
    "JSON texts as records": (lambda n: f'{{"n":{n}}}', lambda n: {"n": n}, Trust.EXACT, {"n": 3}),
    "lists in pages": (lambda n: [n], lambda n: {"rows": [n], "next": 1}, Trust.EXACT, {"rows": [3]}),
    "maps as lists": (
        lambda n: {f"k{n}": {"x": n}},
        lambda n: [{"x": n}],
        Trust.EXACT,
        [{"x": 3}],
    ),
    "flags as texts": (lambda n: n % 2 == 1, lambda n: ("no", "yes")[n % 2], Trust.SAMPLE, "no"),
    "nulls": (lambda n: n, lambda _: None, Trust.DATA, None),
    "emptied texts": (lambda n: f"v{n}", lambda _: "", Trust.DATA, ""),
}


@pytest.mark.parametrize("name", KINDS_OF_CHANGES)
def test_values_of_another_kind_keep_what_they_say(name: str) -> None:
    before, after, trust, third = KINDS_OF_CHANGES[name]
    made, way = _made({"rows": [before(n) for n in range(1, 6)]}, {"rows": [after(n) for n in range(1, 8)]}, "rows")
    assert made["rows"][2] == third
    assert [decision.trust for decision in way.decisions] == [trust]


def test_a_kind_that_is_missing_beside_others_may_be_other_data() -> None:
    """What queries of different kinds hold stands in one place: a session may have those of one kind alone."""
    before = {"queries": [{"data": {"name": f"n{n}"}} for n in range(6)] + [{"data": [f"p{n}"]} for n in range(6)]}
    after = {"queries": [{"data": [{"post": n}]} for n in range(6)]}
    way = make_counterfactual([before], after, frozenset(("queries", "data")))
    assert way.decisions
    assert {decision.trust for decision in way.decisions} == {Trust.DATA}


def test_keys_that_are_made_of_ids_are_not_called_otherwise() -> None:
    before = {"app.user-17.token": "abc", "app.user-17.name": "Ada", "theme": "dark"}
    after = {"app.user-98.token": "xyz", "app.user-98.name": "Ben", "theme": "dark"}
    way = make_counterfactual([before], after, frozenset(("theme",)))
    assert not any("called" in decision.says for decision in way.decisions)


def test_what_the_later_document_does_not_show_is_hidden() -> None:
    before = {"boats": _boats(3), "ports": [{"name": "Hoorn"}]}
    way = make_counterfactual([before], {"boats": _boats(2), "ports": []}, frozenset(("boats", "ports")))
    assert [str(path) for path in way.hidden] == ["/ports/[]"]
