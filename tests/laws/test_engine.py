"""Laws of the whole engine, on the real readers in V8: silence, the way back, and redaction."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from driftwright.base.terms import Area, Effect, Verdict
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import Program, module
from driftwright.report.fact import FactFound
from driftwright.report.model import Report
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.model import AreaView, Entry, Redaction, Snapshot
from driftwright.structure.replay.apply import apply_changes
from driftwright.verdict.check import Taken, check_snapshot, check_taken
from driftwright.verdict.diff import diff_documents, structural_changes
from driftwright.workspace.folders import Workspace
from driftwright.workspace.schemas.policy import redaction_policy
from kit.examples import NIGHTLY, examples, usually
from kit.project import STORES, WHERE, WORKSPACE, few_facts, moment_of, plain_capture, site_state, verdicts_alone

pytestmark = pytest.mark.own_engines

Document = dict[str, Any]
Edit = Callable[[Document], None]

SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

READERS = module(
    """
const lines = (d) => Object.values(d.state.linesByCart).flat();
export const paid = (d) => lines(d).filter((line) => line.paid === true).length;
export const totals = (d) => lines(d).reduce((sum, line) => sum + line.total, 0);
export const ids = (d) => lines(d).map((line) => line.lineId);
export const carts = (d) => Object.keys(d.state.linesByCart).length;
export const theme = (d) => d.state.owner.theme;
""",
    "readers.js",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


# ---- plain documents

_ids = st.uuids(version=4).map(str)
_line = st.fixed_dictionaries(
    {
        "lineId": _ids,
        "paid": st.booleans(),
        "total": st.integers(0, 500),
        "note": st.sampled_from(["", "a text", "another text"]),
        "at": st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z"),
    }
)


@st.composite
def shops(draw: st.DrawFn) -> Document:
    """A store with lists of records in a map; at least one line is paid and one is not, so that the flag is known."""
    keys = draw(st.lists(_ids, min_size=2, max_size=5, unique=True))
    by_cart = {key: draw(st.lists(_line, min_size=1, max_size=4)) for key in keys}
    by_cart[keys[0]][0]["paid"], by_cart[keys[1]][0]["paid"] = True, False
    for lines in by_cart.values():
        for line in lines:
            line["cartId"] = next(key for key, held in by_cart.items() if held is lines)
    return {"state": {"linesByCart": by_cart, "owner": {"name": "x", "theme": "dark"}}, "version": 1}


def _lines(document: Document) -> Iterator[Document]:
    for held in document["state"]["linesByCart"].values():
        yield from held


def _answers(engine: Engine, document: Any, program: Program = READERS) -> dict[str, str]:
    argument = Argument(document=json.dumps(document))
    outcomes = engine.run(program, [Call(name, argument) for name in program.exports])
    return {
        name: f"{outcome.answer.kind} {outcome.answer.text}"
        for name, outcome in zip(program.exports, outcomes, strict=True)
    }


@settings(SHARED, max_examples=examples(10))
@given(document=shops())
def test_identity_is_silent(engine: Engine, document: Document) -> None:
    found = diff_documents(document, json.loads(json.dumps(document)), READERS, engine)
    assert found.changes == ()
    assert {(reader.verdict, reader.effect) for reader in found.readers} == {(Verdict.INTACT, Effect.SAME)}


@settings(SHARED, max_examples=examples(10))
@given(document=shops(), name=st.sampled_from(["lineId", "paid", "total", "note", "at", "cartId"]))
def test_a_removed_field_put_back_restores_the_answers(engine: Engine, document: Document, name: str) -> None:
    without = copy.deepcopy(document)
    held = [line.pop(name) for line in _lines(without)]
    found = diff_documents(document, without, READERS, engine)
    before = _answers(engine, document)
    hurt = {reader.name for reader in found.readers if reader.effect is not Effect.SAME}
    assert hurt <= {reader for reader, answer in _answers(engine, without).items() if answer != before[reader]}
    for line, value in zip(_lines(without), held, strict=True):
        line[name] = value
    assert _answers(engine, without) == before
    again = diff_documents(document, without, READERS, engine)
    assert again.changes == ()
    assert {(reader.verdict, reader.effect) for reader in again.readers} == {(Verdict.INTACT, Effect.SAME)}


def _rename(document: Document) -> None:
    for line in _lines(document):
        line["settled"] = line.pop("paid")


def _rename_map(document: Document) -> None:
    document["state"]["linesByBasket"] = document["state"].pop("linesByCart")


def _number(document: Document) -> None:
    for line in _lines(document):
        line["paid"] = int(line["paid"])


def _text(document: Document) -> None:
    for line in _lines(document):
        line["total"] = str(line["total"])


def _as_maps(document: Document) -> None:
    by_cart = document["state"]["linesByCart"]
    for key, held in by_cart.items():
        by_cart[key] = {line["lineId"]: line for line in held}


def _wrap(document: Document) -> None:
    inner = dict(document)
    document.clear()
    document["data"] = inner


def _unwrap(document: Document) -> None:
    document.update(document.pop("state"))


def _move(document: Document) -> None:
    document["owner"] = document["state"].pop("owner")


REVERSIBLE: dict[str, Edit] = {
    "a renamed flag": _rename,
    "a renamed map": _rename_map,
    "a flag as number": _number,
    "a number as text": _text,
    "lists as maps": _as_maps,
    "an envelope more": _wrap,
    "an envelope less": _unwrap,
    "a moved record": _move,
}


@pytest.mark.parametrize("name", REVERSIBLE)
@settings(SHARED, max_examples=examples(4))
@given(document=shops())
def test_a_change_replayed_and_replayed_back_restores_the_answers(
    engine: Engine, name: str, document: Document
) -> None:
    """What is found from before to after, and from after to before, are operators that undo each other."""
    after = copy.deepcopy(document)
    REVERSIBLE[name](after)
    there, back = structural_changes(document, after), structural_changes(after, document)
    assert there
    assert back
    (changed,) = apply_changes(document, there).documents[:1]
    assert _answers(engine, changed) == _answers(engine, after)
    (restored,) = apply_changes(changed, back).documents[:1]
    assert _answers(engine, restored) == _answers(engine, document)


# ---- whole reports, on the known-good stores of the workspace


@cache
def _tool() -> MiniRacer:
    started = MiniRacer()
    started.eval(f"const tool = {redactor_source()}; 0")
    return started


def _redacted(held: Mapping[str, Any], salt: bytes) -> Snapshot:
    """The capture that the page's own redactor makes."""
    areas = [
        {"area": view.area, "entries": [[entry.key, json.dumps(entry.value)] for entry in view.entries]}
        for view in plain_capture(held).areas
    ]
    policy = {**redaction_policy(STORES.values()), "salt": salt.hex()}
    answer = _tool().eval(f"tool.redact({json.dumps(json.dumps(policy))}, {json.dumps(json.dumps(areas))})")
    assert isinstance(answer, str)
    views = [
        AreaView(Area(view["area"]), tuple(Entry(**entry) for entry in view["entries"]), view["others"], view["denied"])
        for view in json.loads(answer)["areas"]
    ]
    return Snapshot(WHERE, Redaction("redactor", "policy"), tuple(views))


