"""The record of a trace: what an extension's own code read on a page, as the file that `trace --out` writes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from driftwright import __version__
from driftwright.authoring.extension_reads import FORMAT, Comparison, ExtensionReads
from driftwright.authoring.read_sites import site_records
from driftwright.authoring.unwatched import Unwatched


@dataclass(frozen=True, slots=True)
class TracedRun:
    """Which extension was traced, and where.

    Args:
        name: The extension's name, as its manifest gives it.
        version: Its version.
        code: The texts of its scripts.
        untraced: Its parts that cannot be traced, in words.
        origin: The origin of the page.
        seconds: How long it ran.
        target: Name of the target; empty for a page that was made for a saved store.
        state: The page state that was asked for; empty where none was.
        unwatched: The areas that were not watched.
    """

    name: str
    version: str
    code: Sequence[str]
    untraced: Sequence[str]
    origin: str
    seconds: float
    target: str
    state: str
    unwatched: Sequence[Unwatched]


def trace_record(run: TracedRun, reads: ExtensionReads, comparison: Comparison | None) -> dict[str, Any]:
    """Return the record of a trace, by `extension-reads-v1.schema.json`.

    Args:
        run: Which extension was traced, and where.
        reads: What it read.
        comparison: What of it the contracts do not declare; None when that was not asked.
    """
    record: dict[str, Any] = {
        "format": FORMAT,
        "tool": {"name": "driftwright", "version": __version__},
        "extension": {
            "name": run.name,
            "version": run.version,
            "code": "sha256:" + hashlib.sha256("\0".join(run.code).encode()).hexdigest(),
            "untraced": list(run.untraced),
            "unmapped": list(reads.unmapped),
        },
        "unwatched": [
            {"area": area.area, "why": area.why, "stores": list(area.stores), "keys": list(area.keys)}
            for area in run.unwatched
        ],
        "page": {"origin": run.origin, "seconds": run.seconds, "target": run.target, "state": run.state},
        "stores": {
            use.name: {
                "parses": use.parses,
                "handed": use.handed,
                "opaque": use.opaque,
                "written": use.written,
                "sites": site_records(use.sites),
            }
            for use in reads.stores
        },
        "reads": [
            {
                "store": read.at.store,
                "path": str(read.at.path),
                "asked": read.asked,
                "times": read.times,
                "present": read.present,
                "swept": read.swept,
                "types": dict(read.types),
                "compared": read.compared,
                "sites": site_records(read.sites),
            }
            for read in reads.reads
        ],
    }
    if comparison is not None:
        record["check"] = {
            "undeclared": [
                {
                    "at": str(entry.at),
                    "times": entry.times,
                    "below": [str(at) for at in entry.below],
                    "finding": entry.counts,
                    "why": entry.why,
                }
                for entry in comparison.undeclared
            ],
            "unread": [str(at) for at in comparison.unread],
            "unparsed": list(comparison.unparsed),
        }
    return record
