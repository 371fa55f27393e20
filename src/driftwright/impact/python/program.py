"""A program of reading code in Python: its source, and what is known of it without running it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import ClassVar

from driftwright.impact.javascript.program import Program
from driftwright.impact.python.syntax import Parameters


@dataclass(frozen=True, slots=True)
class PythonProgram(Program):
    """A program of reading code in Python; `script` holds all source text that its answers depend on.

    Args:
        text: The code that is run.
        path: The whole path of its file.
        root: The folder in which the modules that it imports are sought.
        name: Its name as a module.
        inline: Whether it is one expression.
        beside: The files beside it that it imports.
        takes: By the name of a function at its top, what that takes.
    """

    text: str = field(default="", compare=False, repr=False)
    path: str = ""
    root: str = ""
    name: str = ""
    inline: bool = False
    beside: tuple[File, ...] = field(default=(), compare=False, repr=False)
    takes: Mapping[str, Parameters] = field(default_factory=dict, compare=False, repr=False)

    TIMES: ClassVar[re.Pattern[str]] = re.compile(
        r"\b(?:datetime|zoneinfo|localtime|strftime|strptime|mktime|fromtimestamp|dateutil|pytz|arrow|pendulum)\b"
        r"|\bimport\s+time\b|\btime\."
    )
    CHANCES: ClassVar[re.Pattern[str]] = re.compile(r"\b(?:random|uuid|secrets|urandom)\b")

    @property
    def language(self) -> str:
        """As messages name it."""
        return "Python"

    @property
    def folders(self) -> frozenset[str]:
        """The folders that have to be read to load it: its root, and where links beside it lead."""
        return frozenset((self.root, *(str(file.resolve().parent) for file in self.beside)))

    @property
    def imported(self) -> tuple[File, ...]:
        """The whole paths of the other files that it imports."""
        return self.beside

    @property
    def asks_storage(self) -> bool:
        """Never: there is no storage of a page in Python."""
        return False

    def parameters(self, function: str) -> tuple[str, ...] | None:
        """Return the names of a function's required parameters; None where only running it shows them."""
        taken = self.takes.get(function)
        return None if taken is None else taken.names[: max(taken.needed, 1)]

    def calling(self, calls: Sequence[str]) -> PythonProgram:
        """Return the program with further exports, each as `name(first, second)`; its runtime takes them so."""
        new = [call for call in dict.fromkeys(calls) if call not in self.exports]
        own = {call: self.own.get(call.partition("(")[0], self.literals) for call in new}
        return replace(self, exports=(*self.exports, *new), own={**self.own, **own})

    def takes_document(self, function: str) -> bool:
        """Whether one of its functions can be called with a document alone."""
        return function not in self.takes or self.takes[function].takes_one

    @property
    def source(self) -> dict[str, object]:
        """The program as the process that runs it takes it."""
        return {
            "file": self.path,
            "shown": self.file,
            "text": self.text,
            "root": self.root,
            "name": self.name,
            "inline": self.inline,
        }
