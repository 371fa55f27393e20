"""The source of the redactor: it runs in the page, so that only its redacted text leaves the browser.

Default deny: what is kept is named by the policy. Its files make up one expression, which can be evaluated under any
content security policy:

    (source).capture(policyText) -> a promise of the answer's text   reads the storage areas and redacts them
    object.unchanged() -> a promise of true or false                 whether all is still as `capture` of it read it
    (source).redact(policyText, areasText) -> the answer's text      the same law on areas given as text
    object.answers.begin, .advance, .skip, .told                     the kinds of answers on what was read last
"""

from __future__ import annotations

from functools import cache
from importlib import resources

# In the order in which they are needed: each uses what those before it define, and the last one ends with a `return`.
PARTS = (
    *("basics", "pristine", "digest", "forms", "pseudonyms", "names"),
    *("times", "values", "packed", "stores", "answers", "reading"),
)


@cache
def redactor_source() -> str:
    """Return the source of the redactor, an expression in JavaScript."""
    folder = resources.files("driftwright.snapshot.capture.redactor")
    parts = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in PARTS)
    return f'(() => {{\n"use strict";\n\n{parts}\n}})()'
