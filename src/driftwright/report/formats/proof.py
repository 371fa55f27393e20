"""The proof of contracts as one self-contained page: totals, what fails, the matrix of rules and facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from driftwright.report.formats import view
from driftwright.report.formats.html import Limits, fitted
from driftwright.report.formats.view import cut
from driftwright.report.proof import Cell, Notice, ProofSummary, WorkspaceProof

_EFFECTS = ("same", "unavailable", "silent", "throws")
_FALLBACKS = ("full", "degraded", "unavailable", "unaware", "wrong")
_TONES: Mapping[str, str] = {"same": "intact", "unavailable": "degraded", "silent": "broken", "throws": "broken"}

NOTICE_WORDS: Mapping[str, str] = {
    "rule": "a rule names the change of structure",
    "run": "the run on the captured store throws or gives nothing",
    "invariant": "an invariant of the contract is false on the capture",
    "unseen": "the capture is called unseen, which is never fine",
    "agreement": "two sources disagree, which warns",
    "schema": "the schema's own vocabulary is violated",
}

FALLBACK_WORDS: Mapping[str, str] = {
    "full": "served in full",
    "degraded": "degraded source",
    "unavailable": "honestly unavailable",
    "unaware": "not aware of it",
    "wrong": "WRONG ANSWER",
}


class Square(NamedTuple):
    """One rule and one fact: every mutation of that rule that the fact's first source reads.

    Args:
        anchor: The anchor of its details on the page.
        fact: The fact.
        cells: The mutations, the failing ones first.
        effect: The worst effect.
        tone: The colour class of that effect.
        fallback: The worst fallback where an answer changes; empty where none changes.
        fails: Number of mutations that fail the proof.
        unshowable: Number of mutations that no check can show.
    """

    anchor: str
    fact: str
    cells: Sequence[Cell]
    effect: str
    tone: str
    fallback: str
    fails: int
    unshowable: int


class Line(NamedTuple):
    """One rule of the matrix: its square for each fact, None where no mutation of it touches what the fact reads."""

    rule: str
    squares: Sequence[Square | None]
    mutations: int
    breaks: int

    @property
    def shown(self) -> Sequence[Square]:
        """The squares with at least one mutation."""
        return [square for square in self.squares if square is not None]


def render_proof(proof: WorkspaceProof) -> str:
    """Return the page of one proof.

    Args:
        proof: The result of proving a workspace.
    """
    return fitted("prove.html.j2", partial(_context, proof))


def _context(proof: WorkspaceProof, limits: Limits) -> Mapping[str, Any]:
    cells, summary = proof.proving.cells, proof.summary
    return {
        "p": proof,
        "s": summary,
        "headline": _headline(summary),
        "verdict": "intact" if proof.proven else "broken",
        "failing": proof.proving.fails,
        "unshowable": proof.proving.unshowable,
        "unaware": proof.proving.unaware,
        "facts": _facts(cells),
        "lines": matrix(cells),
        "effects": view.EFFECT_WORDS,
        "fallbacks": FALLBACK_WORDS,
        "notices": NOTICE_WORDS,
        "notice_says": _notice_says,
        "as_json": partial(json.dumps, ensure_ascii=False),
        "short": partial(cut, limit=limits.text),
        "limits": limits,
    }


def _headline(summary: ProofSummary) -> str:
    showable = summary.breaks - summary.unshowable
    if not summary.breaks:
        return "No mutation changes any answer."
    wrong = summary.wrong_fallbacks
    after = f"after {wrong} of them a fallback answers wrongly" if wrong else "no fallback answers wrongly"
    return f"{summary.noticed} of the {showable} breaks that something can show are noticed, and {after}."


def _notice_says(cell: Cell) -> str:
    if not cell.breaks:
        return "no answer changes"
    words = {"nothing": "NOTHING NOTICES IT", "unshowable": "nothing can show it"}
    return words.get(cell.noticed, str(cell.noticed))


def _facts(cells: Iterable[Cell]) -> list[str]:
    return sorted({cell.fact for cell in cells})


def matrix(cells: Sequence[Cell]) -> list[Line]:
    """Return one line for each rule: first those that fail most, then the most unshowable, then by name."""
    facts = _facts(cells)
    squares: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        squares.setdefault(cell.rule, {}).setdefault(cell.fact, []).append(cell)
    lines = [_line(number, (rule, squares[rule]), facts) for number, rule in enumerate(sorted(squares), 1)]
    return sorted(lines, key=lambda line: (-_sum(line, "fails"), -_sum(line, "unshowable"), line.rule))


def _sum(line: Line, field: str) -> int:
    return sum(int(getattr(square, field)) for square in line.shown)


def _line(number: int, row: tuple[str, Mapping[str, Sequence[Cell]]], facts: Sequence[str]) -> Line:
    rule, by_fact = row
    squares = [
        _square(f"r{number}-f{column}", fact, by_fact[fact]) if fact in by_fact else None
        for column, fact in enumerate(facts, 1)
    ]
    cells = [cell for fact_cells in by_fact.values() for cell in fact_cells]
    return Line(rule, squares, len(cells), sum(1 for cell in cells if cell.breaks))


def _square(anchor: str, fact: str, cells: Sequence[Cell]) -> Square:
    broken = [cell for cell in cells if cell.breaks]
    effect = max((cell.effect for cell in cells), key=_EFFECTS.index)
    return Square(
        anchor=anchor,
        fact=fact,
        cells=sorted(cells, key=lambda cell: (not cell.fails, -_EFFECTS.index(cell.effect))),
        effect=effect,
        tone="broken" if any(cell.fails for cell in cells) else _TONES[effect],
        fallback=max((cell.fallback for cell in broken), key=_FALLBACKS.index, default=""),
        fails=sum(1 for cell in cells if cell.fails),
        unshowable=sum(1 for cell in cells if cell.noticed is Notice.UNSHOWABLE),
    )
