"""Names in an emitted package, made of those of a workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping

from driftwright.base.errors import InputFault

_APART = re.compile(r"[^A-Za-z0-9$]+")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*\Z", re.ASCII)
_RESERVED_WORDS = """
    arguments await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null package private
    protected public return static super switch this throw true try typeof var void while with yield
"""
# What types.d.ts has beside the types of a workspace.
_TYPES = frozenset(["Answer", "Fact", "Guard", "Issue", "LaterFact", "Level", "Optional", "Stores", "Taken", "Tried"])
_RESERVED = frozenset(_RESERVED_WORDS.split())


def is_identifier(text: str) -> bool:
    """Whether a text can stand as a name in JavaScript."""
    return _IDENTIFIER.match(text) is not None and text not in _RESERVED


def camel(text: str) -> str:
    """Return a name as JavaScript writes functions: `videos_generated` as `videosGenerated`."""
    first, *others = [part for part in _APART.split(text) if part] or ["_"]
    name = first + "".join(part[0].upper() + part[1:] for part in others)
    return name if is_identifier(name) else f"_{name}"


def pascal(text: str) -> str:
    """Return a name as TypeScript writes types: `pending_prompt` as `PendingPrompt`."""
    name = camel(text)
    return name[0].upper() + name[1:]


def store_type(store: str) -> str:
    """Return the name of the type of a store in any version: `site` as `Site`."""
    name = pascal(store)
    return f"{name}Store" if name in _TYPES else name


def version_name(store: str, version: str) -> str:
    """Return the name of the type of a version: `session` and `v6` as `SessionV6`."""
    return pascal(store) + pascal(version)


def check_different(names: Mapping[str, str], file: str) -> None:
    """Refuse two things of a workspace that would have one name in the package.

    Args:
        names: Each thing's name in the package.
        file: The file or folder they come from, for the message.

    Raises:
        InputFault: Two have one name.
    """
    taken: dict[str, str] = {}
    for origin, name in names.items():
        if name in taken:
            problem = f"{taken[name]!r} and {origin!r} would both be called {name} in the package"
            raise InputFault(problem, file, "", "rename one")
        taken[name] = origin
