"""The contracts of this repository, run on every known-good moment: each source, guard and invariant, by execution."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from driftwright.base.terms import Effect, Quality, Verdict
from driftwright.impact.bound import is_within_bound
from driftwright.impact.fallback import right_answers
from driftwright.impact.javascript.call import FactProgram
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Resolved
from driftwright.impact.readers import CompiledFact, compile_fact
from driftwright.impact.situation import Situation, calls, moments, situations
from driftwright.report.fact import FactFound
from driftwright.verdict.check import check_snapshot
from driftwright.workspace.contract import check_stores, load_facts
from driftwright.workspace.schemas.load import Version
from kit.project import STORES, WORKSPACE, moment_of, plain_capture, site_state

FACTS = {fact.name: compile_fact(fact) for fact in load_facts(WORKSPACE.contracts)}
NEWEST: Mapping[str, Version] = {name: store.latest for name, store in STORES.items()}
MOMENTS = moments(STORES, NEWEST)

# Where the first source does not serve on a legitimate moment, and why that is right.
NOT_FULL = {
    ("active_session_is_stale", "first-write"): "the site has written nothing yet: the decision is put off",
    ("active_session_is_stale", "ended"): "no session is active",
    ("latest_outcome", "none-yet"): "no attempt has ended, so that none is the latest",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _resolved(engine: Engine, fact: CompiledFact, chosen: tuple[Situation, ...]) -> tuple[Resolved, ...]:
    return engine.resolve(fact.program, [situation.argument() for situation in chosen])


def _accepted(fact: CompiledFact, moment: str) -> list[Effect]:
    return [accepted.effect for accepted in fact.fact.accepted if accepted.moment == moment]


def test_every_contract_names_stores_that_there_are() -> None:
    check_stores(tuple(compiled.fact for compiled in FACTS.values()), STORES)
    assert len(FACTS) >= 21


@pytest.mark.parametrize("name", FACTS)
def test_a_contract_says_what_users_need(name: str) -> None:
    fact = FACTS[name].fact
    assert fact.title
    assert fact.shown
    assert fact.to_see
    assert fact.result
    assert fact.primary.level is Quality.FULL
    last = fact.sources[-1]
    assert (last.level, last.derive) == (Quality.UNAVAILABLE, None), (
        "the last source is what is shown when nothing serves"
    )
    levels = [list(Quality).index(source.level) for source in fact.sources]
    assert levels == sorted(levels)
    assert [source.name for source in fact.sources[1:] if not source.lost] == []


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_shown_by_several_moments(name: str) -> None:
    assert len({situation.moment for situation in situations(FACTS[name].fact, MOMENTS)}) >= 5


@pytest.mark.parametrize("name", FACTS)
def test_the_first_source_serves_every_legitimate_moment(engine: Engine, name: str) -> None:
    fact = FACTS[name]
    chosen = situations(fact.fact, MOMENTS)
    lower = {
        situation.moment
        for situation, resolved in zip(chosen, _resolved(engine, fact, chosen), strict=True)
        if (resolved.level, resolved.source) != ("full", fact.fact.primary.name)
    }
    excused = {moment for known, moment in NOT_FULL if known == name}
    excused |= {accepted.moment for accepted in fact.fact.accepted}
    assert lower == excused


@pytest.mark.parametrize("name", FACTS)
def test_an_accepted_weakness_is_still_there(engine: Engine, name: str) -> None:
    """What no longer fails must not stay excused."""
    fact = FACTS[name]
    for accepted in fact.fact.accepted:
        chosen = tuple(s for s in situations(fact.fact, MOMENTS) if s.moment == accepted.moment)
        outcomes = engine.run(fact.primary.program, calls(fact.primary.function, chosen))
        kinds = {outcome.answer.kind for outcome in outcomes}
        assert accepted.effect is Effect.THROWS
        assert kinds == {"throws"}
        assert accepted.reason


@pytest.mark.parametrize("name", FACTS)
def test_no_reader_fails_on_a_legitimate_moment(engine: Engine, name: str) -> None:
    fact = FACTS[name]
    chosen = situations(fact.fact, MOMENTS)
    failed = {
        (source, situation.moment)
        for source, reader in fact.derive.items()
        for situation, outcome in zip(chosen, engine.run(reader.program, calls(reader.function, chosen)), strict=True)
        if outcome.answer.kind != "value" and not _accepted(fact, situation.moment)
    }
    assert failed == set()


@pytest.mark.parametrize("name", FACTS)
def test_every_invariant_holds_on_every_legitimate_moment(engine: Engine, name: str) -> None:
    fact = FACTS[name]
    chosen = situations(fact.fact, MOMENTS)
    for invariant, reader in fact.holds.items():
        outcomes = engine.run(reader.program, calls(reader.function, chosen))
        answers = {(s.moment, outcome.answer.text) for s, outcome in zip(chosen, outcomes, strict=True)}
        assert {answer for answer in answers if answer[1] != "true"} == set(), invariant


def _versions() -> Iterator[tuple[str, str]]:
    for name in ("session", "sessions", "post"):
        for version in STORES[name].versions:
            yield name, version.name


@pytest.mark.parametrize(("store", "version"), [*_versions()])
def test_a_source_that_answers_is_right_whatever_version_its_store_is_of(
    engine: Engine, store: str, version: str
) -> None:
    """Each fallback alone, on every moment: it gives what it has to, or cannot, or tells no moment since when."""
    chosen_moments = moments(STORES, {**NEWEST, store: STORES[store].version(version)})
    served = 0
    for fact in FACTS.values():
        chosen = situations(fact.fact, chosen_moments)
        rights = right_answers(engine, fact, chosen)
        bounds = {source.name: source.bound for source in fact.fact.sources}
        for source in fact.program.sources[1:]:
            if source.derive is None:
                continue
            alone = FactProgram((source,), fact.fact.result)
            walked = engine.resolve(alone, [situation.argument() for situation in chosen])
            for situation, held, found in zip(chosen, rights, walked, strict=True):
                right = held[source.name] if held is not None else None
                if found.source != source.name or right is None or _accepted(fact, situation.moment):
                    continue
                served += 1
                where = (fact.fact.name, source.name, situation.moment)
                assert is_within_bound(found.answer, right, bounds[source.name]), where
    assert served > 100


# ---- benign changes

Edit = Callable[[dict[str, Any]], dict[str, Any]]
IMAGE = "77777777-7777-4777-8777-777777777777"


def _attempts(site: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for held in site["state"]["videoByMediaId"].values():
        yield from (attempt for attempt in held if attempt is not None)


def _new_field(site: dict[str, Any]) -> dict[str, Any]:
    for attempt in _attempts(site):
        attempt["framesPerSecond"] = 24
    return {**site, "state": {**site["state"], "preferences": {"autoplay": True}}}


def _next_version(site: dict[str, Any]) -> dict[str, Any]:
    return {**site, "version": site["version"] + 1}


def _other_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _other_order(below) for key, below in reversed(value.items())}
    return [_other_order(item) for item in value] if isinstance(value, list) else value


def _more_records(site: dict[str, Any]) -> dict[str, Any]:
    state = site["state"]
    for attempt in list(_attempts(site))[:1]:
        more = [{**attempt, "videoId": IMAGE.replace("7777-4", f"000{number}-4", 1)} for number in range(4)]
        state["videoByMediaId"][IMAGE] = [{**one, "parentPostId": IMAGE} for one in more]
    for image in [held[0] for held in state["imageByMediaId"].values()][:1]:
        state["imageByMediaId"][IMAGE] = [{**image, "id": IMAGE, "childPosts": []}]
    return site


def _edited(situation: Situation, edit: Edit) -> Situation:
    site = situation.stores.get("site")
    if not isinstance(site, dict):
        return situation
    return replace(situation, stores={**situation.stores, "site": edit(copy.deepcopy(site))})


@pytest.mark.parametrize("edit", [_new_field, _next_version, _other_order, _more_records])
@pytest.mark.parametrize("name", FACTS)
def test_a_benign_change_leaves_every_fact_as_it_was(engine: Engine, name: str, edit: Edit) -> None:
    fact = FACTS[name]
    chosen = situations(fact.fact, MOMENTS)
    before = _resolved(engine, fact, chosen)
    after = _resolved(engine, fact, tuple(_edited(situation, edit) for situation in chosen))
    for situation, was, now in zip(chosen, before, after, strict=True):
        assert (now.level, now.source) == (was.level, was.source), situation.moment
        assert now.answer.same_as(was.answer), situation.moment


# ---- all or nothing


def test_a_lost_map_of_images_takes_all_from_the_first_hook_and_the_image_alone_from_separate_readers() -> None:
    held = moment_of("several")
    state = site_state(held)
    state["imagesByContainer"] = state.pop("imageByMediaId")
    facts = {fact.name: fact for fact in check_snapshot(plain_capture(held), WORKSPACE).facts}
    hurt = {name: str(fact.effect) for name, fact in facts.items() if fact.verdict is not Verdict.INTACT}
    assert hurt == {
        "storage_sync_hook": "unavailable",
        "original_image_prompt": "unavailable",
        "parent_image_url": "unavailable",
        "session_summary": "unavailable",
        "storage_of_page": "silent",
    }
    everything, after = _answers(facts["storage_sync_hook"])
    assert everything.keys() == {
        *("videosGenerated", "creditsUsed", "moderatedCount", "successfulCount", "videoGroup"),
        *("originalImagePrompt", "parentImageUrl"),
    }
    assert after is None
    before, after = _answers(facts["storage_of_page"])
    assert {name for name in before if before[name] != after[name]} == {"prompt"}


def _answers(fact: FactFound) -> tuple[Any, Any]:
    """What a fact answered on the smallest store that shows its break, before and after."""
    assert fact.evidence is not None
    shown = (fact.evidence.before, fact.evidence.after)
    before, after = (json.loads(answer.text) if answer is not None else None for answer in shown)
    return before, after


# ---- what the strictness of a reader means


def _with_flags(convert: Callable[[bool], Any]) -> Edit:
    def edit(site: dict[str, Any]) -> dict[str, Any]:
        for attempt in _attempts(site):
            attempt["moderated"] = convert(attempt["moderated"])
        return site

    return edit


def _changed(engine: Engine, name: str, edit: Edit) -> bool:
    fact = FACTS[name]
    chosen = situations(fact.fact, MOMENTS)
    reader = fact.primary
    before = engine.run(reader.program, calls(reader.function, chosen))
    edited = [_edited(situation, edit) for situation in chosen]
    after = engine.run(reader.program, calls(reader.function, edited))
    return any(not was.answer.same_as(now.answer) for was, now in zip(before, after, strict=True))


def test_a_numeric_flag_tells_strict_readers_from_truthy_ones(engine: Engine) -> None:
    assert not _changed(engine, "moderated_count", _with_flags(int))
    assert _changed(engine, "unmoderated_count", _with_flags(int))


def test_a_flag_as_text_hurts_both(engine: Engine) -> None:
    text = _with_flags(json.dumps)
    assert _changed(engine, "moderated_count", text)
    assert _changed(engine, "unmoderated_count", text)


@pytest.mark.parametrize("convert", [int, json.dumps, lambda _: None], ids=["number", "text", "null"])
@pytest.mark.parametrize("name", ["moderated_count", "unmoderated_count", "successful_count", "attempt_outcomes"])
def test_whatever_becomes_of_the_flag_the_walk_is_right(
    engine: Engine, name: str, convert: Callable[[bool], Any]
) -> None:
    """The guard notices what the reader itself cannot; the walk ends at a source that is right, or at none."""
    fact = FACTS[name]
    chosen = tuple(s for s in situations(fact.fact, MOMENTS) if not _accepted(fact, s.moment))
    rights = right_answers(engine, fact, chosen)
    edited = tuple(_edited(situation, _with_flags(convert)) for situation in chosen)
    bounds = {source.name: source.bound for source in fact.fact.sources}
    for situation, held, now in zip(chosen, rights, _resolved(engine, fact, edited), strict=True):
        right = held[now.source] if held is not None else None
        is_right = right is not None and is_within_bound(now.answer, right, bounds[now.source])
        assert now.level == "unavailable" or is_right, situation.moment
