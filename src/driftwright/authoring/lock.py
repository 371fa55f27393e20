"""The lock of reads: what each source of each fact reads, with types and presence; reviewed like code."""

from __future__ import annotations

import json
from typing import Any

from driftwright.authoring.prove.prove import Ground
from driftwright.impact import LOCK_FORMAT

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
