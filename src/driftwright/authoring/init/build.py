"""Build the files of a new workspace: schema, witnesses, contracts, and a probe target when there is an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from driftwright.authoring.init.draft import Draft
from driftwright.authoring.init.guard_words import words_of
from driftwright.authoring.init.guards import guard, guard_conditions, needed_conditions
from driftwright.authoring.init.masking import Masked, masked
from driftwright.authoring.init.readers import Adapted, Module, adapted, joined
from driftwright.authoring.init.request import InitRequest, Redact, StoreGiven
from driftwright.authoring.init.texts import contract_file, json_file, store_file, target_file
from driftwright.authoring.known_good import is_kept_whole
from driftwright.base.errors import InputFault
from driftwright.impact import Engine, Generaliser, Reader, Situation, compile_module, generaliser, places_of, trace
from driftwright.snapshot import MakeUp
from driftwright.structure import OPEN, Layout, fold, layout_with_texts, make_witness
from driftwright.verdict import distinct
from driftwright.workspace import Counted, Node, Store, Version, follow_reference, layout, redaction_policy

_MOMENTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A workspace that is not written yet.

    Args:
        files: The text of each file, by its path from the workspace's folder.
        stores: The names of the stores.
        target: The name of the probe's target; empty where no address is known.
        facts: The names of the derived facts.
        kept: Paths whose values captures keep, for a reader needs them; `store:/path` where there are several stores.
        notes: Sentences about what was left out and what to review.
        own_code: The user's own file, which contracts name; its whole path until they are written.
    """

    files: Mapping[str, str]
    stores: tuple[str, ...]
    target: str
    facts: tuple[str, ...]
    kept: tuple[str, ...]
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
    request = replace(request, moments=distinct(request.moments))
    if len(request.moments) > len(_MOMENTS):
        mend = "give those that differ most"
        raise InputFault(f"more than {len(_MOMENTS)} snapshots", "--snapshot", "", mend)
    module = adapted(_draft_smallest(request, request.moments), request.readers, request.readers_file, engine)
    layouts = {store.name: layout_with_texts(request.documents(store.name)) for store in request.stores}
    names = frozenset().union(*(layout.names for layout in layouts.values()))
    make_up = MakeUp(secret, module.program.script, module.program.literals, names)
    moments = _made_up(request, make_up, layouts)
    drafts = _draft_smallest(request, moments)
    reads = _find_reads(module, drafts, engine)
    read = frozenset(name for names in reads.values() for name in names)
    if not request.is_chosen:
        request = _without_unread(request, read)
        moments = [{name: held[name] for name in held if name in read} for held in moments]
        drafts = tuple(draft for draft in drafts if draft.store in read)

    def hide(draft: Draft, schema: dict[str, Any]) -> Sequence[Any]:
        return redact(redaction_policy([_make_store(request, draft.store, schema)]), draft.documents)

    hidden = masked(drafts, module, hide, engine)
    schemas = {draft.store: draft.schema(hidden.of(draft.store)) for draft in drafts}
    stores = {name: _make_store(request, name, schema) for name, schema in schemas.items()}
    witnesses = _witnesses(moments, drafts)
    files = {}
    for store in request.stores:
        folder, name = f"schemas/{request.owner}/{store.name}", store.name
        files[f"{folder}/store.toml"] = store_file(store, make_up.name)
        files[f"{folder}/v1.schema.json"] = json_file(schemas[name])
        kept = {moment: held[name] for moment, held in witnesses.items() if name in held}
        for moment, document in kept.items():
            files[f"{folder}/v1/{moment}.witness.json"] = json_file(document)
        documents = [held[name] for held in moments if name in held]
        files[f"{folder}/v1.shape.json"] = json_file(_count(documents, list(kept.values()), stores[name]))
    # Contracts are tried in a copy elsewhere first, so they name the file by its whole path.
    code = File(request.readers_file).resolve().as_posix()
    for reader in module.readers:
        named = [store for store in request.stores if store.name in reads[reader.name]]
        text = _write_guard(
            Reader(module.program, reader.call),
            reader,
            named=[stores[store.name] for store in named],
            stores=stores,
            witnesses=witnesses,
            engine=engine,
        )
        files[f"contracts/{reader.name}.toml"] = contract_file(named, reader, text, code)
    if request.has_target:
        files[f"probes/{request.target}.toml"] = target_file(request)
    return Scaffold(
        files,
        tuple(store.name for store in request.stores),
        request.target if request.has_target else "",
        tuple(reader.name for reader in module.readers),
        tuple(str(place) if len(drafts) > 1 else str(place.path) for place in sorted(hidden.kept)),
        (*request.notes, *_list_notes(request, module, hidden, read)),
        code,
    )


_Moment = Mapping[str, Any]  # the document of each store by its name


def _made_up(request: InitRequest, make_up: MakeUp, layouts: Mapping[str, Layout]) -> list[dict[str, Any]]:
    """Return the different ones of the moments, with all values made up in the same forms."""
    made = (
        {name: make_up.document(document, layouts[name]) for name, document in moment.items()}
        for moment in request.moments
    )
    return list(distinct(made))


