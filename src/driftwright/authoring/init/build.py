"""Build the files of a new workspace: schema, witnesses, contracts, and a probe target when there is an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from driftwright.authoring.init.draft import Draft, draft
from driftwright.authoring.init.guards import guard, guard_conditions, needed_conditions
from driftwright.authoring.init.masking import Masked, masked
from driftwright.authoring.init.readers import Adapted, Module, adapted
from driftwright.authoring.init.request import InitRequest, Redact
from driftwright.authoring.init.texts import contract_file, json_file, store_file, target_file, title_of
from driftwright.authoring.known_good import is_kept_whole
from driftwright.base.errors import InputFault
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path
from driftwright.impact import Engine, Reader, Situation, generaliser, module, places_of, trace
from driftwright.snapshot import MakeUp
from driftwright.structure import fold, layout_of, make_witness
from driftwright.workspace import Counted, Node, Store, Version, follow_reference, layout, redaction_policy

_MOMENTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A workspace that is not written yet.

    Args:
        files: The text of each file, by its path from the workspace's folder.
        facts: The names of the derived facts.
        kept: Paths whose values captures keep, because a reader needs them.
        notes: Sentences about what was left out and what to review.
        own_code: The user's own file, which contracts name; its whole path until they are written.
    """

    files: Mapping[str, str]
    facts: tuple[str, ...]
    kept: tuple[Path, ...]
    notes: tuple[str, ...]
    own_code: str


def build_workspace(request: InitRequest, redact: Redact, secret: bytes, engine: Engine) -> Scaffold:
    """Build a workspace from documents and readers.

    Args:
        request: The checked input.
        redact: Hides values as a capture does.
        secret: What made-up values cannot be computed without.
        engine: V8.

    Raises:
        InputFault: The readers do not parse, or answer nothing.
    """
    if len(request.documents) > len(_MOMENTS):
        raise InputFault(f"more than {len(_MOMENTS)} snapshots", "--snapshot", "", "give those that differ most")
    readers = adapted(_draft_smallest(request, request.documents), request.readers, request.readers_file, engine)
    make_up = MakeUp(secret, readers.program.script, readers.program.literals)
    documents = _made_up(request.documents, make_up)
    smallest = _draft_smallest(request, documents)

    def hide(schema: dict[str, Any]) -> Sequence[Any]:
        return redact(redaction_policy([_make_store(request, schema)]), smallest.documents)

    hidden = masked(smallest, readers, hide, engine)
    schema = smallest.schema(hidden.kept)
    witnesses = [
        document if is_kept_whole(document) else small
        for document, small in zip(documents, smallest.documents, strict=True)
    ]
    guards = _write_guards(request, readers, _make_store(request, schema), witnesses, engine)
    folder = f"schemas/{request.owner}/{request.store}"
    files = {
        f"{folder}/store.toml": store_file(request, make_up.name),
        f"{folder}/v1.schema.json": json_file(schema),
    }
    # Contracts are tried in a copy elsewhere first, so they name the file by its whole path.
    code = File(request.readers_file).resolve().as_posix()
    for moment, document in zip(_MOMENTS, witnesses, strict=False):
        files[f"{folder}/v1/{moment}.witness.json"] = json_file(document)
    files[f"{folder}/v1.shape.json"] = json_file(_count(documents, witnesses, _make_store(request, schema)))
    for reader in readers.readers:
        files[f"contracts/{reader.name}.toml"] = contract_file(request, reader, guards[reader.name], code)
    if request.url:
        files[f"probes/{request.store}.toml"] = target_file(request)
    return Scaffold(
        files,
        tuple(reader.name for reader in readers.readers),
        tuple(sorted(hidden.kept)),
        _list_notes(readers, hidden),
        code,
    )


def _made_up(documents: Sequence[Any], make_up: MakeUp) -> tuple[Any, ...]:
    """Return the different ones of some documents, with all values made up in the same forms."""
    layout_ = layout_of(fold(list(documents)))
    made = (make_up.document(document, layout_) for document in documents)
    return tuple({json_text(document): document for document in made}.values())


def _draft_smallest(request: InitRequest, documents: Sequence[Any]) -> Draft:
    """Return a draft from the smallest documents that still show every position."""
    layout_ = layout_of(fold(list(documents)))
    literals = module(request.readers, request.readers_file).literals
    small = [make_witness(document, fold([document], layout_), literals) for document in documents]
    whole = draft(request.store, title_of(request), documents)
    places = {request.store: (str(request.area), request.key)}
    return replace(draft(request.store, title_of(request), small), shape=whole.shape, places=places)


def _count(documents: Sequence[Any], witnesses: Sequence[Any], store: Store) -> Mapping[str, Any]:
    """Return the counts of all records of the documents, of which the witnesses may keep a few."""
    return Counted().plus(witnesses, fold(list(documents), store.latest.layout)).record()


def _make_store(request: InitRequest, schema: dict[str, Any]) -> Store:
    version = Version(
        "v1", schema, "v1.schema.json", layout(follow_reference(Node(schema, schema, "v1.schema.json"))), {}
    )
    owner = f"{request.owner}/{request.store}"
    return Store(request.store, "", owner, request.area, request.key, "", (version,))


def _write_guards(
    request: InitRequest, readers: Module, store: Store, documents: Sequence[Any], engine: Engine
) -> dict[str, str]:
    generalise = generaliser({store.name: store}, {store.name: store.latest})
    shape = fold(list(documents), store.latest.layout)

    places = places_of({store.name: store})

    def write_guard(reader: Adapted) -> str:
        chosen = [
            Situation(moment, {store.name: document}, params=params, places=places)
            for moment, document in zip(_MOMENTS, documents, strict=False)
            for params in (
                [{reader.takes.name: value} for value in dict.fromkeys(reader.takes.values(document))]
                if reader.takes
                else [{}]
            )
        ]
        asked = Reader(readers.program, reader.call)
        conditions = guard_conditions(request.store, trace(engine, asked, chosen, generalise).reads)
        return guard(request.store, needed_conditions(engine, asked, chosen, (store.name, shape), conditions))

    return {reader.name: write_guard(reader) for reader in readers.readers}


def _list_notes(readers: Module, hidden: Masked) -> tuple[str, ...]:
    differ = (
        f"{name} answers otherwise once values are hidden: declare what it needs with x-redact in the schema"
        for name in hidden.differ
    )
    return (*(f"no contract for {reason}" for reason in readers.left), *differ)
