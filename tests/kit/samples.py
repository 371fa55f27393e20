"""Sample reports, and what a hostile page could write into each of their texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from driftwright.report.formats import json as machine

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = ("intact", "broken", "unseen", "blind")

PAYLOADS = (
    "<script>window.hit=1;alert(1)</script>",
    "</style></title></textarea><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "' autofocus onfocus=window.hit=1 x='",
    "javascript:window.hit=1//",
    "<iframe src='https://evil.test/'></iframe>",
    "<link rel=stylesheet href=https://evil.test/a.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.test/'>",
    "{{ 7 * 7 }}{% for x in y %}{{ self }}",
    "]]><!--<b>",
    "![x](https://evil.test/x.png)",
    "[click](javascript:alert(1)) https://evil.test www.evil.test",
    "@everyone #1 owner/repo#2 GH-3 deadbeefdeadbeef",
    "``` `` ` | a | b |\\| c",
    "| x |\n| - |\n# heading\n- item",
    "\n::error::x%0A::add-mask::y ##[add-mask]z",
    "\x1b[31mred\x1b]8;;https://evil.test\x07link\x9b2J",
    "\u202egnp.exe\u2066\u200f\u200d\ufeff\u2028\x00\ud800",
    "</details></table></pre>~~~\n<a href=//evil.test>x</a>",
)


def sample(name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((SAMPLES / f"{name}.report.json").read_text(encoding="utf-8"))
    return record


def with_changes(count: int, filler: str = "") -> dict[str, Any]:
    """The broken report with so many changes, four in five of them in the ledger."""
    record = sample("broken")
    first = record["changes"][0]
    record["changes"] = [
        {
            **first,
            "id": f"c{number}",
            "path": f"/state/list{number}/{{}}/[]/field",
            "message": f"Field {number} has another name.{filler}",
            "before": f"always present, boolean, 4 of 4{filler}",
            "read_by": ["success_count"] if number % 5 == 1 else [],
        }
        for number in range(1, count + 1)
    ]
    return record


def poisoned(value: Any, rule: Mapping[str, Any], payload: str) -> Any:
    """Put `payload` into every text that the schema leaves open, and into every key of what it leaves open."""
    if "$ref" in rule:
        rule = machine.schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    if value is None or rule.keys() & {"enum", "const", "pattern"}:
        return value
    if isinstance(value, str):
        return payload
    if isinstance(value, list):
        return [poisoned(item, rule["items"], payload) for item in value]
    if isinstance(value, dict) and "properties" in rule:
        return {name: poisoned(item, rule["properties"][name], payload) for name, item in value.items()}
    return {payload: payload, "kept": [{payload: [payload]}]} if isinstance(value, dict) else value
