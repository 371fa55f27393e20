"""The lock of reads: what each source of each fact reads, with types and presence; reviewed like code."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any

from driftwright.authoring.prove.prove import Ground, ground
from driftwright.base.files import write_atomically
from driftwright.impact import LOCK_FORMAT, Engine
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import Workspace, versions_lock

NAME = "reads.lock.json"


def reads_lock(on: Ground) -> str:
    """Return the lock's text: facts, their sources, and every path each asks for on the known-good moments."""
    facts: dict[str, Any] = {}
    for fact in on.facts:
        facts[fact.fact.name] = {
            source: {
                str(path): {"presence": seen.presence, "types": sorted(seen.types)}
                for path, seen in on.traced(fact, source).reads.items()
            }
            for source in fact.derive
        }
    return json.dumps({"format": LOCK_FORMAT, "facts": facts}, indent=2, sort_keys=True) + "\n"


def write_locks(workspace: Workspace, engine: Engine) -> tuple[File, File]:
    """Write the locks of a workspace anew, of its reads and of its published versions; return their files.

    Raises:
        InputFault: A contract, schema or reader is not what it should be, or a published version was changed.
        MachineFault: A lock cannot be written.
    """
    reads, versions = workspace.contracts / NAME, workspace.schemas / VERSIONS
    write_atomically(reads, reads_lock(ground(workspace, engine)))
    write_atomically(versions, versions_lock(workspace.schemas))
    return reads, versions
