"""Canaries: secrets of every kind that pages hold, and all the places of a store where one can be put."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.scan.findings import Findings, Leak
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import needles
from driftwright.snapshot.scan.secrets import Secret
from driftwright.snapshot.scan.stream import Look, Stream

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnktODcxMyJ9.Zm9yZ2VkLWNhbmFyeS1zaWduYXR1cmU"
TEXTS: Mapping[str, str] = {
    "value": "a lighthouse at dawn, painted for Zofia",
    "key": "zofiasQuietLighthouse",
    "minified key": "zqVkX9",
    "number as text": "7391846205518",
    "uuid": "c4a7be01-7d3e-4f60-9b52-6e0d8fa913b7",
    "hex id": "c4a7be017d3e4f60",
    "token": "sk_live_Zq83kfLw02mVbR7x",
    "url": "https://zofia.private-lighthouse.example/album/9471?key=qz81#dawn-7",
    "title": "Zofia Kowalczyk \u2013 private album",
    "cookie": "sid=s%3Azofia-4471.qWxT; theme=lighthouse",
    "header": f"Bearer {JWT}",
    "console line": "[zofia] uploaded dawn-7.png in 412 ms",
    "exception": "TypeError: zofiasLighthouse is undefined\n    at paint (https://zofia.example/a.js:7:9)",
    "storage key": "zofia:lighthouse:drafts",
    "mail": "zofia.kowalczyk@lighthouse.example",
    "phone": "+48 601 774 209",
    "path": "/archive/zofia/lighthouse/dawn-7.png",
    "address in memory": "blob:https://zofia.example/1c6e2b74-90af-4d27-8e55-0b7f6f3d21aa",
    "picture": "data:image/png;base64,Wm9maWEncyBsaWdodGhvdXNl",
    "time": "2019-03-07T11:22:33.456Z",
    "json": json.dumps({"zofiasSecret": ["lighthouse-at-dawn", 7391846205518]}),
    "packed json": base64.b64encode(json.dumps({"zofiasSecret": "lighthouse-at-dawn"}).encode()).decode(),
    "right to left": "\u202ezofia\u202c lighthouse \u05d0\u05d5\u05e8",
    "markup": "<img src=x onerror=alert('zofia-lighthouse')>",
    "workflow command": "::add-mask::zofia-lighthouse-dawn",
}
NUMBERS: Mapping[str, float] = {"number": 7391846205518, "fraction": 47.350918, "epoch": 1551957753456}
_INNER = {"inner text": "lighthouse-at-dawn", "inner name": "zofiasSecret", "person": "zofia"}
_ALL = {**TEXTS, **{kind: str(number) for kind, number in NUMBERS.items()}, **_INNER}
SECRETS = tuple(Secret(kind.replace(" ", "-"), text) for kind, text in _ALL.items())
MATCHER = Matcher(needles(SECRETS))
AROUND = 8_000
"""Characters around a planted leak: a control need not look through all of an output again."""


def leaks(data: bytes, matcher: Matcher = MATCHER) -> tuple[Leak, ...]:
    """Return what the scanner finds in `data`."""
    findings = Findings()
    stream = Stream(Look("output", matcher, findings))
    stream.feed(data)
    stream.close()
    result = findings.result(())
    assert not result.unread
    return result.leaks


@dataclass(frozen=True, slots=True)
class Placed:
    """One canary at one place.

    Args:
        kind: Which canary.
        place: Where, for the message of a failure.
        document: The store with it.
    """

    kind: str
    place: str
    document: Any


def placements(document: Any, rule: Mapping[str, Any]) -> Iterator[Placed]:
    """Yield the store with each canary in place of each value, as one more name and as one more item.

    What the schema keeps is left out: there a value may be said, and its text is nobody's secret.
    """
    for steps, below in _positions(document, rule, ()):
        held = _at(document, steps)
        place = "/".join(map(str, steps))
        scalar = not isinstance(held, dict | list)
        kinds: dict[str, Any] = {**TEXTS, **NUMBERS}
        for kind, canary in kinds.items():
            if scalar and below.get("redact") != "keep":
                yield Placed(kind, f"{place}: value", _with(document, steps, canary))
            if isinstance(held, dict) and isinstance(canary, str):
                yield Placed(kind, f"{place}: one more name", _with(document, steps, {**held, canary: 1}))
                yield Placed(
                    kind, f"{place}: below a name", _with(document, steps, {**held, "extra": {"note": canary}})
                )
            if isinstance(held, list) and below.get("items", {}).get("redact") != "keep":
                yield Placed(kind, f"{place}: one more item", _with(document, steps, [*held, canary]))


def _positions(
    value: Any, rule: Mapping[str, Any], steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    yield steps, rule
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _positions(below, rule.get("fields", {}).get(name) or rule.get("values") or {}, (*steps, name))
    if isinstance(value, list):
        for index, below in enumerate(value):
            yield from _positions(below, rule.get("items") or {}, (*steps, index))


def _at(document: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        document = document[step]
    return document


def _with(document: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    """Return a document with another value at one place; what is beside the way there is shared with the first one."""
    if not steps:
        return value
    made = copy.copy(document)
    made[steps[0]] = _with(document[steps[0]], steps[1:], value)
    return made


def redactor_program() -> str:
    """Return what makes the redactor known to an engine as `tool`."""
    return f"const tool = {redactor_source()}; 0"


def redactor_call(policy: Mapping[str, Any], areas: list[dict[str, Any]]) -> str:
    """Return the call that redacts areas, through JSON text on both ways as in the browser."""
    return f"tool.redact({json.dumps(json.dumps(policy))}, {json.dumps(json.dumps(areas))})"
