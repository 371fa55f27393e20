"""Readers in Python: what they answer and read is told in the same words as of JavaScript, and they are as confined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer, Outcome
from driftwright.impact.javascript.plan import Reading
from driftwright.impact.javascript.program import module as javascript
from driftwright.impact.python.compiled import expression, module
from kit.examples import examples
from kit.shared_engine import shared_engine

_shared, _end_shared = shared_engine(2.0)

DOCUMENT = {
    "items": [{"name": "Ann", "price": 3, "tags": ["a"]}, {"name": "Bob", "price": 4.5}],
    "by": {"x1": {"n": 1}, "x2": {"n": 2}},
    "note": "lighthouse",
}
SECONDS = 0.4
MEMORY = 96 * 1024 * 1024


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS, memory=MEMORY) as running:
        yield running


def outcome(
    engine: Engine, body: str, document: Any = DOCUMENT, *, traced: bool = False, file: str = "r.py"
) -> Outcome:
    """What a function of one document `d` answers; `body` is its statements."""
    lines = "\n    ".join(body.split("\n"))
    program = module(f"def asked(d):\n    {lines}\n", file)
    (found,) = engine.run(program, [Call("asked", Argument(document=json.dumps(document)))], traced=traced)
    return found


def answer(engine: Engine, body: str, document: Any = DOCUMENT) -> Answer:
    return outcome(engine, body, document).answer


SAME = {
    "doc.items.map((i) => i.price)": "[i['price'] for i in d['items']]",
    "Object.values(doc.by).map((i) => i.n)": "[i['n'] for i in d['by'].values()]",
    "Object.entries(doc.by).map(([k, i]) => k + i.n)": "[k + str(i['n']) for k, i in d['by'].items()]",
    "Object.keys(doc.by)": "list(d['by'])",
    "doc.gone ?? null": "d.get('gone')",
    "doc.items.length": "len(d['items'])",
    "'note' in doc": "'note' in d",
    "doc.items[1].name": "d['items'][1]['name']",
    "doc.items.slice(0, 1).map((i) => i.name)": "[i['name'] for i in d['items'][:1]]",
    "doc.items.find((i) => i.name === 'Bob').price": "next(i for i in d['items'] if i['name'] == 'Bob')['price']",
    "({ ...doc.items[0] }).name": "{**d['items'][0]}['name']",
    "structuredClone(doc.by)": "__import__('copy').deepcopy(d['by'])",
    "JSON.stringify(doc.by)": "__import__('json').dumps(d['by'], separators=(',', ':'))",
    "[...doc.items].sort((a, b) => b.price - a.price)[0].name": "max(d['items'], key=lambda i: i['price'])['name']",
    "doc.items.filter((i) => i.tags).length": "sum(1 for i in d['items'] if i.get('tags') is not None)",
    "doc.items.reduce((s, i) => s + i.price, 0)": "sum(i['price'] for i in d['items'])",
}


@pytest.mark.parametrize(("script", "code"), SAME.items(), ids=SAME.values())
def test_both_languages_answer_and_read_the_same(engine: Engine, script: str, code: str) -> None:
    (other,) = engine.run(
        javascript(f"export const asked = (doc) => {script};", "r.js"),
        [Call("asked", Argument(document=json.dumps(DOCUMENT)))],
        traced=True,
    )
    found = outcome(engine, f"return {code}", traced=True)
    assert found.answer == other.answer
    assert {(read.path, read.asked) for read in found.reads} == {(read.path, read.asked) for read in other.reads}


READS = {
    "a pattern": ("match d:\n    case {'note': str(text)}:\n        return text", ("note",), "get"),
    "a part that is written out": ("return str(d['by'])", ("by", "x1", "n"), "get"),
    "an index that is not there": (
        "try:\n    return d['items'][7]\nexcept IndexError:\n    pass",
        ("items", -1),
        "get",
    ),
    "a comparison": ("return d['by'] == {}", ("by", "x2"), "get"),
    "a test of its truth": ("return not d['items']", ("items",), "keys"),
    "all of it by names": ("return (lambda **all: all['note'])(**d)", ("note",), "get"),
    "the way back": ("return [i['name'] for i in reversed(d['items'])]", ("items", -1, "name"), "get"),
    "unpacking": ("first, *rest = d['items']\nreturn first['name']", ("items", -1, "name"), "get"),
    "a union": ("return (d['by'] | {'x3': 1})['x1']['n']", ("by", "x1", "n"), "get"),
    "taking out": ("return d['by'].pop('x1')['n']", ("by", "x1"), "get"),
}


@pytest.mark.parametrize(("body", "path", "asked"), READS.values(), ids=READS)
def test_what_is_read_is_noted_however_it_is_read(
    engine: Engine, body: str, path: tuple[str | int, ...], asked: str
) -> None:
    found = outcome(engine, body, traced=True)
    assert (path, asked) in {(read.path, read.asked) for read in found.reads}
    assert found.answer == answer(engine, body)
    assert found.answer.kind == "value", found.answer.text


UNSEEN = {
    "in another language": ("import orjson\nreturn orjson.loads(orjson.dumps(d))['by']['x1']['n']", ("by", "x1", "n")),
    "in another language, of a part": ("import orjson\nreturn len(orjson.dumps(d['by']))", ("by", "x1", "n")),
    "beside what is noted": ("import orjson\nreturn d['note'], len(orjson.dumps(d))", ("items", -1, "price")),
    "handed on": ("return d['by']", ("by", "x2", "n")),
}


@pytest.mark.parametrize(("body", "path"), UNSEEN.values(), ids=UNSEEN)
def test_what_is_read_and_cannot_be_noted_is_found_by_leaving_it_out(
    engine: Engine, body: str, path: tuple[str | int, ...]
) -> None:
    assert path in {read.path for read in outcome(engine, body, traced=True).reads}


def test_what_is_taken_and_not_looked_into_is_not_read(engine: Engine) -> None:
    found = outcome(engine, "return isinstance(d['by'], dict), d['items'] is not None, len(d)", traced=True)
    assert {read.path for read in found.reads} == {("by",), ("items",), ()}


def test_what_a_reader_wrote_itself_is_not_read(engine: Engine) -> None:
    found = outcome(engine, "d['mine'] = 1\nd['note'] = 2\nreturn d['mine'] + d['note']", traced=True)
    assert [read.path for read in found.reads] == []


ANSWERS = {
    "None": ("null", "null", True, None),
    "True": ("true", "boolean", False, None),
    "3.0": ("3", "integer", False, None),
    "-0.0": ("-0", "integer", True, None),
    "1e300 * 1e10": ("Infinity", "number", False, None),
    "float('nan')": ("NaN", "NaN", True, None),
    "2 ** 70": ("1180591620717411303424", "integer", False, None),
    "(1, 2)": ("[1,2]", "array", False, 2),
    "{'b': 1, 'a': None}": ('{"a":null,"b":1}', "object", False, 2),
    "{2: 'x', 1: 'y'}": ('Map{1=>"y",2=>"x"}', "object", False, 2),
    "{3, 1, 2}": ("Set[1,2,3]", "object", False, 3),
    "frozenset()": ("Set[]", "object", True, 0),
    "range(3)": ("[0,1,2]", "array", False, 3),
    "(i for i in 'ab')": ('["a","b"]', "array", False, 2),
    "map(len, ['ab'])": ("[2]", "array", False, 1),
    "d['by'].keys()": ('["x1","x2"]', "array", False, 2),
    "__import__('decimal').Decimal('1.50')": ("1.5", "number", False, None),
    "__import__('fractions').Fraction(1, 3)": ("1/3", "number", False, None),
    "__import__('datetime').date(2026, 1, 2)": ("Date(2026-01-02)", "object", False, None),
    "__import__('datetime').timedelta(1)": ("timedelta(1 day, 0:00:00)", "object", False, None),
    "b'ab'": ("Bytes[6162]", "object", False, None),
    "__import__('collections').Counter('aab')": ('{"a":2,"b":1}', "object", False, 2),
    "__import__('types').SimpleNamespace(a=1)": ('{"a":1}', "object", False, 1),
    "ValueError('no')": ('Error("ValueError: no")', "object", False, None),
    "len": ('Function("len")', "function", False, None),
    "'\\ud800'": ('"\\\\ud800"'.replace("\\\\", "\\"), "string", False, None),
}


@pytest.mark.parametrize(("code", "told"), ANSWERS.items(), ids=ANSWERS)
def test_an_answer_is_told_by_what_it_equals(
    engine: Engine, code: str, told: tuple[str, str, bool, int | None]
) -> None:
    found = answer(engine, f"return {code}")
    assert (found.text, found.type, found.empty, found.size) == told
    assert found.kind == "value"


THROWN = {
    "return d['gone']": "KeyError: 'gone' (r.py:2)",
    "x = 1\nreturn d.gone": "AttributeError: 'dict' object has no attribute 'gone' (r.py:3)",
    "return d['items']['a']": "TypeError: list indices must be integers or slices, not str (r.py:2)",
    "return d['items'][7]": "IndexError: list index out of range (r.py:2)",
    "raise ValueError('two\\nlines')": "ValueError: two lines (r.py:2)",
    "import sys\nsys.exit(3)": "SystemExit: 3 (r.py:3)",
    "raise KeyboardInterrupt": "KeyboardInterrupt (r.py:2)",
    "return gone(d)": "NameError: name 'gone' is not defined (r.py:2)",
}


@pytest.mark.parametrize(("body", "text"), THROWN.items(), ids=THROWN.values())
def test_an_error_is_told_with_its_line(engine: Engine, body: str, text: str) -> None:
    traced = outcome(engine, body, traced=True).answer
    assert (traced.kind, traced.text) == ("throws", text)
    assert traced == answer(engine, body)


def test_a_coroutine_is_awaited_and_what_waits_for_the_world_is_named(engine: Engine) -> None:
    body = "import asyncio\nasync def later():\n    await asyncio.sleep(0)\n    return d['note']\nreturn later()"
    assert answer(engine, body).text == '"lighthouse"'
    text = answer(engine, body.replace("sleep(0)", "sleep(1)")).text
    assert text.startswith("RuntimeError: no running event loop")


HARM = {
    "read a foreign file": "return open('/etc/passwd').read()",
    "read what its host was given": "return open('/proc/self/../1/environ').read()",
    "write beside itself": "open('made', 'w').write('x')",
    "list a foreign folder": "import os\nreturn os.listdir('/etc')",
    "ask another host": "import socket\nreturn socket.create_connection(('127.0.0.1', 9))",
    "start a program": "import subprocess\nreturn subprocess.run(['true'])",
    "start a process": "import os\nreturn os.fork()",
    "end its host": "import os\nreturn os.kill(os.getppid(), 9)",
    "remove a file": "import os\nos.remove(__file__)",
    "ask by the C library": (
        "import ctypes\nc = ctypes.CDLL(None)\nif c.socket(2, 1, 0) < 0:\n    raise PermissionError('C')"
    ),
}


@pytest.mark.parametrize("body", HARM.values(), ids=HARM)
def test_a_reader_can_reach_nothing(engine: Engine, body: str, tmp_path: Path) -> None:
    file = tmp_path / "r.py"
    file.write_text("")
    found = outcome(engine, body, file=str(file)).answer
    assert (found.kind, found.text.partition(":")[0]) == ("throws", "PermissionError"), found.text
    assert [one.name for one in tmp_path.iterdir()] == ["r.py"]


def test_a_reader_inherits_nothing_and_speaks_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "lighthouse-token")
    body = "import os, sys\nprint('x' * 99999)\nsys.stderr.write('y')\nreturn [*os.environ], sys.stdin.read()"
    with Engine() as fresh:
        assert json.loads(answer(fresh, body).text) == [["TZ", "LANG", "LC_ALL"], ""]


STOPS = {
    "for ever": ("while True:\n    pass", "deadline"),
    "for ever, and swallow the end": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "deadline",
    ),
    "for ever in C": ("return sum(iter(int, 1))", "deadline"),
    "in depth": ("def down(): return down()\nreturn down()", "stack"),
    "in breadth": ("return 'x' * (1 << 31)", "memory"),
    "by leaving": ("import os\nos._exit(0)", "crash"),
}


@pytest.mark.parametrize(("body", "why"), STOPS.values(), ids=STOPS)
def test_a_reader_that_goes_too_far_is_stopped_and_the_next_one_answers(engine: Engine, body: str, why: str) -> None:
    found = answer(engine, body)
    assert (found.kind, found.text) == ("stopped", why)
    assert answer(engine, "return d['note']").text == '"lighthouse"'


def test_after_three_calls_that_do_not_end_the_rest_are_not_run(engine: Engine) -> None:
    program = module("def asked(d):\n    while d: pass\n    return 1\n", "r.py")
    texts = ["0", *["1"] * 5, "0"]
    found = engine.run(program, [Call("asked", Argument(document=text)) for text in texts])
    assert [one.answer.text for one in found] == ["1", *["deadline"] * 3, *["not run"] * 3]


def test_the_clock_and_chance_are_the_same_on_every_run(engine: Engine) -> None:
    body = (
        "import datetime, random, secrets, time, uuid\n"
        "now = datetime.datetime.now(datetime.timezone.utc)\n"
        "return [now.isoformat(), str(datetime.date.today()), time.time(), time.strftime('%Y'), random.random(),"
        " random.Random().random(), str(uuid.uuid4()), secrets.token_hex(4), hash('a text'), time.monotonic(),"
        " isinstance(now, datetime.date), list({'a', 'b', 'c'}), str(uuid.uuid1())]"
    )
    first = answer(engine, body)
    with Engine() as fresh:
        assert answer(fresh, body) == first
    told = json.loads(first.text)
    assert told[:4] == ["2026-01-01T00:00:00+00:00", "2026-01-01", 1767225600, "2026"]
    program = module("import random\ndef asked(d): return random.random() < 2, random.random()", "r.py")
    steady = module("def asked(d): return len(d)", "r.py")
    call = [Call("asked", Argument(document="{}"))]
    assert (engine.answers_by_chance(program, call), engine.answers_by_chance(steady, call)) == (True, False)


def test_now_is_what_a_fact_says(engine: Engine) -> None:
    program = module("import time\ndef asked(now, site): return [now, time.time(), site]", "r.py")
    argument = Argument(stores={"site": None}, params={"now": "2027-02-03T04:05:06.000Z"})
    (found,) = engine.run(program, [Call("asked", argument)])
    assert found.answer.text == '["2027-02-03T04:05:06.000Z",1801627506,null]'


def test_no_call_sees_what_another_did(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("held = []\n")
    file = tmp_path / "r.py"
    text = (
        "import beside, builtins, os\nheld = []\n"
        "def asked(d):\n    d['items'].clear(); held.append(1); beside.held.append(1)\n"
        "    mark = getattr(builtins, 'mark', 0); builtins.mark = 1; os.environ['MARK'] = '1'\n"
        "    return len(held), len(beside.held), mark, len(d['items'])\n"
    )
    program = module(text, str(file))
    call = Call("asked", Argument(document=json.dumps(DOCUMENT)))
    assert [one.answer.text for one in engine.run(program, [call, call])] == ["[1,1,0,0]"] * 2
    warm = Call("asked", call.argument, (call.argument,))
    assert engine.run(program, [warm])[0].answer.text == "[2,2,1,0]"


STAINS = {
    "a module": "import json\nheld = json.dumps\njson.dumps = lambda *_: 'lie'\nreturn 1",
    "a class": "import random\nrandom.Random.random = lambda _: 4\nreturn 1",
    "the clock": "import time\ntime.time = lambda: 5\nreturn 1",
    "a built-in function": "import builtins\nbuiltins.len = lambda _: 9\nreturn 1",
    "what tells answers": "import driftwright.impact.python.worker as w\nw.describe = lambda _: {}\nreturn 1",
    "the modules": "import sys\nsys.modules.clear()\nreturn 1",
}


@pytest.mark.parametrize("body", STAINS.values(), ids=STAINS)
def test_what_a_reader_does_to_all_shows_in_no_other(engine: Engine, body: str) -> None:
    honest = module(
        "import json, random, time\ndef asked(d): return json.dumps(d), random.random(), time.time(), len(d)", "r.py"
    )
    hostile = module(f"def asked(d):\n    {body.replace(chr(10), chr(10) + '    ')}\n", "h.py")
    call = [Call("asked", Argument(document="[1]"))]
    right = engine.run(honest, call)
    engine.prepare([Reading(one, call) for one in (hostile, honest, hostile, honest)])
    assert engine.run(hostile, call)[0].answer.text in ("1", "crash")
    assert engine.run(honest, call) == right


def test_what_stands_beside_a_reader_is_imported(engine: Engine, tmp_path: Path) -> None:
    package = tmp_path / "shop" / "parts"
    package.mkdir(parents=True)
    (tmp_path / "shop" / "__init__.py").write_text("RATE = 2\n")
    (package / "__init__.py").write_text("from .prices import price\n")
    (package / "prices.py").write_text("from .. import RATE\ndef price(item): return item['price'] * RATE\n")
    text = "from .parts import price\ndef asked(d): return [price(i) for i in d['items']]\n"
    program = module(text, str(tmp_path / "shop" / "readers.py"))
    call = Call("asked", Argument(document=json.dumps(DOCUMENT)))
    assert engine.run(program, [call])[0].answer.text == "[6,9]"
    assert {"items", "price"} <= program.own["asked"]
    assert sorted(file.name for file in program.imported) == ["__init__.py", "__init__.py", "prices.py"]


def test_a_link_beside_a_reader_is_followed(tmp_path: Path) -> None:
    for name in ("real", "links"):
        (tmp_path / name).mkdir()
    (tmp_path / "real" / "beside.py").write_text("N = 7\n")
    (tmp_path / "links" / "beside.py").symlink_to(tmp_path / "real" / "beside.py")
    program = module("import beside\ndef asked(d): return beside.N", str(tmp_path / "links" / "r.py"))
    with Engine() as fresh:
        assert fresh.run(program, [Call("asked", Argument(document="0"))])[0].answer.text == "7"


GIVEN = {
    "the stores that it names": ("def asked(till, shop): return till, shop", "asked", "[2,1]"),
    "by name alone": ("def asked(*, shop, now): return shop, now", "asked", '[1,"2026-02-03T04:05:06Z"]'),
    "by place alone": ("def asked(shop, /, till): return shop, till", "asked", "[1,2]"),
    "what it may do without": ("def asked(shop, other=9): return shop, other", "asked", "[1,9]"),
    "all others": ("def asked(shop, **rest): return shop, sorted(rest)", "asked", '[1,["now","order","till"]]'),
    "all of it": ("def asked(stores): return sorted(stores)", "asked", '["now","order","shop","till"]'),
    "one by one": ("def asked(a, b): return a, b", "asked(till, order)", '[2,"x"]'),
    "nothing": ("def asked(): return 3", "asked", "3"),
    "what is not there": ("def asked(shop, gone): return 1", "asked", ""),
    "an inline function": ("lambda shop, till: shop + till", "default", "3"),
}


@pytest.mark.parametrize(("text", "function", "told"), GIVEN.values(), ids=GIVEN)
def test_a_reader_of_stores_is_given_what_its_parameters_name(
    engine: Engine, text: str, function: str, told: str
) -> None:
    named = function if "(" in function else ""
    program = expression(text, "fact.toml", "derive") if function == "default" else module(text, "r.py", named)
    params = {"order": "x", "now": "2026-02-03T04:05:06Z"}
    argument = Argument(stores={"shop": "1", "till": "2"}, params=params)
    (found,) = engine.run(program, [Call(function, argument)])
    if told:
        assert found.answer.text == told
    else:
        says = "TypeError: it asks for gone, which is no store and no parameter: there are now, order, shop, till"
        assert found.answer.text == says


UNLOADABLE = {
    "no Python": ("def asked(d:\n", "r.py:1:10: is no valid Python: '(' was never closed; correct the Python"),
    "no such package": (
        "x = 1\nimport no_shop\ndef asked(d): return 1\n",
        (
            "r.py:2: does not load: ModuleNotFoundError: No module named 'no_shop'; "
            "install no_shop beside driftwright, or put no_shop.py beside it"
        ),
    ),
    "it throws": (
        "def asked(d): return 1\n\n1 / 0\n",
        "r.py:3: does not load: ZeroDivisionError: division by zero; correct it",
    ),
    "it does not end": (
        "def asked(d): return 1\nwhile True: pass\n",
        "r.py: does not load: what stands at its top does not end; correct it",
    ),
    "it ends the process": (
        "import os\nos._exit(0)\ndef asked(d): return 1\n",
        "r.py: does not load: what stands at its top ends the process; correct it",
    ),
    "it reaches out": (
        "import socket\ns = socket.socket()\ndef asked(d): return 1\n",
        "r.py:2: does not load: PermissionError: a reader may not do this (socket.__new__); correct it",
    ),
}


@pytest.mark.parametrize(("text", "told"), UNLOADABLE.values(), ids=UNLOADABLE)
def test_a_module_that_does_not_load_is_told_in_one_line(
    engine: Engine, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputFault) as fault:
        engine.functions(module(text, "r.py"))
    assert str(fault.value) == told
    if "at its top" not in told:  # where it is only run, it is the calls that do not end
        with pytest.raises(InputFault) as fault:
            engine.run(module(text, "r.py"), [Call("asked", Argument(document="{}"))])
        assert str(fault.value) == told


def test_a_file_beside_it_that_is_no_python_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beside.py").write_text("def f(:\n")
    with pytest.raises(InputFault, match=r"^beside\.py:1:7: is no valid Python"):
        module("import beside\ndef asked(d): return 1\n", "r.py")


def test_functions_are_public_ones_and_those_of_all(engine: Engine) -> None:
    text = "def a(d): return 1\ndef _b(d): return 2\nc = lambda d: 3\nD = 4\nasync def e(d): return 5\n"
    assert engine.functions(module(text, "r.py")) == ("a", "c", "e")
    assert engine.functions(module(f"{text}__all__ = ['e', '_b']\n", "r.py")) == ("e", "_b")
    assert "_b" in module(text, "r.py", "_b").exports


def test_literals_are_those_of_a_function_and_of_what_it_uses() -> None:
    text = (
        '"""About."""\nKEY = "price"\nOTHER = "other"\n'
        'def inner(i):\n    """Of it."""\n    return i[KEY]\n'
        'def asked(d):\n    return f"made-{d}", [inner(i) for i in d["items"]]\ndef more(d): return d["note"]\n'
    )
    program = module(text, "r.py")
    assert program.own["asked"] == {"price", "items"}
    assert program.literals == {"price", "items", "note", "other"}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(-1e9, 1e9, width=32) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=examples(60))
@given(values)
def test_a_document_handed_on_is_the_same_answer_in_both_languages(value: Any) -> None:
    call = [Call("asked", Argument(document=json.dumps(value)))]
    mine = _shared().run(module("def asked(d): return d", "r.py"), call, traced=True)[0].answer
    other = _shared().run(javascript("export const asked = (d) => d;", "r.js"), call)[0].answer
    assert (mine.kind, mine.type, mine.empty, mine.size, mine.shape) == (
        other.kind,
        other.type,
        other.empty,
        other.size,
        other.shape,
    )
