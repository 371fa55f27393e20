"""The registry of rules: reads and checks the data files of this folder, and finds the rule of an observation."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.terms import Level
from driftwright.base.toml import Table, read_table

FOLDER = File(__file__).parent

ASPECTS = ("store", "existence", "place", "type", "null", "presence", "form", "keys", "scale", "value", "moment")
"""The closed set of what can change at a position."""

OPERATORS = (
    "none",
    "drop-store",
    "encode",
    "remove",
    "rename",
    "move",
    "unwrap",
    "wrap",
    "replace-by-child",
    "nullify",
    "insert-null",
    "convert",
    "list-to-map",
    "list-to-page",
    "list-to-single",
    "nest-list",
    "map-to-list",
    "rekey",
    "rewrite-keys",
    "insert-item",
    "rename-all",
    "enumerate-flag",
    "tag-entries",
    "merge-maps",
    "normalise",
    "reverse-list",
    "reorder-items",
    "repeat-items",
    "invert",
    "truncate",
    "clear",
)
"""The closed set of replay operators; `driftwright.structure.replay` holds one function for each."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One structural change by name.

    Args:
        id: Kebab-case name, equal to the file's name; it never changes once published.
        title: The change in a few words.
        why: What harm a reader takes, and why it is often not noticed.
        level: How much it may cost before anything was executed.
        aspect: What kind of difference it is.
        happened: The word of the comparison for what happened.
        before: Kinds that the position had; empty for any.
        after: Kinds that the position has now; empty for any.
        message: One sentence with `{path}`, `{to}`, `{before}`, `{after}`.
        operator: The replay operator.
        alpha: Largest chance of being wrong at which an absence still counts as evidence.
        minimum: How many values must have been seen after the change.
        inverse: The id of the rule of the reverse change; empty when there is none.
        supersedes: Rules that are not reported at the same path when this one is.
    """

    id: str
    title: str
    why: str
    level: Level
    aspect: str
    happened: str
    before: frozenset[str]
    after: frozenset[str]
    message: str
    operator: str
    alpha: float
    minimum: int
    inverse: str
    supersedes: frozenset[str]

    def fits(self, aspect: str, happened: str, before: str, after: str) -> bool:
        """Whether this rule names that observation."""
        return (
            self.aspect == aspect
            and self.happened == happened
            and (not self.before or before in self.before)
            and (not self.after or after in self.after)
        )

    @property
    def is_removal(self) -> bool:
        """Whether a field is gone."""
        return (self.aspect, self.happened) == ("existence", "removed")

    @property
    def is_move(self) -> bool:
        """Whether a field has another name or place now."""
        return self.aspect == "place" and self.happened in ("renamed", "moved")


@functools.cache
def load_rules() -> Mapping[str, Rule]:
    """Return every rule by id.

    Raises:
        InputFault: A rule file is not what it should be.
    """
    return {rule.id: rule for rule in map(_load, sorted(FOLDER.glob("*.toml")))}


@functools.cache
def rule_for(aspect: str, happened: str, before: str = "", after: str = "") -> Rule | None:
    """Return the most specific rule that names an observation, or None."""
    fitting = [rule for rule in load_rules().values() if rule.fits(aspect, happened, before, after)]
    return max(fitting, key=lambda rule: (bool(rule.before), bool(rule.after)), default=None)


def _load(file: File) -> Rule:
    table = read_table(file)
    when, replay, evidence = table.table("when"), table.table("replay"), table.table("evidence")
    rule = Rule(
        id=table.text("id"),
        title=table.text("title"),
        why=table.text("why"),
        level=Level(table.choice("level", list(Level))),
        aspect=when.choice("aspect", ASPECTS),
        happened=when.text("happened"),
        before=frozenset(when.texts("before")),
        after=frozenset(when.texts("after")),
        message=table.text("message"),
        operator=replay.choice("operator", OPERATORS),
        alpha=evidence.number("alpha", 0.05),
        minimum=int(evidence.number("minimum", 1)),
        inverse=table.text("inverse", ""),
        supersedes=frozenset(table.texts("supersedes")),
    )
    for part in (table, when, replay, evidence):
        part.close()
    _check(rule, file, table)
    return rule


def _check(rule: Rule, file: File, table: Table) -> None:
    if rule.id != file.stem:
        raise table.fault(f"the id {rule.id!r} is not the file's name", "id", f"write {file.stem!r}")
