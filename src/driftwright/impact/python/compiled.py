"""Makes programs of reading code in Python: of a module, or of one `lambda` in a contract."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.impact.python.host import Host
from driftwright.impact.python.program import PythonProgram
from driftwright.impact.python.syntax import literals, parse, units

MEND_EXPORTS = "write def name(data): ..."
"""How a module without functions is mended."""
_ENDING = ".py"
_INLINE = re.compile(r"lambda\b")


def is_python(file: str) -> bool:
    """Whether a file holds reading code in Python, by its ending."""
    return File(file).suffix.lower() == _ENDING


def is_inline(text: str) -> bool:
    """Whether an inline function of a contract is written in Python."""
    return _INLINE.match(text) is not None


def module(text: str, file: str, named: str = "") -> PythonProgram:
    """Return a module as a program.

    Args:
        text: Its source.
        file: How messages name it; what it imports is sought from there.
        named: A function at its top that is asked for, public or not, as `name`, or as `name(first, second)` where it
            takes members of its argument one by one.

    Raises:
        InputFault: It, or a file beside it that it imports, is no valid Python.
    """
    text = text.removeprefix("\ufeff")
    all_units = units(text, file)
    first = all_units.first
    exports = first.public
    inner = named.partition("(")[0]
    if inner in first.declared and named not in exports:
        exports = (*exports, named)
    others = sorted(all_units.others.values(), key=lambda unit: unit.name)
    parts = [f"# {unit.name}.py\n{unit.text}" for unit in (first, *others)]
    return PythonProgram(
        starts=Host,
        file=file,
        exports=exports,
        script="\n".join(parts),
        literals=all_units.literals(),
        own={name: all_units.literals_of(name.partition("(")[0]) for name in exports},
        text=text,
        path=first.file,
        root=all_units.root,
        name=first.name,
        beside=tuple(File(unit.file) for unit in others),
        takes=first.functions,
    )


def expression(text: str, file: str, place: str) -> PythonProgram:
    """Return one inline `lambda` as a program with the export `default`.

    Args:
        text: The function.
        file: The file that it stands in, as messages name it.
        place: Where in that file.

    Raises:
        InputFault: It is no valid Python, or is no function.
    """
    body = parse(f"(\n{text}\n)", file, place).body
    statement = body[0] if len(body) == 1 else None
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Lambda):
        raise InputFault("is not one function", file, place, 'write it as "lambda store: ..."')
    path = os.path.realpath(file)
    return PythonProgram(
        starts=Host,
        file=file,
        exports=("default",),
        script=f"# lambda\n{text}",
        literals=frozenset(literals(statement.value)),
        place=place,
        text=f"({text}\n)",
        path=path,
        root=str(File(path).parent),
        name="contract",
        inline=True,
    )
