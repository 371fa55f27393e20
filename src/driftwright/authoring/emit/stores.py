"""Stores of a workspace as functions that load them from where they lie."""

from __future__ import annotations

import json
from collections.abc import Mapping

from driftwright.authoring.emit.declared import comment
from driftwright.authoring.emit.names import camel, store_type
from driftwright.authoring.emit.part import Import, Part
from driftwright.base.terms import STORAGE, Area
from driftwright.workspace import Store

_PAGE = {Area.SESSION: "session", Area.LOCAL: "local"}
_EXTENSION = {Area.EXTENSION_LOCAL: "local", Area.EXTENSION_SYNC: "sync", Area.EXTENSION_SESSION: "session"}


def stores_part(stores: Mapping[str, Store]) -> Part:
    """Return the part `stores`: a loader for each store that lies in a storage, and `load` for several at once."""
    stores = _stored(stores)
    lines = [f"const {camel(name)} = /* @__PURE__ */ {_loader(store)};" for name, store in stores.items()]
    exports = {camel(name): camel(name) for name in stores}
    imported = {name: f"$${name}" for name in ("pageStore", "extensionStore", "databaseStore")}
    taken = Import("loading", {"load": "load", **imported})
    return Part("stores", "\n".join(lines), {**exports, "load": "load"}, (taken,))


def _stored(stores: Mapping[str, Store]) -> dict[str, Store]:
    """Return the stores that lie in a storage area; those of other areas are not loaded by the package."""
    return {name: store for name, store in stores.items() if store.area in STORAGE}


def _loader(store: Store) -> str:
    key = json.dumps(store.key)
    if store.area in _PAGE:
        return f'$$pageStore("{_PAGE[store.area]}", {key})'
    if store.area in _EXTENSION:
        return f'$$extensionStore("{_EXTENSION[store.area]}", {key})'
    return f"$$databaseStore({key})"


def stores_types(stores: Mapping[str, Store]) -> str:
    """Return the types of the part `stores`."""
    stores = _stored(stores)
    lines = ['import type * as stores from "./types.js";', ""]
    for name, store in stores.items():
        kind = f"stores.{store_type(name)} | null"
        answer = kind if store.area in _PAGE else f"Promise<{kind}>"
        params = f"params: {{ readonly {json.dumps(store.placeholder)}: string }}" if store.placeholder else ""
        comment_lines = [store.title, f"{store.area}: {store.key}", "Null where it is absent, closed or no JSON."]
        lines.append(f"{comment(comment_lines)}export declare const {camel(name)}: ({params}) => {answer};")
    lines.append(_LOAD)
    return "\n".join(lines)


_LOAD = """\
type Loaders = Readonly<Record<string, (params: any) => unknown>>;
type Given<Loader> = Loader extends (params: infer Params) => unknown ? Params : never;
type Needed<Each extends Loaders> = { [Name in keyof Each]: Given<Each[Name]> }[keyof Each];
type Joined<Each> = (Each extends unknown ? (one: Each) => void : never) extends (all: infer All) => void ? All : never;

/** Load several stores at once: `await load({ site, session }, { parent })`. Never rejected. */
export declare function load<Each extends Loaders>(
  loaders: Each,
  ...params: unknown extends Joined<Needed<Each>> ? [params?: {}] : [params: Joined<Needed<Each>>]
): Promise<{ [Name in keyof Each]: Awaited<ReturnType<Each[Name]>> }>;
"""
