"""The reading code of contracts as parts of a package: the very text that V8 ran, one part for each file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePath

from driftwright.authoring.emit.names import camel, is_identifier
from driftwright.authoring.emit.part import Import, Part
from driftwright.impact import Program, shared_helpers

_SPREAD = re.compile(r"([A-Za-z_$][\w$]*)\(")


@dataclass(slots=True)
class _Taken:
    """One file of reading code: the name of its part, and the functions that are taken from it.

    Args:
        part: The part's name.
        program: The file as it was compiled.
        members: By each function taken, what it is called in the file's statements; empty for CommonJS.
        exports: By each function taken, the name of its export.
    """

    part: str
    program: Program
    members: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReadingCode:
    """Collects the functions that are asked for, and names each as the parts that ask for it see it."""

    _taken: dict[tuple[str, str], _Taken] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)

    def name(self, program: Program, function: str) -> tuple[str, str]:
        """Ask for a function of a file; return the part that exports it, and under which name."""
        # The same file is compiled once more for each of its functions that it does not export.
        key = (program.file, program.body or program.script)
        taken = self._taken.get(key)
        if taken is None:
            taken = self._taken[key] = _Taken(self._part_name(program), program)
        if function not in taken.exports:
            taken.exports[function] = _export_name(function, frozenset(taken.exports.values()))
            if function in program.members:
                taken.members[function] = program.members[function]
        return taken.part, taken.exports[function]

    def parts(self) -> tuple[Part, ...]:
        """Return the parts, in the order in which they were first asked for; before them what several have alike."""
        files = tuple(self._taken.values())
        shared = shared_helpers([taken.program.body for taken in files])
        parts = map(_part, files, shared.bodies)
        if not shared.helpers:
            return tuple(parts)
        home = self._free_name("helpers")
        body = "\n".join(f"const {name} = {text};" for name, text in shared.helpers)
        helpers = Part(home, body, {name: name for name, _ in shared.helpers})
        return (helpers, *(_with_helpers(part, home, held) for part, held in zip(parts, shared.taken, strict=True)))

    def _part_name(self, program: Program) -> str:
        stem = camel(PurePath(program.file).name.split(".")[0])
        return self._free_name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem).lower())

    def _free_name(self, kebab: str) -> str:
        self._names[kebab] = self._names.get(kebab, 0) + 1
        number = self._names[kebab]
        return f"readers/{kebab}" if number == 1 else f"readers/{kebab}-{number}"


def imports_of(asked: Iterable[tuple[str, str]], locals_: Mapping[tuple[str, str], str]) -> tuple[Import, ...]:
    """Return the imports of a part that asks for functions.

    Args:
        asked: Each function as `ReadingCode.name` gives it.
        locals_: What the part calls each.
    """
    by_part: dict[str, dict[str, str]] = {}
    for part, name in asked:
        by_part.setdefault(part, {})[name] = locals_[part, name]
    return tuple(Import(part, names) for part, names in by_part.items())


def _export_name(function: str, names: frozenset[str]) -> str:
    match = _SPREAD.match(function)
    name = match[1] if match else function if is_identifier(function) else camel(function)
    return name if name not in names else next(f"{name}{n}" for n in count(2) if f"{name}{n}" not in names)


def _with_helpers(part: Part, home: str, helpers: Iterable[tuple[str, str]]) -> Part:
    names = {name: name for name, _ in helpers}
    return replace(part, imports=(Import(home, names),)) if names else part


def _part(taken: _Taken, body: str) -> Part:
    if taken.program.body:
        return _as_statements(taken, body)
    # One of CommonJS: what it exports is known once it has run, and it runs when it is first asked.
    lines = ["let $module;", f"const $made = () => ($module ??= {taken.program.script});"]
    lines += [f"const ${n} = (...$given) => $made()[{json.dumps(f)}](...$given);" for n, f in enumerate(taken.exports)]
    return Part(taken.part, "\n".join(lines), {exported: f"${n}" for n, exported in enumerate(taken.exports.values())})


def _as_statements(taken: _Taken, body: str) -> Part:
    lines, exports = [body], {}
    for number, (function, exported) in enumerate(taken.exports.items()):
        member = taken.members[function]
        if is_identifier(member):
            exports[exported] = member
            continue
        exports[exported] = f"$member{number}"
        # What is spread out is a function; anything else is what a call answers.
        call = "" if _SPREAD.match(function) else "/* @__PURE__ */ "
        lines.append(f"const $member{number} = {call}{member};")
    return Part(taken.part, "\n".join(lines), exports)
