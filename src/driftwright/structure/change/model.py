"""The types: one structural change, named by a rule, and all changes between two shapes of one store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.forms import TIME_FORMS
from driftwright.base.path import Path
from driftwright.structure.rules import Rule, rule_for


@dataclass(frozen=True, slots=True)
class Change:
    """One structural change, named by a rule.

    Args:
        rule: The rule that names it.
        store: The store's name; empty for a plain document.
        path: Where, in the structure before.
        to: Where it went; None when it stayed.
        before: What was there, in words and numbers.
        after: What is there now.
        message: The rule's sentence with the places filled in.
        params: What the replay must know.
    """

    rule: Rule
    store: str
    path: Path
    to: Path | None
    before: str
    after: str
    message: str
    params: Mapping[str, Any]

    @property
    def is_about_times(self) -> bool:
        """Whether times are written in another form, which may matter only in some time zones."""
        return not TIME_FORMS.isdisjoint({self.before, self.after, *map(str, self.params.values())})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two shapes of one store differ in, and what could not be judged.

    Args:
        changes: Named changes, outermost first.
        unseen: Positions of which the capture shows nothing.
    """

    changes: tuple[Change, ...]
    unseen: tuple[Path, ...]

    def plus(self, more: Iterable[Change]) -> Comparison:
        """Return the comparison with more changes, in the order of their places."""
        return replace(self, changes=in_order((*self.changes, *more)))


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes in the order of their places, then of their rules."""
    return tuple(sorted(changes, key=lambda change: (str(change.path), change.rule.id)))


def make_change(
    happened: tuple[str, str], path: Path, shown: tuple[str, str], params: Mapping[str, Any], store: str = ""
) -> Change | None:
    """Return the change at one place, named by its rule and with its message; None when no rule names it.

    Args:
        happened: The aspect and what happened to it, as the rules name them.
        path: Where.
        shown: What was there and what is there now, in words.
        params: What the replay must know, by name.
        store: The store's name; empty for a plain document.
    """
    rule = rule_for(*happened)
    if rule is None:
        return None
    before, after = shown
    message = rule.message.format(path=path, to=None, before=before, after=after)
    return Change(rule, store, path, None, before, after, message, params)