VerdictsByFact = dict[str, tuple[str, str, tuple[str, ...]]]


def _verdicts_by_fact(report: Report) -> VerdictsByFact:
    """Of each fact its verdict, its effect and the rules it is explained by."""
    rules = {change.id: change.rule for change in report.changes}

    def of(fact: FactFound) -> tuple[str, str, tuple[str, ...]]:
        return str(fact.verdict), str(fact.effect), tuple(sorted(rules[name] for name in fact.because))

    return {fact.name: of(fact) for fact in report.facts}


@pytest.mark.parametrize("moment", ["several", "two-parents"])
def test_a_known_good_moment_is_a_silent_report(engine: Engine, moment: str) -> None:
    report = check_snapshot(plain_capture(moment_of(moment)), WORKSPACE, engine=engine)
    assert [change.rule for change in report.changes if change.level == "break"] == []
    assert {fact.effect for fact in report.facts} == {Effect.SAME}
    assert {fact.verdict for fact in report.facts} <= {Verdict.INTACT, Verdict.UNSEEN}
    assert report.verdict is Verdict.INTACT


def _videos(held: dict[str, Any]) -> Iterator[Document]:
    for listed in site_state(held)["videoByMediaId"].values():
        yield from listed


def _each_video(edit: Callable[[Document], object]) -> Edit:
    def edited(held: Document) -> None:
        for video in _videos(held):
            edit(video)

    return edited


