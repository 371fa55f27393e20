"""Formats of other tools, read as strictly as their readers and their published schemas ask."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

PUBLISHED = Path(__file__).parents[1] / "published" / "node_modules"  # by `npm ci --prefix tests/published`

_COUNTS = {"tests", "failures", "errors", "skipped", "time"}
GRAMMAR: dict[str, tuple[set[str], set[str], set[str]]] = {  # element: required and possible attributes, children
    "testsuites": ({"name", *_COUNTS}, set(), {"testsuite"}),
    "testsuite": ({"name", *_COUNTS}, {"timestamp"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"classname", "name", "time"}, {"file", "line"}, {"failure", "error", "skipped"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
}
"""What the readers of JUnit XML agree on; `hostname` is left out on purpose."""


def junit_of(text: str) -> ET.Element:
    """Parse JUnit XML strictly, and check it against the grammar and its own counts."""
    root = ET.fromstring(text.encode("utf-8"))  # noqa: S314 - our own output; the parser resolves no entities
    assert root.tag == "testsuites"
    for element in root.iter():
        required, possible, children = GRAMMAR[element.tag]
        assert required <= element.attrib.keys() <= required | possible, element.tag
        assert {child.tag for child in element} <= children, element.tag
    cases = root.findall("testsuite/testcase")
    assert all(len(case) <= 1 for case in cases)
    for holder in (root, root[0]):
        counts = {name: int(holder.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        tags = [child.tag for case in cases for child in case]
        assert counts == {
            "tests": len(cases),
            "failures": tags.count("failure"),
            "errors": tags.count("error"),
            "skipped": tags.count("skipped"),
        }
    return root


@cache
def published(path: str) -> Any:
    """Return a schema that its makers published; shared, never to be changed."""
    file = PUBLISHED / path
    assert file.is_file(), "run npm ci --prefix tests/published"
    return json.loads(file.read_text("utf-8"))


def sarif_of(text: str) -> Any:
    """Parse SARIF, check it against the published schema, and return its run."""
    log = json.loads(text)
    Draft4Validator(published("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")).validate(log)
    (run,) = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    return run
