"""Reading code as one compiled unit: a module, or one inline function, made into a classic script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as File
from typing import Any, ClassVar

from driftwright.base.errors import InputFault
from driftwright.impact.javascript import syntax
from driftwright.impact.javascript.dialect import dialect_of
from driftwright.impact.javascript.esbuild import SHIM, within
from driftwright.impact.javascript.language import parsed
from driftwright.impact.javascript.source import plain
from driftwright.impact.javascript.source_map import SourceMap

JAVASCRIPT = "JavaScript"
# Every script keeps the user's first line as its own second line, so that V8's places can be told in the user's file.
LINES_BEFORE = 1
SCRIPTS = 256
"""Of how many scripts it is remembered what they name: many facts of a workspace are bundled from the same files."""
_OF_GLOBAL = r"(?<![.\w$])(?:(?:window|self|globalThis)\s*\??\.\s*)?"
_ASKS_STORAGE = re.compile(_OF_GLOBAL + r"(?:sessionStorage|localStorage|indexedDB)\b(?!\s*:)")
_ASKS_EXTENSION = re.compile(_OF_GLOBAL + r"(?:chrome|browser)\b(?!\s*:)")
_STORAGE = re.compile(r"\bstorage\b")
_NAMED = re.compile(r"([A-Za-z_$][\w$]*)(?:\(([^()]*)\))?\Z")


@dataclass(frozen=True, slots=True)
class Program:
    """One unit of reading code.

    Args:
        file: The file, as messages name it.
        exports: The names of the exported functions, in the order of the source. What is exported as the result of a
            call counts too; `Engine.functions` tells which exports really are functions.
        script: An expression in classic JavaScript that evaluates the code afresh and yields an object of its exports.
        literals: The texts and property names that stand in the source.
        place: Where in `file` the code stands, for inline code.
        places: For bundled code, where its lines come from.
        own: By the name of an export, the literals that stand in its own code and in what that uses.
        body: The statements of a module, as `script` runs them; empty for an inline function and for CommonJS.
        members: By the name of an export, what it is called in `body`; for an inline function its text.
        starts: Starts the runtime of its language, from the seconds and bytes that a call may take and the time zone;
            None for V8, which an engine has in any case.
    """

    file: str
    exports: tuple[str, ...]
    script: str
    literals: frozenset[str]
    place: str = ""
    places: SourceMap | None = field(default=None, repr=False, compare=False)
    own: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    body: str = field(default="", compare=False, repr=False)
    members: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    starts: Callable[[float, int, str], Any] | None = field(default=None, compare=False, repr=False)

    TIMES: ClassVar[re.Pattern[str]] = re.compile(r"\b(?:Date|Intl|Temporal|toLocale\w+)\b")
    """What code has in it whose answers may depend on the time zone, in its language."""
    CHANCES: ClassVar[re.Pattern[str]] = re.compile(r"\b(?:random|randomUUID|getRandomValues)\b")
    """What code has in it whose answers may depend on random numbers."""

    @property
    def language(self) -> str:
        """The language of the runtime that it needs, as messages name it."""
        return JAVASCRIPT

    @property
    def imported(self) -> tuple[File, ...]:
        """The whole paths of the other files that it was bundled from."""
        named = self.places.sources if self.places is not None else ()
        own = File(self.file).resolve()
        files = ((own.parent / name).resolve() for name in named)
        return tuple(file for file in files if file != own)

    @property
    def tells_time(self) -> bool:
        """Whether its answers may depend on the time zone that it runs in."""
        return self.TIMES.search(self.script) is not None

    @property
    def takes_chances(self) -> bool:
        """Whether its answers may depend on random numbers."""
        return self.CHANCES.search(self.script) is not None

    @property
    def asks_storage(self) -> bool:
        """Whether it asks the storage of a page or an extension itself."""
        return _asks_storage(self.script)

    def parameters(self, function: str) -> tuple[str, ...] | None:  # noqa: ARG002 - for languages that tell it
        """Return the names of a function's required parameters; None where only running it shows them."""
        return None

    def calling(self, calls: Sequence[str]) -> Program:
        """Return the program with further exports, each as `name(first, second)`.

        Args:
            calls: A function that it exports, with the members of the argument that it takes one by one.
        """
        new = [call for call in dict.fromkeys(calls) if call not in self.exports]
        members = [f"{json.dumps(call)}: {_taking(call)}" for call in new]
        script = f"(($made) => ({{ ...$made, {', '.join(members)} }}))({self.script})" if new else self.script
        return replace(self, exports=(*self.exports, *new), script=script)

    def takes_document(self, function: str) -> bool:  # noqa: ARG002 - every function of JavaScript does
        """Whether one of its functions can be called with a document alone."""
        return True

    def fault(self, problem: str, line: int, column: int, mend: str = "correct the JavaScript") -> InputFault:
        """Return the fault of this code at a line and column of it, both counted from 1."""
        file = self.file
        origin = self.places.origin(line, column) if self.places is not None else None
        if origin is not None:
            file, line, column = within(self.file, origin[0]), origin[1], origin[2]
        place = f"{self.place} {line}:{column}".strip()
        return InputFault(problem, file, place, mend)


