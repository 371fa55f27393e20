"""What judges a store in a developer's own test: the guards, the invariants and the facts, as data and functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from driftwright.authoring.emit.asking import asks_storage
from driftwright.authoring.emit.facts import EmittedFact, FunctionNames, Pair
from driftwright.authoring.emit.guards import guard_name
from driftwright.authoring.emit.names import camel
from driftwright.authoring.emit.part import Import, Part
from driftwright.authoring.emit.reading import ReadingCode
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step
from driftwright.base.shared_text import literal
from driftwright.impact import Reader
from driftwright.workspace import Param, Store

_EACH: Mapping[Step, int] = {EACH_VALUE: 0, EACH_ITEM: 1}


def contract_part(facts: Sequence[EmittedFact], stores: Mapping[str, Store], code: ReadingCode) -> Part:
    """Return the part `contract`: the guards of each store, and of each fact its parameters and its invariants."""
    names = FunctionNames(code)
    # A test gives stores, and asks at once: what asks the storage itself, or answers later, is not judged there.
    facts = [fact for fact in facts if not fact.later and not asks_storage(fact.compiled)]
    guards = {
        store.name: [guard_name(store, version) for version in reversed(store.versions)] for store in stores.values()
    }
    held = [f"  {json.dumps(name)}: [{', '.join(taken)}]," for name, taken in guards.items()]
    keyed = {store.name: store.placeholder for store in stores.values() if store.placeholder}
    body = [
        "const guards = {", *held, "};", f"const keyedBy = {literal(keyed)};",
        "const contracts = [", *(_contract(fact, names) for fact in facts), "];",
    ]  # fmt: skip
    taken = Import("guards", {name: name for listed in guards.values() for name in listed})
    asked = Import("facts", {fact.name: f"$fact_{fact.name}" for fact in facts})
    exports = {name: name for name in ("guards", "keyedBy", "contracts")}
    imports = tuple(import_ for import_ in (taken, asked, *names.imports()) if import_.names)
    return Part("contract", "\n".join(body), exports, imports)


def _contract(fact: EmittedFact, names: FunctionNames) -> str:
    contract = fact.compiled.fact
    params = {param.name: _places(param) for param in contract.params}
    first = contract.primary
    needed = sorted({param.store for param in contract.params if param.store} | set(fact.first_stores))
    accepted = sorted({str(accepted_change.effect) for accepted_change in contract.accepted})
    holds = [f"[{json.dumps(name)}, {names.name(_pair(reader))}]" for name, reader in fact.compiled.holds.items()]
    return (
        f"  {{ name: {json.dumps(fact.name)}, fact: $fact_{fact.name}, first: {json.dumps(first.name)}, "
        f"needs: {literal(needed)}, params: {literal(params)}, accepted: {literal(accepted)}, "
        f"invariants: [{', '.join(holds)}] }},"
    )


def _pair(reader: Reader) -> Pair:
    return reader.program, reader.function


def _places(param: Param) -> Mapping[str, Any]:
    """Return where a parameter comes from, as matchers.js reads it."""
    if param.fact:
        return {"fact": camel(param.fact)}
    return {"of": param.of, "store": param.store, "paths": [_steps(path) for path in param.paths]}


def _steps(path: Path) -> list[str | int]:
    return [step.name if isinstance(step, Key) else _EACH[step] for step in path.steps]
