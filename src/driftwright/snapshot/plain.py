"""Snapshots of plain JSON files: redacted in memory by the same code that runs in a page, and nothing raw is kept."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault
from driftwright.base.toml import suggestion

if TYPE_CHECKING:
    from driftwright.base.terms import Area
    from driftwright.snapshot.model import AreaView, Snapshot
    from driftwright.workspace import Store, Target, Workspace


def plain_snapshot(stores: Mapping[str, Any], workspace: Workspace, salt: bytes | None = None) -> Snapshot:
    """Return the snapshot of stores that lie in plain JSON files, or in memory.

    Args:
        stores: By the name of each store its document, or the path of a JSON file (a text is a path) that holds it,
            alone or among the stores of a saved storage; of a store of many keys, an object of its documents by ids.
        workspace: Whose stores they are.
        salt: What makes pseudonyms of ids; None for the workspace's own.

    Raises:
        InputFault: There is no such store, or what is given is not JSON.
        MachineFault: The workspace's salt can be neither read nor made.
    """
    from driftwright.snapshot.capture.answer import provenance_of, redaction_of
    from driftwright.snapshot.model import OwnFiles, Snapshot
    from driftwright.workspace import load_stores, redaction_policy

    if not stores:
        raise InputFault("no store is given", "--store", "", "write --store cart=cart.json")
    declared = load_stores(workspace.schemas)
    named = {name: _declared(name, declared, workspace) for name in stores}
    keys = [store.key for store in declared.values() if not store.placeholder]
    documents = [(named[name], _document(named[name], source, keys)) for name, source in stores.items()]
    policy = redaction_policy(store for store, _ in documents)
    salt = private_salt(workspace) if salt is None else salt
    views = _redacted(policy, documents, salt)
    own = OwnFiles({store.name: document for store, document in documents}, salt)
    where = provenance_of(_target(), "files", "no browser", "dump")
    return Snapshot(where, redaction_of(policy), views, own)


def _document(store: Store, source: Any, keys: Sequence[str]) -> Any:
    from driftwright.base.jsontext import checked_document, parse_json_file, parse_logged_file
    from driftwright.base.terms import Area
    from driftwright.snapshot.capture.by_hand.dump import unwrapped
    from driftwright.snapshot.saved import document_of

    if isinstance(source, (str, PathLike)) and store.area is Area.FILE:
        return parse_logged_file(File(source))
    if isinstance(source, (str, PathLike)):
        return document_of(store, unwrapped(parse_json_file(File(source)), str(source)), str(source), keys)
    return checked_document(source, store.name)


def _declared(name: str, stores: Mapping[str, Store], workspace: Workspace) -> Store:
    if name not in stores and workspace.built_in:
        from driftwright.workspace import START

        problem = f"unknown store {name!r} in the built-in workspace, for there is none here"
        raise InputFault(problem, "--store", "", START)
    if name not in stores:
        mend = suggestion(name, stores) or f"known stores: {', '.join(sorted(stores))}"
        raise InputFault(f"unknown store {name!r}", "--store", "", mend)
    return stores[name]


def hide(policy: Mapping[str, Any], documents: Sequence[Any], salt: bytes) -> list[Any]:
    """Return documents of the one store of a policy as a capture would show them."""
    with hiding(salt) as hidden:
        return hidden(policy, documents)


@contextlib.contextmanager
def hiding(salt: bytes) -> Iterator[Callable[[Mapping[str, Any], Sequence[Any]], list[Any]]]:
    """Give a function that does what `hide` does, for as long as it is needed, without starting V8 each time."""
    from driftwright.base.jsontext import json_text, parse_json
    from driftwright.snapshot.capture.answer import views_of
    from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor

    with OfflineRedactor() as redactor:

        def hidden(policy: Mapping[str, Any], document: Any) -> Any:
            store = policy["stores"][0]
            views = [{"area": store["area"], "entries": [[store["key"], json_text(document)]]}]
            answer = redactor.redact(policy, salt, views)
            value = views_of(answer, "", "")[0].entries[0].value
            return parse_json(json_text(value).encode("utf-8", "surrogatepass"), "the redactor's answer")

        yield lambda policy, documents: [hidden(policy, document) for document in documents]


def throwaway_salt() -> bytes:
    """Return a new random salt that is stored nowhere."""
    from driftwright.snapshot.capture.salt import LENGTH, Salt

    return Salt(secrets.token_bytes(LENGTH))


def private_salt(workspace: Workspace) -> bytes:
    """Return the salt of a workspace, made on first use.

    Raises:
        InputFault: The file is damaged, a symbolic link, or readable by others.
        MachineFault: The folder cannot be written.
    """
    from driftwright.snapshot.capture.salt import workspace_salt
    from driftwright.workspace import state_folder

    return workspace_salt(state_folder(workspace))


def _redacted(policy: Mapping[str, Any], documents: Sequence[tuple[Store, Any]], salt: bytes) -> tuple[AreaView, ...]:
    from driftwright.base.terms import Area
    from driftwright.snapshot.capture.answer import views_of
    from driftwright.snapshot.capture.by_hand.offline import redact

    areas: dict[Area, list[list[str]]] = {}
    for store, document in documents:
        areas.setdefault(store.area, []).extend(_entries(store, document))
    views = [{"area": str(area), "entries": areas[area]} for area in Area if area in areas]
    return views_of(redact(policy, salt, views), "", "")


def _entries(store: Store, document: Any) -> list[list[str]]:
    from driftwright.base.jsontext import json_text

    if not store.placeholder:
        return [[store.key, json_text(document)]]
    if not isinstance(document, dict):
        mend = "write an object of the store's values by their ids"
        raise InputFault("a store of many keys must be an object", "--store", store.name, mend)
    return [[store.key.replace(f"{{{store.placeholder}}}", name), json_text(value)] for name, value in document.items()]


def _target() -> Target:
    """Return a target without a page."""
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
