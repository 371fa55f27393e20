"""Errors as values: one line that names the file, the place and the mend."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.errors import BlindFault, Fault, InputFault, MachineFault, visible


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (InputFault("not TOML"), "not TOML"),
        (InputFault("no such file", "a.toml"), "a.toml: no such file"),
        (InputFault("must be a text", "a.toml", "title"), "a.toml:title: must be a text"),
        (InputFault("is missing", "a.toml", "title", "add it"), "a.toml:title: is missing; add it"),
        (InputFault("is empty", "", "/state"), "/state: is empty"),
        (BlindFault("not logged in", mend="log in"), "not logged in; log in"),
    ],
)
def test_the_line_names_file_place_fault_and_mend(fault: Fault, line: str) -> None:
    assert str(fault) == line


@given(st.text(), st.text(), st.text(), st.text())
def test_a_fault_is_one_printable_line_whatever_it_was_given(what: str, file: str, place: str, mend: str) -> None:
    line = str(InputFault(what, file, place, mend))
    assert line.isprintable()
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", "two\\u000alines"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("größer ✓", "größer ✓"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_whose_fault_it_is_can_be_told_apart() -> None:
    kinds = (InputFault, BlindFault, MachineFault)
    for kind in kinds:
        with pytest.raises(kind) as caught:
            raise kind("it went wrong")
        assert [isinstance(caught.value, other) for other in kinds].count(True) == 1


def test_equal_faults_are_equal_values() -> None:
    assert InputFault("a", "b") == InputFault("a", "b")
    assert InputFault("a", "b") != InputFault("a", "c")
