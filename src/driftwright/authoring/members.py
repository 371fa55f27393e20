"""Further functions beside those of a module of readers, which call them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from driftwright.impact import Program


def with_members(program: Program, members: Sequence[tuple[str, str]]) -> str:
    """Return the script of a program with further members, which ask `$made` for those that it has."""
    added = ", ".join(f"{json.dumps(name)}: {code}" for name, code in members)
    return f"(($made) => ({{ ...$made, {added} }}))({program.script})"
