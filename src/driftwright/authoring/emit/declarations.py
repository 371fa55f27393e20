"""The types of a package: every version of every store, every fact and every parameter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from driftwright.authoring.emit.declared import comment, literal_type, type_of
from driftwright.authoring.emit.facts import EmittedFact
from driftwright.authoring.emit.guards import schema_of, versions_of
from driftwright.authoring.emit.names import pascal, store_type, version_name
from driftwright.authoring.emit.part import declared_text
from driftwright.workspace import Store


def types_text(facts: Sequence[EmittedFact], stores: Mapping[str, Store]) -> str:
    """Return `types.d.ts`."""
    parts = [declared_text("types")]
    for store in stores.values():
        for version in versions_of(store):
            node = schema_of(store, version)
            comment_lines = [str(version.schema.get("title", "")), str(node.schema.get("description", ""))]
            kind = type_of(node.schema, node.root, version.file)
            parts.append(f"{comment(comment_lines)}export type {version_name(store.name, version.name)} = {kind};\n")
        published = " | ".join(version_name(store.name, version.name) for version in reversed(store.versions))
        parts.append(f"{comment([store.title])}export type {store_type(store.name)} = {published};\n")
    members = "".join(f"  {json.dumps(name)}: {store_type(name)};\n" for name in stores)
    parts.append(f"/** Every store by its name. */\nexport interface Stores {{\n{members}}}\n")
    parts += [_params(fact) for fact in facts]
    return "\n".join(parts)


def _params(fact: EmittedFact) -> str:
    contract = fact.compiled.fact
    lines = [
        f"{comment([str(param)], '  ')}  readonly {json.dumps(param.name)}: string;\n" for param in contract.params
    ]
    now = comment(["The time at which the stores were read, in ISO 8601; now, if it is not given."], "  ")
    title = comment([f"What {fact.name} is asked with."])
    return f"{title}export interface {pascal(fact.name)}Params {{\n{''.join(lines)}{now}  readonly now?: string;\n}}\n"


def facts_types(facts: Sequence[EmittedFact]) -> str:
    """Return the types of the part `facts`."""
    lines = ['import type { Fact, LaterFact, Optional, Taken } from "./types.js";']
    lines += ['import type * as types from "./types.js";', ""]
    for fact in facts:
        contract = fact.compiled.fact
        comment_lines = [contract.title, *([f"Shown: {contract.shown}"] if contract.shown else [])]
        comment_lines += [
            f"{number}. {source.name} ({source.level})" for number, source in enumerate(contract.sources, 1)
        ]
        stores = " | ".join(map(json.dumps, fact.stores)) or "never"
        params = f"types.{pascal(fact.name)}Params"
        sources = " | ".join(json.dumps(source.name) for source in contract.sources)
        params_type = params if contract.params else f"Optional<{params}>"
        maker = "LaterFact" if fact.later else "Fact"
        kind = f"{maker}<{_result(fact)}, Taken<{stores}>, {params_type}, {sources}>"
        lines.append(f"{comment(comment_lines)}export declare const {fact.name}: {kind};")
    return "\n".join([*lines, ""])


def _result(fact: EmittedFact) -> str:
    contract = fact.compiled.fact
    last = contract.sources[-1]
    constant: list[Any] = [last.value] if last.derive is None else []
    schema = contract.result
    if schema.get("type") == "object" and constant and isinstance(constant[0], dict):
        return literal_type(constant[0])  # what stands in for an answer says what one is made of
    kind = type_of(schema, schema, contract.file) if schema else "unknown"
    extra = [literal_type(value) for value in constant if not _fits(value, schema)] or ([] if constant else ["null"])
    different = dict.fromkeys([kind, *extra])
    return kind if kind == "unknown" else " | ".join(different)


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a constant is of the type that answers have; an answer of a lesser length still is."""
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {"boolean": bool, "integer": int, "number": (int, float), "string": str, "array": list, "object": dict}
    types = schema.get("type", ())
    named = [types] if isinstance(types, str) else list(types)
    fits = [value is None if kind == "null" else isinstance(value, kinds[kind]) for kind in named]  # type: ignore[arg-type]
    return not named or any(fits)