def _each_list(edit: Callable[[list[Any]], Any]) -> Edit:
    def edited(held: Document) -> None:
        by_image = site_state(held)["videoByMediaId"]
        for key, listed in by_image.items():
            by_image[key] = edit(listed)

    return edited


def _renamed_state(old: str, new: str) -> Edit:
    def edited(held: Document) -> None:
        state = site_state(held)
        state[new] = state.pop(old)

    return edited


def _unwrapped(held: Document) -> None:
    held["site"] = {**site_state(held), "version": 1}


def _rekeyed(held: Document) -> None:
    state = site_state(held)
    state["videoByMediaId"] = {
        video["videoId"]: [video] for listed in state["videoByMediaId"].values() for video in listed
    }


DRIFTS: dict[str, Edit] = {
    "nothing": lambda _: None,
    "a renamed flag": _each_video(lambda video: video.update(isModerated=video.pop("moderated"))),
    "a flag as text": _each_video(lambda video: video.update(moderated=str(video["moderated"]).lower())),
    "a flag as a number": _each_video(lambda video: video.update(moderated=int(video["moderated"]))),
    "progress as a share": _each_video(lambda video: video.update(progress=video["progress"] / 100)),
    "times as numbers": _each_video(lambda video: video.update(createTime=1770000000000)),
    "lists in pages": _each_list(lambda listed: {"items": listed, "next": None}),
    "no ids": _each_video(lambda video: video.pop("videoId")),
    "lists as maps": _each_list(lambda listed: {video["videoId"]: video for video in listed}),
    "a hole in each list": _each_list(lambda listed: [None, *listed]),
    "a renamed map": _renamed_state("videoByMediaId", "videosByImage"),
    "an envelope less": _unwrapped,
    "another key space": _rekeyed,
}


# The others are releases of the stand-in too, which test_redaction.py judges in every check.
NO_RELEASE = ("nothing", "a renamed flag", "progress as a share", "times as numbers", "no ids")
QUIET = {"nothing", "a hole in each list", "times as numbers", "progress as a share"}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return few_facts(tmp_path_factory.mktemp("few"))


@pytest.mark.parametrize("name", usually(DRIFTS, NO_RELEASE))
@settings(
    SHARED, max_examples=examples(1), phases=[Phase.generate]
)  # a report takes seconds: there is nothing to shrink
@given(salt=st.binary(min_size=32, max_size=32))
def test_redaction_does_not_change_a_verdict(few: Workspace, engine: Engine, name: str, salt: bytes) -> None:
    held = moment_of("two-parents")
    DRIFTS[name](held)
    # Patches come after the verdict, which alone is looked at.
    with verdicts_alone():
        plain, hidden = (
            check_taken(Taken(snapshot, patches=NIGHTLY), few, engine=engine)
            for snapshot in (plain_capture(held), _redacted(held, salt))
        )
    assert _verdicts_by_fact(hidden) == _verdicts_by_fact(plain)
    assert hidden.verdict is plain.verdict
    assert (plain.verdict is Verdict.INTACT) == (name in QUIET)


def test_a_redacted_capture_holds_other_values() -> None:
    """Or the law above would compare a capture with itself."""
    held = moment_of("two-parents")
    hidden = json.dumps([replace(view, entries=()).area for view in _redacted(held, bytes(32)).areas])
    assert hidden
    shown = json.dumps([entry.value for view in _redacted(held, bytes(32)).areas for entry in view.entries])
    for video in _videos(held):
        assert video["videoId"] not in shown
        assert video["thumbnailImageUrl"] not in shown