def _draft_smallest(request: InitRequest, moments: Sequence[_Moment]) -> tuple[Draft, ...]:
    """Return a draft of each store from the smallest documents that still show every position."""
    literals = compile_module(request.readers, request.readers_file).literals

    def draft_store(store: StoreGiven) -> Draft:
        documents = [moment[store.name] for moment in moments if store.name in moment]
        layout_ = layout_with_texts(documents)
        small = [make_witness(document, fold([document], layout_), literals) for document in documents]
        places = {store.name: (str(store.area), store.key)}
        return Draft(store.name, store.title, small, fold(list(documents), layout_), places)

    return tuple(map(draft_store, request.stores))


def _find_reads(readers: Module, drafts: Sequence[Draft], engine: Engine) -> dict[str, tuple[str, ...]]:
    """Return by fact the stores that its reader is given or reads."""
    if len(drafts) == 1:
        return {reader.name: (drafts[0].store,) for reader in readers.readers}
    names = [draft.store for draft in drafts]
    plain = Generaliser(dict.fromkeys(names, OPEN))
    places = {name: place for draft in drafts for name, place in draft.places.items()}
    reads: dict[str, tuple[str, ...]] = {}
    for reader in readers.readers:
        chosen = [
            Situation(str(number), held, params=params, places=places)
            for number, held in enumerate(joined(drafts))
            for params in reader.params(held)
        ]
        read_stores = {path.store for path in trace(engine, Reader(readers.program, reader.call), chosen, plain).reads}
        taken = {reader.takes.store} if reader.takes else set()
        reads[reader.name] = tuple(name for name in names if name in read_stores | taken | set(reader.given)) or (
            names[0],
        )
    return reads


def _without_unread(request: InitRequest, read: frozenset[str]) -> InitRequest:
    """Return the input without the stores that nobody named and no reader reads."""
    stores = tuple(store for store in request.stores if store.name in read)
    left = len(request.stores) - len(stores)
    note = f"left out, for no reader reads it: {left}; name what you want with --key"
    return replace(request, stores=stores, notes=(*request.notes, *([note] if left else [])))


def _witnesses(moments: Sequence[_Moment], drafts: Sequence[Draft]) -> dict[str, dict[str, Any]]:
    """Return the known-good stores by the names of their moments; large ones are shrunk."""
    small = {draft.store: iter(draft.documents) for draft in drafts}
    return {
        name: {
            store: document if is_kept_whole(document) else shrunk
            for store, document in held.items()
            for shrunk in (next(small[store]),)
        }
        for name, held in zip(_MOMENTS, moments, strict=False)
    }


def _count(documents: Sequence[Any], witnesses: Sequence[Any], store: Store) -> Mapping[str, Any]:
    """Return the counts of all records of the documents, of which the witnesses may keep a few."""
    return Counted().plus(witnesses, fold(list(documents), store.latest.layout)).record()


def _make_store(request: InitRequest, name: str, schema: dict[str, Any]) -> Store:
    (declared,) = (store for store in request.stores if store.name == name)
    version = Version(
        "v1", schema, "v1.schema.json", layout(follow_reference(Node(schema, schema, "v1.schema.json"))), {}
    )
    return Store(name, "", f"{request.owner}/{name}", declared.area, declared.key, "", (version,))


def _write_guard(  # noqa: PLR0913 - a reader, what it reads, and what is known of that
    asked: Reader,
    reader: Adapted,
    *,
    named: Sequence[Store],
    stores: Mapping[str, Store],
    witnesses: Mapping[str, _Moment],
    engine: Engine,
) -> str:
    places = places_of(stores)
    chosen = [
        Situation(moment, held, params=params, places=places)
        for moment, held in witnesses.items()
        if all(store.name in held for store in named)
        for params in reader.params(held)
    ]
    generalise = generaliser(stores, {name: store.latest for name, store in stores.items()})
    reads = trace(engine, asked, chosen, generalise).reads
    words = words_of(asked.program.language)
    conditions: list[str] = []
    for store in named:
        shape = fold([situation.stores[store.name] for situation in chosen], store.latest.layout)
        asked_of = guard_conditions(store.name, reads, words)
        conditions += needed_conditions(engine, asked, chosen, (store.name, shape), asked_of)
    return guard([store.name for store in named], conditions, words)


def _list_notes(request: InitRequest, readers: Module, hidden: Masked, read: frozenset[str]) -> Iterator[str]:
    for reason in readers.left:
        yield f"no contract for {reason}"
    for name in hidden.differ:
        yield f"{name} answers otherwise once values are hidden: declare what it needs with x-redact in the schema"
    unread = [store.name for store in request.stores if store.name not in read]
    if unread:
        yield f"no reader reads {', '.join(unread)}"
    assumed = [store.name for store in request.stores if store.is_assumed]
    if assumed:
        area = next(store.area for store in request.stores if store.is_assumed)
        yield f"nothing says the storage area of {', '.join(assumed)}: {area} is assumed; --area says another"
