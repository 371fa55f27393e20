"""Readers whose answers rest on chance: told as such, and never taken for drift."""

from __future__ import annotations

from typing import Any

import pytest

import driftwright

BEFORE = {"items": [{"id": f"item-{number}", "rank": number} for number in range(20)]}
CHANGED = {"items": [{"id": f"item-{number}", "place": number} for number in range(20)]}
SHUFFLED = "[...d.items].sort(() => Math.random() - 0.5)"


def judged(reader: str, after: Any) -> tuple[str, str]:
    """The verdict on a reader, and what is said of it."""
    (fact,) = driftwright.diff(BEFORE, after, f"export const f = {reader};").facts
    return str(fact.verdict), fact.says


@pytest.mark.parametrize(
    "reader",
    [
        f"(d) => {SHUFFLED}[0].id",
        f"(d) => {SHUFFLED}[0].rank",
        "(d) => d.items[Math.floor(Math.random() * d.items.length)].rank",
        "(d) => Math.random() + d.items.length",
    ],
)
@pytest.mark.parametrize("after", [BEFORE, CHANGED])
def test_an_answer_by_chance_is_not_seen_and_says_why(reader: str, after: Any) -> None:
    verdict, says = judged(reader, after)
    assert verdict == "unseen"
    assert "chance" in says


def test_chance_that_the_answer_does_not_show_changes_nothing() -> None:
    reader = f"(d) => {SHUFFLED}.map(({{ rank }}) => rank).sort((a, b) => a - b).join()"
    assert judged(reader, BEFORE)[0] == "intact"
    assert judged(reader, CHANGED)[0] == "broken"