@lru_cache(maxsize=SCRIPTS)
def _asks_storage(script: str) -> bool:
    if _ASKS_STORAGE.search(script):
        return True
    return _STORAGE.search(script) is not None and _ASKS_EXTENSION.search(script) is not None


def module(text: str, file: str, named: str = "") -> Program:
    """Return a module as a program.

    Args:
        text: The source of the module: an ES module or one of CommonJS, in JavaScript or TypeScript.
        file: How messages name it; what it imports is sought from there.
        named: A function at its top that is asked for, exported or not, as `name`, or as `name(first, second)` where it
            takes members of its argument one by one; it is an export of the program under just these words.

    Raises:
        InputFault: It does not parse, or awaits at the top level; it imports what is not there, or has to be bundled
            and there is no esbuild.
    """
    text = text.removeprefix("\ufeff")
    inner, members_taken = _split(named)
    code = plain(text, file, inner)
    exports, functions = dict(code.exports), code.functions
    if members_taken is not None and inner in exports:
        exports[named] = _spread(exports[inner], members_taken)
        functions = (*functions, named)
    members = ", ".join(f"{json.dumps(name)}: {local}" for name, local in exports.items())
    script = f'(function () {{"use strict";\n{code.body}\nreturn {{"__proto__": null, {members}}};\n}}).call(undefined)'
    body = code.body
    if code.is_common:
        script = _as_common(code.body, members)
        body, exports = "", {}
    # What stands for React is not the user's code: its words say nothing of what that looks for.
    foreign = code.places.lines_from(SHIM) if code.places is not None else frozenset()
    literals = syntax.literals(code.tree, foreign)
    locals_ = {**code.exports, **({named: code.exports[inner]} if inner in code.exports else {})}
    own = {name: syntax.literals_of(code.tree, local, foreign) for name, local in locals_.items()}
    program = Program(file, functions, script, literals, "", code.places, own, body, exports)
    # What was bundled was not looked at yet: what packages hold counts as well.
    objection = next(syntax.objections(code.tree), None) if code.places is not None else None
    if objection is not None:
        raise program.fault(objection.what, objection.line, objection.column, objection.mend)
    return program


def _split(named: str) -> tuple[str, tuple[str, ...] | None]:
    """Return a function's name, and the names of its arguments; None where it takes all of them as one object."""
    match = _NAMED.match(named)
    if match is None or match[2] is None:
        return named, None
    return match[1], tuple(filter(None, map(str.strip, match[2].split(","))))


def _taking(call: str) -> str:
    """Return the function for a call such as `name(first, second)`, which asks `$made` for the one that it names."""
    name, members_taken = _split(call)
    return _spread(f"$made[{json.dumps(name)}]", members_taken or ())


def _spread(function: str, names: tuple[str, ...]) -> str:
    members = ", ".join(f"$given[{json.dumps(name)}]" for name in names)
    return f"($given) => (0, {function})({members})"


def _as_common(body: str, members: str) -> str:
    return (
        '((module) => (function (exports) {"use strict";\n'
        f'{body}\nreturn {{"__proto__": null, {members}}};\n'
        "}).call(module.exports, module.exports))({ exports: {} })"
    )


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
    tree = parsed(source)
    objection = next(syntax.objections(tree), None)
    if objection is not None:
        problem, mend, line = objection.what, objection.mend, objection.line - 1
        dialect = dialect_of(text, line) if tree.has_error else ""
        if dialect:
            problem, mend = f"is {dialect}", "write it as plain JavaScript, or name a file: file.ts#name"
        elif objection.links:
            mend = "name a function of a file instead: file.js#name"
        raise Program(file, (), "", frozenset(), place).fault(problem, line, objection.column, mend)
    if not syntax.is_one_function(tree):
        raise InputFault("is not one function", file, place, 'write it as "(stores) => ..."')
    script = f'(function () {{"use strict"; return {{"__proto__": null, "default": (\n{text}\n)}};\n}}).call(undefined)'
    own = {"default": f"(\n{text}\n)"}
    return Program(file, ("default",), script, syntax.literals(tree), place, members=own)
