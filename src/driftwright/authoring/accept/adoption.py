"""Adopt a capture: next versions, witnesses, patches, locks and changelogs, all tested before they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.authoring.accept.changelog import entry, with_entry
from driftwright.authoring.accept.confirmed import confirm_stores
from driftwright.authoring.accept.evolved import Evolution
from driftwright.authoring.accept.moments import moved, next_witnesses, public_changes, usual_shape
from driftwright.authoring.accept.patched import patched
from driftwright.authoring.accept.proof import answers_otherwise, newly_unproven
from driftwright.authoring.accept.stage import Stage, staged
from driftwright.authoring.init.texts import json_file
from driftwright.authoring.lock import NAME as READS
from driftwright.authoring.lock import reads_lock
from driftwright.authoring.prove.prove import load_workspace
from driftwright.base.errors import InputFault
from driftwright.base.files import display_path, text_of, write_together
from driftwright.base.forms import may_be_hidden
from driftwright.base.path import Path
from driftwright.base.terms import Verdict
from driftwright.impact import Engine
from driftwright.report import ProposalFound
from driftwright.snapshot import Snapshot
from driftwright.verdict import Examined, Observed, Taken, examine
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import Counted, Workspace, compatibility, versions_lock, violations

_ROUNDS = 8
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The files of an adoption, not written yet.

    Args:
        files: Each file with its old and its new text.
        versions: One line of text for each adopted store.
        patched: The files of reading code that were patched.
    """

    files: Mapping[File, tuple[str, str]]
    versions: tuple[str, ...]
    patched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The reasons why nothing may be written, and patches that would remove some of them."""

    why: tuple[str, ...]
    proposals: tuple[ProposalFound, ...]


def accept_snapshot(
    snapshot: Snapshot, workspace: Workspace, engine: Engine, progress: Progress, *, patch: bool
) -> Adopted | Refused | None:
    """Adopt the drift that a capture shows, or count one without drift as known to be good; None when it was before.

    Args:
        snapshot: The capture.
        workspace: The workspace; nothing is written to it here.
        engine: V8.
        progress: Called with a short phrase at each stage.
        patch: Whether to apply the proposed patches of the reading code.

    Raises:
        InputFault: The workspace is not what it should be, or holds no known-good store.
    """
    with staged(workspace, patch=patch) as stage:
        examined = examine(Taken(snapshot), workspace, progress, engine)
        _refuse_without_witness(examined, workspace)
        refused = _reasons_unfit(examined)
        if refused:
            return Refused(refused, ())
        drifted = [item for item in examined.case.observed.values() if public_changes(item) or item.violations]
        if not drifted:
            return _confirm(stage, examined)
        old = load_workspace(workspace, engine)
        names = _apply_patches(stage, snapshot, engine, progress) if patch else ()
        lines = [_publish(stage, item, examined) for item in drifted]
        progress("running the readers on the next version")
        new = load_workspace(stage.copy, engine)
        why = list(answers_otherwise(old, new, examined.case.moments))
        why += _reasons_still_wrong(examine(Taken(snapshot), stage.copy, progress, engine), drifted)
        if not why:
            touched = frozenset(name for change in examined.report.changes for name in change.read_by)
            why = newly_unproven(old, new, touched, lambda text: progress(f"proving {text}"))
        if why:
            return Refused(tuple(dict.fromkeys(why)), () if patch else examined.report.proposals)
        stage.write(f"contracts/{READS}", reads_lock(new))
        stage.write(f"schemas/{VERSIONS}", versions_lock(stage.copy.schemas))
        return Adopted(stage.changed(), tuple(lines), names)


def _confirm(stage: Stage, examined: Examined) -> Adopted | Refused | None:
    """Return the files of a capture that shows no drift; it is refused where a fact is wrong on it all the same."""
    wrong = _list_wrong_facts(examined)
    if wrong:
        return Refused(tuple(wrong), ())
    confirmed = list(confirm_stores(examined.case.observed))
    for part in confirmed:
        for name, text in part.files.items():
            stage.write(name, text)
    return Adopted(stage.changed(), tuple(part.line for part in confirmed), ()) if confirmed else None


def write_adopted(adopted: Adopted) -> None:
    """Write all files of an adoption, or none.

    Raises:
        MachineFault: A file cannot be written; nothing was changed.
    """
    write_together({file: new for file, (_, new) in adopted.files.items()})


def _refuse_without_witness(examined: Examined, workspace: Workspace) -> None:
    """Refuse where nothing is known to be good, for then nothing shows that a reader is right on what is adopted.

    Raises:
        InputFault: A store has no witness.
    """
    for item in examined.case.observed.values():
        if not item.store.latest.witnesses:
            folder = workspace.schemas / item.store.owner / item.store.latest.name
            mend = "restore its *.witness.json, or put a store there that the readers are right on"
            raise InputFault("there is no known-good store", display_path(folder), "", mend)


def _reasons_unfit(examined: Examined) -> tuple[str, ...]:
    """Return the reasons why no version can be made from a capture."""
    if examined.report.capture.blind is not None:
        return (f"the capture is blind: {examined.report.capture.blind.what}",)
    observed = examined.case.observed.values()
    untold = tuple(
        f"{change.store}:{change.path} has a new name that a capture may not tell: publish this version by hand"
        for item in observed
        for change in item.comparison.changes
        if change.to is not None and may_be_hidden(change.to.name)
    )
    return untold + tuple(
        f"the store {item.store.name} was found {item.state}: change its store.toml, then accept what it holds"
        for item in observed
        if item.state in ("elsewhere", "unreadable") or (item.comparison.changes and item.document is None)
    )


def _apply_patches(stage: Stage, snapshot: Snapshot, engine: Engine, progress: Progress) -> tuple[str, ...]:
    """Apply the proposals to the copy, change by change; return the patched files.

    Each change is proposed anew on the copy that holds the patches before it.
    """
    written: list[str] = []
    for _ in range(_ROUNDS):
        proposals = examine(Taken(snapshot), stage.copy, progress, engine).report.proposals
        texts: dict[File, str] = {}
        for proposal in (proposal for proposal in proposals if proposal.change == proposals[0].change):
            file = stage.patchable(proposal.file)
            text = patched(text_of(file.read_bytes(), proposal.file), proposal.diff) if file is not None else None
            if file is None or text is None:
                return tuple(written)
            texts[file] = text
            if proposal.file not in written:
                written.append(proposal.file)
        if not texts:
            break
        for file, text in texts.items():
            stage.replace(file, text)
    return tuple(written)


def _publish(stage: Stage, item: Observed, examined: Examined) -> str:
    """Write a store's next version, its witnesses and its changelog into the copy; return one line of text about it."""
    store, changes = item.store, public_changes(item)
    untold = len(item.comparison.changes) - len(changes)
    number = int(store.latest.name[1:]) + 1
    witnesses = next_witnesses(item)
    places = moved(changes)
    touched = frozenset(place for change in changes for place in (change.path, change.to) if place is not None)
    shape = usual_shape(item, witnesses)
    old = item.accepted
    evolution = Evolution(old.schema, old.file, store.name, shape, touched | _violated_paths(item), places)
    schema = evolution.result(number)
    folder = f"schemas/{store.owner}"
    stage.write(f"{folder}/v{number}.schema.json", json_file(schema))
    for moment, document in witnesses.items():
        stage.write(f"{folder}/v{number}/{moment}.witness.json", json_file(document))
    counted = Counted().plus([*witnesses.values(), item.document], shape)
    stage.write(f"{folder}/v{number}.shape.json", json_file(counted.record()))
    # The capture is itself a value that the next version admits: generated examples may miss the changed part.
    breaks = bool(item.violations) or compatibility(old.schema, schema).breaks
    kind = "breaking" if breaks else "compatible"
    changelog_entry = entry(
        number, old.name, kind, [f"{change.rule.id}: {change.message}" for change in changes], examined.report.capture
    )
    name = f"{folder}/CHANGELOG.md"
    stage.write(name, with_entry(stage.read(name), store, changelog_entry))
    line = f"{store.name}: v{number} ({store.owner}), {kind} for a reader of {old.name}, {len(witnesses)} witnesses"
    return f"{line}; new fields left out, for their names are hidden: {untold}" if untold else line


def _violated_paths(item: Observed) -> frozenset[Path]:
    return frozenset(Path.parse(violation.path) for violation in item.violations)


def _list_wrong_facts(examined: Examined) -> list[str]:
    return [
        f"{fact.name}: {fact.says}"
        for fact in examined.report.facts
        if fact.counted in (Verdict.BROKEN, Verdict.DEGRADED)
    ]


def _reasons_still_wrong(after: Examined, drifted: list[Observed]) -> list[str]:
    """Return what a check of the same capture still reports against the next versions."""
    why = _list_wrong_facts(after)
    for name in (item.store.name for item in drifted):
        item = after.case.observed[name]
        left = [f"{name}: {change.message}" for change in item.comparison.changes if change.rule.level != "note"]
        if item.resolution is None or item.resolution.version != item.store.latest:
            left.append(f"{name}: the capture does not resolve to {item.store.latest.name}")
        why += [f"{reason}; publish this version by hand" for reason in left]
        for moment, document in item.store.latest.witnesses.items():
            misfit = f"{name}: the moment {moment} does not fit its schema"
            why += [
                f"{misfit} at {violation.path} ({violation.message}); publish it by hand"
                for violation in violations(document, item.store.latest)
            ]
    return why
