"""The product as a library: what `import driftwright` offers, one function a verb of the command line.

Every function takes paths, plain documents or values, prints nothing, and answers with a frozen value. What is wrong
with what it was given is raised as a `Fault`, whose text is one line that names the file, the place and the mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from driftwright.entrypoints.given import document_of, documents_of, read_capture, readers_of

if TYPE_CHECKING:
    from driftwright.authoring import Adopted, Emitted, Refused, Scaffold
    from driftwright.report import Report, WorkspaceProof
    from driftwright.snapshot import Snapshot
    from driftwright.workspace import Workspace

__all__ = ["accept", "capture", "check", "diff", "emit", "init", "prove", "render"]

AnyPath: TypeAlias = "str | PathLike[str]"
"""The path of a file or a folder; a text is a path."""

Json: TypeAlias = "Mapping[str, Any] | Sequence[Any] | float | bool | None"
"""A parsed JSON document; a document that is a text alone has to come from a file, for a text is a path."""

AnyWorkspace: TypeAlias = "AnyPath | Workspace | None"
"""The folder of a workspace, or one that was found; None for the one of the current folder, else the one built in."""

ReportFormat: TypeAlias = Literal[
    "text", "concise", "json", "jsonl", "markdown", "html", "junit", "sarif", "github", "ctrf"
]
StorageArea: TypeAlias = Literal[
    "session",
    "local",
    "indexed-db",
    "extension-local",
    "extension-sync",
    "extension-session",
    "page-json",
    "window",
    "response",
    "file",
]


def _no_progress(_: str) -> None:
    """Report no progress."""


def check(capture: AnyPath | Snapshot | Mapping[str, Any], workspace: AnyWorkspace = None) -> Report:
    """Judge a capture by the contracts of a workspace.

    Args:
        capture: The path of a `*.snapshot.json` or `*.watch.json` file, a snapshot, or stores that were saved some
            other way: by the name of each store its document, or the path of a JSON file that holds it.
        workspace: The folder of the workspace.

    Returns:
        The report. `report.verdict` is the worst verdict of all derived facts, `report["name"]` the judgement of one. A
        suppression that nothing needs is no error here: only a command sees all captures of a day at once.

    Raises:
        InputFault: The capture, a contract, a schema or a reader is not what it should be.
        MachineFault: V8 does not start, or the workspace's salt can be neither read nor made.

    Example:
        >>> import driftwright
        >>> report = driftwright.check({"shop": "renamed.json"}, workspace="drift")
        >>> report.verdict
        <Verdict.BROKEN: 'broken'>
        >>> report["shipped_orders"].effect
        <Effect.SILENT: 'silent'>
    """
    from driftwright.impact import Engine
    from driftwright.verdict import check_capture

    found_workspace = _workspace(workspace)
    with Engine() as engine:
        engine.start()  # V8 starts while the capture is read
        taken, name = read_capture(capture, found_workspace)
        return check_capture(taken, found_workspace, name, _no_progress, engine)


def diff(
    before: AnyPath | Json,
    after: AnyPath | Json,
    readers: AnyPath | None = None,
    *,
    known: Sequence[AnyPath | Json] = (),
) -> Report:
    """Compare two plain documents, and say which function that reads them breaks; needs no workspace.

    Args:
        before: The document that the readers are known to be right on, or the path of a JSON file.
        after: A later one.
        readers: The path of a module (JavaScript, TypeScript or Python) whose exports are functions of the parsed
            document, or its text (in which a line begins with `export`, or with `def`). Without it, only the structural
            changes are listed.
        known: Further documents that the readers are known to be right on, or paths of JSON files: what only some of
            them hold may be missing without a break.

    Returns:
        A report with a fact for each export. `report["name"].evidence` holds both answers and, where replaying the
        changes showed the break, the smallest stores that do: values of the documents that were given. The verdict
        `degraded` means here that only some records are hurt: a bare function has no fallback. Without readers the
        verdict is `unseen`, for nothing was judged.

    Raises:
        InputFault: A document is not JSON, or the readers do not parse or export no function.
        MachineFault: V8 does not start.

    Example:
        >>> import driftwright
        >>> before = {"videos": [{"id": "v1", "progress": 100}, {"id": "v2", "progress": 40}]}
        >>> after = {"videos": [{"id": "v1", "percent": 100}, {"id": "v2", "percent": 40}]}
        >>> readers = "export const finished = (data) => data.videos.filter((v) => v.progress === 100).length"
        >>> report = driftwright.diff(before, after, readers)
        >>> report.verdict
        <Verdict.BROKEN: 'broken'>
        >>> report["finished"].evidence.before.text, report["finished"].evidence.after.text
        ('1', '0')
        >>> [change.rule for change in report.changes]
        ['field-added', 'field-removed']
    """
    from driftwright.verdict import report_diff

    if readers is None:
        return report_diff(document_of(before, "before"), document_of(after, "after"), None, None)
    from driftwright.impact import Engine

    with Engine() as engine:
        engine.start()  # V8 starts while the documents are read
        return report_diff(
            document_of(before, "before"), document_of(after, "after"), readers_of(readers), engine, documents_of(known)
        )


def capture(
    target: str,
    workspace: AnyWorkspace = None,
    *,
    state: str | None = None,
    attach: str | int | None = None,
    variant: str | None = None,
) -> Snapshot:
    """Capture the stores of a page with a real browser, redacted inside the page.

    Args:
        target: The name of a probe of the workspace, `probes/<target>.toml`.
        workspace: The folder of the workspace.
        state: The page state to reach; None for the target's own.
        attach: The DevTools port or loopback address of a browser that runs already, or `auto` to look for it; one open
            tab is read, and nothing changed there. None to launch a browser.
        variant: A release that the target's page plays; None for the page as it is.

    Returns:
        The snapshot, which holds no value that the schemas do not keep.

    Raises:
        InputFault: There is no such target, state or variant, or what the target names is not declared.
        BlindFault: The page could not be seen; its place is the reason's word.
        MachineFault: There is no browser that fits, or it does not start.

    Example:
        >>> import driftwright
        >>> snapshot = driftwright.capture("standin", state="worked")
        >>> snapshot.provenance.state
        'worked'
        >>> driftwright.check(snapshot).verdict
        <Verdict.INTACT: 'intact'>
    """
    from driftwright.snapshot.capture import LAUNCHED, Attachment, Way, capture_by, capture_request
    from driftwright.workspace import load_target, state_folder

    found_workspace = _workspace(workspace)
    page = load_target(found_workspace.target_file(target))
    way = LAUNCHED if attach is None else Way(Attachment(str(attach)))
    return capture_by(
        way, capture_request(found_workspace, page, state=state, variant=variant), state_folder(found_workspace)
    )


def prove(workspace: AnyWorkspace = None, *, made_up: int = 40, profiles: Sequence[AnyPath] = ()) -> WorkspaceProof:
    """Replay every rule on every known-good store, and see what would go unnoticed; hold the laws of its migrations.

    Args:
        workspace: The folder of the workspace.
        made_up: How many profiles to make up for each migration, beside those of its witnesses.
        profiles: Files of profiles to prove the contracts on as well, beside those that the workspace keeps.

    Returns:
        The proof: `proof.proven` says whether all breaks that something could show are noticed, no fallback answers
        wrongly, the lock of reads is fresh and every law of a migration holds; `proof.score` is the share of the
        noticed ones, from 0 to 1.

    Raises:
        InputFault: A contract, a schema or a reader is not what it should be.
        MachineFault: V8 does not start.

    Example:
        >>> import driftwright
        >>> proof = driftwright.prove("drift")
        >>> proof.lock_is_fresh, 0 <= proof.score <= 1
        (True, True)
    """
    from driftwright.authoring import prove_workspace
    from driftwright.impact import Engine

    found_workspace = _own_workspace(workspace, "prove")
    with Engine() as engine:
        return prove_workspace(found_workspace, engine, _no_progress, made_up, tuple(map(File, profiles)))


def init(  # noqa: PLR0913 - what a workspace is made from, each by its name
    folder: AnyPath,
    snapshots: Sequence[AnyPath | Json],
    readers: AnyPath,
    key: str | Sequence[str] = "",
    *,
    store: str | Sequence[str] = "",
    area: StorageArea | None = None,
    url: str = "",
) -> Scaffold:
    """Start a workspace from saved stores and a module of readers; existing files are never overwritten.

    Args:
        folder: The folder to start it in; it is made if it is not there.
        snapshots: The store as it was, at least twice: paths of JSON files, or documents. Each may hold several stores:
            a dump of a storage, a storage state of Playwright, or a HAR. Values are made up before anything is written.
        readers: The path of a module (JavaScript, TypeScript or Python); each export is a function of the parsed
            store, and perhaps of one id in it. The contracts name this very file.
        key: The storage key of the store, or several; empty for the store's name, or all that the readers read.
        store: What readers call the store, or one name for each key; empty to take it from the key.
        area: Where it lies: a storage area, or beside storage; None to take what files or readers say, else `session`.
        url: The address of the page, which makes a probe's target of it; empty when there is none yet.

    Returns:
        What was written: `files` by their paths below the folder, the names of the derived `facts`, and `notes`.

    Raises:
        InputFault: The folder holds a workspace already, or something given is not what it should be.
        MachineFault: A file cannot be written, and nothing was changed; or V8 does not start.

    Example:
        >>> import driftwright
        >>> made = driftwright.init("new", ["monday.json", "friday.json"], "readers.js", key="shop")
        >>> "shipped_orders" in made.facts
        True
        >>> driftwright.check({"shop": "friday.json"}, workspace="new").verdict
        <Verdict.INTACT: 'intact'>
    """
    from driftwright.authoring import init_request, init_workspace
    from driftwright.base.terms import Area

    request = init_request(snapshots, File(readers), key=key, store=store, area=Area(area) if area else None, url=url)
    return init_workspace(File(folder), request)


def accept(
    capture: AnyPath | Snapshot | Mapping[str, Any],
    workspace: AnyWorkspace = None,
    *,
    apply: bool = False,
    dry_run: bool = False,
) -> Adopted | Refused | None:
    """Adopt the drift that a capture shows: the next schema version, its known-good stores, locks and changelog.

    A capture without drift is confirmed: its records are counted as known to be good, in `vN.shape.json`.

    Args:
        capture: As for `check`, but of one moment: a watch cannot be adopted.
        workspace: The folder of the workspace; it must be one of yours.
        apply: Whether to take over the proposed patches of the reading code, too.
        dry_run: Whether to write nothing, and only to say what would be written.

    Returns:
        What was adopted, with each file's old and new text; or why nothing was written, with the patches that would
        help; or None when every store is as its newest version says, and was counted before.

    Raises:
        InputFault: The capture or the workspace is not what it should be.
        MachineFault: A file cannot be written, and nothing was changed; or V8 does not start.

    Example:
        >>> import driftwright
        >>> refused = driftwright.accept({"shop": "renamed.json"}, workspace="drift")
        >>> isinstance(refused, driftwright.Refused), len(refused.proposals) > 0
        (True, True)
        >>> adopted = driftwright.accept({"shop": "renamed.json"}, workspace="drift", apply=True)
        >>> adopted.versions[0].partition(" ")[0]
        'shop:'
        >>> driftwright.check({"shop": "renamed.json"}, workspace="drift").verdict
        <Verdict.INTACT: 'intact'>
    """
    from driftwright.authoring import Adopted, accept_snapshot, write_adopted
    from driftwright.base.errors import InputFault
    from driftwright.impact import Engine
    from driftwright.snapshot import Watch

    own = _own_workspace(workspace, "adopt it into")
    taken, name = read_capture(capture, own)
    if isinstance(taken, Watch):
        raise InputFault("a watch, which shows more than one moment", name or "", "", "give a snapshot of its end")
    with Engine() as engine:
        outcome = accept_snapshot(taken, own, engine, _no_progress, patch=apply)
    if isinstance(outcome, Adopted) and not dry_run:
        write_adopted(outcome)
    return outcome


def emit(
    folder: AnyPath, workspace: AnyWorkspace = None, *, name: str = "", target: str = "", script: bool = False
) -> Emitted:
    """Compile the contracts into the package that their consumer ships, and write it.

    Args:
        folder: The folder of the package: a new one, or one that was emitted before. What is not said here is then as
            it was said first.
        workspace: The folder of the workspace.
        name: The name of the package; empty for `driftwright-contracts`.
        target: The probe whose name a fingerprint bears; empty for the only one there is.
        script: Whether to emit one plain script alone, for an extension without a bundler.

    Returns:
        What was written: `files` with their texts by their paths in the folder, and the names of the `facts`.

    Raises:
        InputFault: A contract, a schema or a reader is not what it should be, or the folder holds something else.
        MachineFault: A file cannot be written, and nothing was changed; or V8 does not start.

    Example:
        >>> import driftwright
        >>> emitted = driftwright.emit("shipped", workspace="drift")
        >>> "shippedOrders" in emitted.facts, "facts.js" in emitted.files
        (True, True)
    """
    from driftwright.entrypoints.emitting import emitted

    package = emitted(_workspace(workspace), File(folder), name, target, only_script=script)
    package.write(File(folder))
    return package


def render(report: Report | WorkspaceProof, format: ReportFormat = "text") -> str:  # noqa: A002 - as the option is called
    """Return a report in one of its formats.

    Args:
        report: What `check` or `diff` answered; or what `prove` answered, in `json` or `html`.
        format: `text` for a terminal, `concise` (a line a finding), `json` (the schema `report-v1`), `jsonl`,
            `markdown` for an issue, `html` for one page that needs nothing else, `junit`, `sarif`, `github`
            (annotations) or `ctrf`.

    Returns:
        The whole text. What comes from the page is escaped as the format asks for.

    Raises:
        InputFault: There is no such format.

    Example:
        >>> import driftwright
        >>> report = driftwright.diff({"a": 1}, {"b": 1}, "export const a = (data) => data.a")
        >>> driftwright.render(report, "markdown").splitlines()[0]
        '## ❌ Broken'
    """
    from driftwright.base.errors import InputFault
    from driftwright.report import Report, plain, proof_record, render_proof
    from driftwright.report import render as rendered

    if isinstance(report, Report):
        formats: tuple[str, ...] = ReportFormat.__args__  # type: ignore[attr-defined]
        if format in formats:
            return rendered(report, format)
    else:
        formats = ("json", "html")
        if format in formats:
            return render_proof(report) if format == "html" else plain(proof_record(report), indent=2) + "\n"
    raise InputFault(f"no format {format!r}", "", "format", f"known formats: {', '.join(formats)}")


def _workspace(named: AnyWorkspace) -> Workspace:
    from driftwright.workspace import Workspace, find_workspace

    return named if isinstance(named, Workspace) else find_workspace(None if named is None else str(named))


def _own_workspace(named: AnyWorkspace, to: str) -> Workspace:
    from driftwright.workspace import Workspace, own_workspace

    return named if isinstance(named, Workspace) else own_workspace(None if named is None else str(named), to)
