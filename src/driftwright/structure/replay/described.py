"""A change that is described rather than found: by a contract, or by a mutation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.path import Path
from driftwright.structure.change import Change
from driftwright.structure.replay.apply import apply_to_item
from driftwright.structure.rules import Rule, load_rules


@dataclass(frozen=True, slots=True)
class ChangeMaker:
    """Makes changes of one store."""

    store: str
    rules: Mapping[str, Rule]

    def __call__(self, rule_id: str, path: Path, params: Mapping[str, Any], to: Path | None = None) -> Change:
        """Return the change that a rule names at `path`, with what its operator needs."""
        rule = self.rules[rule_id]
        message = rule.message.format(path=path, to=to, before="as declared", after="otherwise")
        return Change(rule, self.store, path, to, "", "", message, params)


def described_change(replay: Mapping[str, Any], place: str) -> Change | None:
    """Return the change that a contract describes; None when it describes none.

    Args:
        replay: The table: `operator`, `at` = `store:/path`, what the operator needs, and `rule` where several rules
            share that operator.
        place: The table's place, for faults.

    Raises:
        InputFault: No rule stands for the operator, several do and none is named, or the operator needs more.
    """
    store, colon, path = str(replay.get("at", "")).partition(":")
    if not colon:
        return None
    rule = _rule_of(replay, place)
    try:
        to = Path.parse(str(replay["to"])) if "to" in replay else None
        change = ChangeMaker(store, {rule.id: rule})(rule.id, Path.parse(path), dict(replay), to)
        apply_to_item({}, change)
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        says = f"{rule.operator!r} cannot be replayed as described ({error!r})"
        raise InputFault(says, "", place, f"give it what {rule.id} needs") from None
    return change


def _rule_of(replay: Mapping[str, Any], place: str) -> Rule:
    operator, named = str(replay.get("operator", "")), str(replay.get("rule", ""))
    fitting = {rule.id: rule for rule in load_rules().values() if rule.operator == operator != "none"}
    if not fitting:
        known = sorted({rule.operator for rule in load_rules().values()} - {"none"})
        raise InputFault(f"no rule replays by {operator!r}", "", place, f"operators: {', '.join(known)}")
    if not named and operator == "insert-item":  # without a new id it is a record that is there already
        named = "record-inserted" if replay.get("fresh") else "record-repeated"
    if not named and len(fitting) == 1:
        named = next(iter(fitting))
    if named not in fitting:
        raise InputFault(f"{operator!r} needs the rule it stands for", "", place, f"rule = {' | '.join(fitting)}")
    return fitting[named]
