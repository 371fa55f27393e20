"""Cases that score the verdict: documents of real packages, and which of their readers really break."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine, Program, module
from driftwright.verdict.diff import diff_documents

_BREAK, _SCORED = "break", ("break", "degrade", "ok")


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two documents of one source, and which readers the later one breaks.

    Args:
        name: The case and the two versions, in words.
        source: What wrote the documents: the package of the case.
        before: The document that the readers are right on.
        after: The later document.
        readers: The readers: functions of the parsed document.
        breaks: By the name of each scored reader, whether the later document really breaks it.
    """

    name: str
    source: str
    before: Any
    after: Any
    readers: Program
    breaks: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many readers were called broken, against how many are.

    Args:
        hits: Those that are, and were called so.
        called: All that were called so.
        due: All that are.
    """

    hits: int = 0
    called: int = 0
    due: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.called + other.called, self.due + other.due)

    @property
    def precision(self) -> float:
        """The share of those called broken that are; 1 where none was called so."""
        return self.hits / self.called if self.called else 1.0

    @property
    def recall(self) -> float:
        """The share of the broken ones that were called so; 1 where there are none."""
        return self.hits / self.due if self.due else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where nothing is broken and nothing was called so."""
        return 2 * self.hits / (self.called + self.due) if self.called + self.due else 1.0


def load(folder: Path) -> tuple[Pair, ...]:
    """Return the pairs of all cases of a folder, by case.

    Args:
        folder: Holds a folder for each case, with its `case.json` and documents (docs/thresholds.md tells the form).

    Raises:
        SystemExit: The folder holds no case.
    """
    pairs = tuple(pair for file in sorted(folder.glob("*/case.json")) for pair in _pairs(file))
    if not pairs:
        raise SystemExit(f"{folder}: no case (*/case.json) is there")
    return pairs


def _pairs(file: Path) -> Iterator[Pair]:
    case = json.loads(file.read_text("utf-8"))
    documents = {version["version"]: _document(file.parent / version["file"]) for version in case["versions"]}
    lines = [f"export const {reader['id']} = (data) => ({reader['js']});\n" for reader in case["derivations"]]
    readers = module("".join(lines), "readers.js")
    breaks: dict[str, dict[str, bool]] = {}
    for row in case["ground_truth"]:
        if row["label"] in _SCORED:
            breaks.setdefault(row["transition"], {})[row["derivation"]] = row["label"] == _BREAK
    for transition, labels in breaks.items():
        before, after = (documents[version.strip()] for version in transition.split("->"))
        yield Pair(f"{case['id']} {transition}", case["package"], before, after, readers, labels)


def _document(file: Path) -> Any:
    data = file.read_bytes()
    return json.loads(gzip.decompress(data) if file.suffix == ".gz" else data)


def called_broken(pair: Pair, engine: Engine) -> frozenset[str]:
    """Return the names of the readers that the verdict calls broken, with the thresholds as they are set now."""
    judged = diff_documents(pair.before, pair.after, pair.readers, engine).readers
    return frozenset(reader.name for reader in judged if reader.verdict is Verdict.BROKEN)


def counts_of(pair: Pair, called: frozenset[str]) -> Counts:
    """Return the counts of one pair; readers without a scored label are left out."""
    due = {name for name, breaks in pair.breaks.items() if breaks}
    scored = called & pair.breaks.keys()
    return Counts(len(scored & due), len(scored), len(due))
