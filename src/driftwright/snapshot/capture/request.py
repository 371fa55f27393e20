"""The request of a capture, the same for all ways of capturing, and one reading of the storage areas."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import IN_PAGE, reading_call
from driftwright.snapshot.capture.asking import Readers, readers_of
from driftwright.snapshot.capture.logged import LoggedStores, places_of
from driftwright.snapshot.capture.salt import workspace_salt
from driftwright.workspace import Target, Workspace, load_stores, redaction_policy, state_folder


def _no_progress(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """What to capture, and how to hide it.

    Args:
        target: The page.
        policy: What may be kept: `words` of names, and `stores`, each with name, area, key and rule.
        salt: Key of the pseudonyms; it stays in this process and the browser.
        variant: A release that the page plays; None for the page as it is.
        state: The page state to reach; None for the target's default.
        progress: Called with a short phrase at each stage.
        profile: A profile in which somebody signed in; None for a fresh one.
        readers: The readers to ask before anything is hidden; None to ask none.
        logged: Those of the target's stores that lie in files; None where none does. `policy` does not speak of them.
    """

    target: Target
    policy: Mapping[str, Any]
    salt: bytes
    variant: str | None = None
    state: str | None = None
    progress: Callable[[str], None] = _no_progress
    profile: Path | None = None
    readers: Readers | None = field(default=None, repr=False)
    logged: LoggedStores | None = field(default=None, repr=False)

    def beyond(self, areas: Collection[Area]) -> list[str]:
        """Return the target's stores that are in none of the given areas, each with its own area."""
        places = [(store["name"], store["area"]) for store in self.policy["stores"]]
        places += [(store.name, store.area) for store in (self.logged.stores if self.logged else ())]
        return [f"{name} ({area})" for name, area in places if area not in areas]


def capture_request(
    workspace: Workspace,
    target: Target,
    *,
    state: str | None = None,
    variant: str | None = None,
    progress: Callable[[str], None] = _no_progress,
) -> CaptureRequest:
    """Return what to capture of a workspace's target.

    Args:
        workspace: Whose stores are looked for, and whose salt makes the pseudonyms.
        target: The page.
        state: The page state to reach; None for the target's default.
        variant: A release that the page plays; None for the page as it is.
        progress: Called with a short phrase at each stage.

    Raises:
        InputFault: The target names a store that no schema declares, or a place that is in none of its stores.
        MachineFault: The workspace's salt can be neither read nor made.
    """
    stores = load_stores(workspace.schemas)
    for name in target.stores:
        if name not in stores:
            names = ", ".join(sorted(stores))
            raise InputFault(f"unknown store {name!r}", target.file, "stores", f"known stores: {names}")
    for place in (place for each in target.states for place in (*each.must, *each.may_lack)):
        if place.store not in target.stores:
            problem = f"a page state speaks of {place}, a store that the page does not have"
            raise InputFault(problem, target.file, "state", "add it to stores, or correct the place")
    in_files = tuple(stores[name] for name in target.stores if stores[name].area is Area.FILE)
    in_page = tuple(stores[name] for name in target.stores if stores[name].area is not Area.FILE)
    _check_files(target, [store.name for store in in_files], [store.name for store in in_page])
    salt = workspace_salt(state_folder(workspace))
    readers = readers_of(workspace, stores, target.stores)
    logged = None
    if in_files:
        places = places_of(in_files, target, workspace.contracts.parent)
        apart = readers.apart_from([store.name for store in in_page]) if readers else None
        logged = LoggedStores(in_files, places, redaction_policy(in_files), salt, apart)
        readers = readers.apart_from([store.name for store in in_files]) if readers else None
    policy = redaction_policy(in_page)
    return CaptureRequest(target, policy, salt, variant, state, progress, readers=readers, logged=logged)


def _check_files(target: Target, in_files: Sequence[str], in_page: Sequence[str]) -> None:
    """Refuse a target that has no page for a store that lies in one, or names a file for a store that does.

    Raises:
        InputFault: It does.
    """
    for name in target.files:
        if name not in in_files:
            problem = f"{name!r} is none of its stores that lie in files"
            raise InputFault(problem, target.file, f"files.{name}", "leave it out")
    if in_page and not target.has_page:
        raise InputFault(f"no page for the store {in_page[0]!r}", target.file, "url", "say where the page is")


@dataclass(frozen=True, slots=True, repr=False)
class AreaReading:
    """One reading of storage areas; without a `repr`, for it holds the salt.

    Args:
        target: The page.
        policy: What may be kept.
        salt: Key of the pseudonyms.
        scripted: Whether the extension runs a content script on the page, whose world sees all areas at once.
        readers: The readers to ask once the storage is at rest; None to ask none.
    """

    target: Target
    policy: Mapping[str, Any]
    salt: bytes
    scripted: bool = False
    readers: Readers | None = None

    @property
    def beside(self) -> tuple[Area, ...]:
        """The areas beside storage in which a store should lie, of those that are seen where a page runs."""
        return tuple(area for area in IN_PAGE if self.declared_in([area]))

    @property
    def names(self) -> frozenset[str]:
        """Names of all stores that are looked for."""
        return frozenset(store["name"] for store in self.policy["stores"])

    def declared_in(self, areas: Iterable[Area]) -> frozenset[str]:
        """Names of the stores that should lie in one of `areas`."""
        wanted = {str(area) for area in areas}
        return frozenset(store["name"] for store in self.policy["stores"] if store["area"] in wanted)

    def call(self, areas: Iterable[Area], names: frozenset[str]) -> str:
        """Return the expression that reads and redacts `areas`, looking for the stores of those names."""
        stores = [store for store in self.policy["stores"] if store["name"] in names]
        return reading_call({**self.policy, "stores": stores}, self.salt, areas)
