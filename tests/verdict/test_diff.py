"""The trial: two plain documents and a file of readers; which reader breaks, and how, by execution."""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftwright.base.terms import Verdict, worst
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import Program, module
from driftwright.verdict.diff import Trial, diff_documents, structural_changes
from driftwright.verdict.reader_verdict import ReaderVerdict
from kit.examples import examples
from kit.program import Done, processor_time

Document = dict[str, Any]

READERS = """
const lines = (d) => Object.values(d.state.linesByCart).flat();
const lineLists = (d) => d.state?.linesByCart ?? d.linesByCart ?? {};
export const paid = (d) => lines(d).filter((line) => line.paid === true).length;
export const truthy = (d) => lines(d).filter((line) => line.paid).length;
export const totals = (d) => lines(d).reduce((sum, line) => sum + line.total, 0);
export const ids = (d) => lines(d).map((line) => line.lineId);
export const theme = (d) => d.state.owner.theme;
export const anyTheme = (d) => d.state?.owner?.theme ?? d.state?.profile?.theme ?? null;
export const anyPaid = (d) => Object.values(lineLists(d)).flat().filter((line) => line.paid ?? line.isPaid).length;
export const constant = () => 7;
"""
PROGRAM = module(READERS, "readers.js")
NAMES = ("paid", "truthy", "totals", "ids", "theme", "anyTheme", "anyPaid", "constant")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(number)))


def _line(cart: int, number: int) -> Document:
    return {
        "lineId": _id(1000 + cart * 10 + number),
        "cartId": _id(cart),
        "paid": (cart + number) % 3 == 0,
        "total": 5 + number,
        "note": "a text" if (cart + number) % 2 else "",
        "at": f"2026-01-{cart % 28 + 1:02}T10:0{number}:00.000Z",
    }


def _shop(carts: int = 12) -> Document:
    by_cart = {_id(cart): [_line(cart, number) for number in range(3)] for cart in range(carts)}
    return {"state": {"linesByCart": by_cart, "owner": {"name": "x", "theme": "dark"}}, "version": 1}


def _lines(document: Document) -> Iterator[Document]:
    for held in document["state"]["linesByCart"].values():
        yield from held


def _rename_flag(d: Document) -> None:
    for line in _lines(d):
        line["isPaid"] = line.pop("paid")


def _flag_as_number(d: Document) -> None:
    for line in _lines(d):
        line["paid"] = int(line["paid"])


def _flag_as_text(d: Document) -> None:
    for line in _lines(d):
        line["paid"] = str(line["paid"]).lower()


def _some_without_id(d: Document) -> None:
    for number, line in enumerate(_lines(d)):
        if number % 4 == 0:
            del line["lineId"]


def _without_total(d: Document) -> None:
    for line in _lines(d):
        del line["total"]


def _total_as_text(d: Document) -> None:
    for line in _lines(d):
        line["total"] = str(line["total"])


def _flag_gone(d: Document) -> None:
    for line in _lines(d):
        del line["paid"]


def _flag_left_out(d: Document) -> None:
    """Six lines, of which by chance none may be paid: a writer that leaves out what is false would look the same."""
    by_cart = d["state"]["linesByCart"]
    d["state"]["linesByCart"] = dict(list(by_cart.items())[:2])
    _flag_gone(d)


def _lists_as_maps(d: Document) -> None:
    by_cart = d["state"]["linesByCart"]
    d["state"]["linesByCart"] = {key: {line["lineId"]: line for line in held} for key, held in by_cart.items()}


def _hole_first(d: Document) -> None:
    for held in d["state"]["linesByCart"].values():
        held.insert(0, None)


def _unwrap(d: Document) -> None:
    d.update(d.pop("state"))


def _wrap(d: Document) -> None:
    inner = dict(d)
    d.clear()
    d["data"] = inner


def _empty(d: Document) -> None:
    d["state"]["linesByCart"] = {}


def _rename_owner(d: Document) -> None:
    d["state"]["profile"] = d["state"].pop("owner")


def _rename_map(d: Document) -> None:
    d["state"]["linesByBasket"] = d["state"].pop("linesByCart")


def _add_fields(d: Document) -> None:
    for line in _lines(d):
        line["extra"] = 1
    d["state"]["more"] = {"a": 1}


def _reverse_keys(d: Document) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(below) for key, below in reversed(value.items())}
        return [turned(item) for item in value] if isinstance(value, list) else value

    held = turned(d)
    d.clear()
    d.update(held)


