"""The texts of a workspace's files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from driftwright.authoring.init.readers import Adapted
from driftwright.authoring.init.request import InitRequest, StoreGiven
from driftwright.base.terms import Area
from driftwright.base.toml import quoted

CONTRACT_SCHEMA = "contract"


def json_file(value: Any) -> str:
    """Return a JSON file's text."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def store_file(store: StoreGiven, made_with: str) -> str:
    """Return `store.toml`; `made_with` names the secret that the known-good stores were made up with."""
    return (
        f"name   = {quoted(store.name)}\n"
        f"title  = {quoted(store.title)}\n"
        f'area   = "{store.area}"\n'
        f"key    = {quoted(store.key)}\n"
        f"to_see = {quoted(_to_see([store]))}\n"
        'known_good = "made-up"\n'
        f'made_with  = "{made_with}"\n'
    )


def contract_file(stores: Sequence[StoreGiven], reader: Adapted, guard: str, file: str) -> str:
    """Return the contract of one reader of some stores, which stands in the user's own file."""
    lines = [
        f"# What {reader.export} derives. The words are yours: title, shown (what your users see of it), to_see.",
        f"title  = {quoted(reader.name.replace('_', ' ').capitalize())}",
    ]
    if reader.takes:
        source = f"each {reader.takes.of} of {reader.takes.store}:{reader.takes.path}"
        lines.append(f"params = {{ {reader.takes.name} = {quoted(source)} }}")
    lines += [
        f"result = {_inline_table(reader.result)}",
        f"to_see = {quoted(_to_see(stores))}",
        "",
        "[[source]]",
        f"name   = {quoted(' and '.join(store.name for store in stores))}",
        'level  = "full"',
        f"derive = {quoted(f'{file}#{reader.call}')}",
        "# Only while this is true may the answer be trusted; drawn from what the reader reads on known-good stores.",
        f"needs  = {_quote_code(guard)}",
        "",
        "# Another way to the same answer goes here, as a source of level degraded; then what is shown without any.",
        "[[source]]",
        'level  = "unavailable"',
        f"value  = {_empty_value(reader.result)}",
    ]
    return "\n".join(lines) + "\n"


def target_file(request: InitRequest) -> str:
    """Return the probe target of a page whose address is known, or of files alone."""
    names = [store.name for store in request.stores]
    if not request.url:
        places = "".join(f"{store.name} = {quoted(_from_target(store.key))}\n" for store in request.stores)
        return (
            f"title  = {quoted('The files of ' + ', '.join(names))}\n"
            f"stores = [{', '.join(map(quoted, names))}]\n"
            "\n"
            "# Where each lies on this machine, named from this file; of several that a glob names the last is taken,\n"
            "# unless the store's `take` says otherwise.\n"
            f"[files]\n{places}"
        )
    return (
        f"title  = {quoted('The page of ' + ', '.join(names))}\n"
        f"url    = {quoted(request.url)}\n"
        f"stores = [{', '.join(map(quoted, names))}]\n"
        "# What the probe does on the page before it looks, one [[state]] after another:\n"
        "# [[state]]\n"
        '# name  = "used"\n'
        '# what  = "something is there to be read"\n'
        '# steps = [ { click = "#add" }, { wait = "() => document.querySelector(\'#done\') !== null" } ]\n'
    )


def _from_target(key: str) -> str:
    """Return the path of a file as a target's file names it; the key names it from the folder of the workspace."""
    return key if PurePath(key).is_absolute() else f"../{key}"


_TO_SEE = {
    Area.PAGE_JSON: "Open the page whose document holds",
    Area.WINDOW: "Use the page until it has made",
    Area.RESPONSE: "Use the page until it asks for",
    Area.FILE: "Use the client until it has logged",
}


def _to_see(stores: Sequence[StoreGiven]) -> str:
    says = _TO_SEE.get(stores[0].area, "Use the page until it has written")
    return f"{says} {' and '.join(store.key for store in stores)}"


def _quote_code(text: str) -> str:
    if "'''" in text:
        return quoted(text)
    return f"'''\n{text}'''"


def _inline_table(schema: Mapping[str, Any]) -> str:
    parts = (f"{name} = {_inline_table(v) if isinstance(v, Mapping) else json.dumps(v)}" for name, v in schema.items())
    return f"{{ {', '.join(parts)} }}"


def _empty_value(result: Mapping[str, Any]) -> str:
    """Return the TOML value that is shown when nothing can be derived."""
    kind = result["type"] if isinstance(result["type"], str) else result["type"][0]
    return {"string": '""', "boolean": "false", "array": "[]", "object": "{}"}.get(kind, "0")
