"""What a fingerprint ships of the rules of stores: it tells the same shapes as the whole rules do."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from driftwright.snapshot.capture.by_hand.fingerprint import outlined_stores, shapes_source

# Names that the vocabulary says because they are declared, by their words, or only where they are declared; and ids.
NAMES = st.sampled_from(
    ["quokka", "quokkaLamps", "state", "id", "q", "Qz", "__proto__", "zwei Worte", "größe", "a_b", "x" * 90, "k7f3a9c2"]
)
RULES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from([{}, {"redact": "mask"}, {"redact": "keep"}, {"types": ["boolean"]}]),
    lambda below: st.fixed_dictionaries(
        {},
        optional={
            "fields": st.dictionaries(NAMES, below, max_size=4),
            "values": below,
            "items": below,
            "redact": st.sampled_from(["mask", "keep"]),
        },
    ),
    max_leaves=10,
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "quokka", "2026-01-01"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=4),
    max_leaves=12,
)
KEYS = {"cart": "cart", "draft": "draft_{id}"}


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"const shapes = {shapes_source()}; 0")
    return engine


def _shapes(stores: list[Any], documents: dict[str, Any]) -> Any:
    areas = [{"area": "session", "entries": [[key, json.dumps(value)] for key, value in documents.items()]}]
    call = f"JSON.stringify(shapes(JSON.parse({json.dumps(json.dumps(stores))}), {json.dumps(areas)}))"
    return json.loads(str(_engine().eval(call)))


def _stores(rules: dict[str, dict[str, Any]]) -> list[Any]:
    return [{"name": name, "area": "session", "key": KEYS[name], "rule": rule} for name, rule in rules.items()]


@given(RULES, RULES, DOCUMENTS, DOCUMENTS)
def test_an_outline_tells_the_shapes_of_the_whole_rules(
    cart: dict[str, Any], draft: dict[str, Any], document: Any, other: Any
) -> None:
    stores = _stores({"cart": cart, "draft": draft})
    documents = {"cart": document, "draft_1": other, "draft_2": document}
    assert _shapes(outlined_stores({"stores": stores}), documents) == _shapes(stores, documents)


def test_a_map_of_texts_is_told_as_a_map_whatever_its_keys_are() -> None:
    outlined = outlined_stores({"stores": _stores({"cart": {"fields": {"prices": {"values": {}}}}})})
    (area,) = _shapes(outlined, {"cart": {"prices": {"state": "a", "total": "b"}}})
    assert area["shapes"]["cart"]["p"]["prices"]["k"] == {"word": 2}
    assert "p" not in area["shapes"]["cart"]["p"]["prices"]


def test_a_name_is_written_once_for_all_stores() -> None:
    rule = {"fields": {"quokka": {}, "lamps": {"items": {"fields": {"quokka": {"redact": "mask"}, "q": {}}}}}}
    outlined = outlined_stores({"stores": _stores({"cart": rule, "draft": rule})})
    assert [store["names"] for store in outlined] == ["quokka lamps", ""]
    assert outlined[0]["rule"] == {"fields": {"lamps": {"items": {"fields": {"q": 0, "quokka": 1}}}}}