def _bump_version(d: Document) -> None:
    d["version"] = 2


Change = Callable[[Document], None]
LINES = "paid truthy totals ids"

# What each change does to each reader; one that is not named stays intact.
CASES: dict[str, tuple[Change, list[str], dict[str, str]]] = {
    "a renamed flag": (_rename_flag, ["field-renamed"], {"broken silent": "paid truthy"}),
    "a flag as number": (_flag_as_number, ["flag-became-number"], {"broken silent": "paid"}),
    "a flag as text": (_flag_as_text, ["flag-became-text"], {"broken silent": "paid truthy anyPaid"}),
    "some records without a field": (
        _some_without_id, ["field-became-optional"], {"degraded silent": "ids"},
    ),
    "a field gone": (_without_total, ["field-removed"], {"broken unavailable": "totals"}),
    "a number as text": (_total_as_text, ["number-became-text"], {"broken silent": "totals"}),
    "lists as maps": (
        _lists_as_maps, ["list-became-map"],
        {"broken silent": "paid truthy ids anyPaid", "broken unavailable": "totals"},
    ),
    "a hole in each list": (_hole_first, ["list-got-null-items"], {"broken throws": f"{LINES} anyPaid"}),
    "a root envelope gone": (
        _unwrap, ["envelope-unwrapped"], {"broken throws": f"{LINES} theme", "broken unavailable": "anyTheme"},
    ),
    "a root envelope more": (
        _wrap, ["envelope-wrapped"],
        {"broken throws": f"{LINES} theme", "broken unavailable": "anyTheme", "broken silent": "anyPaid"},
    ),
    "a renamed record": (_rename_owner, ["field-renamed"], {"broken throws": "theme"}),
    "a renamed map": (_rename_map, ["field-renamed"], {"broken throws": LINES, "broken silent": "anyPaid"}),
    "an empty container": (_empty, [], {"unseen same": f"{LINES} anyPaid"}),
    # In thirty-six records one would be paid: the flag is gone.
    "a flag gone": (_flag_gone, ["field-removed"], {"broken silent": "paid truthy anyPaid"}),
    "a flag that may be left out": (_flag_left_out, [], {"unseen same": "paid truthy anyPaid"}),
    "more fields": (_add_fields, ["field-added", "field-added"], {}),
    "another key order": (_reverse_keys, [], {}),
    "another version number": (_bump_version, ["version-changed"], {}),
}  # fmt: skip


def _tried(engine: Engine, before: Any, after: Any, program: Program = PROGRAM) -> dict[str, ReaderVerdict]:
    return {reader.name: reader for reader in diff_documents(before, after, program, engine).readers}


def _case(engine: Engine, name: str) -> Trial:
    before = _shop()
    after = copy.deepcopy(before)
    CASES[name][0](after)
    return diff_documents(before, after, PROGRAM, engine)


@pytest.mark.parametrize("name", CASES)
def test_each_change_hurts_exactly_the_readers_it_hurts(engine: Engine, name: str) -> None:
    _, rules, hurt = CASES[name]
    found = _case(engine, name)
    assert [change.rule.id for change in found.changes] == rules
    expected = dict.fromkeys(NAMES, "intact same")
    expected |= {reader: outcome for outcome, readers in hurt.items() for reader in readers.split()}
    assert {reader.name: f"{reader.verdict} {reader.effect}" for reader in found.readers} == expected


@pytest.mark.parametrize("name", [name for name, (_, rules, hurt) in CASES.items() if rules and hurt])
def test_what_is_broken_has_a_cause_and_two_answers(engine: Engine, name: str) -> None:
    trial = _case(engine, name)
    for reader in trial.readers:
        if reader.verdict is Verdict.INTACT:
            continue
        assert trial.because(reader) == (0,)
        assert reader.after is not None
        assert not reader.before.same_as(reader.after)


def test_the_proof_is_smaller_than_the_document(engine: Engine) -> None:
    reader = _tried(engine, _shop(), {**_shop(), "state": {}}, module(READERS, "r.js"))["paid"]
    assert reader.verdict is Verdict.BROKEN
    before = _shop()
    after = copy.deepcopy(before)
    _flag_as_number(after)
    shown = _tried(engine, before, after)["paid"]
    assert shown.after is not None
    # Twelve lines are paid; one is enough to show it.
    assert (shown.before.preview, shown.after.preview) == ("1", "0")


