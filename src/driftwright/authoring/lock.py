"""Write the lock of reads: the paths that each source of each fact reads, with types and presence."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any

from driftwright.authoring.prove.prove import LoadedWorkspace, load_workspace
from driftwright.base.errors import InputFault
from driftwright.base.files import write_atomically
from driftwright.impact import LOCK_FORMAT, Engine
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import Workspace, versions_lock

NAME = "reads.lock.json"


def reads_lock(loaded: LoadedWorkspace) -> str:
    """Return the lock's JSON text: by fact and source, every path that is read on the known-good stores."""
    facts: dict[str, Any] = {}
    for fact in loaded.facts:
        facts[fact.fact.name] = {
            source: {
                str(path): {"presence": observation.presence, "types": sorted(observation.types)}
                for path, observation in loaded.traced(fact, source).reads.items()
            }
            for source in fact.derive
        }
    return json.dumps({"format": LOCK_FORMAT, "facts": facts}, indent=2, sort_keys=True) + "\n"


def write_locks(workspace: Workspace, engine: Engine) -> tuple[File, File]:
    """Write the locks of a workspace anew, of its reads and of its published versions; return their files.

    Raises:
        InputFault: A contract, schema or reader is not what it should be, a published version was changed, or there is
            no known-good store.
        MachineFault: A lock cannot be written.
    """
    reads, versions = workspace.contracts / NAME, workspace.schemas / VERSIONS
    loaded = load_workspace(workspace, engine)
    if not loaded.moments:
        mend = "restore the *.witness.json of its versions; readers are run on them to see what they read"
        raise InputFault("there is no known-good store", str(workspace.schemas), "", mend)
    write_atomically(reads, reads_lock(loaded))
    write_atomically(versions, versions_lock(workspace.schemas))
    return reads, versions
