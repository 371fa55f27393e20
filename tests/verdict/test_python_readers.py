"""Readers in Python are judged by the same judge as those in JavaScript: same verdicts, same evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect, Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import readers_module
from driftwright.verdict.diff import diff_documents
from driftwright.verdict.reader_verdict import ReaderVerdict
from kit.cases import ALL, Case
from kit.examples import NIGHTLY
from kit.two_languages import ALL as TOLD
from kit.two_languages import ReaderPair

FIVE = {
    "field-renamed/liked-is-called-favourite": (Verdict.BROKEN, "liked"),
    "envelope-wrapped/price-and-currency-in-a-record": (Verdict.BROKEN, "sum"),
    "text-filled/notes-filled": (Verdict.INTACT, "rooms"),
    "type-changed/votes-as-text": (Verdict.BROKEN, "votes"),
    "keys-changed-form/book-ids-without-dashes": (Verdict.BROKEN, "ids"),
}
PAIRS = [(told, case) for told in TOLD for case in ALL if list(case.before) == [told.holds]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def both(engine: Engine, told: ReaderPair, case: Case) -> list[tuple[ReaderVerdict, ReaderVerdict]]:
    """What becomes of each reader of a case, told in JavaScript and in Python."""
    programs = readers_module(told.script, "readers.js"), readers_module(told.code, "readers.py")
    trials = [diff_documents(case.before, case.after, program, engine).readers for program in programs]
    assert [reader.name for reader in trials[0]] == [reader.name for reader in trials[1]]
    return list(zip(*trials, strict=True))


@pytest.mark.parametrize(("name", "expected"), FIVE.items(), ids=FIVE)
def test_five_cases_have_the_same_verdicts_in_both_languages(
    engine: Engine, name: str, expected: tuple[Verdict, str]
) -> None:
    told, case = next(pair for pair in PAIRS if str(pair[1]) == name)
    judged = both(engine, told, case)
    assert {one.name: one.verdict for one, _ in judged} == {other.name: other.verdict for _, other in judged}
    assert {other.name: other.verdict for _, other in judged}[expected[1]] is expected[0]
    for one, other in judged:
        assert {str(change.path) for change in one.because} == {str(change.path) for change in other.because}
        if one.effect is other.effect is Effect.SILENT and one.proof and other.proof:
            assert one.proof.before.stores == other.proof.before.stores
            assert one.proof.answer_after == other.proof.answer_after


@pytest.mark.parametrize(
    ("told", "case"), PAIRS if NIGHTLY else PAIRS[::4], ids=lambda one: getattr(one, "holds", str(one))
)
def test_verdicts_differ_only_where_python_refuses_what_javascript_takes(
    engine: Engine, told: ReaderPair, case: Case
) -> None:
    for one, other in both(engine, told, case):
        if one.verdict is not other.verdict:
            answers = [other.before, other.after, other.proof.answer_after if other.proof else None]
            assert "throws" in {answer.kind for answer in answers if answer}, (one.name, one.says, other.says)


STRICTER = """
def halves(doc): return [track["seconds"] // 2 for track in doc["tracks"]]
def known(doc): return len(doc["tracks"])
def named(doc): return doc["tracks"][0]["title"]
def kept(doc): return [track.get("title") for track in doc["tracks"]]
def two(doc, other): return other
"""


def test_a_break_comes_with_the_smallest_store_the_answers_and_the_line(engine: Engine) -> None:
    tracks = [{"title": f"Track {number}", "seconds": 100 + number} for number in range(9)]
    later = [{"name": track["title"], "seconds": str(track["seconds"])} for track in tracks]
    trial = diff_documents({"tracks": tracks}, {"tracks": later}, readers_module(STRICTER, "readers.py"), engine)
    found = {reader.name: reader for reader in trial.readers}
    assert {name: str(reader.verdict) for name, reader in found.items()} == {
        "halves": "broken",
        "known": "intact",
        "named": "broken",
        "kept": "broken",
    }
    halves = found["halves"]
    assert halves.effect is Effect.THROWS
    assert halves.after
    assert halves.after.text == "TypeError: unsupported operand type(s) for //: 'str' and 'int' (readers.py:2)"
    kept = found["kept"].proof
    assert kept
    assert [len(stores[""]["tracks"]) for stores in (kept.before.stores, kept.after.stores)] == [1, 1]
    assert (kept.answer_before.text, kept.answer_after.text) == ('["Track 8"]', "[null]")


def test_what_another_language_reads_of_a_document_is_no_reason_to_be_green(engine: Engine) -> None:
    text = (
        "import orjson\n"
        "def read(doc): return orjson.loads(orjson.dumps(doc))['tracks']\n"
        "def liked(doc): return sum(1 for track in read(doc) if track.get('liked'))\n"
        "def count(doc): return len(read(doc))\n"
    )
    tracks = [{"title": f"Track {number}", "liked": number % 3 == 0} for number in range(12)]
    later = [{"title": track["title"], "starred": track["liked"]} for track in tracks]
    trial = diff_documents({"tracks": tracks}, {"tracks": later}, readers_module(text, "readers.py"), engine)
    verdicts = {reader.name: reader.verdict for reader in trial.readers}
    assert (verdicts["liked"], verdicts["count"]) == (Verdict.BROKEN, Verdict.INTACT)


def test_a_file_without_a_function_of_a_document_is_refused() -> None:
    with pytest.raises(InputFault, match="no function takes a document and nothing else; write def name"):
        readers_module("def total(a, b): return a\n", "readers.py")
    with pytest.raises(InputFault, match=r"readers\.py: exports no function; write def name"):
        readers_module("TOTAL = 3\n", "readers.py")


def test_files_beside_are_found_from_where_the_readers_are(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "parts.py").write_text('FIELD = "price"\n')
    text = "import parts\ndef total(doc): return sum(item[parts.FIELD] for item in doc['items'])\n"
    program = readers_module(text, str(tmp_path / "readers.py"))
    before = {"items": [{"price": 3}, {"price": 4}]}
    after = json.loads(json.dumps(before).replace("price", "cost"))
    (total,) = diff_documents(before, after, program, engine).readers
    assert (total.verdict, total.before.text) == (Verdict.BROKEN, "7")
    assert total.after
    assert total.after.text == "KeyError: 'price' (readers.py:2)"
