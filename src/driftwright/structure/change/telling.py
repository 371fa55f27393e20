"""Telling a change: the rule that names it, with its sentence filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftwright.base.path import Path
from driftwright.structure.change.compare import Change
from driftwright.structure.rules import rule_for


def told(
    what: tuple[str, str], path: Path, shown: tuple[str, str], params: Mapping[str, Any], store: str = ""
) -> Change | None:
    """Return the change that stays where it is, named by its rule; None when no rule names it.

    Args:
        what: The aspect of the rule, and what happened to it.
        path: Where.
        shown: What was there and what is there now, in words.
        params: What the replay must know.
        store: The store's name; empty for a plain document.
    """
    rule = rule_for(*what)
    if rule is None:
        return None
    before, after = shown
    message = rule.message.format(path=path, to=None, before=before, after=after)
    return Change(rule, store, path, None, before, after, message, params)
