"""The profiles that a workspace is proved on, beside its known-good stores: whole situations, as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File

from driftwright.impact import CompiledFact, Engine, Situation, places_of, read_at
from driftwright.snapshot import profile_of
from driftwright.structure import fold
from driftwright.verdict import with_answers
from driftwright.workspace import Store, resolve_document


def profile_situations(
    engine: Engine, facts: Sequence[CompiledFact], stores: Mapping[str, Store], files: Sequence[File]
) -> tuple[Situation, ...]:
    """Return the situations of profiles, each under the name of its file.

    Args:
        engine: V8.
        facts: All facts; their answers are added where parameters are taken from them.
        stores: The declared stores.
        files: The profiles.

    Raises:
        InputFault: A file is no profile.
    """
    return with_answers(engine, facts, tuple(_situations(stores, files)))


def _situations(stores: Mapping[str, Store], files: Sequence[File]) -> Iterator[Situation]:
    placeholders = {name: store.placeholder for name, store in stores.items() if store.placeholder}
    for file in files:
        documents = profile_of(file, stores)
        places = places_of(stores)
        yield Situation(file.name, documents, placeholders=placeholders, now=read_at(documents), places=places)


def showing(store: Store, profiles: Sequence[Situation]) -> tuple[Situation, ...]:
    """Return the profiles that hold a store in its newest version: changes of that are replayed on no other."""
    return tuple(profile for profile in profiles if _is_newest(store, profile))


def _is_newest(store: Store, profile: Situation) -> bool:
    document = profile.stores.get(store.name)
    if document is None:
        return False
    resolved = resolve_document(document, store, fold([document], store.latest.layout))
    return resolved.version is not None and resolved.version.name == store.latest.name
