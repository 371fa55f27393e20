"""One reader tried on plain documents, for tests that ask for its verdict."""

from __future__ import annotations

from typing import Any

from driftwright.impact.javascript import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff import diff_documents
from driftwright.verdict.reader_verdict import ReaderVerdict


def judged(engine: Engine, reader: str, before: Any, after: Any, *known: Any) -> ReaderVerdict:
    """Return the verdict on a reader, an arrow function, of which further documents may be known to be good."""
    program = module(f"export const read = {reader};", "readers.js")
    (verdict,) = diff_documents(before, after, program, engine, known).readers
    return verdict
