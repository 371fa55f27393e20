"""Stores as plain JSON files: redacted in memory by the very code that runs in a page, so that nothing raw is kept."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.toml import suggestion

if TYPE_CHECKING:
    from driftwright.base.terms import Area
    from driftwright.snapshot.model import AreaView, Snapshot
    from driftwright.workspace import Store, Target, Workspace

_SECONDS = 30.0
_MEMORY = 1 << 30


def plain_captures(options: argparse.Namespace, workspace: Workspace) -> list[tuple[str, Snapshot]]:
    """Return the snapshot of the stores that `--store` names, with what to call it; none without that option.

    Raises:
        InputFault: Nothing to judge was named at all.
    """
    if not options.store and not options.snapshots:
        raise InputFault("nothing to judge", "", "", "name a *.snapshot.json file, or --store STORE=FILE")
    if not options.store:
        return []
    from driftwright.snapshot.capture import workspace_salt
    from driftwright.workspace import state_folder

    file = options.store[0].partition("=")[2]
    return [(file, plain_snapshot(options.store, workspace, workspace_salt(state_folder(workspace))))]


def plain_snapshot(named: Sequence[str], workspace: Workspace, salt: bytes) -> Snapshot:
    """Return the snapshot of stores that lie in plain JSON files.

    Args:
        named: `STORE=FILE`, one a store; of a store of many keys, an object of them by their ids.
        workspace: Whose stores they are.
        salt: What makes pseudonyms of ids.

    Raises:
        InputFault: There is no such store, or a file is not JSON.
    """
    from driftwright.base.jsontext import parse_json_file
    from driftwright.snapshot.capture.answer import provenance_of, redaction_of
    from driftwright.snapshot.model import Snapshot
    from driftwright.workspace import load_stores, redaction_policy

    stores = load_stores(workspace.schemas)
    documents = {
        store.name: (store, unwrapped(parse_json_file(File(file)), file))
        for store, file in (_named(argument, stores) for argument in named)
    }
    policy = redaction_policy(store for store, _ in documents.values())
    views = _redacted(policy, list(documents.values()), salt)
    return Snapshot(provenance_of(_target(), "files", "no browser", "dump"), redaction_of(policy), views)


def hide(policy: Mapping[str, Any], documents: Sequence[Any], salt: bytes) -> list[Any]:
    """Return documents of the one store of a policy as a capture would show them."""
    from driftwright.base.jsontext import json_text, parse_json
    from driftwright.base.terms import Area
    from driftwright.snapshot.capture.answer import policy_text, views_of

    store = policy["stores"][0]
    found = []
    for document in documents:
        views = json_text([{"area": store["area"], "entries": [[store["key"], json_text(document)]]}])
        answer = redact(policy_text(policy, salt, [Area(store["area"])]), views)
        value = views_of(answer, "", "")[0].entries[0].value
        found.append(parse_json(json_text(value).encode("utf-8", "surrogatepass"), "the redactor's answer"))
    return found


def throwaway_salt() -> bytes:
    """Return a salt that nobody keeps: what it made can be told from nothing."""
    from driftwright.snapshot.capture.salt import LENGTH, Salt

    return Salt(secrets.token_bytes(LENGTH))


def unwrapped(document: Any, file: str) -> Any:
    """Return what a dump says, also when it was copied as a text that holds it."""
    from driftwright.base.jsontext import parse_json

    return parse_json(document.encode("utf-8", "surrogatepass"), file) if isinstance(document, str) else document


def redact(policy: str, areas: str) -> str:
    """Run the redactor in V8: the same code as in a page."""
    from driftwright.impact import Process, Refused, Stopped
    from driftwright.snapshot.capture.answer import literal
    from driftwright.snapshot.capture.redactor import redactor_source

    process = Process(_MEMORY, "UTC")
    try:
        return process.evaluate(f"({redactor_source()}).redact({literal(policy)}, {literal(areas)})", _SECONDS)
    except (Stopped, Refused):
        raise InputFault("the dump is more than the redactor can take", "--from", "", "dump fewer keys") from None
    except MachineFault:
        # What V8 says may hold text of the dump.
        raise MachineFault("the redactor failed on the dump", "--from", "", "dump one area at a time") from None
    finally:
        process.close()


def _named(argument: str, stores: Mapping[str, Store]) -> tuple[Store, str]:
    name, joint, file = argument.partition("=")
    if not joint or not file:
        raise InputFault("not STORE=FILE", "--store", "", "write --store cart=cart.json")
    if name not in stores:
        mend = suggestion(name, stores) or f"known stores: {', '.join(sorted(stores))}"
        raise InputFault(f"unknown store {name!r}", "--store", "", mend)
    return stores[name], file


def _redacted(policy: Mapping[str, Any], documents: Sequence[tuple[Store, Any]], salt: bytes) -> tuple[AreaView, ...]:
    from driftwright.base.jsontext import json_text
    from driftwright.base.terms import Area
    from driftwright.snapshot.capture.answer import policy_text, views_of

    areas: dict[Area, list[list[str]]] = {}
    for store, document in documents:
        areas.setdefault(store.area, []).extend(_entries(store, document))
    views = [{"area": str(area), "entries": areas[area]} for area in Area if area in areas]
    return views_of(redact(policy_text(policy, salt, areas), json_text(views)), "", "")


def _entries(store: Store, document: Any) -> list[list[str]]:
    from driftwright.base.jsontext import json_text

    if not store.placeholder:
        return [[store.key, json_text(document)]]
    if not isinstance(document, dict):
        mend = "write an object of the store's values by their ids"
        raise InputFault("a store of many keys must be an object", "--store", store.name, mend)
    return [[store.key.replace(f"{{{store.placeholder}}}", name), json_text(one)] for name, one in document.items()]


def _target() -> Target:
    """A page that nobody opened."""
    from driftwright.workspace import Target

    return Target(
        name="plain",
        file="--store",
        title="Plain files",
        url="file:///",
        stores=(),
        serve=None,
        routes={},
        extension=None,
        variant_query="",
        ready="",
        deadline=0.0,
        states=(),
        default_state="",
        variants=(),
    )
