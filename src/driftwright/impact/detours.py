"""Patch reading code, in JavaScript or Python, so that it reads a moved part at its new place, else at its old one."""

from __future__ import annotations

from functools import lru_cache

from driftwright.impact.javascript import rename as script
from driftwright.impact.javascript.rename import Detour
from driftwright.impact.python import rename as python
from driftwright.impact.python.compiled import is_inline, is_python


@lru_cache(maxsize=64)  # several facts read by one module, which is patched alike for each
def looking_in_both(text: str, detour: Detour, file: str = "", *, exact: bool = False) -> str:
    """Return code that finds a part in its new place or, failing that, in its old one.

    Args:
        text: A module or an inline function.
        detour: What moved.
        file: Its file, whose ending tells the language that it is written in; empty for an inline function.
        exact: Whether a null in the new place counts as found, as it always does in Python; the code is longer then.
    """
    if is_python(file) if file else is_inline(text):
        return python.looking_in_both(text, detour)
    return script.looking_in_both(text, detour, file, exact=exact)
