"""The adoption itself: versions, witnesses, patches, locks and changelog, tried as a whole before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.authoring.accept.changelog import entry, with_entry
from driftwright.authoring.accept.evolved import Evolution
from driftwright.authoring.accept.moments import is_hidden, moved, next_witnesses, tellable, usual_shape
from driftwright.authoring.accept.patched import patched
from driftwright.authoring.accept.proof import answers_otherwise, newly_unproven
from driftwright.authoring.accept.stage import Stage, staged
from driftwright.authoring.init.texts import json_file
from driftwright.authoring.lock import NAME as READS
from driftwright.authoring.lock import reads_lock
from driftwright.authoring.prove.prove import ground
from driftwright.base.files import write_together
from driftwright.base.path import Path
from driftwright.base.terms import Verdict
from driftwright.impact import Engine
from driftwright.report import ProposalFound
from driftwright.snapshot import Snapshot
from driftwright.verdict import Examined, Observed, examine
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import Workspace, compatibility, versions_lock, violations

_ROUNDS = 8
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is to be written.

    Args:
        files: Each file with its old and its new text.
        versions: What was adopted, a line a store.
        patched: The files of reading code that were patched.
    """

    files: Mapping[File, tuple[str, str]]
    versions: tuple[str, ...]
    patched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing may be written, and the patches that would mend something of it."""

    why: tuple[str, ...]
    proposals: tuple[ProposalFound, ...]


def accept_snapshot(
    snapshot: Snapshot, workspace: Workspace, engine: Engine, said: Said, *, patch: bool
) -> Adopted | Refused | None:
    """Adopt the drift that a capture shows; None when it shows none.

    Args:
        snapshot: The capture.
        workspace: What is to learn of it; nothing is written to it here.
        engine: V8.
        said: Called with a short phrase at each stage.
        patch: Whether the proposed patches of the reading code belong to it.

    Raises:
        InputFault: The workspace is not what it should be.
    """
    with staged(workspace) as stage:
        examined = examine(snapshot, workspace, None, said, engine)
        refused = _unfit(examined)
        if refused:
            return Refused(refused, ())
        drifted = [item for item in examined.case.observed.values() if tellable(item) or item.violations]
        if not drifted:
            return None
        old = ground(workspace, engine)
        names = _patch(stage, snapshot, engine, said) if patch else ()
        lines = [_publish(stage, item, examined) for item in drifted]
        said("running the readers on the next version")
        new = ground(stage.copy, engine)
        why = list(answers_otherwise(old, new, examined.case.moments))
        why += _still_wrong(examine(snapshot, stage.copy, None, said, engine), drifted)
        if not why:
            touched = frozenset(name for change in examined.report.changes for name in change.read_by)
            why = newly_unproven(old, new, touched, lambda text: said(f"proving {text}"))
        if why:
            return Refused(tuple(dict.fromkeys(why)), () if patch else examined.report.proposals)
        stage.write(f"contracts/{READS}", reads_lock(new))
        stage.write(f"schemas/{VERSIONS}", versions_lock(stage.copy.schemas))
        return Adopted(stage.changed(), tuple(lines), names)


def write_adopted(adopted: Adopted) -> None:
    """Write all files of an adoption, or none.

    Raises:
        MachineFault: A file cannot be written; nothing was changed.
    """
    write_together({file: new for file, (_, new) in adopted.files.items()})


def _unfit(examined: Examined) -> tuple[str, ...]:
    """Why no version can be made of a capture at all."""
    if examined.report.capture.blind is not None:
        return (f"the capture is blind: {examined.report.capture.blind.what}",)
    observed = examined.case.observed.values()
    untold = tuple(
        f"{change.store}:{change.path} has a new name that a capture may not tell: publish this version by hand"
        for item in observed
        for change in item.comparison.changes
        if change.to is not None and is_hidden(change.to.name)
    )
    return untold + tuple(
        f"the store {item.store.name} was found {item.found}: change its store.toml, then accept what it holds"
        for item in observed
        if item.found in ("elsewhere", "unreadable") or (item.comparison.changes and item.document is None)
    )


def _patch(stage: Stage, snapshot: Snapshot, engine: Engine, said: Said) -> tuple[str, ...]:
    """Apply the proposals to the copy, one change after the other, each confirmed on what the last one left."""
    done: list[str] = []
    for _ in range(_ROUNDS):
        proposals = examine(snapshot, stage.copy, None, said, engine).report.proposals
        texts = {}
        for one in (one for one in proposals if one.change == proposals[0].change):
            text = patched(stage.read(one.file) or "", one.diff)
            if text is None or not one.file.startswith("contracts/"):
                return tuple(done)
            texts[one.file] = text
        if not texts:
            break
        for name, text in texts.items():
            stage.write(name, text)
        done += [name for name in texts if name not in done]
    return tuple(done)


def _publish(stage: Stage, item: Observed, examined: Examined) -> str:
    """Write a store's next version, its known-good stores and its changelog into the copy; return a line about it."""
    store, changes = item.store, tellable(item)
    untold = len(item.comparison.changes) - len(changes)
    number = int(store.latest.name[1:]) + 1
    witnesses = next_witnesses(item)
    places = moved(changes)
    touched = frozenset(place for change in changes for place in (change.path, change.to) if place is not None)
    shape = usual_shape(item, witnesses)
    old = item.accepted
    evolution = Evolution(old.schema, old.file, store.name, shape, touched | _violated(item), places)
    schema = evolution.result(number)
    folder = f"schemas/{store.owner}"
    stage.write(f"{folder}/v{number}.schema.json", json_file(schema))
    for moment, document in witnesses.items():
        stage.write(f"{folder}/v{number}/{moment}.witness.json", json_file(document))
    # What was captured is itself a value that the next version admits: a schema's examples need not reach as deep.
    breaks = bool(item.violations) or compatibility(old.schema, schema).breaks
    kind = "breaking" if breaks else "compatible"
    told = entry(number, old.name, kind, [f"{one.rule.id}: {one.message}" for one in changes], examined.report.capture)
    name = f"{folder}/CHANGELOG.md"
    stage.write(name, with_entry(stage.read(name), store, told))
    line = f"{store.name}: v{number} ({store.owner}), {kind} for a reader of {old.name}, {len(witnesses)} witnesses"
    return f"{line}; new fields left out, for their names are hidden: {untold}" if untold else line


def _violated(item: Observed) -> frozenset[Path]:
    return frozenset(Path.parse(one.path) for one in item.violations)


def _still_wrong(after: Examined, drifted: list[Observed]) -> list[str]:
    """What a check of the same capture would still say once the next versions were published."""
    why = [
        f"{fact.name}: {fact.says}" for fact in after.report.facts if fact.counted in (Verdict.BROKEN, Verdict.DEGRADED)
    ]
    for name in (item.store.name for item in drifted):
        item = after.case.observed[name]
        left = [f"{name}: {one.message}" for one in item.comparison.changes if one.rule.level != "note"]
        if item.resolution is None or item.resolution.version != item.store.latest:
            left.append(f"{name}: the capture does not resolve to {item.store.latest.name}")
        why += [f"{one}; publish this version by hand" for one in left]
        for moment, document in item.store.latest.witnesses.items():
            why += [
                f"{name}: the moment {moment} does not fit its schema at {one.path} ({one.message}); publish it by hand"
                for one in violations(document, item.store.latest)
            ]
    return why
