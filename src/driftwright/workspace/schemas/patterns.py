"""Regular expressions of schemas: only those that all engines read alike and that match in linear time are allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

MAX_LENGTH = 200

_PART = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|\(\?:|\((?:\?.{0,2})?|\)|\||[*+?]|\{\d+,?\d*\}|.", re.DOTALL)
_REPEATS = re.compile(r"[*+]|\{\d+,\}|\{\d+,\d{2,}\}|\{\d{2,}\}")


@dataclass(slots=True)
class _Group:
    """What a group of a pattern holds, as far as it matters when the group is repeated."""

    repeats: bool = False
    chooses: bool = False


def why_refused(pattern: object) -> str:
    """Return why a pattern is refused; empty when it is fine."""
    if not isinstance(pattern, str):
        return "a pattern must be a text"
    if len(pattern) > MAX_LENGTH:
        return f"a pattern of more than {MAX_LENGTH} characters"
    parts = _PART.findall(pattern)
    for part in parts:
        why = _why_unknown(part)
        if why:
            return why
    if _nests(parts):
        return "a pattern that repeats a repetition or a choice, which may take without end"
    try:
        matcher(pattern)
    except ValueError:
        return "not a regular expression that can be matched in linear time"
    return ""


@cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds a match, by an engine without backtracking.

    Raises:
        ValueError: The engine cannot read the pattern.
    """
    import jsonschema_rs

    linear = jsonschema_rs.RegexOptions()
    validator = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=linear)
    return lambda text: bool(validator.is_valid(text.encode("utf-8", "replace").decode()))  # a lone surrogate is "?"


def _why_unknown(part: str) -> str:
    """Return why a part is not read alike by all engines, or cannot be matched in linear time."""
    if part.startswith("(?") and part != "(?:":
        return "a pattern that looks around or names a group"
    if re.search(r"\\[pPuUxkZzAGNcC]", part):
        return "a pattern with an escape that not every engine knows"
    if re.fullmatch(r"\\[1-9]", part):
        return "a pattern that refers back to what it matched"
    return ""


def _nests(parts: list[str]) -> bool:
    groups = [_Group()]
    closed: _Group | None = None
    for part in parts:
        if part.startswith("("):
            groups.append(_Group())
        elif part == "|":
            groups[-1].chooses = True
        elif part == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1].repeats |= closed.repeats
            groups[-1].chooses |= closed.chooses
            continue
        elif _REPEATS.fullmatch(part):
            if closed and (closed.repeats or closed.chooses):
                return True
            groups[-1].repeats = True
        closed = None
    return False
