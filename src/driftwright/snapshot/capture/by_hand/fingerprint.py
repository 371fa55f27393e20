"""A function for an extension to ship: it returns the shapes of the stores in at most 4 KB, without any value.

It folds what it reads where that lies, and only paths, types, forms and counts leave it. What a capture hides never
gets into a shape: names that may not be said are told by their form, and masked flags are not counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import driftwright
from driftwright.base.shared_text import SharedText
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import literal, redaction_of
from driftwright.snapshot.capture.redactor import source_of, texts_of
from driftwright.snapshot.model import FORMAT

WAY = "fingerprint"
_PARTS = ("basics", "forms", "names")  # of the redactor: what it calls a name and a form is so here as well
FINGERPRINT_AREAS = (Area.SESSION, Area.LOCAL, Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC)
_PAGE = (Area.SESSION, Area.LOCAL)
# What names.js takes for a name, and how many of its letters and digits tell it from others.
_PLAIN = re.compile(r"[A-Za-z0-9_$.:/-]{1,80}")
_FEWEST_LETTERS = 3
_COMMENT = re.compile(r"^\s*(?://[^\n]*|/\*\*[^\n]*\*/)\n", re.MULTILINE)

_FUNCTION = """\
// Call it in a content script of the extension, and keep or send its answer: a text of at most 4 KB without a value.
// `driftwright check FILE` judges the text.

{parts}
{shared}
const STORES = {stores};
const READING = {{ {reading} }};

const LABELS = {{ app: /^[0-9A-Za-z.+_-]{{1,32}}$/, country: /^[A-Z]{{2}}$/ }};

/** The labels that are what they should be; the version is that of the extension, unless another is given. */
function labelsOf(given) {{
  let own;
  try {{
    own = globalThis.chrome?.runtime?.getManifest?.().version;
  }} catch {{
    own = undefined; // no extension
  }}
  const said = {{ app: given?.app ?? own, country: given?.country }};
  const isSound = ([name, value]) => typeof value === "string" && LABELS[name].test(value);
  return Object.fromEntries(Object.entries(said).filter(isSound));
}}

/**
 * A promise of the text; `target` is the name of the page, as the workspace calls it, and `labels` may hold `app`, a
 * version, and `country`, two capital letters. Send it once a day: it holds the day, and nothing that names a user.
 */
export async function storageFingerprint(target = {target}, labels = {{}}) {{
  const areas = await Promise.all(Object.keys(READING).map((area) => READING[area](area)));
  const provenance = {{
    ...{where},
    target,
    origin: globalThis.location?.origin ?? "",
    taken_at: new Date().toISOString().slice(0, 10) + "T00:00:00Z",
  }};
  const told = {{ format: {format}, provenance, redaction: {redaction}, labels: labelsOf(labels) }};
  return JSON.stringify({{ ...told, areas: shapesOf(STORES, areas) }});
}}
"""


def fingerprint_function(target: str, policy: Mapping[str, Any]) -> str:
    """Return an ES module with the function `storageFingerprint`.

    Args:
        target: The name of the page.
        policy: Names the stores, and the names that may be told.
    """
    outlined = outlined_stores(policy)
    shared = SharedText("PART_", outlined)
    stores = shared.expression(outlined)
    where = {"state": "", "browser": "unknown", "tool": driftwright.__version__, "way": WAY}
    return _FUNCTION.format(
        parts=_COMMENT.sub("", texts_of((*_PARTS, "areas", "shape")) + "\n"),
        shared="\n".join(shared.declarations),
        stores=stores,
        reading=", ".join(f'"{area}": {_reader(area)}' for area in FINGERPRINT_AREAS),
        target=literal(target),
        where=json.dumps(where, ensure_ascii=True),
        format=literal(FORMAT),
        redaction=json.dumps(asdict(redaction_of(policy)), ensure_ascii=True),
    )


def outlined_stores(policy: Mapping[str, Any]) -> list[Any]:
    """Return the stores of a policy with only those rules that folding a shape needs, and plain names in one text.

    A field says no more than its name unless something lies below it or its values are masked, so most of them are
    written once, in one text, for all stores.
    """
    seen_names: set[str] = set()
    outlined = []
    for store in policy["stores"]:
        rule = _outline(store["rule"])
        names = [name for name in dict.fromkeys(_plain_names(store["rule"])) if name not in seen_names]
        seen_names.update(names)
        outlined.append({**store, "rule": rule, "names": " ".join(names)})
    return outlined


def shapes_source() -> str:
    """Return the expression of a function: the stores and the areas as they lie -> the areas with shapes."""
    return source_of((*_PARTS, "shape")).removesuffix("})()") + "return shapesOf;\n})()"


def _reader(area: Area) -> str:
    if area in _PAGE:
        return f"(area) => pageArea(area, () => globalThis.{area}Storage)"
    return f'(area) => extensionArea(area, "{area.removeprefix("extension-")}")'


def _outline(rule: Mapping[str, Any]) -> Any:
    """Return the rules below a position, and whether its flags are masked; only a number where there are none."""
    masked = rule.get("redact") == "mask"
    made: dict[str, Any] = {}
    if "fields" in rule:
        below = {name: _outline(field) for name, field in sorted(rule["fields"].items())}
        # Where nothing is said of a field, its name is said by the vocabulary.
        made["fields"] = {name: part for name, part in below.items() if part != 0 or not _is_plain(name)}
    if "values" in rule:
        made["values"] = _outline(rule["values"])
    if "items" in rule and (items := _outline(rule["items"])) != 0:
        made["items"] = items
    if not made:
        return int(masked)
    return {**made, "redact": "mask"} if masked else made


def _is_plain(name: str) -> bool:
    """Whether the vocabulary of a shape says a name because it is declared, whatever its words are."""
    return _PLAIN.fullmatch(name) is not None and len(re.sub(r"[^A-Za-z0-9]", "", name)) >= _FEWEST_LETTERS


def _plain_names(rule: Mapping[str, Any]) -> Iterator[str]:
    for name, field in rule.get("fields", {}).items():
        if _is_plain(name):
            yield name
        yield from _plain_names(field)
    for part in ("values", "items"):
        if part in rule:
            yield from _plain_names(rule[part])
