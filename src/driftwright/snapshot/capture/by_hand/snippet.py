"""A snippet for the console of a person's own DevTools: it prints one line, redacted there, to be pasted back."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import driftwright
from driftwright.base.errors import InputFault
from driftwright.base.terms import Area
from driftwright.snapshot.answers import RawAnswers, answers_record
from driftwright.snapshot.capture.answer import PAGE_AREAS, literal, policy_text, redaction_of
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.window import globals_of
from driftwright.snapshot.model import FORMAT
from driftwright.workspace import Target

WAY = "snippet"
_NO_ANSWERS = "a console cannot stop a reader that does not end"
_AGAIN = "run the snippet again and copy its whole line"
_BRANDS = "(navigator.userAgentData?.brands ?? []).find(({ brand }) => /Chrom/.test(brand))"
_QUOTES = "'\"`"
_START = re.compile(r'\{\s*"format"')

# `copy` belongs to the console and is gone after the first wait; a page may have put one of its own in its place, and
# gets to see nothing but what was redacted.
_SNIPPET = """\
(async () => {{
  const origin = {origin};
  if (location.origin !== origin) return console.log("driftwright: open " + origin + " in this tab first");
  const keep = typeof copy === "function" ? copy : null;
  const seen = JSON.parse(await ({source}).capture({policy}));
  const brand = {brands};
  const where = {{
    ...{where},
    browser: brand ? brand.brand + " " + brand.version : "unknown",
    taken_at: new Date().toISOString().slice(0, 19) + "Z",
  }};
  const told = {{ format: {format}, provenance: where, redaction: {redaction}, areas: seen.areas, answers: {answers} }};
  const line = JSON.stringify(told);
  if (keep) keep(line);
  console.log(line);
}})()
"""


def one_time_salt(salt: bytes) -> bytes:
    """Return a salt for one snippet: pseudonyms of one capture join, but cannot be compared with those of another."""
    return hmac.new(salt, b"snippet" + secrets.token_bytes(16), hashlib.sha256).digest()


def snippet(target: Target, policy: Mapping[str, Any], state: str | None, salt: bytes) -> str:
    """Return JavaScript for the console of the page's tab.

    Args:
        target: The page.
        policy: What may be kept.
        state: The state that the user brings the page to; None for the target's default.
        salt: Key of the pseudonyms; it can be read in the snippet, so give one that serves only there.
    """
    reached, _ = target.walk(state)
    where = {
        "target": target.name, "state": reached, "origin": target.origin, "tool": driftwright.__version__, "way": WAY
    }  # fmt: skip
    return _SNIPPET.format(
        origin=literal(target.origin),
        source=redactor_source(),
        policy=literal(policy_text({**policy, "own": globals_of(policy)}, salt, snippet_areas(policy))),
        brands=_BRANDS,
        where=json.dumps(where, ensure_ascii=True),
        format=literal(FORMAT),
        redaction=json.dumps(asdict(redaction_of(policy)), ensure_ascii=True),
        answers=json.dumps(answers_record(RawAnswers(without=_NO_ANSWERS)), ensure_ascii=True),
    )


def snippet_areas(policy: Mapping[str, Any]) -> tuple[Area, ...]:
    """Return the areas that a snippet reads: the page's storage, and those beside it that a declared store needs."""
    wanted = {store["area"] for store in policy["stores"]}
    return (*PAGE_AREAS, *(area for area in (Area.PAGE_JSON, Area.WINDOW) if area in wanted))


def pasted(text: str, name: str) -> str:
    """Return the line of JSON in what was pasted, also when the console wrapped it in quotes or named its source.

    Args:
        text: What was pasted.
        name: Where it was pasted, for the message.

    Raises:
        InputFault: It is no line of the snippet, or cut short.
    """
    line = text.strip().lstrip("\ufeff")
    if line[:1] in _QUOTES and line[:1]:
        if len(line) < 2 or line[-1] != line[0]:  # noqa: PLR2004 - the two quotes
            raise InputFault("cut short", name, "", _AGAIN)
        line = _unquoted(line)
    if line[:1] == "{" and line[-1:] == "}" and '"format"' in line:
        return line  # however a log or an editor has ordered and spaced it
    start, end = _START.search(line), line.rfind("}")
    if start is None or end < start.start():
        raise InputFault("this is not what the snippet printed", name, "", _AGAIN)
    return line[start.start() : end + 1]


def _unquoted(line: str) -> str:
    """Undo the quotes of a JavaScript literal; a console that only put quotes around it is understood as well."""
    bare = line[1:-1]
    if bare.startswith('{"'):
        try:
            json.loads(bare)
        except ValueError:
            pass
        else:
            return bare
    inside = re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", bare)
    inside = re.sub(r"\\(['`$])", r"\1", inside)
    inside = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', inside)
    try:
        return str(json.loads(f'"{inside}"'))
    except ValueError:
        return bare
