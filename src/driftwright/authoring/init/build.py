"""Build a workspace: schema, witnesses, contracts, locks, and a probe's target when there is an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.authoring.init.draft import Draft, draft
from driftwright.authoring.init.guards import guard
from driftwright.authoring.init.masking import Masked, masked
from driftwright.authoring.init.readers import Adapted, Module, adapted
from driftwright.authoring.init.request import Redact, Request
from driftwright.authoring.init.texts import READERS, contract_file, json_file, store_file, target_file, title_of
from driftwright.base.errors import InputFault
from driftwright.base.path import Path
from driftwright.impact import Engine, Reader, Situation, generaliser, module, trace
from driftwright.structure import fold, layout_of, make_witness
from driftwright.workspace import Node, Store, Version, follow_reference, layout, redaction_policy

_MOMENTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A workspace that is not written yet.

    Args:
        files: The text of each file, by its path from the workspace's folder.
        facts: The names of the derived facts.
        kept: Where captures keep values, because a reader asks for them.
        notes: What could not be done, and what to look at.
    """

    files: Mapping[str, str]
    facts: tuple[str, ...]
    kept: tuple[Path, ...]
    notes: tuple[str, ...]


def build_workspace(request: Request, redact: Redact, engine: Engine) -> Scaffold:
    """Build a workspace from documents and readers.

    Args:
        request: What it is made from.
        redact: Hides values as a capture does.
        engine: V8.

    Raises:
        InputFault: The readers do not parse, or answer nothing.
    """
    if len(request.documents) > len(_MOMENTS):
        raise InputFault(f"more than {len(_MOMENTS)} snapshots", "--snapshot", "", "give those that differ most")
    of = _small(request)
    readers = adapted(of, request.readers, request.readers_file, engine)

    def hide(schema: dict[str, Any]) -> Sequence[Any]:
        return redact(redaction_policy([_store(request, schema)]), of.documents)

    hidden = masked(of, readers, hide, engine)
    schema = of.schema(hidden.kept)
    guards = _guards(request, readers, _store(request, schema), hidden.documents, engine)
    folder = f"schemas/{request.owner}/{request.store}"
    files = {
        f"{folder}/store.toml": store_file(request),
        f"{folder}/v1.schema.json": json_file(schema),
        f"contracts/{READERS}": readers.text,
    }
    for moment, document in zip(_MOMENTS, hidden.documents, strict=False):
        files[f"{folder}/v1/{moment}.witness.json"] = json_file(document)
    for one in readers.readers:
        files[f"contracts/{one.name}.toml"] = contract_file(request, one, guards[one.name])
    if request.url:
        files[f"probes/{request.store}.toml"] = target_file(request)
    return Scaffold(
        files, tuple(one.name for one in readers.readers), tuple(sorted(hidden.kept)), _notes(readers, hidden)
    )


def _small(request: Request) -> Draft:
    """Draw the draft from the smallest documents that still show everything: what is drawn from is also kept."""
    documents = request.documents
    layout_ = layout_of(fold(list(documents)))
    literals = module(request.readers, request.readers_file).literals
    small = [make_witness(document, fold([document], layout_), literals) for document in documents]
    whole = draft(request.store, title_of(request), documents)
    return replace(draft(request.store, title_of(request), small), shape=whole.shape)


def _store(request: Request, schema: dict[str, Any]) -> Store:
    version = Version(
        "v1", schema, "v1.schema.json", layout(follow_reference(Node(schema, schema, "v1.schema.json"))), {}
    )
    owner = f"{request.owner}/{request.store}"
    return Store(request.store, "", owner, request.area, request.key, "", (version,))


def _guards(
    request: Request, readers: Module, store: Store, documents: Sequence[Any], engine: Engine
) -> dict[str, str]:
    generalise = generaliser({store.name: store}, {store.name: store.latest})

    def of(one: Adapted) -> str:
        chosen = [
            Situation(moment, {store.name: document}, params=params)
            for moment, document in zip(_MOMENTS, documents, strict=False)
            for params in (
                [{one.takes.name: value} for value in dict.fromkeys(one.takes.values(document))] if one.takes else [{}]
            )
        ]
        traced = trace(engine, Reader(readers.program, one.call), chosen, generalise)
        return guard(request.store, traced.reads)

    return {one.name: of(one) for one in readers.readers}


def _notes(readers: Module, hidden: Masked) -> tuple[str, ...]:
    differ = (
        f"{name} answers otherwise once values are hidden: declare what it needs with x-redact in the schema"
        for name in hidden.differ
    )
    return (*(f"no contract for {one}" for one in readers.left), *differ)
