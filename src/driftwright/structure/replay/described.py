"""Changes that are described, by a contract or a mutation, and not found in a capture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.path import Path
from driftwright.structure.change import Change
from driftwright.structure.replay.apply import apply_change
from driftwright.structure.rules import Rule, load_rules


@dataclass(frozen=True, slots=True)
class ChangeMaker:
    """Makes changes of one store.

    Args:
        store: The store's name.
        rules: The rules by id.
    """

    store: str
    rules: Mapping[str, Rule]

    def __call__(self, rule_id: str, path: Path, params: Mapping[str, Any], to: Path | None = None) -> Change:
        """Return the change that a rule names at `path`, with the parameters of its operator."""
        rule = self.rules[rule_id]
        message = rule.message.format(path=path, to=to, before="as declared", after="otherwise")
        return Change(rule, self.store, path, to, "", "", message, params)


def read_described_change(replay: Mapping[str, Any], place: str) -> Change | None:
    """Return the change that a contract describes; None when it describes none.

    Args:
        replay: The table: `operator`, `at` = `store:/path`, the parameters of the operator, and `rule` where several
            rules share that operator.
        place: The table's place, for faults.

    Raises:
        InputFault: No rule has the operator, several have and none is named, or a parameter is missing.
    """
    store, colon, path = str(replay.get("at", "")).partition(":")
    if not colon:
        return None
    rule = _find_rule(replay, place)
    try:
        to = Path.parse(str(replay["to"])) if "to" in replay else None
        change = ChangeMaker(store, {rule.id: rule})(rule.id, Path.parse(path), dict(replay), to)
        apply_change({}, change)
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        problem = f"{rule.operator!r} cannot be replayed as described ({error!r})"
        raise InputFault(problem, "", place, f"give it what {rule.id} needs") from None
    return change


def _find_rule(replay: Mapping[str, Any], place: str) -> Rule:
    operator, rule_id = str(replay.get("operator", "")), str(replay.get("rule", ""))
    fitting = {rule.id: rule for rule in load_rules().values() if rule.operator == operator != "none"}
    if not fitting:
        known = sorted({rule.operator for rule in load_rules().values()} - {"none"})
        raise InputFault(f"no rule replays by {operator!r}", "", place, f"operators: {', '.join(known)}")
    if not rule_id and operator == "insert-item":  # without a new id it is a record that is there already
        rule_id = "record-inserted" if replay.get("fresh") else "record-repeated"
    if not rule_id and len(fitting) == 1:
        rule_id = next(iter(fitting))
    if rule_id not in fitting:
        raise InputFault(f"{operator!r} needs the rule it stands for", "", place, f"rule = {' | '.join(fitting)}")
    return fitting[rule_id]
