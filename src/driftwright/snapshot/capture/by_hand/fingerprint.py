"""A function for an extension to ship: it tells the shapes of the stores, at most 4 KB, and not one value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import driftwright
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import literal, redaction_of
from driftwright.snapshot.capture.redactor import redactor_source, source_of
from driftwright.snapshot.model import FORMAT
from driftwright.workspace import Target

WAY = "fingerprint"
_PARTS = ("basics", "forms", "names")  # of the redactor: what it calls a name and a form is so here as well
_AREAS = (Area.SESSION, Area.LOCAL, Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC)
_COMMENT = re.compile(r"^\s*(?://[^\n]*|/\*\*[^\n]*\*/)\n", re.MULTILINE)

_FUNCTION = """\
// Call it in a content script of the extension, and keep or send its answer: a text of at most 4 KB without a value.
// Made by `driftwright probe {target} --fingerprint`; `driftwright check FILE` judges the text.
export async function storageFingerprint() {{
  const salt = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0"));
  const policy = JSON.stringify({{ ...{policy}, salt: salt.join("") }});
  const redactor = {redactor};
  const shapes = {shapes};
  const areas = shapes(policy, await redactor.capture(policy));
  const where = {{
    ...{where},
    browser: "unknown",
    taken_at: new Date().toISOString().slice(0, 10) + "T00:00:00Z",
  }};
  return JSON.stringify({{ format: {format}, provenance: where, redaction: {redaction}, areas }});
}}
"""


def fingerprint_function(target: Target, policy: Mapping[str, Any]) -> str:
    """Return an ES module with the function `storageFingerprint`.

    Args:
        target: The page.
        policy: Names the stores, and the names that may be told.
    """
    where = {
        "target": target.name, "state": "", "origin": target.origin, "tool": driftwright.__version__, "way": WAY
    }  # fmt: skip
    asked = {**policy, "areas": [str(area) for area in _AREAS]}
    return _FUNCTION.format(
        target=target.name,
        policy=json.dumps(asked, ensure_ascii=True, separators=(",", ":")),
        redactor=_COMMENT.sub("", redactor_source() + "\n").strip(),
        shapes=_COMMENT.sub("", shapes_source()),
        where=json.dumps(where, ensure_ascii=True),
        format=literal(FORMAT),
        redaction=json.dumps(asdict(redaction_of(policy)), ensure_ascii=True),
    )


def shapes_source() -> str:
    """Return the expression of a function: the policy's text and the redactor's answer -> the areas with shapes."""
    return source_of((*_PARTS, "shape"))
