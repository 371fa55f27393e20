"""Reading code as one compiled unit: an ES module, or one inline function, made into a classic script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault
from driftwright.impact.javascript import syntax
from driftwright.impact.javascript.dialect import bundling, dialect_of

if TYPE_CHECKING:
    from tree_sitter import Node

# Every script keeps the user's first line as its own second line, so that V8's places can be told in the user's file.
LINES_BEFORE = 1
_TELLS_TIME = re.compile(r"\b(?:Date|Intl|Temporal|toLocale\w+)\b")


@dataclass(frozen=True, slots=True)
class Program:
    """One unit of reading code.

    Args:
        file: The file, as messages name it.
        exports: The names of the exported functions, in the order of the source. What is exported as the result of a
            call counts too; `Engine.functions` tells which exports really are functions.
        script: An expression in classic JavaScript that evaluates the code afresh and yields an object of its exports.
        literals: The texts and property names that stand in the source.
        own: By the name of an export, those that stand in its own code and in what that uses.
        place: Where in `file` the code stands, for inline code.
    """

    file: str
    exports: tuple[str, ...]
    script: str
    literals: frozenset[str]
    place: str = ""
    own: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def tells_time(self) -> bool:
        """Whether its answers may depend on the time zone that it runs in."""
        return _TELLS_TIME.search(self.script) is not None

    def fault(self, what: str, line: int, column: int, mend: str = "correct the JavaScript") -> InputFault:
        """Return the fault of this code at a line and column of it, both counted from 1."""
        place = f"{self.place} {line}:{column}".strip()
        return InputFault(what, self.file, place, mend)


def module(text: str, file: str) -> Program:
    """Return an ES module as a program.

    Args:
        text: The source of the module.
        file: How messages name it.

    Raises:
        InputFault: It does not parse, imports something, or awaits at the top level.
    """
    text = text.removeprefix("\ufeff")
    source = text.encode("utf-8", "surrogatepass")
    tree = syntax.parsed(source)
    _refuse(tree, Program(file, (), "", frozenset()), text)
    exported = syntax.exports(tree, source)
    members = ", ".join(f"{json.dumps(name)}: {local}" for name, local in exported.bindings)
    script = (
        f'(function () {{"use strict";\n{exported.body}\nreturn {{"__proto__": null, {members}}};\n}}).call(undefined)'
    )
    own = {name: syntax.literals_of(tree, local) for name, local in exported.bindings}
    return Program(file, exported.functions, script, syntax.literals(tree), own=own)


def expression(text: str, file: str, place: str) -> Program:
    """Return one inline function as a program with the export `default`.

    Args:
        text: An arrow function or a function expression.
        file: The file that it stands in, as messages name it.
        place: Where in that file.

    Raises:
        InputFault: It does not parse, or is no function.
    """
    # Parsed on a line of its own: places are then counted in the text alone, and a trailing comment ends.
    source = f"(\n{text}\n)".encode("utf-8", "surrogatepass")
    tree = syntax.parsed(source)
    _refuse(tree, Program(file, (), "", frozenset(), place), text, lines_before=1)
    if not syntax.is_one_function(tree):
        raise InputFault("is not one function", file, place, 'write it as "(stores) => ..."')
    script = f'(function () {{"use strict"; return {{"__proto__": null, "default": (\n{text}\n)}};\n}}).call(undefined)'
    return Program(file, ("default",), script, syntax.literals(tree), place)


def _refuse(tree: Node, program: Program, text: str, lines_before: int = 0) -> None:
    objection = next(syntax.objections(tree), None)
    if objection is None:
        return
    what, mend = objection.what, objection.mend
    if objection.links and not program.place:
        mend = f"{mend}: {bundling(program.file)}"
    line = objection.line - lines_before
    dialect = dialect_of(program.file, text, line) if tree.has_error else ""
    if dialect and program.place:
        what, mend = f"is {dialect}", "write it as plain JavaScript"
    elif dialect:
        what = f"is {dialect}, which readers are not run as"
        mend = f"compile it and name what that writes: {bundling(program.file)}"
    raise program.fault(what, line, objection.column, mend)
