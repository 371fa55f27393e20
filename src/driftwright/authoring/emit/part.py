"""Parts of an emitted package: each is one module, printed for `import`, for `require`, and into one plain script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

# How the parts that stand beside this file export and import: telling that takes no parser.
_EXPORT = re.compile(r"^export (?=(?:const|function|async function) (\w+))", re.MULTILINE)
_IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./([\w/-]+)\.js";\n', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Import:
    """What one part takes from another.

    Args:
        part: The name of the other part.
        names: What it is called here, by the name under which the other part exports it.
    """

    part: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One module of the package.

    Args:
        name: Its path in the package, without an ending.
        body: Its statements, without those that import and export.
        exports: What each export is called in the body, by its name.
        imports: What it takes from other parts.
        verbatim: Its text as an ES module, where that stands in a file; empty to print one.
        head: A comment that opens it; empty for none.
    """

    name: str
    body: str
    exports: Mapping[str, str]
    imports: tuple[Import, ...] = field(default=())
    verbatim: str = ""
    head: str = ""

    def module(self) -> str:
        """Return it as an ES module."""
        if self.verbatim:
            return self.verbatim
        lines = [
            f'import {{ {_listed(taken.names, " as ")} }} from "{self._to(taken.part)}.js";' for taken in self.imports
        ]
        names = {local: name for name, local in self.exports.items()}
        tail = f"export {{ {_listed(names, ' as ')} }};"
        return "\n".join([*self._heading(), *lines, self.body.strip("\n"), tail, ""])

    def common(self) -> str:
        """Return it as a module of CommonJS."""
        lines = [
            f'const {{ {_listed(taken.names, ": ")} }} = require("{self._to(taken.part)}.cjs");'
            for taken in self.imports
        ]
        return "\n".join([*self._heading(), '"use strict";', *lines, f"module.exports = {self._closed()};", ""])

    def plain(self, home: str) -> str:
        """Return it as a statement of a plain script, which keeps its exports in a member of `home`."""
        lines = [
            f"const {{ {_listed(taken.names, ': ')} }} = {home}[{json.dumps(taken.part)}];" for taken in self.imports
        ]
        return f"{home}[{json.dumps(self.name)}] = {self._closed(lines)};"

    def _closed(self, lines: Sequence[str] = ()) -> str:
        # In a function of its own, for the names of a reader's file may be those of the file around it.
        members = ", ".join(name if name == local else f"{name}: {local}" for name, local in self.exports.items())
        return "\n".join(["(() => {", *lines, self.body.strip("\n"), f"return {{ {members} }};", "})()"])

    def _heading(self) -> list[str]:
        return [f"// {line}".rstrip() for line in self.head.splitlines()]

    def _to(self, other: str) -> str:
        return ("../" if "/" in self.name else "./") + other


def _listed(names: Mapping[str, str], joint: str) -> str:
    return ", ".join(name if name == other else f"{name}{joint}{other}" for name, other in names.items())


def part_of(name: str, text: str) -> Part:
    """Return an ES module that exports where it declares, as it is."""
    imports = tuple(Import(part, _names(names)) for names, part in _IMPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub("", text))
    exports = {exported: exported for exported in _EXPORT.findall(text)}
    return Part(name, body, exports, imports, verbatim=text)


@cache
def written_part(name: str) -> Part:
    """Return a part whose text is a JavaScript file beside this module."""
    return part_of(name, _text(f"{name}.js"))


def declared_text(name: str) -> str:
    """Return the types of a part that stands as a file beside this one."""
    return _text(f"{name}.d.ts")


def _text(name: str) -> str:
    return resources.files("driftwright.authoring.emit").joinpath(name).read_text("utf-8")


def _names(listed: str) -> Mapping[str, str]:
    pairs = (name.strip().partition(" as ") for name in listed.split(","))
    return {name: local or name for name, _, local in pairs}
