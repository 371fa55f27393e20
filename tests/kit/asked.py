"""A reader of one line, asked what a change from one document to another does to it."""

from __future__ import annotations

from typing import Any

from driftwright.base.terms import Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff import diff_documents


def verdict_on(engine: Engine, reader: str, before: Any, after: Any) -> Verdict:
    """Return the verdict on a JavaScript expression over `data`."""
    program = module(f"export const asked = (data) => {reader};", "asked.js")
    return diff_documents(before, after, program, engine).readers[0].verdict
