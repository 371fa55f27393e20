"""The texts of a workspace's files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from driftwright.authoring.init.readers import Adapted
from driftwright.authoring.init.request import Request

CONTRACT_SCHEMA = "contract"
READERS = "readers/readers.js"


def json_file(value: Any) -> str:
    """Return a JSON file's text."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def store_file(request: Request) -> str:
    """Return `store.toml`."""
    return (
        f"name   = {_text(request.store)}\n"
        f"title  = {_text(title_of(request))}\n"
        f'area   = "{request.area}"\n'
        f"key    = {_text(request.key)}\n"
        f"to_see = {_text(_to_see(request))}\n"
    )


def title_of(request: Request) -> str:
    """Return what the store is, in words."""
    return f"The store {request.store}"


def contract_file(request: Request, one: Adapted, guard: str) -> str:
    """Return the contract of one reader."""
    lines = [
        f"# What {one.export} derives. The words are yours: title, shown (what your users see of it), to_see.",
        f"title  = {_text(one.name.replace('_', ' ').capitalize())}",
    ]
    if one.takes:
        source = f"each {one.takes.of} of {request.store}:{one.takes.path}"
        lines.append(f"params = {{ {one.takes.name} = {_text(source)} }}")
    lines += [
        f"result = {_inline(one.result)}",
        f"to_see = {_text(_to_see(request))}",
        "",
        "[[source]]",
        f"name   = {_text(request.store)}",
        'level  = "full"',
        f'derive = "{READERS}#{one.call}"',
        "# Only while this is true may the answer be trusted; drawn from what the reader reads on known-good stores.",
        f"needs  = {_code(guard)}",
        "",
        "# Another way to the same answer goes here, as a source of level degraded; then what is shown without any.",
        "[[source]]",
        'level  = "unavailable"',
        f"value  = {_nothing(one.result)}",
    ]
    return "\n".join(lines) + "\n"


def target_file(request: Request) -> str:
    """Return the probe target of a page whose address is known."""
    return (
        f"title  = {_text(f'The page of {request.store}')}\n"
        f"url    = {_text(request.url)}\n"
        f"stores = [{_text(request.store)}]\n"
        "# What the probe does on the page before it looks, one [[state]] after another:\n"
        "# [[state]]\n"
        '# name  = "used"\n'
        '# what  = "something is there to be read"\n'
        '# steps = [ { click = "#add" }, { wait = "() => document.querySelector(\'#done\') !== null" } ]\n'
    )


def _to_see(request: Request) -> str:
    return f"Use the page until it has written {request.key}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _code(text: str) -> str:
    if "'''" in text:
        return _text(text)
    return f"'''\n{text}'''"


def _inline(schema: Mapping[str, Any]) -> str:
    parts = (f"{name} = {_inline(v) if isinstance(v, Mapping) else json.dumps(v)}" for name, v in schema.items())
    return f"{{ {', '.join(parts)} }}"


def _nothing(result: Mapping[str, Any]) -> str:
    """Return what is shown when nothing can be derived, in TOML."""
    kind = result["type"] if isinstance(result["type"], str) else result["type"][0]
    return {"string": '""', "boolean": "false", "array": "[]", "object": "{}"}.get(kind, "0")
