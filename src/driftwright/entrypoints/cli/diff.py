"""The command that compares two documents: diff."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault, visible
from driftwright.base.jsontext import collector_paused, parse_json_file, parse_text
from driftwright.base.terms import Effect, Level, Verdict
from driftwright.entrypoints.cli.exits import DRIFT, INTACT, exit_code, strict_exit
from driftwright.entrypoints.cli.terminal import progress, progress_done

_CODE = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".py")

if TYPE_CHECKING:
    from driftwright.report import AnswerShown, Evidence, FactFound, Report


def diff(options: argparse.Namespace) -> int:
    """Compare two JSON files, and judge the readers of a consumer when there is one."""
    if options.schemas:
        return _diff_schemas(options)
    from driftwright.verdict import levels, with_levels
    from driftwright.workspace import find_workspace

    try:
        with collector_paused():  # it would walk the documents again and again
            compared, notes = _compare_files(options, progress("diff"))
    finally:
        progress_done()
    report = with_levels(compared, levels(find_workspace(options.workspace)))
    print(_json(report) if options.format == "json" else "\n".join([_text(report), *notes]))
    noticed = {name for fact in report.facts for name in fact.because}
    unnoticed = [change for change in report.changes if change.id not in noticed and change.level is Level.BREAK]
    verdict = report.verdict if report.facts else Verdict.INTACT  # without readers nothing is asked but what changed
    return strict_exit(exit_code(verdict, options.fail_on), len(unnoticed) if options.strict else 0, "reader")


def _compare_files(options: argparse.Namespace, tell: Callable[[str], None]) -> tuple[Report, tuple[str, ...]]:
    """Return the report, and notes about the files."""
    if options.consumer is None:
        from driftwright.verdict import report_diff

        return report_diff(*_parse_both(options, tell), None, None, compared=False, progress=tell), ()
    from driftwright.impact import Engine

    with Engine() as engine:
        engine.start()  # V8 starts while the rest is imported and the files are parsed
        from driftwright.impact import load_readers
        from driftwright.verdict import report_diff

        known = [parse_json_file(File(name)) for name in options.known]
        documents = _parse_both(options, tell)
        readers = load_readers(File(options.consumer))
        is_json = options.format == "json"  # which has the second opinions; neither shows where smallest stores differ
        report = report_diff(*documents, readers, engine, known, compared=False, asks_twice=is_json, progress=tell)
        return report, tuple(_notes(options, documents))


def _parse_both(options: argparse.Namespace, tell: Callable[[str], None]) -> tuple[Any, Any]:
    files = File(options.before), File(options.after)
    for file in files:
        if file.suffix in _CODE:
            mend = "give BEFORE and AFTER as JSON, and readers with --consumer FILE"
            raise InputFault("reading code in the place of a document", str(file), "", mend)
    documents = []
    for file in files:
        tell(f"reading {file}")
        documents.append(parse_json_file(file))
    return documents[0], documents[1]


def _notes(options: argparse.Namespace, documents: Sequence[Any]) -> Iterator[str]:
    """Yield what may not have been meant: that readers are given a text of JSON, as one that was copied twice is."""
    for name, document in zip((options.before, options.after), documents, strict=True):
        if isinstance(document, str) and parse_text(document) is not document:
            yield visible(
                f"note: {name} holds JSON within a JSON text, which readers are given as it is; or save it parsed"
            )


def _diff_schemas(options: argparse.Namespace) -> int:
    """Say whether the later schema admits what a reader of the earlier one never met."""
    from driftwright.report import plain
    from driftwright.workspace import compatibility

    result = compatibility(*_parse_both(options, lambda _: None))
    if options.format == "json":
        print(plain(asdict(result), indent=2))
    elif result.breaks:
        example = visible(json.dumps(result.example))[:200]
        print(f"BREAKS    AFTER admits what BEFORE refused, for example {example}")
    else:
        print(f"SAFE      AFTER admits nothing that BEFORE refused ({result.tried} values tried)")
    return DRIFT if result.breaks else INTACT


def _json(report: Report) -> str:
    from driftwright.report import plain

    changes = [
        {
            "rule": change.rule,
            "level": str(change.level),
            "path": change.path,
            "to": change.to,
            "message": change.message,
            "before": change.before,
            "after": change.after,
        }
        for change in report.changes
    ]
    readers = {
        fact.name: {
            "verdict": str(fact.verdict),
            "effect": str(fact.effect),
            "because": list(_cause_messages(fact, report)) or [fact.says],
            "before": _answers(fact.evidence)[0],
            "after": _answers(fact.evidence)[1],
            "closure": fact.closure and asdict(fact.closure),
            "second_opinion": fact.second_opinion and asdict(fact.second_opinion),
        }
        for fact in report.facts
    }
    return plain({"changes": changes, "readers": readers}, indent=2)


def _cause_messages(fact: FactFound, report: Report) -> Iterator[str]:
    messages = {change.id: change.message for change in report.changes}
    return (messages[name] for name in fact.because)


def _answers(evidence: Evidence | None) -> tuple[str, str]:
    if evidence is None:
        return "", ""
    return _answer(evidence.before), evidence.error if evidence.error is not None else _answer(evidence.after)


def _answer(answer: AnswerShown | None) -> str:
    return answer.text if answer is not None else ""


def _text(report: Report) -> str:
    lines = []
    for fact in report.facts:
        lines.append(f"{str(fact.verdict).upper():<9} {fact.name}: {fact.says}")
        before, after = _answers(fact.evidence)
        if fact.effect is not Effect.SAME:
            lines.append(f"          {fact.effect}: {before}  ->  {after}")
        elif fact.verdict is Verdict.UNSEEN and (before or after):
            lines.append(f"          answers: {before}  ->  {after}")
        lines += [f"          because {message}" for message in _cause_messages(fact, report)]
    if report.changes:
        lines.append("changes:")
        lines += [f"  {change.level:<5} {change.rule}: {change.message}" for change in report.changes]
    return "\n".join(map(visible, lines or ["no structural change"]))
