"""The source of the redactor: it runs in the page, so that only its redacted text leaves the browser.

Default deny: what is kept is named by the policy. Its files make up one expression, which can be evaluated under any
content security policy:

    (source).capture(policyText) -> a promise of the answer's text   reads the storage areas and redacts them
    object.unchanged() -> a promise of true or false                 whether all is still as `capture` of it read it
    (source).redact(policyText, areasText) -> the answer's text      the same law on areas given as text
    object.answers.begin, .advance, .skip, .told                     the kinds of answers on what was read last

Two keys hide a text. What runs in a page gets the page's key alone (`salt.page_key`) and puts its pseudonyms between
marks; `rekeying_source` hides what stands there once more, under the workspace's salt, which no browser ever gets:

    (source)(policyText, answerText) -> the answer's text             with the pseudonyms that are kept
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

# In the order in which they are needed: each uses what those before it define, and the last one ends with a `return`.
PARTS = (
    *("basics", "pristine", "digest", "forms", "pseudonyms", "names"),
    *("times", "values", "packed", "stores", "answers", "areas"),
    *("records", "window", "given", "document", "reading"),
)


SECONDS, MEMORY = 30.0, 1 << 30
"""How long the redactor may take without a page, and how many bytes."""

_REKEYING = ("basics", "digest", "forms", "pseudonyms", "names", "values", "rekeying")


@cache
def redactor_source() -> str:
    """Return the source of the redactor, an expression in JavaScript."""
    return source_of(PARTS)


@cache
def rekeying_source() -> str:
    """Return the source of what hides an answer's pseudonyms once more, an expression in JavaScript."""
    return source_of(_REKEYING)


def source_of(parts: Iterable[str]) -> str:
    """Return the expression that files of this folder make up, named without their suffix; the last one returns."""
    return f'(() => {{\n"use strict";\n\n{texts_of(parts)}\n}})()'


def texts_of(parts: Iterable[str]) -> str:
    """Return the statements of files of this folder, named without their suffix, one file after the other."""
    folder = resources.files("driftwright.snapshot.capture.redactor")
    return "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in parts)
