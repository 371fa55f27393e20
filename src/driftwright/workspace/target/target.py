"""Probe targets: which page to open, the steps to each page state, and which stores to capture."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from driftwright.base.errors import InputFault
from driftwright.base.path import StorePath
from driftwright.base.toml import Table, read_table
from driftwright.workspace.target.files import extension, folder, named_files, routes
from driftwright.workspace.target.names import host_patterns, login_patterns
from driftwright.workspace.target.states import expectation

DEFAULT_DEADLINE = 30.0
LONGEST_DEADLINE = 600.0
ACTIONS = ("click", "wait", "reload", "goto")
NO_PAGE = "file:///"
EXPECTATIONS = ("intact", "drift", "unseen")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the probe does on the page.

    Args:
        action: `click` a selector, `wait` until a function is true, `reload`, or `goto` a path.
        argument: The selector, the function's source, or the path; empty for `reload`.
    """

    action: str
    argument: str


@dataclass(frozen=True, slots=True)
class State:
    """A state of the page: its steps begin where those of the state before it end.

    Args:
        name: What `--state` calls it.
        what: The state in words.
        steps: What the probe does to get there from the state before.
        must: What every capture of it shows.
        may_lack: What a capture of it need not show.
    """

    name: str
    what: str
    steps: tuple[Step, ...]
    must: tuple[StorePath, ...] = ()
    may_lack: tuple[StorePath, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """The steps of a watch; without a plan the probe only looks, while a person uses the page or nobody does.

    Args:
        start: The page state in which the watch begins; empty for the page as it was opened.
        steps: What it does while it looks.
    """

    start: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A release that the page can play, and the verdict that a check of it should give."""

    name: str
    what: str
    expect: str


@dataclass(frozen=True, slots=True)
class Target:
    """A probe's target, as its file describes it.

    Args:
        name: Name of the file, without its ending.
        file: The file, for messages.
        title: The page in words.
        url: Where the page is.
        stores: Names of the declared stores that are expected there.
        serve: Folder that answers the requests to the page's origin instead of the network.
        routes: URL path patterns (`*` stands for anything) to files under `serve`.
        extension: Folder of the unpacked extension to load.
        variant_query: Query parameter that asks the page for a variant; empty when it has none.
        ready: JavaScript function that is true once the page may be used; empty when loading is enough.
        deadline: Seconds for the whole capture.
        states: Page states in the order in which the probe walks through them.
        default_state: The state that is captured unless another is asked for.
        variants: Releases that the page can play.
        watch: What a watch of the page begins with, and what it does meanwhile.
        login: Addresses of the login: paths of the page's origin, or whole URLs without a query (`*` for anything).
        hosts: Further hosts that the page needs; the browser finds no other (`*` for anything).
        profile: Whether the browser is launched with the profile that somebody signed in with (`probe --login`).
        files: By the names of stores in files their paths or globs on this machine, named from the target's file.
    """

    name: str
    file: str
    title: str
    url: str
    stores: tuple[str, ...]
    serve: Path | None
    routes: Mapping[str, str]
    extension: Path | None
    variant_query: str
    ready: str
    deadline: float
    states: tuple[State, ...]
    default_state: str
    variants: tuple[Variant, ...]
    watch: WatchPlan = field(default_factory=WatchPlan)
    login: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    profile: bool = False
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_page(self) -> bool:
        """Whether there is a page; a target all of whose stores lie in files needs none."""
        return self.url != NO_PAGE

    @property
    def origin(self) -> str:
        """Scheme, host and port of the page."""
        return origin_of(self.url)

    def address(self, variant: str | None) -> str:
        """Return the URL that shows `variant`.

        Raises:
            InputFault: There is no such variant.
        """
        if variant is None:
            return self.url
        if variant not in [release.name for release in self.variants]:
            raise _unknown("variant", variant, [release.name for release in self.variants], self.file)
        joint = "&" if urlsplit(self.url).query else "?"
        return f"{self.url}{joint}{urlencode({self.variant_query: variant})}"

    def walk(self, state: str | None) -> tuple[str, tuple[Step, ...]]:
        """Return the state's name and all the steps that lead to it from a fresh page.

        Raises:
            InputFault: There is no such state.
        """
        names = [page_state.name for page_state in self.states]
        wanted = self.default_state if state is None else state
        if not self.states and state is None:
            return "", ()
        if wanted not in names:
            raise _unknown("state", wanted, names, self.file)
        passed = self.states[: names.index(wanted) + 1]
        return wanted, tuple(step for page_state in passed for step in page_state.steps)


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def load_target(path: Path) -> Target:
    """Read a target's TOML file.

    Raises:
        InputFault: The file is missing or malformed, or names something that is not there.
    """
    table = read_table(path)
    states = [(item.flag("default"), _state(item)) for item in table.tables("state")]
    variants = tuple(map(_variant, table.tables("variant")))
    serve = folder(table, "serve", path.parent)
    target = Target(
        name=path.stem,
        file=str(path),
        title=table.text("title"),
        url=_url(table),
        stores=table.texts("stores"),
        serve=serve,
        routes=routes(table, serve),
        extension=extension(table, path.parent),
        variant_query=table.text("variant_query", ""),
        ready=table.text("ready", ""),
        deadline=_deadline(table),
        states=tuple(state for _, state in states),
        default_state=_default(table, states),
        variants=variants,
        watch=_watch(table.table("watch")),
        login=login_patterns(table),
        hosts=host_patterns(table),
        profile=table.flag("profile"),
        files=named_files(table),
    )
    table.close()
    _check(table, target)
    return target


def _check(table: Table, target: Target) -> None:
    _distinct(table, "state", [state.name for state in target.states])
    _distinct(table, "variant", [variant.name for variant in target.variants])
    names = [state.name for state in target.states]
    if target.watch.start and target.watch.start not in names:
        raise table.fault(f"no state {target.watch.start!r}", "watch.start", f"states: {', '.join(names)}")
    if target.variants and not target.variant_query:
        raise table.fault("there are variants and no way to ask for one", "variant_query", "name the query parameter")


def _url(table: Table) -> str:
    if "url" not in table and "files" in table:
        return NO_PAGE
    url = table.text("url")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise table.fault("not the address of a page", "url", "give an http or https URL without a user name")
    return url


def _deadline(table: Table) -> float:
    seconds = table.number("deadline", DEFAULT_DEADLINE)
    if not 0 < seconds <= LONGEST_DEADLINE:
        raise table.fault("not a number of seconds", "deadline", f"give 1 to {LONGEST_DEADLINE:.0f}")
    return seconds


def _state(table: Table) -> State:
    expected = expectation(table)
    steps = tuple(map(_step, table.tables("steps")))
    table.close()
    return State(expected.name, expected.what, steps, expected.must, expected.may_lack)


def _watch(table: Table) -> WatchPlan:
    plan = WatchPlan(table.text("start", ""), tuple(map(_step, table.tables("steps"))))
    table.close()
    return plan


def _step(table: Table) -> Step:
    actions = [action for action in ACTIONS if action in table]
    steps = [_action(table, action) for action in actions]
    for action in ACTIONS:
        table.value(action)
    table.close()
    if len(steps) != 1:
        raise table.fault("a step does one thing", "", f"give one of {', '.join(ACTIONS)}")
    return steps[0]


def _action(table: Table, action: str) -> Step:
    if action == "reload":
        if not table.flag(action):
            raise table.fault("reload is not true", action, "write reload = true, or leave the step out")
        return Step(action, "")
    argument = table.text(action)
    if action == "goto" and (not argument.startswith("/") or argument.startswith("//")):
        raise table.fault("not a path of the page's origin", action, 'begin it with one "/"')
    return Step(action, argument)


def _variant(table: Table) -> Variant:
    variant = Variant(table.text("name"), table.text("what"), table.choice("expect", EXPECTATIONS))
    table.close()
    return variant


def _default(table: Table, states: list[tuple[bool, State]]) -> str:
    marked = [state.name for default, state in states if default]
    if len(marked) > 1:
        raise table.fault(f"several default states: {', '.join(marked)}", "state", "mark one")
    return marked[0] if marked else states[-1][1].name if states else ""


def _distinct(table: Table, kind: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise table.fault(f"the {kind} {twice[0]} is there twice", kind, "rename one")


def _unknown(kind: str, name: str, names: list[str], file: str) -> InputFault:
    near = difflib.get_close_matches(name, names, 1)
    guess = f"did you mean {near[0]}? " if near else ""
    mend = f"{guess}{kind}s: {', '.join(names)}" if names else f"this target declares no {kind}: ask for none"
    return InputFault(f"no {kind} {name!r}", file, kind, mend)
