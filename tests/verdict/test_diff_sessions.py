"""One session of a store: what it cannot show of another one, and what it shows after all."""

from __future__ import annotations

from typing import Any

import driftwright

Document = dict[str, Any]


def judged(before: Any, after: Any, reader: str) -> str:
    """The verdict on one reader."""
    (fact,) = driftwright.diff(before, after, f"export const read = {reader};").facts
    return str(fact.verdict)


# One value of a whole session


def _visits(count: int, **more: Any) -> Document:
    return {"visits": [{"page": f"/p{n}", "took": 3 + n, **more} for n in range(count)]}


def test_a_record_that_all_visits_of_a_user_share_may_be_null_for_a_guest() -> None:
    user = {"id": "u7", "name": "Ida Berg"}
    reader = "(d) => d.visits[0].user?.name ?? 'guest'"
    assert judged(_visits(3, user=user), _visits(1, user=None), reader) != "broken"
    each = {"visits": [{"page": "/", "user": {"id": f"u{n}", "name": f"N{n}"}} for n in range(6)]}
    assert judged(each, {"visits": [{"page": "/", "user": None} for _ in range(6)]}, reader) == "broken"


def test_one_later_record_may_lack_what_was_one_value_of_the_session_whatever_else_is_new() -> None:
    reader = "(d) => [...new Set(d.visits.map((visit) => visit.user?.id ?? null))]"
    known = _visits(4, user={"id": "u7"})
    assert judged(known, _visits(1, context={"trace": "t1"}), reader) != "broken"
    assert judged(known, _visits(9, context={"trace": "t1"}), reader) == "broken"


def test_a_field_that_one_record_had_may_be_there_in_some_of_more_records() -> None:
    before = {"files": [{"url": "a.html", "hash": "1f2e3d4c5b6a"}]}
    after = {"files": [{"url": f"{n}.css", "hash": f"9{n}8e7d6c5b4a"} for n in range(4)] + [{"url": "x.js"}] * 3}
    reader = "(d) => Object.fromEntries(d.files.map((file) => [file.url, file.hash]))"
    assert judged(before, after, reader) == "unseen"


# Names that were all made otherwise


DUMP = {
    "acme_7f3a": "x.1.2",
    "acme_queue_7f3a": '[{"seq": 4}, {"seq": 7}]',
    "acme_queue_named_7f3a": '[{"seq": 5}]',
}


def test_keys_of_which_none_is_made_of_the_known_words_are_those_of_another_program() -> None:
    later = {"AC_81bd": '{"id": "x"}', "AC_queue_81bd": '[{"id": "a"}]'}
    queue = "Object.entries(d).filter(([key]) => key.startsWith('acme_queue')).flatMap(([, text]) => JSON.parse(text))"
    assert judged(DUMP, later, f"(d) => {queue}.length") == "broken"
    assert judged(DUMP, later, f"(d) => Math.max(...{queue}.map((sent) => sent.seq))") == "broken"


def test_a_queue_that_is_merely_empty_now_is_unseen() -> None:
    queue = "Object.entries(d).filter(([key]) => key.startsWith('acme_queue')).flatMap(([, text]) => JSON.parse(text))"
    later = {"acme_81bd": "y.3.4"}
    assert judged(DUMP, later, f"(d) => {queue}.length") == "unseen"
    assert judged(DUMP, later, f"(d) => Math.max(...{queue}.map((sent) => sent.seq))") == "unseen"


# Values of another type


def test_a_reader_of_texts_that_are_lists_now_is_broken_when_it_finds_less() -> None:
    def faults(*paths: Any) -> Document:
        return {"faults": [{"at": path, "why": "short"} for path in paths]}

    reader = "(d) => d.faults.map((fault) => /^lines\\.(\\d+)/.exec(fault.at)).filter(Boolean).length"
    before = faults("lines.0.price", "name", "lines.2.sku", "mail")
    assert judged(before, faults(["lines", 1, "sku"], ["name"], ["lines", 0, "price"]), reader) == "broken"


def test_a_list_of_numbers_that_is_an_object_now_is_not_its_first_number() -> None:
    before = {"lines": [{"x": ["a", "b", "c"], "y": [1, 2, 4]}, {"x": ["a", "b"], "y": [3, 5]}]}
    after = {
        "lines": [
            {"x": ["a", "b"], "y": {"type": "i1", "data": "AQI="}},
            {"x": ["c"], "y": {"type": "i1", "data": "Aw=="}},
        ]
    }
    either = "(d) => d.lines.map((line) => Array.isArray(line.y) ? line.y.length : line.y.data ? line.x.length : 0)"
    assert judged(before, after, either) == "intact"
    assert judged(before, after, "(d) => d.lines.map((line) => line.y.length)") == "broken"


# Several sessions that are known to be good


def test_what_two_rich_sessions_have_a_poor_one_may_lack() -> None:
    def page(*kinds: str) -> Document:
        return {"page": [{"kind": kind, "text": f"a {kind}"} for kind in kinds]}

    known, before = page("title", "list", "note", "line"), page("title", "title", "list", "note")
    reader = "export const notes = (d) => d.page.filter((part) => part.kind === 'note').map((part) => part.text);"
    (fact,) = driftwright.diff(before, page("title", "line"), reader, known=[known]).facts
    assert str(fact.verdict) == "unseen"


def test_each_of_two_sessions_has_one_user_and_a_later_visit_may_have_none() -> None:
    known = _visits(4, user={"id": "u8"})
    reader = "export const ids = (d) => [...new Set(d.visits.map((visit) => visit.user?.id ?? null))];"
    later = _visits(1, context={"trace": "t1"})
    (fact,) = driftwright.diff(_visits(3, user={"id": "u7"}), later, reader, known=[known]).facts
    assert str(fact.verdict) != "broken"
