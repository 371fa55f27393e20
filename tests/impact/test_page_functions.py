"""What every page has beside the language: addresses, Base64, UTF-8 and copies, for each reader anew."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.terms import Verdict
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer
from driftwright.impact.javascript.program import expression, module
from kit.asked import verdict_on
from kit.examples import examples
from kit.shared_engine import shared_engine

_shared, _end_shared = shared_engine(10.0)

NAMES = (
    "URL", "URLSearchParams", "atob", "btoa", "TextEncoder", "TextDecoder", "structuredClone", "DOMException",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=30.0) as running:
        yield running


def answer(engine: Engine, reader: str, document: object = None) -> Answer:
    """What one inline reader answers."""
    call = Call("default", Argument(json.dumps(document)))
    return engine.run(expression(reader, "readers.js", "here"), [call])[0].answer


def value(engine: Engine, reader: str, document: object = None) -> Any:
    """The same as a value, by way of JSON."""
    found = answer(engine, f"(d) => JSON.stringify(({reader})(d))", document)
    assert found.kind == "value", found.text
    return json.loads(json.loads(found.text))


# --- the same as another implementation of the standards: Node's

# A part of an address is read alike whatever the others are, so each list is crossed with few of the rest. What is left
# out is where Node 20 itself is wrong or behind the standard: relative addresses in an opaque one, dots at the end of
# schemes it does not know, a port without a host there, colons before dots in files, the caret, and the capital ß.
SPECIAL = ("http:", "HTTPS:", "ws:", "ftp:", "file:")
HOSTS = (
    "a.example", "A.B.", "a_b", "-a-", "a..b", ".", "..", "", "localhost", "LOCALHOST", "C:", "c|", "1.2.3.4", "0x7f.1",
    "017.0.0.1", "256.1", "1.2.3", "4294967295", "4294967296", "0x", "1.2.3.4.5", "a.1", "a.0x1", "09", "1.09", "0..1",
    "1.2.3.4.", "[::1]", "[1:2:3:4:5:6:7:8]", "[1::0:0:8]", "[::1.2.3.4]", "[::1.2.3.400]", "[1:0:0:4:0:0:0:8]", "[::]",
    "[1:2:3:4:5:6:7::]", "[::1%25eth]", "[1::2::3]", "[A::F]", "[a", "a]", "[::g]", "[]", "a b", "a<b", "a%41", "a%2Fb",
    "a%zz", "%C3%BC", "%FF", "a!$&'()*+,;=~", '"{}`', "ü.de", "Ü.DE", "日本。jp", "faß.de", "Ａ．ｃ", "é.fr",
    "e\u0301.fr", "ΑΣ.gr", "ᾳ.gr", "😀.com", "א.il", "a\u00adb", "a\u200bb", "\u0301a", "\u200da", "\ufffd", "…",
    "¼.de", "xn--tda.de", "XN--TDA.de", "xn--a", "xn--", "xn--mxa0b", "user@", "\ud800",
)  # fmt: skip
AUTHORITIES = (
    "a:80", "a:443", "a:21", "a:0", "a:65535", "a:65536", "a:", "a:8x", "a:080", "a:-1", "a:99999999999", "a: 80",
    ":80", "u@a", "u:p@a", "u:@a", ":p@a", "@a", "a@b:c@d@a", "ü:%zz<>`{}@a", "u;=:p|'@a:8", "u:p@", "@", "[::1]:80",
    "[::1]x",
)  # fmt: skip
PATHS = (
    "", "/", "/a/b", "/a/./b/../c", "/..", "/../../a", "/a/..", "/a/.", "/%2e/%2E%2e/x", "/.%2e", "/a//b", "//",
    "/ü 😀", "/<>`{}\"'|[]@:", "/%zz%41", "/a\\b\\..\\c", "\\a", "/a\tb\nc", "/~!$&()*+,;=", "/C|/a/..", "/a;b=c",
    "/\x7f\x01",
)  # fmt: skip
TAILS = (
    "",
    "?",
    "#",
    "?a=ü&b=<>\"'`",
    "?a b#c d",
    "??x",
    "?#",
    "#?",
    "##",
    '#ü <>`"{}',
    "?%zz=%41+%2B",
    "?a&&=&=b",
    "?\x00",
)
RELATIVE = (
    "", "b", "/b", "//h/b", "///b", "\\b", "\\\\h\\b", "../b", "../../../b", ".", "..", "./", "?q", "#f", "?q#f", "b?q",
    "b/", "C:/x", "/c|/x", "//c:/x", "c|", "http:b", "http:/b", "http://h", "https:b", "file:b", "file:/b", "file:",
    "file:c:/x", "foo:b", "1a:b", ":", ":b", " b ", "b c", "@", "%2e%2e/b", "x:1",
)  # fmt: skip
BASES = (
    "http://u:p@h.example:81/a/c?d=1#e", "https://h.example", "file:///C:/a/b", "file:///a/b", "file://host/x/y",
    "foo://h/p/q?r", "foo:/p/q",
)  # fmt: skip
PARTS = {
    "href": ("https://b.example/?z", "no", ""),
    "protocol": ("https", "http:", "wss:rest", "file", "foo", "h ttp", "ht\ttp", "", "1a", "FTP"),
    "username": ("", "n", "ü@:/ ;"),
    "password": ("", "n", "ü@:/ ;"),
    "host": (
        "b", "b:81", "b:443", "b:", "", "b/x", "b?x", "b#x", "b\\x", "b:8x", "b:99999", "[::1]:9", "ü.de", "a b", "1.1",
    ),
    "hostname": ("b", "b:81", ":81", "", "b/x", "b\\x", "[::1]", "ü.de", "a@b", "LOCALHOST"),
    "port": ("", "80", "443", "8080", "8x", "x", "65536", "-1", "0", " 80", "\t90", "00080"),
    "pathname": ("", "/", "x/../y", "?#", "\\x", "/ü 'a'", "//x", "%2e%2e/y"),
    "search": ("", "?", "a=1#b", "?ü '\"", "??", "x\ny"),
    "hash": ("", "#", "b?", "##", 'ü `<"'),
}  # fmt: skip
SET_ON = (
    "http://u:p@h.example:81/a?d=1#e",
    "https://h.example/",
    "file:///a/b",
    "file://host/x",
    "foo://h:1/p",
    "mailto:a@b?c#d",
)

ADDRESSES = """(cases) => cases.map(([text, base, part, value]) => {
  let url;
  try {
    url = new URL(text, base ?? undefined);
    url.searchParams;
    if (part) url[part] = value;
  } catch (error) {
    if (!url) return [`${error.name}: ${error.message}`, URL.canParse(text, base ?? undefined)];
  }
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  const parts = { origin, protocol, username, password, host, hostname, port, pathname, search, hash };
  return [href, parts, [...url.searchParams], String(url), JSON.stringify(url), URL.canParse(text, base ?? undefined)];
})"""


def in_node(reader: str, document: object) -> Any:
    """What a function answers in Node, by way of JSON."""
    script = (
        f"const text = require('fs').readFileSync(0, 'utf8'); console.log(JSON.stringify(({reader})(JSON.parse(text))))"
    )
    command = ["node", "-e", script]
    done = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def cases() -> list[tuple[str, str | None, str, str]]:
    texts = [f"{scheme}//{host}/x" for scheme, host in product((*SPECIAL, "foo:"), (*HOSTS, *AUTHORITIES))]
    texts += [f"{start}{path}" for start, path in product(("http://h", "http:\\\\h", "file:", "file://h"), PATHS)]
    texts += [
        f"{start}{tail}" for start, tail in product(("wss:h", "foo:/p", "foo:opaque", "FILE:///p", " http:/h\n"), TAILS)
    ]
    texts += [
        "",
        ":",
        "http:",
        "http://",
        "foo:",
        "foo://",
        "foo://?q",
        "foo:///",
        "data:a,b c",
        "mailto:ü@b",
        "javascript:1",
    ]
    texts += ["blob:https://a.b:1/c", "blob:foo:a", "blob:", "foo:/.//p", "foo:/a/..//p", "fo o:x", "föö:x"]
    whole: list[tuple[str, str | None, str, str]] = [(text, None, "", "") for text in texts]
    whole += [(text, base, "", "") for text, base in product(RELATIVE, BASES)]
    return whole + [(text, None, part, new) for text in SET_ON for part, values in PARTS.items() for new in values]


def test_addresses_are_read_as_node_reads_them(engine: Engine) -> None:
    asked = cases()
    ours, others = value(engine, ADDRESSES, asked), in_node(ADDRESSES, asked)
    different = [(case, one, other) for case, one, other in zip(asked, ours, others, strict=True) if one != other]
    assert different == []
    valid = sum(len(one) > 2 for one in ours)
    assert valid > 600, "most cases are addresses"
    assert len(ours) - valid > 200, "but many are none"


PARAMETERS = """(texts) => texts.map((text) => {
  const seen = [];
  const params = new URLSearchParams(text);
  const look = () => seen.push(String(params), [...params], params.size);
  look();
  params.append("n", "ü '()*!~._-");
  params.append("a", text);
  look();
  seen.push(params.get("a"), params.get("no"), params.getAll("a"));
  seen.push(params.has("a"), params.has("a", "1"), params.has("no"));
  params.set("a", "new");
  params.set("last", "\\ud800");
  look();
  params.delete("a", "other");
  params.delete("n");
  params.append("é", "1");
  params.append("\\u{1f600}", "2");
  params.append("\\uffee", "3");
  params.sort();
  look();
  params.forEach((value, name, self) => seen.push([value, name, self === params]));
  seen.push([...params.keys()], [...params.values()], [...params.entries()], [...new URLSearchParams(params)]);
  return seen;
})"""


def test_parameters_are_those_of_node(engine: Engine) -> None:
    texts = [
        "",
        "?",
        "??a",
        "a",
        "a=1",
        "a=1&a=2&b=",
        "=",
        "&&",
        "a==b",
        "a+b=%20%2B",
        "%zz=%",
        "%C3",
        "%C3%BC%ff%E2%82",
        "ü=😀",
    ]
    texts += ["%EF%BB%BFa=%ef%bb%bf", "%F0%9F%98", "a=%00", "?a=#b", "a;b", "%ED%A0%80", "%C0%80", "%F4%90%80%80"]
    assert value(engine, PARAMETERS, texts) == in_node(PARAMETERS, texts)


SCALARS = """({ codes, bytes }) => {
  const tried = (run) => {
    try { return run(); } catch (error) { return [error.name, error instanceof DOMException, error.code]; }
  };
  const decoded = (list, options) => tried(() => new TextDecoder("utf-8", options).decode(new Uint8Array(list)));
  const parted = (list) => {
    const decoder = new TextDecoder("UTF8");
    return list.map((byte) => decoder.decode(new Uint8Array([byte]), { stream: true })).join("|") + decoder.decode();
  };
  const encoder = new TextEncoder();
  const into = (text, view) => [encoder.encodeInto(text, view), [...view]];
  const coded = (text) => [tried(() => atob(text)), tried(() => btoa(text)), [...encoder.encode(text)]];
  return [
    codes.map((text) => [coded(text), into(text, new Uint8Array(5))]),
    bytes.map((list) => [decoded(list), decoded(list, { ignoreBOM: true }), parted(list)]),
    bytes.map((list) => decoded(list, { fatal: true })).map((found) => typeof found === "string" ? found : found[0]),
  ];
}"""


def test_base64_and_utf8_are_those_of_node(engine: Engine) -> None:
    codes = [
        "",
        "a",
        "ab",
        "abc",
        "abcd",
        "YQ==",
        "YQ=",
        "YQ",
        "Y Q=\n=",
        "=",
        "==",
        "====",
        "ab=c",
        "a===",
        "Item:11",
        "\x00\xff",
    ]
    codes += [
        "ü",
        "…",
        "😀",
        "\ud800",
        "a\udc00b",
        "null",
        "+/+/",
        "-_-_",
        "abcd=",
        "ab\x0bcd",
        "\u00a0",
        "aé€😀z",
        "ÿÿÿÿ",
    ]
    lead = [0x41, 0x80, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF]
    parts = [
        [],
        *([byte] for byte in lead),
        *map(list, product(lead, (0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2))),
    ]
    parts += [[*start, 0x80, 0x80, 0x41] for start in parts[16:]]
    parts += [[0xEF, 0xBB, 0xBF, 0x41], [0xEF, 0xBB, 0xBF] * 2, [0xFF, 0xEF, 0xBB, 0xBF], list("Grüße 😀".encode())]
    asked = {"codes": codes, "bytes": parts}
    assert value(engine, SCALARS, asked) == in_node(SCALARS, asked)


COPIES = """() => {
  const shared = { a: 1 };
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const cycle = { list: [shared, shared], __proto__: { inherited: 1 }, get read() { return 2; }, [Symbol("s")]: 3 };
  cycle.self = cycle;
  const views = structuredClone([new Uint8Array(bytes.buffer, 1, 2), new DataView(bytes.buffer), bytes]);
  const copy = structuredClone(cycle);
  const own = structuredClone(JSON.parse('{"__proto__": {"a": 1}, "b": null}'));
  const error = structuredClone(Object.assign(new RangeError("no", { cause: [1] }), { own: 1 }));
  const given = { map: new Map([[shared, new Map()]]), set: new Set([shared]), date: new Date(NaN), re: /a/gi };
  const odd = structuredClone(given);
  const boxed = structuredClone([new Number(1), new String("s"), new Boolean(false), Object(2n)]);
  const kept = structuredClone([1, , undefined, -0, NaN, 1n]);
  const refused = [() => 1, Symbol("x"), { f() {} }, new WeakMap(), Promise.resolve(), [Symbol.iterator], [].keys()];
  const thrown = (one) => {
    try { structuredClone(one); } catch (error) { return [error.name, error.code, error instanceof DOMException]; }
  };
  const moved = new ArrayBuffer(3);
  const taken = structuredClone({ moved }, { transfer: [moved] });
  return [
    copy.self === copy, copy !== cycle, copy.list[0] === copy.list[1], Object.keys(copy), copy.read, copy.inherited,
    Object.getPrototypeOf(copy) === Object.prototype, Object.keys(own), Object.getPrototypeOf(own) === Object.prototype,
    views[0].buffer === views[2].buffer, [...views[0]], views[1].getUint8(3), views[0].byteOffset,
    views[2].constructor.name,
    error instanceof RangeError, error.message, error.cause, error.own ?? null,
    [...odd.map.keys()][0] === [...odd.set][0], String(odd.date), String(odd.re), odd.re.lastIndex,
    boxed.map((one) => [typeof one, String(one)]), 1 in kept, 2 in kept, Object.is(kept[3], -0), typeof kept[5],
    kept.length,
    refused.map(thrown),
    moved.byteLength, taken.moved.byteLength,
  ];
}"""


def test_copies_are_those_of_node(engine: Engine) -> None:
    assert value(engine, COPIES) == in_node(COPIES, None)


# --- what stands in the standard and Node 20 gets wrong, and laws


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("#f", "mailto:a@b?c", "mailto:a@b?c#f"),
        ("foo:/a/..", None, "foo:/"),
        ("foo://h/.", None, "foo://h/"),
        ("file:///a:b/../c", None, "file:///c"),
        ("http://h/^", None, "http://h/%5E"),
        ("http://GROẞ.de", None, "http://xn--gro-7ka.de/"),
    ],
)
def test_an_address_is_as_the_standard_says(engine: Engine, text: str, base: str | None, expected: str) -> None:
    assert value(engine, "([text, base]) => new URL(text, base ?? undefined)", [text, base]) == expected


@pytest.mark.parametrize("base", ["mailto:a@b", "data:text/plain,x", "foo:opaque"])
@pytest.mark.parametrize("text", ["", "b", "/b", "?q", "?q#f", "//h"])
def test_nothing_but_a_fragment_is_relative_to_an_opaque_address(engine: Engine, text: str, base: str) -> None:
    assert answer(engine, "([text, base]) => new URL(text, base)", [text, base]).text == "TypeError: Invalid URL"
    assert value(engine, "([text, base]) => [URL.canParse(text, base), URL.parse(text, base)]", [text, base]) == [
        False,
        None,
    ]


@pytest.mark.parametrize(
    "reader",
    ["() => new URL()", "() => URL('a:b')", "() => new URL(Symbol())", "() => new URLSearchParams([[1]])",
     "() => URL.prototype.href", "() => new TextDecoder().decode('x')", "() => new URLSearchParams().append('a')",
     "() => { new URL('a:b').href = 'no' }", "() => { new URL('a:b').origin = 'x' }", "() => atob()"],
)  # fmt: skip
def test_a_wrong_use_is_a_type_error(engine: Engine, reader: str) -> None:
    found = answer(engine, reader)
    assert (found.kind, found.text.partition(":")[0]) == ("throws", "TypeError")


@pytest.mark.parametrize("label", ["latin1", "utf-16le", "", "utf"])
def test_another_encoding_is_refused(engine: Engine, label: str) -> None:
    assert answer(engine, "(label) => new TextDecoder(label)", label).text.startswith("RangeError: ")


def test_an_address_and_its_parameters_change_together(engine: Engine) -> None:
    reader = """() => {
      const url = new URL("https://a.example/?b=1&a=2#c");
      const { searchParams } = url;
      const seen = [];
      searchParams.append("é", "x y");
      seen.push(url.href);
      url.search = "??q=1";
      seen.push([...searchParams]);
      url.href = "https://b.example/?z=9";
      seen.push(searchParams.get("z"), url.searchParams === searchParams);
      searchParams.delete("z");
      seen.push(url.href, url.search);
      for (const [name] of url.searchParams) if (url.searchParams.size < 4) url.searchParams.append(name + "+", "");
      searchParams.append("a", "1");
      const [first] = [searchParams.keys()];
      searchParams.set("b", "2");
      seen.push([...first], url.search);
      return seen;
    }"""
    assert value(engine, reader) == [
        "https://a.example/?b=1&a=2&%C3%A9=x+y#c",
        [["?q", "1"]],
        "9",
        True,
        "https://b.example/",
        "",
        ["a", "b"],
        "?a=1&b=2",
    ]


TEXTS = st.text(st.characters(codec=None), max_size=12)
HARD = st.text(st.sampled_from("abC:/\\?#@[]%2e.&=+ ü|0x19\t"), max_size=24)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(HARD, st.sampled_from(("http:", "file:", "foo:", ""))), min_size=5, max_size=40))
def test_an_address_that_was_written_reads_as_itself(texts: list[tuple[str, str]]) -> None:
    reader = """(texts) => texts.map(([rest, scheme]) => scheme + rest)
      .filter((text) => URL.canParse(text, "ws://h/p")).map((text) => new URL(text, "ws://h/p"))
      .map((url) => [url.href, new URL(url.href).href, new URL(url, "a:b").href])"""
    for once, again, elsewhere in value(_shared(), reader, texts):
        assert once == again == elsewhere


@settings(max_examples=examples(60))
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=5), st.binary(max_size=12))
def test_what_was_coded_is_decoded_again(text: str, pairs: list[tuple[str, str]], data: bytes) -> None:
    reader = """({ text, pairs, binary }) => [
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text)) === text.toWellFormed(),
      JSON.stringify([...new URLSearchParams(String(new URLSearchParams(pairs)))]),
      JSON.stringify(pairs.map((pair) => pair.map((part) => part.toWellFormed()))),
      btoa(binary), atob(btoa(binary)) === binary,
    ]"""
    found = value(_shared(), reader, {"text": text, "pairs": pairs, "binary": data.decode("latin-1")})
    assert found[0]
    assert found[1] == found[2]
    assert found[3:] == [base64.b64encode(data).decode(), True]


# --- readers that use them are run, traced and judged as any other

LINKS = {
    "links": [
        {"href": "https://a.example/?page=2", "id": "SXRlbTox"},
        {"href": "https://b.example/x?page=7", "id": "SXRlbToy"},
    ]
}


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("d => new URL(d.links[1].href)", 'URL("https://b.example/x?page=7")'),
        ("d => new URL(d.links[0].href).searchParams", 'URLSearchParams("page=2")'),
        (
            "d => new URLSearchParams(d.links[0])",
            'URLSearchParams("href=https%3A%2F%2Fa.example%2F%3Fpage%3D2&id=SXRlbTox")',
        ),
        ("d => [new URL('a:b'), 'a:b']", '[URL("a:b"),"a:b"]'),
        ("d => atob(d.links[0].id)", '"Item:1"'),
        ("d => atob(d.links[0].href)", "InvalidCharacterError: The string to be decoded is not correctly encoded."),
        ("d => structuredClone(d.links).length", "2"),
        ("d => structuredClone(() => d)", "DataCloneError: () => d could not be cloned."),
        ("d => new TextEncoder().encode(d.links[0].id.slice(0, 2))", "Uint8Array[83,88]"),
    ],
)
def test_an_answer_is_told_by_its_text(engine: Engine, reader: str, expected: str, *, traced: bool) -> None:
    program = expression(reader, "readers.js", "here")
    (outcome,) = engine.run(program, [Call("default", Argument(json.dumps(LINKS)))], traced=traced)
    assert outcome.answer.text == expected


def test_an_address_is_never_empty_and_parameters_may_be(engine: Engine) -> None:
    described = [
        answer(engine, f"() => {made}")
        for made in ("new URL('a:')", "new URLSearchParams()", "new URLSearchParams('a')")
    ]
    assert [(one.type, one.size, one.empty) for one in described] == [
        ("object", None, False),
        ("object", 0, True),
        ("object", 1, False),
    ]


def test_a_copy_of_a_traced_object_reads_all_of_it(engine: Engine) -> None:
    program = expression("d => structuredClone(d.kept).list[0].a", "readers.js", "here")
    document = {"kept": {"list": [{"a": 1, "b": {"c": None}}], "text": "x"}, "left": {"alone": 1}}
    (outcome,) = engine.run(program, [Call("default", Argument(json.dumps(document)))], traced=True)
    assert outcome.answer.text == "1"
    assert {read.path for read in outcome.reads} == {
        ("kept",),
        ("kept", "list"),
        ("kept", "list", -1),
        ("kept", "list", -1, "a"),
        ("kept", "list", -1, "b"),
        ("kept", "list", -1, "b", "c"),
        ("kept", "text"),
    }


@pytest.mark.parametrize(
    "reader",
    [
        "data.links.map((link) => new URL(link.href).hostname)",
        "data.links.map((link) => new URLSearchParams(link.href?.split('?')[1]).get('page'))",
        "data.links.map((link) => URL.canParse(link.href))",
        "data.links.map((link) => btoa(link.href))",
        "data.links.map((link) => atob(btoa(link.href)))",
        "data.links.map((link) => new TextEncoder().encode(link.href).length)",
        "data.links.map((link) => new TextDecoder().decode(new TextEncoder().encode(link.href)))",
        "structuredClone(data.links).map((link) => link.href ?? '')",
        "data.links.map((link) => new URL(link.href ?? 'https://none.example'))",
        "data.links.map((link) => new URLSearchParams(link).get('href'))",
    ],
)
def test_a_reader_that_uses_them_is_judged_as_any_other(engine: Engine, reader: str) -> None:
    later = {"links": [{"href": f"https://{name}.example/?page={name}", "id": "SXRlbToz"} for name in "cde"]}
    renamed = {"links": [{"url": link["href"], "id": link["id"]} for link in later["links"]]}
    assert verdict_on(engine, reader, LINKS, later) is Verdict.INTACT
    assert verdict_on(engine, reader, LINKS, renamed) is Verdict.BROKEN


@pytest.mark.parametrize(
    "reader", ["data.links.map((link) => new URL(link.url ?? link.href).host)", "structuredClone(data.links).length"]
)
def test_a_reader_that_knows_both_names_is_intact(engine: Engine, reader: str) -> None:
    renamed = {"links": [{"url": link["href"], "id": link["id"]} for link in LINKS["links"]]}
    assert verdict_on(engine, reader, LINKS, renamed) is Verdict.INTACT


# --- each reader has them anew


@pytest.mark.parametrize(
    "dirty",
    [
        "URL.prototype.toString = () => 'mine'; Object.defineProperty(URL.prototype, 'href', { get: () => 'mine' })",
        "delete URL.prototype.host; Object.freeze(URL.prototype); URL.canParse = () => 'mine'",
        "URLSearchParams.prototype.get = () => 'mine'; delete URLSearchParams.prototype[Symbol.iterator]",
        "TextDecoder.prototype.decode = () => 'mine'; TextEncoder.prototype.encode = () => 'mine'",
        "for (const name of NAMES) globalThis[name] = () => 'mine'",
        "for (const name of NAMES) delete globalThis[name]",
        "for (const name of NAMES) Object.defineProperty(globalThis, name, { get: () => 'mine', configurable: true })",
        "atob.left = 1; structuredClone.left = 1; delete DOMException.prototype.code; atob = 1",
    ],
)
def test_what_a_reader_does_to_them_is_its_own(engine: Engine, dirty: str) -> None:
    text = f"""const NAMES = {json.dumps(NAMES)};
