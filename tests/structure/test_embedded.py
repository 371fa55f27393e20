"""JSON within JSON: what is compared holds the parsed documents, with their own shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.form_counts import count_text_forms
from driftwright.base.jsontext import json_text
from driftwright.structure.embedded import open_embedded_json
from driftwright.structure.shape import folding
from driftwright.structure.shape.folding import fold

NAMES = st.sampled_from(["id", "title", "slices", "7", "8f14e45f", "3f2504e0", "__proto__", "{}"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "open", "7", "8f14e45f"]))
INNER = st.one_of(
    st.lists(SCALARS, max_size=3), st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=3)
)
TEXTS = st.one_of(INNER, INNER.map(lambda inner: [json_text(inner)])).map(json_text)
DOCUMENTS = st.recursive(
    st.one_of(SCALARS, TEXTS),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(NAMES, below, max_size=4)),
    max_leaves=16,
)


@given(DOCUMENTS)
def test_the_shape_of_opened_documents_is_theirs(document: Any) -> None:
    opened = open_embedded_json(document, document, [document])
    assert opened.shape == fold([opened.before, *opened.known])


def test_what_lies_beside_an_opened_text_is_not_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [f"order {number}" for number in range(60)]
    store = {"orders": [{"paid": True, "note": note} for note in notes], "view": json.dumps({"a": 1})}
    folded: list[Sequence[str]] = []

    def counting(texts: Sequence[str]) -> Mapping[str, int]:
        folded.append(texts)
        return count_text_forms(texts)

    monkeypatch.setattr(folding, "count_text_forms", counting)
    opened = open_embedded_json(store, store)
    assert opened.before["view"] == {"a": 1}
    assert folded.count(notes) == 1
