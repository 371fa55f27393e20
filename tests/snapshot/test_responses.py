"""The log of a page's answers, fed with the events that DevTools tell: which are stores, and which of several."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from driftwright.snapshot.capture.answer import MAX_UNITS
from driftwright.snapshot.capture.responses import ResponseLog

ORIGIN = "https://shop.test"
ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"


def _log(key: str, take: str = "last") -> ResponseLog:
    return ResponseLog({"stores": [{"name": "feed", "area": "response", "key": key, "take": take}]}, ORIGIN)


def _ask(log: ResponseLog, name: str, url: str, method: str = "GET", kind: str = "Fetch") -> None:
    log.note_event(
        "Network.requestWillBeSent", {"requestId": name, "type": kind, "request": {"url": url, "method": method}}
    )


def _end(log: ResponseLog, name: str, body: str, *, status: int = 200, mime: str = "application/json") -> bool:
    """Let an answer come to its end; return whether its body was asked for."""
    told = {"requestId": name, "type": "Fetch", "response": {"url": "", "status": status, "mimeType": mime}}
    log.note_event("Network.responseReceived", told)
    if log.note_event("Network.loadingFinished", {"requestId": name}) is None:
        return False
    log.keep(name, {"body": body, "base64Encoded": False})
    return True


def _answer(log: ResponseLog, url: str, body: str = "{}", method: str = "GET", **told: Any) -> bool:
    name = f"{method} {url} {body}"
    _ask(log, name, url, method)
    return _end(log, name, body, **told)


@pytest.mark.parametrize(
    ("key", "url", "method", "is_store"),
    [
        ("/api/feed", f"{ORIGIN}/api/feed", "GET", True),
        ("/api/feed", f"{ORIGIN}/api/feed?page=2#top", "POST", True),
        ("/api/feed", "https://elsewhere.test/api/feed", "GET", False),
        ("https://api.shop.test/feed", "https://api.shop.test/feed?x", "GET", True),
        ("/api/*/items", f"{ORIGIN}/api/v1/of/items", "GET", True),
        ("/api/*/items", f"{ORIGIN}/api/items", "GET", False),
        ("POST /graphql", f"{ORIGIN}/graphql", "POST", True),
        ("POST /graphql", f"{ORIGIN}/graphql", "GET", False),
        ("/api/feed?kind=all*", f"{ORIGIN}/api/feed?kind=all&page=2", "GET", True),
        ("/api/feed?kind=all*", f"{ORIGIN}/api/feed?kind=none", "GET", False),
        ("/api/f.ed", f"{ORIGIN}/api/feed", "GET", False),
    ],
)
def test_an_address_says_which_answers_are_a_store(key: str, url: str, method: str, *, is_store: bool) -> None:
    log = _log(key)
    _answer(log, url, '{"a":1}', method)
    assert [entry for entry in log.entries() if entry[0] == key] == ([[key, [["json", '{"a":1}']], False]] * is_store)
    assert log.is_complete() == is_store


@pytest.mark.parametrize(
    ("take", "told"),
    [("first", ["a"]), ("last", ["d"]), ("2", ["b"]), ("5", []), ("all", ["a", "b", "c", "d"])],
)
def test_several_answers_are_told_apart_by_the_order_in_which_they_were_asked_for(take: str, told: list[str]) -> None:
    log = _log("/feed", take)
    names = "abcd"
    for name in names:
        _ask(log, name, f"{ORIGIN}/feed?page={name}")
    for name in "cadb":
        assert _end(log, name, name)
    parts = [part for _, parts, many in log.entries() for part in parts if many is (take == "all")]
    assert parts == [["json", name] for name in told]


def test_a_placeholder_gives_each_id_an_entry_of_its_own() -> None:
    log = _log("/api/posts/{post}/votes")
    for number, one in enumerate((ID, "42", ID)):
        _answer(log, f"{ORIGIN}/api/posts/{one}/votes", str(number))
    assert log.entries() == [
        [f"/api/posts/{ID}/votes", [["json", "2"]], False],
        ["/api/posts/42/votes", [["json", "1"]], False],
    ]
    assert log.is_complete()


def test_bodies_are_asked_for_only_where_a_store_may_be() -> None:
    log = _log("/api/v1/feed")
    assert not _answer(log, f"{ORIGIN}/api/v1/secrets")
    assert not _answer(log, f"{ORIGIN}/api/v1/feed", status=503)
    assert _answer(log, f"{ORIGIN}/api/v2/feed", '{"moved":1}')
    assert not log.is_complete()
    assert log.entries() == [["/api/v2/feed", [["json", '{"moved":1}']], False]]


def test_what_fails_is_never_waited_for_and_what_is_on_its_way_is() -> None:
    log = _log("/feed")
    _answer(log, f"{ORIGIN}/feed")
    _ask(log, "late", f"{ORIGIN}/feed")
    assert not log.is_complete()
    log.note_event("Network.loadingFailed", {"requestId": "late"})
    assert log.is_complete()
    _ask(log, "lost", f"{ORIGIN}/feed")
    log.note_event("Network.responseReceived", {"requestId": "lost", "type": "XHR", "response": {"status": 200}})
    assert log.note_event("Network.loadingFinished", {"requestId": "lost"}) == "lost"
    log.keep("lost", None)  # the browser has it no more
    assert log.entries() == [["/feed", [["json", "{}"]], False]]


def test_events_of_a_stream_that_goes_on_are_told_so_far() -> None:
    log = _log("/events", "all")
    _ask(log, "stream", f"{ORIGIN}/events", kind="EventSource")
    assert not log.is_complete()
    for number in (1, 2):
        told = {"requestId": "stream", "eventName": "tick", "data": json.dumps({"n": number}) + "\nmore"}
        log.note_event("Network.eventSourceMessageReceived", told)
    assert log.is_complete()
    text = 'event: tick\ndata: {"n": 1}\ndata: more\n\nevent: tick\ndata: {"n": 2}\ndata: more\n\n'
    assert log.entries() == [["/events", [["events", text]], True]]


@pytest.mark.parametrize(
    ("mime", "form"),
    [("application/json", "json"), ("text/plain", "json"), ("application/x-ndjson", "lines"),
     ("application/jsonl; charset=utf-8", "lines"), ("text/event-stream", "events")],
)  # fmt: skip
def test_the_kind_of_an_answer_says_how_it_is_read(mime: str, form: str) -> None:
    log = _log("/feed")
    _answer(log, f"{ORIGIN}/feed", "{}", mime=mime)
    assert log.entries() == [["/feed", [[form, "{}"]], False]]


def test_packed_bytes_are_text_and_too_much_is_said() -> None:
    log = _log("/feed")
    _ask(log, "one", f"{ORIGIN}/feed")
    log.note_event("Network.responseReceived", {"requestId": "one", "type": "Fetch", "response": {"status": 200}})
    assert log.note_event("Network.loadingFinished", {"requestId": "one"}) == "one"
    log.keep("one", {"body": base64.b64encode('\ufeff{"a": "\u00e9"}'.encode()).decode(), "base64Encoded": True})
    assert log.entries() == [["/feed", [["json", '{"a": "\u00e9"}']], False]]
    _answer(log, f"{ORIGIN}/feed", "x" * (MAX_UNITS + 1))
    assert log.entries() == {"denied": "oversize"}


@pytest.mark.parametrize("told", [{}, {"requestId": 5}, {"requestId": "a", "type": "Fetch", "request": "no"}])
def test_events_that_are_none_are_passed_over(told: dict[str, Any]) -> None:
    log = _log("/feed")
    for event in ("requestWillBeSent", "responseReceived", "loadingFinished", "eventSourceMessageReceived", "other"):
        assert log.note_event(f"Network.{event}", told) is None
    assert log.entries() == []
    assert "feed" not in repr(log)