export const use = () => [
  String(new URL("/b?c=1", "https://a.example")), new URL("a://h:1").host, URL.canParse("a:b"),
  [...new URLSearchParams("a=1")], new URLSearchParams("a=1").get("a"), atob(btoa("x")), structuredClone([1]),
  new TextDecoder().decode(new TextEncoder().encode("ü")), atob.left, structuredClone.left,
  new DOMException("m", "DataCloneError").code, typeof globalThis.left,
];
export const meddle = () => {{ {dirty}; globalThis.left = 1; }};"""
    program = module(text, "readers.js")
    calls = [Call(name, Argument("1")) for name in ("use", "meddle", "use", "meddle", "use")]
    outcomes = [outcome.answer for outcome in engine.run(program, calls)]
    assert [one.kind for one in outcomes[1::2]] == ["undefined", "undefined"]
    assert {one.text for one in outcomes[::2]} == {
        '["https://a.example/b?c=1","h:1",true,[["a","1"]],"1","x",[1],"ü",undefined,undefined,25,"undefined"]'
    }


def test_what_cannot_be_taken_away_ends_with_the_run(engine: Engine) -> None:
    fixed = "() => { Object.defineProperty(globalThis, 'atob', { value: 1 }); return typeof atob }"
    assert answer(engine, fixed).text == '"number"'
    assert answer(engine, "() => typeof atob").text == '"function"'


def test_they_look_like_what_the_language_has(engine: Engine) -> None:
    reader = """(names) => [
      names.filter((name) => Object.keys(globalThis).includes(name) || !(name in globalThis)),
      names.map((name) => [typeof globalThis[name], globalThis[name].name === name]),
      names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)).map(({ value, ...how }) => how),
      [URL, URLSearchParams, TextEncoder, TextDecoder].map((one) => one.prototype[Symbol.toStringTag] === one.name),
      Object.keys(new URL("a:b")), new URL("a:b") instanceof URL, new DOMException() instanceof Error,
      URL === globalThis.URL,
    ]"""
    how = {"writable": True, "enumerable": False, "configurable": True}
    expected = [[], [["function", True]] * len(NAMES), [how] * len(NAMES), [True] * 4, [], True, True, True]
    assert value(engine, reader, NAMES) == expected


def test_they_do_not_count_as_exports(engine: Engine) -> None:
    text = """const base = new URL("https://a.example/");
export const host = (d) => new URL(d.href, base).host;
export const address = Object.freeze(base);
export const decode = ((f) => f)(atob);
export const params = Object.freeze(new URLSearchParams(base.search));"""
    program = module(text, "readers.js")
    assert engine.functions(program) == ("host", "decode")
    assert engine.run(program, [Call("host", Argument('{"href": "/b"}'))])[0].answer.text == '"a.example"'
