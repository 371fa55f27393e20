"""The files that run beside readers, as expressions of plain JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

_TELLING = ("answer", "resolver", "shared")
# How every file of the runtime exports: telling that takes no parser, and parsing would cost at every start.
_EXPORT = re.compile(r"^export (?=(?:const|function) (\w+))", re.MULTILINE)


def part(name: str) -> str:
    """Return one file as an expression that yields an object of its exports."""
    text = _text(name)
    members = ", ".join(_EXPORT.findall(text))
    return f'(() => {{"use strict";\n{_EXPORT.sub("", text)}\nreturn {{ {members} }};\n}})()'


def joined(names: Iterable[str]) -> str:
    """Return several files as an expression that yields one object of all their exports."""
    parts = ", ".join(f"...{part(name)}" for name in names)
    return f"{{{parts}}}"


def resolver_source() -> str:
    """Return the ES module that walks sources here, for whoever ships it."""
    return _text("resolver")


def _text(name: str) -> str:
    return resources.files("driftwright.impact.javascript").joinpath(f"{name}.js").read_text("utf-8")


@cache
def telling_source() -> str:
    """Return an expression that yields `{describe, describeThrown, resolve, seesFrozen, sharing}`.

    It is the very code that tells answers and walks sources here, for a page in which readers run as well.
    """
    return f"({joined(_TELLING)})"