def test_a_reader_that_already_fails_on_before_says_nothing(engine: Engine) -> None:
    program = module("export const lost = (d) => d.none.nothing; export const fine = (d) => d.version;", "r.js")
    found = _tried(engine, _shop(), _shop(), program)
    assert found["lost"].verdict is Verdict.UNSEEN
    assert "BEFORE" in found["lost"].says
    assert found["fine"].verdict is Verdict.INTACT


@pytest.mark.parametrize(
    ("reader", "outcome"),
    [
        ("(d) => d.slots.latest.total", "broken throws"),
        ("(d) => d.slots.latest?.total ?? null", "broken unavailable"),
        ("(d) => d.slots.latest?.total ?? 0", "broken silent"),
        ("(d) => 'latest' in d.slots", "broken silent"),
        ("(d) => Object.keys(d.slots).length > 0", "intact same"),
    ],
)
def test_a_map_key_that_a_reader_asks_for_by_name_is_watched(engine: Engine, reader: str, outcome: str) -> None:
    before: Document = {"slots": {_id(number): {"total": number, "name": "n"} for number in range(12)}}
    before["slots"]["latest"] = {"total": 5, "name": "n"}
    after = copy.deepcopy(before)
    del after["slots"]["latest"]
    found = _tried(engine, before, after, module(f"export const read = {reader};", "r.js"))["read"]
    assert f"{found.verdict} {found.effect}" == outcome


def test_a_change_of_every_value_hurts_the_key_asked_for_by_name_as_well(engine: Engine) -> None:
    before: Document = {"slots": {_id(number): {"total": number, "name": "n"} for number in range(12)}}
    before["slots"]["latest"] = {"total": 5, "name": "n"}
    after = copy.deepcopy(before)
    for slot in after["slots"].values():
        del slot["total"]
    program = module("export const read = (d) => d.slots.latest?.total ?? 0;", "r.js")
    found = _tried(engine, before, after, program)["read"]
    assert (found.verdict, str(found.effect)) == (Verdict.BROKEN, "silent")


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fewer_and_other_records_never_break_a_reader(engine: Engine, data: st.DataObject) -> None:
    """A later capture of the same release: some carts are gone, some lists are shorter, ids are others."""
    before = _shop(data.draw(st.integers(1, 10)))
    kept = [held for held in before["state"]["linesByCart"].values() if data.draw(st.booleans())]
    after = copy.deepcopy(before)
    after["state"]["linesByCart"] = {
        _id(5000 + cart): [
            {**line, "cartId": _id(5000 + cart), "lineId": _id(9000 + cart * 10 + number)}
            for number, line in enumerate(held)
            if data.draw(st.booleans())
        ]
        for cart, held in enumerate(kept)
    }
    for reader in diff_documents(before, after, PROGRAM, engine).readers:
        assert reader.verdict in (Verdict.INTACT, Verdict.UNSEEN), (reader.name, reader.says)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(more=st.integers(1, 30))
def test_more_records_never_break_a_reader(engine: Engine, more: int) -> None:
    found = diff_documents(_shop(4), _shop(4 + more), PROGRAM, engine)
    assert found.changes == ()
    assert worst([reader.verdict for reader in found.readers]) is Verdict.INTACT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below, max_size=4),
    max_leaves=15,
)


@settings(max_examples=examples(60))
@given(document=JSON)
def test_nothing_changes_between_a_document_and_itself(document: Any) -> None:
    assert structural_changes(document, json.loads(json.dumps(document))) == ()


@settings(max_examples=examples(60))
@given(before=JSON, after=JSON)
def test_any_two_documents_can_be_compared(before: Any, after: Any) -> None:
    for change in structural_changes(before, after):
        assert change.message


@pytest.mark.nightly
@pytest.mark.own_engines
def test_a_pair_eight_times_as_large_takes_about_eight_times_as_long() -> None:
    """A quadratic step anywhere would take sixty-four times as long."""

    def spent(albums: int) -> float:
        before = _shop(albums)
        after = copy.deepcopy(before)
        _rename_flag(after)
        began = processor_time()
        with Engine() as engine:  # a process that is over counts
            found = diff_documents(before, after, PROGRAM, engine)
        assert worst([reader.verdict for reader in found.readers]) is Verdict.BROKEN
        return processor_time() - began

    spent(2)  # imports
    assert spent(560) <= 24 * min(spent(70) for _ in range(3))


