"""Constants that several modules declare alike are found, and nothing that depends on where it stands."""

from __future__ import annotations

import pytest

from driftwright.impact.javascript.helpers import shared_helpers

BOTH = """
const isList = Array.isArray;
const isRecord = (value) => typeof value === "object" && value !== null && !isList(value);
"""


def test_what_two_modules_declare_alike_is_taken_out_of_both() -> None:
    first = f"{BOTH}const one = (site) => isRecord(site) && isList(site.items);\n"
    second = f"const other = 2;{BOTH}function two(site) {{ return isRecord(site); }}\n"
    shared = shared_helpers([first, "const isList = Array.isArray, more = 1;\n", second])
    assert [name for name, _ in shared.helpers] == ["isList", "isRecord"]
    assert [[name for name, _ in taken] for taken in shared.taken] == [
        ["isList", "isRecord"],
        [],
        ["isList", "isRecord"],
    ]
    assert shared.bodies[0].strip() == "const one = (site) => isRecord(site) && isList(site.items);"
    assert shared.bodies[1] == "const isList = Array.isArray, more = 1;\n"
    assert shared.bodies[0].count("\n") == first.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "let isOpen = (shop) => shop.open;",  # may be bound anew
        "const isOpen = (shop) => shop.open, other = 1;",
        "const { isOpen } = { isOpen: (shop) => shop.open };",
        "const isOpen = () => this?.open;",
        "const isOpen = () => eval('open');",
        "const found = new Map();",
        "const found = [];",
        "const found = window.open;",  # may be another one by then
        "const pattern = /open/g;",
        "const isOpen = (shop) => shop.open > least;\nlet least = NUMBER;",  # of its own module
        "const isOpen = (shop) => least(shop);\nconst least = (shop) => shop.open > NUMBER;",
    ],
)
def test_what_depends_on_its_module_stays(text: str) -> None:
    bodies = [text.replace("NUMBER", number) for number in ("1", "2")]
    shared = shared_helpers(bodies)
    assert shared.helpers == ()
    assert list(shared.bodies) == bodies


def test_of_two_texts_under_one_name_one_goes_and_what_uses_the_other_stays() -> None:
    even, odd = ("const half = (n) => n / 2;", "const half = (n) => (n - 1) / 2;")
    users = "const use = (n) => half(n);"
    shared = shared_helpers([even, even, f"{odd}\n{users}", f"{odd}\n{users}", even])
    assert shared.helpers == (("half", "(n) => n / 2"),)
    assert shared.bodies[2:4] == (f"{odd}\n{users}",) * 2


def test_a_name_of_the_page_is_not_taken_for_a_constant_of_other_modules() -> None:
    of_page = "const shown = (text) => format(text);"
    own = "const format = (text) => text.trim();"
    shared = shared_helpers([of_page, of_page, own, own])
    assert [name for name, _ in shared.helpers] == ["format"]
