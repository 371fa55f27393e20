"""Settings files are read strictly: what is unknown, missing or of the wrong type is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.files import read_text
from driftwright.base.toml import Table, read_table, suggestion

DATA: dict[str, Any] = {
    "title": "Sum of the basket",
    "limit": 3,
    "share": 0.5,
    "active": True,
    "names": ["a", "b"],
    "mixed": ["a", 1],
    "inner": {"depth": 2},
    "source": [{"name": "one"}, {"name": "two"}],
    "level": "warn",
}


def table() -> Table:
    return Table(DATA, "facts.toml")


def test_values_are_given_as_they_stand() -> None:
    read = table()
    assert read.text("title") == "Sum of the basket"
    assert (read.number("limit"), read.number("share")) == (3.0, 0.5)
    assert read.flag("active") is True
    assert read.texts("names") == ("a", "b")
    assert read.mapping("inner") == {"depth": 2}
    assert read.table("inner").number("depth") == 2
    assert [part.text("name") for part in read.tables("source")] == ["one", "two"]
    assert read.choice("level", ["note", "warn"]) == "warn"
    assert "limit" in read
    assert "limits" not in read


def test_a_missing_key_has_its_default() -> None:
    read = table()
    assert read.text("absent", "x") == "x"
    assert read.number("absent", 1) == 1
    assert read.flag("absent") is False
    assert (read.texts("absent"), read.tables("absent"), read.mapping("absent")) == ((), (), {})
    assert read.choice("absent", ["a", "b"], "b") == "b"
    assert read.value("absent", 7) == 7


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (lambda read: read.text("absent"), "facts.toml: 'absent' is missing; add absent = a text"),
        (lambda read: read.text("limit"), "facts.toml:limit: must be a text"),
        (lambda read: read.number("active"), "facts.toml:active: must be a number"),
        (lambda read: read.number("title"), "facts.toml:title: must be a number"),
        (lambda read: read.flag("limit"), "facts.toml:limit: must be true or false"),
        (lambda read: read.texts("mixed"), "facts.toml:mixed: must be a list of texts"),
        (lambda read: read.texts("title"), "facts.toml:title: must be a list of texts"),
        (lambda read: read.tables("names"), "facts.toml:names: must be a list of tables ([[names]])"),
        (lambda read: read.mapping("names"), "facts.toml:names: must be a table"),
        (lambda read: read.table("inner").text("depth"), "facts.toml:inner.depth: must be a text"),
        (lambda read: read.tables("source")[1].number("name"), "facts.toml:source[2].name: must be a number"),
        (
            lambda read: read.choice("level", ["note", "warm"]),
            "facts.toml:level: 'warn' is not one of note, warm; did you mean 'warm'?",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(ask: Callable[[Table], object], line: str) -> None:
    with pytest.raises(InputFault) as caught:
        ask(table())
    assert str(caught.value) == line


def test_a_key_that_nobody_asked_for_is_refused_with_the_nearest_known_one() -> None:
    read = Table({"titel": "x"}, "facts.toml")
    read.text("title", "")
    with pytest.raises(InputFault, match=r"facts.toml: unknown key 'titel'; did you mean 'title'\?"):
        read.close()


def test_a_key_unlike_any_is_refused_with_all_known_ones() -> None:
    read = Table({"zzz": 1}, "facts.toml", "source[1]")
    read.text("name", "")
    read.text("level", "")
    with pytest.raises(InputFault) as caught:
        read.close()
    assert str(caught.value) == "facts.toml:source[1]: unknown key 'zzz'; known keys: level, name"


def test_a_table_that_was_read_whole_closes() -> None:
    read = Table({"name": "x"}, "facts.toml")
    assert read.text("name") == "x"
    read.close()


def test_a_word_unlike_all_gets_no_suggestion() -> None:
    assert suggestion("qqq", ["title", "level"]) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"title = ", "not TOML"),
        (b"title = 'caf\xe9'", "not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: File, content: bytes | None, says: str) -> None:
    file = tmp_path / "facts.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputFault) as caught:
        read_table(file)
    assert says in str(caught.value)
    assert caught.value.file == str(file)
    assert caught.value.mend


def test_a_folder_is_no_file(tmp_path: File) -> None:
    with pytest.raises(InputFault, match="a folder, not a file"):
        read_text(tmp_path)
