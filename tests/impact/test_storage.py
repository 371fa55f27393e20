"""Code that asks a storage itself: it finds the stores of the moment where they lie, and its reads are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from driftwright.impact.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Outcome
from driftwright.impact.javascript.program import module

SECONDS = 30.0  # tests run beside others
TEXT = '{"state": {"n": 4, "list": [1, 2]}}'
AREAS = ("session", "local", "extension-local", "extension-sync", "extension-session", "indexed-db")

# Each asks for 4, which lies at /state/n of the store in the area.
ASKED = {
    "a session": ("session", "() => JSON.parse(sessionStorage.getItem('held')).state.n"),
    "a session of a window": ("session", "() => JSON.parse(window.sessionStorage['held']).state.n"),
    "a session by a property": ("session", "() => JSON.parse(sessionStorage.held).state.n"),
    "the global object": ("session", "() => JSON.parse(globalThis.sessionStorage.getItem('held') ?? '{}').state.n"),
    "every key": (
        "local",
        """() => {
          for (let at = 0; at < localStorage.length; at += 1) {
            const key = localStorage.key(at);
            if (key === 'held') return JSON.parse(localStorage.getItem(key)).state.n;
          }
        }""",
    ),
    "the keys of an object": (
        "local",
        """() => {
          for (const [key, text] of Object.entries(localStorage)) if (key === 'held') return JSON.parse(text).state.n;
        }""",
    ),
    "a promise of an extension": (
        "extension-local",
        "async () => (await chrome.storage.local.get('held')).held.state.n",
    ),
    "the other name of that": ("extension-sync", "async () => (await browser.storage.sync.get(['held'])).held.state.n"),
    "all of an area": ("extension-session", "async () => (await chrome.storage.session.get(null)).held.state.n"),
    "with defaults": (
        "extension-local",
        "async () => (await chrome.storage.local.get({ held: 1, other: 2 })).held.state.n",
    ),
    "a callback": (
        "extension-local",
        "() => new Promise((tell) => chrome.storage.local.get(['held'], ({ held }) => tell(held.state.n)))",
    ),
    "a database": (
        "indexed-db",
        """() => new Promise((tell, fail) => {
          const opened = indexedDB.open('db', 1);
          opened.onerror = fail;
          opened.onsuccess = () => {
            const asked = opened.result.transaction('all', 'readonly').objectStore('all').get('held');
            asked.onsuccess = (event) => tell(event.target.result.state.n);
          };
        })""",
    ),
    "a database with listeners": (
        "indexed-db",
        """async () => {
          const done = (asked) =>
            new Promise((tell) => asked.addEventListener('success', () => tell(asked.result)));
          const db = await done(indexedDB.open('db'));
          if (!(db instanceof IDBDatabase)) return 0;
          return (await done(db.transaction(['all']).objectStore('all').getAll()))[0].state.n;
        }""",
    ),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


def argument(area: str, **stores: str | None) -> Argument:
    """Stores that lie in one area, each under its own name as key."""
    held = stores or {"held": TEXT}
    places = {name: (area, f"db/all/{name}" if area == "indexed-db" else name) for name in held}
    return Argument(stores=held, places=places)


def ran(engine: Engine, reader: str, given: Argument, warm_up: tuple[Argument, ...] = ()) -> Outcome:
    """One traced call of a reader."""
    (outcome,) = engine.run(module(f"export const f = {reader};", "r.js"), [Call("f", given, warm_up)], traced=True)
    return outcome


def present(outcome: Outcome) -> Mapping[tuple[str | int, ...], bool]:
    """What was read, each with whether it was there."""
    return {read.path: bool(read.present) for read in outcome.reads}


@pytest.mark.parametrize("name", ASKED)
def test_a_store_is_found_where_it_lies_and_its_reads_are_told(engine: Engine, name: str) -> None:
    area, reader = ASKED[name]
    outcome = ran(engine, reader, argument(area))
    assert outcome.answer.text == "4"
    assert {("held",), ("held", "state"), ("held", "state", "n")} <= set(present(outcome))
    assert ("held", "state", "list") not in present(outcome)


@pytest.mark.parametrize("name", ASKED)
def test_nothing_is_found_in_another_area_or_where_the_store_is_not(engine: Engine, name: str) -> None:
    area, reader = ASKED[name]
    for given in (argument(AREAS[AREAS.index(area) - 1]), argument(area, held=None)):
        outcome = ran(engine, reader, given)
        assert outcome.answer.text != "4"
        assert ("held", "state") not in present(outcome)


def test_a_store_that_is_not_there_is_told_as_absent(engine: Engine) -> None:
    outcome = ran(engine, "() => sessionStorage.getItem('held')", argument("session", held=None))
    assert (outcome.answer.text, present(outcome)) == ("null", {("held",): False})


def test_one_key_of_many_is_that_of_the_parameter(engine: Engine) -> None:
    given = Argument(stores={"post": TEXT}, places={"post": ("session", "post_{id}")}, params={"id": "a"})
    reader = "({ id }) => [JSON.parse(sessionStorage.getItem(`post_${id}`)).state.n, sessionStorage.getItem('post_b')]"
    assert ran(engine, reader, given).answer.text == "[4,null]"


def test_code_that_is_evaluated_finds_the_storage_already(engine: Engine) -> None:
    text = "const held = JSON.parse(localStorage.getItem('held'));\nexport const f = () => held.state.n;"
    (outcome,) = engine.run(module(text, "r.js"), [Call("f", argument("local"))], traced=True)
    assert (outcome.answer.text, present(outcome)[("held", "state", "n")]) == ("4", True)


def test_what_is_written_is_found_by_the_call_alone(engine: Engine) -> None:
    reader = """async () => {
      const before = [sessionStorage.getItem('mine'), (await chrome.storage.local.get('held')).held];
      sessionStorage.setItem('mine', 1);
      sessionStorage.other = 'x';
      await chrome.storage.local.set({ held: { a: 1 } });
      const after = [sessionStorage.mine, sessionStorage.length, (await chrome.storage.local.get('held')).held];
      sessionStorage.clear();
      return [...before, ...after, sessionStorage.length];
    }"""
    first = ran(engine, reader, argument("session"))
    again = ran(engine, reader, argument("session"), (argument("session"),))
    assert first.answer.text == again.answer.text == '[null,undefined,"1",3,{"a":1},0]'


def test_each_parse_gives_a_copy_of_its_own(engine: Engine) -> None:
    reader = """() => {
      const get = (...more) => JSON.parse(sessionStorage.getItem('held'), ...more);
      get().state.n = 9;
      return [get().state.n, JSON.parse('{"n":1}').n, get((key, value) => value).state.n];
    }"""
    assert ran(engine, reader, argument("session")).answer.text == "[4,1,4]"


def test_a_text_that_is_no_json_is_stored_as_it_is(engine: Engine) -> None:
    outcome = ran(engine, "() => sessionStorage.getItem('held')", argument("session", held='"a \\"word\\""'))
    assert outcome.answer.text == '"a \\"word\\""'


def test_a_plain_document_lies_where_it_is_sought_first(engine: Engine) -> None:
    reader = "() => [JSON.parse(sessionStorage.getItem('any')).state.n, localStorage.getItem('other')]"
    outcome = ran(engine, reader, Argument(document=TEXT))
    assert outcome.answer.text == "[4,null]"
    assert present(outcome)[("state", "n")]


def test_a_walk_down_the_sources_finds_the_storage(engine: Engine) -> None:
    asking = module("export const f = () => JSON.parse(sessionStorage.getItem('held')).state.n;", "r.js")
    given = module("export const f = ({ held }) => held.state.n + 1;", "r.js")
    sources = (FactSource("kept", "full", derive=(asking, "f")), FactSource("given", "degraded", derive=(given, "f")))
    walked = engine.resolve(FactProgram(sources), [argument("session"), argument("local")])
    assert [(one.source, one.answer.text) for one in walked] == [("kept", "4"), ("given", "5")]


def test_a_reader_that_asks_no_storage_has_none(engine: Engine) -> None:
    quiet = "(d) => typeof globalThis['session' + 'Storage'] + typeof globalThis['win' + 'dow']"
    assert ran(engine, quiet, argument("session")).answer.text == '"undefinedundefined"'
    ran(engine, "() => { window.left = 1; sessionStorage.clear(); JSON.parse = null; }", argument("session"))
    assert ran(engine, quiet, argument("session")).answer.text == '"undefinedundefined"'
    assert ran(engine, "() => typeof left + JSON.parse('1')", argument("session")).answer.text == '"undefined1"'


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        ("() => sessionStorage.getItem('a')", True),
        ("() => window.localStorage.a", True),
        ("() => globalThis?.indexedDB", True),
        ("() => (typeof browser === 'undefined' ? chrome : browser).storage.local.get('a')", True),
        ("(d) => d.localStorage.length", False),
        ("({ browser }) => browser.version", False),
        ("(d) => d.agent === 'chrome'", False),
        ("() => ({ sessionStorage: 1 })", False),
    ],
)
def test_what_asks_a_storage_is_told_from_what_only_has_such_a_name(code: str, asks: bool) -> None:  # noqa: FBT001
    assert module(f"export const f = {code};", "r.js").asks_storage is asks
