"""How guards are written in the languages of readers: each condition as plain code with plain names."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Protocol

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_TYPEOF = {"integer": "number", "number": "number", "NaN": "number", "string": "string", "boolean": "boolean"}
_CLASSES = {
    "integer": "(int, float)",
    "number": "(int, float)",
    "NaN": "(int, float)",
    "string": "str",
    "boolean": "bool",
}


class Words(Protocol):
    """The words of one language.

    Args:
        true: What always holds.
        both: What stands between conditions that must all hold.
        either: What stands between those of which one must.
        file: A name for a module of guards.
    """

    true: str
    both: str
    either: str
    file: str

    def function(self, stores: Sequence[str], condition: str) -> str:
        """Return a function of stores that tells a condition."""

    def exported(self, name: str, store: str, condition: str) -> str:
        """Return a function of a module, which tells a condition of one store."""

    def called(self, name: str, store: str) -> str:
        """Return what a contract calls such a function."""

    def part(self, value: str, name: str, *, is_certain: bool) -> str:
        """Return the expression of a field; one that may be missing must not throw."""

    def is_list(self, value: str) -> str:
        """Return the condition that a value is a list."""

    def is_object(self, value: str, *, is_map: bool) -> str:
        """Return the condition that a value is an object; of a map that it is no list."""

    def is_scalar(self, value: str, kinds: Sequence[str]) -> list[str]:
        """Return the conditions of which one holds for a value of some types."""

    def every(self, value: str, each: str, condition: str, *, is_map: bool) -> str:
        """Return the condition that another holds for every item of a list, or every value of a map."""

    def none(self, value: str, *, absent: bool, null: bool) -> list[str]:
        """Return the conditions of which one holds for a value that is not there, or is null."""


class JavaScriptWords:
    """Guards in JavaScript."""

    true, both, either, file = "true", " && ", " || ", "guard.js"

    def function(self, stores: Sequence[str], condition: str) -> str:
        """Return an arrow function."""
        return f"({{ {', '.join(stores)} }}) =>\n  {condition}"

    def exported(self, name: str, store: str, condition: str) -> str:
        """Return an exported arrow function of the object of all stores."""
        return f"export const {name} = ({{ {store} }}) => {condition};\n"

    def called(self, name: str, store: str) -> str:  # noqa: ARG002 - it takes the store out of its argument itself
        """Return its name."""
        return name

    def part(self, value: str, name: str, *, is_certain: bool) -> str:  # noqa: ARG002 - no field throws
        """Return an access."""
        return f"{value}.{name}" if _PLAIN.match(name) else f"{value}[{json.dumps(name)}]"

    def is_list(self, value: str) -> str:
        """Ask the class of lists."""
        return f"Array.isArray({value})"

    def is_object(self, value: str, *, is_map: bool) -> str:
        """Ask the type, which that of a list is as well."""
        return f'typeof {value} === "object"' + (f" && !Array.isArray({value})" if is_map else "")

    def is_scalar(self, value: str, kinds: Sequence[str]) -> list[str]:
        """Ask for each type."""
        return [f'typeof {value} === "{kind}"' for kind in sorted({_TYPEOF[kind] for kind in kinds if kind in _TYPEOF})]

    def every(self, value: str, each: str, condition: str, *, is_map: bool) -> str:
        """Ask every item."""
        return f"{f'Object.values({value})' if is_map else value}.every(({each}) => {condition})"

    def none(self, value: str, *, absent: bool, null: bool) -> list[str]:
        """Ask for both kinds of nothing."""
        return [
            *([f"{value} === undefined"] if absent else []),
            *([f"{value} === null"] if null else []),
        ]


class PythonWords:
    """Guards in Python."""

    true, both, either, file = "True", " and ", " or ", "guard.py"

    def function(self, stores: Sequence[str], condition: str) -> str:
        """Return a lambda in parentheses, so that it may go over several lines."""
        return f"lambda {', '.join(stores)}: (\n  {condition})"

    def exported(self, name: str, store: str, condition: str) -> str:
        """Return a function of one store."""
        return f"def {name}({store}):\n    return {condition}\n"

    def called(self, name: str, store: str) -> str:
        """Return its name with the store that it takes."""
        return f"{name}({store})"

    def part(self, value: str, name: str, *, is_certain: bool) -> str:
        """Return an access; `get` for a field that may be missing."""
        key = json.dumps(name, ensure_ascii=False)
        return f"{value}[{key}]" if is_certain else f"{value}.get({key})"

    def is_list(self, value: str) -> str:
        """Ask the class of lists."""
        return f"isinstance({value}, list)"

    def is_object(self, value: str, *, is_map: bool) -> str:  # noqa: ARG002 - a dict is no list in any case
        """Ask the class of dicts."""
        return f"isinstance({value}, dict)"

    def is_scalar(self, value: str, kinds: Sequence[str]) -> list[str]:
        """Ask for each class; True is no number of a document."""
        tests = [
            f"isinstance({value}, {class_name})"
            for class_name in sorted({_CLASSES[kind] for kind in kinds if kind in _CLASSES})
        ]
        number = f"isinstance({value}, (int, float))"
        if number in tests and f"isinstance({value}, bool)" not in tests:
            tests[tests.index(number)] = f"type({value}) in (int, float)"
        return tests

    def every(self, value: str, each: str, condition: str, *, is_map: bool) -> str:
        """Ask every item."""
        return f"all({condition} for {each} in {value}{'.values()' if is_map else ''})"

    def none(self, value: str, *, absent: bool, null: bool) -> list[str]:
        """Ask for None, which `get` gives for a field that is not there as well."""
        return [f"{value} is None"] if absent or null else []


def words_of(language: str) -> Words:
    """Return the words of the language of a program."""
    return PythonWords() if language == "Python" else JavaScriptWords()
