"""The life of an alert: what is told, when, and that nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.history.alert.alert import Event, Happening, Status
from driftwright.history.alert.life import Life, Thresholds, life, next_life
from driftwright.history.alert.message import LONGEST_BODY, message, title
from driftwright.history.alert.past import past_of
from driftwright.history.run import FindingState, Run
from driftwright.report.model import fingerprint
from kit.stories import BLIND, BLIND_KEY, GOOD, GRAVE, HURT, KEY, MORE, OTHER, THROWS, Say, a_run, story


def told(runs: Sequence[Run], key: str = KEY) -> list[tuple[int, str]]:
    """The news of one alert: at which run, and what."""
    _, events = life(runs)
    return [(e.sequence, str(e.happening)) for e in events if e.alert.key == key and e.happening is not Happening.STILL]


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ((HURT,), []),
        ((HURT, HURT), [(2, "new")]),
        ((HURT, GOOD, HURT), []),
        ((HURT, BLIND, HURT), [(3, "new")]),
        ((HURT, "unseen", HURT), [(3, "new")]),
        ((HURT, HURT, GOOD), [(2, "new")]),
        ((HURT, HURT, GOOD, GOOD), [(2, "new"), (4, "recovered")]),
        ((HURT, HURT, GOOD, BLIND, BLIND, GOOD), [(2, "new"), (6, "recovered")]),
        ((HURT, HURT, BLIND, BLIND, BLIND), [(2, "new")]),
        ((HURT, HURT, "unseen", "unseen", "unseen"), [(2, "new")]),
        ((HURT, HURT, "suppressed", "suppressed", "suppressed"), [(2, "new")]),
        ((HURT, HURT, OTHER, OTHER, OTHER), [(2, "new"), (4, "changed")]),
        ((HURT, HURT, THROWS, THROWS, HURT, HURT, THROWS, THROWS), [(2, "new"), (4, "changed")]),
        ((HURT, HURT, MORE, HURT, MORE), [(2, "new")]),
        ((HURT, HURT, MORE, MORE, HURT, HURT, MORE, MORE), [(2, "new"), (4, "worse")]),
        ((HURT, HURT, MORE, MORE, GRAVE, GRAVE), [(2, "new"), (4, "worse"), (6, "worse")]),
        ((GRAVE, GRAVE, HURT, HURT), [(2, "new")]),
        ((HURT, HURT, GOOD, GOOD, HURT, HURT), [(2, "new"), (4, "recovered"), (6, "new")]),
        ((HURT, GOOD, HURT, GOOD, HURT), [(5, "flapping")]),
        ((*(HURT, GOOD) * 20,), [(5, "flapping")]),
        (
            (*(HURT, HURT, GOOD, GOOD) * 10,),
            [(2, "new"), (4, "recovered"), (6, "new"), (8, "recovered"), (9, "flapping")],
        ),
        ((*(HURT, GOOD) * 3, GOOD, GOOD, GOOD), [(5, "flapping"), (9, "recovered")]),
        ((*(HURT, GOOD) * 3, HURT, HURT, HURT, HURT, GOOD, GOOD), [(5, "flapping"), (12, "recovered")]),
    ],
)
def test_what_is_told_of_a_cause(says: tuple[Say, ...], expected: list[tuple[int, str]]) -> None:
    assert told(story(*says)) == expected


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ((BLIND, GOOD, BLIND, GOOD), []),
        ((BLIND, BLIND, BLIND), [(2, "new")]),
        ((BLIND, BLIND, "blind:offline", "blind:offline"), [(2, "new"), (4, "changed")]),
        ((BLIND, BLIND, HURT, "unseen"), [(2, "new"), (4, "recovered")]),
    ],
)
def test_what_is_told_of_a_blind_target(says: tuple[Say, ...], expected: list[tuple[int, str]]) -> None:
    assert told(story(*says), BLIND_KEY) == expected


def test_a_hundred_runs_of_one_drift_are_one_word() -> None:
    _, events = life(story(*[HURT] * 100))
    assert Counter(event.happening for event in events) == {Happening.NEW: 1, Happening.STILL: 98}
    _, events = life(story(*[BLIND] * 100))
    assert Counter(event.happening for event in events) == {Happening.NEW: 1, Happening.STILL: 98}
    assert {event.alert.key for event in events} == {BLIND_KEY}


def test_another_cause_that_hurts_the_same_fact_neither_closes_nor_renames_an_alert() -> None:
    other = ("field-removed", "site", "/videos")
    runs = [*story(HURT, HURT), *(a_run(number, HURT, other) for number in (3, 4, 5))]
    assert told(runs) == [(2, "new")]
    assert told(runs, fingerprint("shop", *other)) == [(4, "new")]
    assert life(runs)[0].alerts[KEY].status is Status.OPEN


def test_a_fact_that_the_contracts_dropped_closes_its_alert_and_an_empty_workspace_does_not() -> None:
    gone = [a_run(number, GOOD) for number in (3, 4)]
    without = [replace(run, facts=run.facts[1:]) for run in gone]
    assert told([*story(HURT, HURT), *without]) == [(2, "new"), (4, "recovered")]
    empty = [replace(run, facts=()) for run in gone]
    assert told([*story(HURT, HURT), *empty]) == [(2, "new")]


def test_what_only_all_changes_together_hurt_belongs_to_the_one_change_there_is() -> None:
    alone = FindingState("1" * 12, "title", "replay", "", "same", "degraded", "same")
    runs = [replace(run, findings=(*run.findings, alone)) for run in story(HURT, HURT)]
    (alert,) = life(runs)[0].alerts.values()
    assert (alert.key, alert.facts) == (KEY, ("count", "title"))


says = st.sampled_from([GOOD, HURT, MORE, GRAVE, OTHER, THROWS, BLIND, "blind:offline", "unseen", "suppressed"])
stories = st.lists(says, max_size=40)


def events_of(runs: Sequence[Run]) -> tuple[Event, ...]:
    return life(runs)[1]


@given(stories, st.integers(0, 40))
def test_what_happens_at_a_run_rests_on_the_runs_up_to_it_alone(told_by: list[Say], cut: int) -> None:
    runs = story(*told_by)
    whole = events_of(runs)
    assert events_of(runs[:cut]) == tuple(event for event in whole if event.sequence <= cut)
    assert whole == events_of(list(runs))
    state = Life()
    for run in runs:
        state, _ = next_life(state, run)
    assert state == life(runs)[0]


@given(stories, st.lists(st.tuples(st.integers(0, 40), st.sampled_from([BLIND, "blind:offline"])), max_size=12))
def test_blind_runs_put_in_anywhere_change_nothing_that_is_told_of_drift(
    told_by: list[Say], blind: list[tuple[int, Say]]
) -> None:
    seeing = [one for one in told_by if not (isinstance(one, str) and one.startswith("blind"))]
    mixed = list(seeing)
    for place, one in blind:
        mixed.insert(min(place, len(mixed)), one)

    def drift(runs: Sequence[Run]) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(e.happening, e.alert.status, e.alert.facts) for e in events_of(runs) if e.alert.key == KEY]

    assert drift(story(*mixed)) == drift(story(*seeing))


@given(stories)
def test_the_laws_of_a_life(told_by: list[Say]) -> None:
    active: set[str] = set()
    rows: Counter[str] = Counter()
    limits = Thresholds()
    state = Life()
    for run in story(*told_by):
        before = state
        state, events = next_life(before, run)
        assert len({event.alert.key for event in events}) == len(events)
        for event in events:
            match event.happening:
                case Happening.NEW:
                    assert event.alert.key not in active
                    assert event.alert.bad >= limits.opens
                    active.add(event.alert.key)
                case Happening.FLAPPING:
                    assert before.alerts[event.alert.key].status is not Status.FLAPPING
                    active.add(event.alert.key)
                case Happening.RECOVERED:
                    assert event.alert.key in active
                    assert event.alert.good >= limits.closes
                    assert not run.blind
                    active.remove(event.alert.key)
                case Happening.WORSE | Happening.CHANGED:
                    assert event.alert.key in active
                    rows[f"{event.alert.key}{event.alert.since}{event.alert.form}"] += 1
                case Happening.STILL:
                    assert event.alert.key in active
    assert max(rows.values(), default=0) <= 1  # no form is news twice in one life


def test_the_past_of_a_report_names_the_last_good_run_and_the_alerts_after_this_one() -> None:
    runs = story(GOOD, *[HURT] * 70, GOOD)
    past = past_of(runs)
    assert past.last_good == runs[-1].recorded_at
    assert [run.sequence for run in past.runs] == list(range(13, 73))
    (alert,) = past.alerts
    assert (alert.key, alert.status, alert.runs, alert.since) == (KEY, "open", 70, runs[1].recorded_at)
    assert past_of([*runs, a_run(73, GOOD)]).alerts[0].status == "recovered"
    assert past_of([*runs, a_run(73, GOOD), a_run(74, GOOD)]).alerts == ()
    assert [alert.status for alert in past_of(story(HURT)).alerts] == ["waiting"]
    assert past_of(story(HURT)).last_good is None


HOSTILE = (
    "@everyone", "<!channel>", "<script>alert(1)</script>", "#1", "::error::owned", "##[add-mask]x", "`code`",
    "[a](javascript:alert(1))", "![i](https://evil.example/x)", "a|b", "\x1b[31m", "\u202e", "-->", "</details>",
)  # fmt: skip


@pytest.mark.parametrize("foreign", HOSTILE)
def test_foreign_words_are_inert_in_title_text_and_body(foreign: str) -> None:
    runs = [a_run(number, {foreign: ("broken", "silent")}, (foreign, "site", f"/{foreign}")) for number in (1, 2)]
    (alert,) = life(runs)[0].alerts.values()
    one = message(Happening.NEW, alert, runs)
    for text in (one.title, one.text):
        assert not re.search(r"@\w|<[!/a-z]|#\d|::|##\[|`|://|[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text)
    prose = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", one.body).replace("<!-- driftwright:", "")
    for word in ("everyone", "channel", "script", "#1", "owned", "add-mask", "javascript", "evil", "</details>"):
        assert word not in prose
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", one.body)
    assert one.body.startswith(f"<!-- driftwright:alert:{alert.key} -->\n")
    assert len(one.title) <= 256


def test_a_body_is_never_longer_than_an_issue_takes() -> None:
    names = {f"fact-{number}-{'x' * 200}": ("broken", "silent") for number in range(400)}
    runs = [a_run(number, names) for number in (1, 2)]
    (alert,) = life(runs)[0].alerts.values()
    body = message(Happening.NEW, alert, runs).body
    assert len(body) <= LONGEST_BODY
    assert "and 350 more facts" in body


def _release(number: int, places: int, rule: str = "field-renamed") -> Run:
    """A run after a release that changed many fields of a store in one way."""
    findings = tuple(
        FindingState(f"{place:012x}", "count", rule, "site", f"/state/items/[]/field{place}", "broken", "silent")
        for place in range(places)
    )
    good = a_run(number, HURT if places else GOOD)
    return replace(good, verdict="broken" if places else "intact", findings=findings)


def test_many_fields_that_one_release_renamed_are_one_alert_with_their_number() -> None:
    state, events = life([a_run(1, GOOD), *(_release(number, 72) for number in (2, 3, 4))])
    assert [(event.sequence, event.happening) for event in events if event.happening != "still"] == [(3, "new")]
    (alert,) = state.alerts.values()
    assert alert.places == 72
    assert title(alert) == "72 times field-renamed at site:/state/items/[] hurts 1 fact"
    state, events = life([*(_release(number, 72) for number in (1, 2)), *(_release(number, 0) for number in (3, 4))])
    assert [event.happening for event in events] == ["new", "recovered"]


def test_a_few_fields_are_alerts_of_their_own_and_what_joins_or_leaves_changes_no_others() -> None:
    state, _ = life([_release(1, 3), _release(2, 3)])
    assert sorted(alert.places for alert in state.alerts.values()) == [1, 1, 1]
    runs = [*(_release(number, 3) for number in (1, 2)), *(_release(number, 40) for number in (3, 4))]
    state, events = life(runs)
    assert sorted(alert.places for alert in state.alerts.values()) == [1, 1, 1, 37]
    assert [event.sequence for event in events if event.happening == "new"] == [2, 2, 2, 4]
    state, events = life([*runs, *(_release(number, 5) for number in (5, 6))])
    assert sorted(alert.places for alert in state.alerts.values()) == [1, 1, 1, 2]
    assert [event for event in events if event.happening == "recovered"] == []


def test_two_kinds_of_change_in_one_release_are_two_alerts() -> None:
    both = [
        replace(_release(n, 30), findings=_release(n, 30).findings + _release(n, 30, "field-removed").findings)
        for n in (1, 2)
    ]
    _, events = life(both)
    assert [event.happening for event in events] == ["new", "new"]
