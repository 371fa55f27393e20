"""Errors that the user sees: what is wrong, where, and how to mend it, in one line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(unsafe_hash=True)  # not frozen: Python itself sets an exception's traceback and context
class Fault(Exception):
    """A problem with something the user gave us.

    `str()` is always one line: the file, the place inside it, what is wrong, and the mend.

    Args:
        what: What is wrong, as a clause without a full stop. Never a raw value from a page.
        file: The file concerned, as the user named it; empty when there is none.
        place: A JSON Pointer, `line:column` or a key inside that file; empty when unknown.
        mend: What to do about it, as an imperative clause; empty when nothing helps.
    """

    what: str
    file: str = ""
    place: str = ""
    mend: str = ""

    def __str__(self) -> str:
        where = ":".join(part for part in (self.file, self.place) if part)
        line = f"{where}: {self.what}" if where else self.what
        if self.mend:
            line = f"{line}; {self.mend}"
        return visible(line)


class InputFault(Fault):
    """Bad input, a bad contract or bad usage: exit code 2."""


class BlindFault(Fault):
    """A capture that could not see the page: exit code 3, never drift."""


class MachineFault(Fault):
    """A fault of ours or of the machine: exit code 4."""


_LAST_OF_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Return `text` on one line; control, bidirectional and surrogate characters become escapes of their code.

    GitHub's runner obeys `##[command]` anywhere in a line, so its first character is written as an escape, too.
    """
    shown = text if text.isprintable() else "".join(_shown(char) for char in text)
    return shown.replace("##[", "\\u0023#[")


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR_DIGITS else f"\\U{code:08x}"