@pytest.mark.nightly
@pytest.mark.own_engines
def test_finding_changes_costs_some_parses_and_no_more() -> None:
    before = _shop(560)
    after = copy.deepcopy(before)
    _rename_flag(after)
    text = json.dumps(before)
    structural_changes(_shop(2), _shop(2))  # imports deepdiff
    parsing = min(_seconds(lambda: json.loads(text)) for _ in range(5))
    comparing = min(_seconds(lambda: structural_changes(before, after)) for _ in range(3))
    assert comparing < 100 * parsing


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


# ---- the format


def test_the_answer_has_exactly_the_published_format(tmp_path: Path, program: Callable[..., Done]) -> None:
    before = _shop()
    after = copy.deepcopy(before)
    _rename_flag(after)
    (tmp_path / "before.json").write_text(json.dumps(before))
    (tmp_path / "after.json").write_text(json.dumps(after))
    (tmp_path / "readers.js").write_text(READERS)
    done = program("diff", "before.json", "after.json", "--consumer", "readers.js", "--format", "json")
    assert (done.code, done.stderr) == (1, "")
    answer = json.loads(done.stdout)
    assert set(answer) == {"changes", "readers"}
    (change,) = answer["changes"]
    assert set(change) == {"rule", "level", "path", "to", "message", "before", "after"}
    assert (change["rule"], change["level"]) == ("field-renamed", "break")
    assert list(answer["readers"]) == list(NAMES)
    for reader in answer["readers"].values():
        assert set(reader) == {"verdict", "effect", "because", "before", "after", "closure", "second_opinion"}
        assert reader["verdict"] in ("intact", "degraded", "broken", "unseen")
        assert reader["effect"] in ("same", "silent", "throws", "unavailable")
        assert reader["because"]
    paid = answer["readers"]["paid"]
    assert paid["because"] == [change["message"]]
    assert (paid["before"], paid["after"]) == ("1", "0")


@pytest.mark.parametrize("around", ["data", "icons"])
def test_a_map_that_went_into_an_envelope_is_one_finding(around: str) -> None:
    icons = {f"icon-{name}": {"name": name, "width": 16 + len(name)} for name in ("sun", "moon", "star", "cloud")}
    program = module(
        "export const names = (data) => Object.values(data).map((icon) => icon.name);\n"
        "export const count = (data) => Object.keys(data).length;\n"
        "export const tolerant = (data) => Object.keys(data.data ?? data.icons ?? data).length;\n",
        "readers.js",
    )
    with Engine() as engine:
        found = diff_documents(icons, {around: icons, "meta": {"page": 1}}, program, engine)
    assert [(change.rule.id, str(change.to)) for change in found.changes] == [("envelope-wrapped", f"/{around}")]
    verdicts = {reader.name: str(reader.verdict) for reader in found.readers}
    assert verdicts == {"names": "broken", "count": "broken", "tolerant": "intact"}


LICENCES = {
    f"L-{number}": {"name": f"Licence {number}"}
    | ({"url": f"https://licences.example/{number}"} if number % 3 == 0 else {})
    | ({"old": True} if 10 <= number < 14 else {})
    for number in range(40)
}


@pytest.mark.parametrize("kept", [1, 2, 3, 5, 10, 30])
def test_fewer_records_break_nothing(kept: int) -> None:
    program = module(
        "export const pinned = (data) => data['L-39'].name;\n"
        "export const old = (data) => Object.values(data).filter((licence) => licence.old).length;\n"
        "export const urls = (data) => Object.values(data).flatMap((licence) => licence.url ?? []);\n",
        "readers.js",
    )
    after = dict(list(LICENCES.items())[-kept - 1 : -1])
    with Engine() as engine:
        found = diff_documents(LICENCES, after, program, engine)
    verdicts = {reader.name: reader.verdict for reader in found.readers}
    assert not {Verdict.BROKEN, Verdict.DEGRADED} & set(verdicts.values()), found
    assert verdicts["pinned"] is Verdict.UNSEEN


def test_a_named_key_that_is_gone_from_a_map_of_as_many_breaks_its_reader() -> None:
    program = module("export const pinned = (data) => data['L-39'].name;", "readers.js")
    after = {**{key: value for key, value in LICENCES.items() if key != "L-39"}, "L-40": {"name": "Licence 40"}}
    with Engine() as engine:
        (reader,) = diff_documents(LICENCES, after, program, engine).readers
    assert (reader.verdict, str(reader.effect)) == (Verdict.BROKEN, "throws")
