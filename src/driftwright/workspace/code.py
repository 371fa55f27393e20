"""Code that a workspace's files name: a function in the file itself, or one of a module beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.files import display_path, read_text
from driftwright.base.toml import Table

# A path may hold parentheses and `=`, as a folder's name does; an inline function has `=>` or braces, or another end.
_MODULE = re.compile(r"((?:(?!=>)[^\n{};#])+\.(?:[mc]?[jt]sx?|py))(?:#([A-Za-z_$][\w$]*(?:\([\w$, ]*\))?)?)?")
"""A file of reading code and the name of a function at its top, with what it takes one by one; it may be missing."""


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of reading code: an inline function, or one export of a module.

    Args:
        text: The JavaScript or the Python.
        file: The file it stands in.
        place: Where in that file, for an inline function; empty for a module.
        export: The function of a module, as `name`, or as `name(store, parameter)` where it takes the members of its
            argument one by one; empty for an inline function.
    """

    text: str
    file: str
    place: str
    export: str


def read_code(table: Table, name: str) -> Code:
    """Read an inline function, or the module that `file.ts#name` names, beside the file of the table.

    Raises:
        InputFault: The key is missing, or names no function of a file that is there.
    """
    text = table.text(name).strip()
    module = _MODULE.fullmatch(text)
    if module is None:
        place = f"{table.place}.{name}" if table.place else name
        return Code(text, table.file, place, "")
    if module.group(2) is None:
        raise table.fault("names no export of the module", name, f"write '{module.group(1)}#NAME'")
    file = (File(table.file).parent / module.group(1)).resolve()
    return Code(read_text(file), display_path(file), "", module.group(2))
