"""Hostile snapshots, contracts and schemas: refused in one line, or judged as what they are; never a crash or a hang.

Each refusal is run through the real command line and must end with exit code 2 and one line that names file, place and
mend, for a small multiple of the processor time that judging a good snapshot takes. What is large to read is run in a
process of its own as well, which must stay within 512 MiB. What is marked as odd is in `test_odd_input.py`.

| case | what comes in | test |
| --- | --- | --- |
| 1 | empty, truncated | `test_a_hostile_snapshot_is_refused` |
| 2 | bad UTF-8 | `test_a_hostile_snapshot_is_refused` |
| 3 | byte order mark, UTF-16 | `test_a_hostile_snapshot_is_refused` |
| 4 | depth 145, 1,000, a million | `test_a_hostile_snapshot_is_refused`, `test_a_hostile_document_is_refused` |
| 5 | an integer of 4,301 digits | `test_a_hostile_snapshot_is_refused`, `test_a_hostile_document_is_refused` |
| 6 | NaN, Infinity, 1e999 | `test_a_hostile_snapshot_is_refused`, `test_a_hostile_document_is_refused` |
| 7 | a key twice | `test_a_hostile_snapshot_is_refused`, `test_a_hostile_document_is_refused` |
| 8 | lone surrogates | `odd: test_lone_surrogates_are_judged_and_printed_as_escapes` |
| 9 | `__proto__`, `constructor`, `__typename` | `odd: test_a_field_of_an_odd_name_is_a_field` |
| 10 | empty, quoted, newline, right-to-left keys | `odd: test_a_field_of_an_odd_name_is_a_field` |
| 11 | 1 and 1.0, true and 1 | `odd: test_one_and_one_point_nought_are_the_same_and_true_is_another` |
| 12 | 50,000 records | `test_fifty_thousand_records_are_judged_in_time`, `test_the_largest_snapshot_is_...` |
| 13 | state is null, list, text | `odd: test_a_state_of_another_type_is_...`, `..._real_store_without_state_is_drift` |
| 14 | version 1 becomes 2 | `odd: test_a_bumped_version_is_a_note_of_its_own` |
| 15 | empty maps | `odd: test_empty_maps_are_no_evidence` |
| 16 | hash mismatch | `test_a_hostile_snapshot_is_refused` |
| 17 | unknown or misspelt key | `test_a_hostile_contract_is_refused` |
| 18 | unknown module, export, store | `test_a_hostile_contract_is_refused` |
| 19 | a circle | `test_a_hostile_contract_is_refused` |
| 20 | duplicate names | `test_a_hostile_contract_is_refused` |
| 21 | YAML alias bomb, self-reference | `test_yaml_is_refused_unread` |
| 22 | `!!python/object` | `test_yaml_is_refused_unread` |
| 23 | newer contract format | `test_a_hostile_contract_is_refused` |
| 24 | remote or file `$ref` | `test_no_reference_is_fetched` |
| 25 | `$ref` and `allOf` loops | `test_a_hostile_schema_is_refused` |
| 26 | catastrophic pattern | `test_a_hostile_schema_is_refused`, `test_a_pattern_takes_linear_time` |
| 27 | ECMA-only regular expression | `test_a_hostile_schema_is_refused` |
| 28 | 500 nested groups | `test_a_hostile_schema_is_refused` |
| 29 | `multipleOf` 0 or infinite | `test_a_hostile_schema_is_refused` |
| 30 | `anyOf` of 2 to the 18th | `test_a_hostile_schema_is_refused`, `test_validation_has_a_deadline` |
| 31 | unknown `$schema`, unknown keyword | `test_a_hostile_schema_is_refused` |
| 32 | edited published version | `test_an_edited_published_version_is_refused` |
| 33 | pickle and Delta bytes | `test_pickled_bytes_are_never_loaded`, `test_nothing_here_can_load_a_pickle` |
"""

from __future__ import annotations

import ast
import json
import pickle
import socket
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import driftwright
from driftwright.base.errors import InputFault
from driftwright.base.jsontext import MAX_NODES, parse_json
from driftwright.snapshot.file import write_snapshot
from driftwright.workspace.contract import load_facts
from driftwright.workspace.schemas import validation
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.validation import violations
from kit.carts import CONTRACT, DIALECT, captured, cart_id, cart_line, cart_schema, cart_store, write_workspace
from kit.examples import examples
from kit.program import Done, Program, run_here

# What a command costs is asked: a process that ends later would be counted then.
pytestmark = pytest.mark.own_engines

Document = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
ROOM = 5  # a refusal costs at most so many times what judging a good snapshot does
STANDIN = Path(__file__).parents[1] / "standin.snapshot.json"
SOURCES = Path(driftwright.__file__).parent


def _refused(done: Done, *says: str) -> None:
    """Assert that a run ended as bad input ends: one line, at once, and nothing else."""
    assert (done.code, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("driftwright: ")
    assert [part for part in says if part not in line] == [], line
    assert ";" in line, "the mend is missing"
    assert "Traceback" not in line
    assert done.seconds <= ROOM * _judging_costs()


@cache
def _judging_costs() -> float:
    """The processor time of judging a good snapshot here, when all is warm."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_here(Path(folder), "check", str(STANDIN)) for _ in range(2)]
    assert {run.code for run in runs} == {0}
    return min(run.seconds for run in runs)


# ---- snapshots and documents that are refused


@dataclass(frozen=True, slots=True)
class Huge:
    """Megabytes that are made when a test asks for them; a process of its own is asked how much memory they took.

    Args:
        part: What is repeated.
        times: How often.
        before: What comes first.
        after: What follows.
        closed: What follows as often as the part is repeated.
    """

    part: bytes
    times: int
    before: bytes = b""
    after: bytes = b""
    closed: bytes = b""


def _bytes(data: bytes | Huge) -> bytes:
    if isinstance(data, bytes):
        return data
    return data.before + data.part * data.times + data.after + data.closed * data.times


def _text(value: Any = None) -> str:
    held = json.loads(STANDIN.read_text())
    held["areas"][0]["entries"][0]["value"] = value
    return json.dumps(held)


VALUE = "/areas/0/entries/0/value"
AGAIN = "capture it again"
DIGITS = "1" * 4301

SNAPSHOTS: dict[str, tuple[bytes | Huge, tuple[str, ...]]] = {
    "empty": (b"", ("a.json:1:1", "empty", AGAIN)),
    "white space": (b" \n\t ", ("a.json:1:1", "empty", AGAIN)),
    "truncated": (STANDIN.read_bytes()[:900], ("a.json:", "not JSON", AGAIN)),
    "bad UTF-8": (b'{"format": "\xff"}', ("a.json:byte 12", "UTF-8")),
    "a byte order mark": (b"\xef\xbb\xbf" + STANDIN.read_bytes(), ("a.json:1:1", "byte order mark", "without one")),
    "UTF-16": (STANDIN.read_text().encode("utf-16"), ("a.json:byte 0", "UTF-8")),
    "depth 145": (b"[" * 145 + b"]" * 145, ("a.json:1:145", "deeper than 144")),
    "depth 1,000": (b"[" * 1000 + b"]" * 1000, ("a.json:1:145", "deeper than 144")),
    "depth a million": (Huge(b'{"a":', 10**6, after=b"1", closed=b"}"), ("a.json:1:", "deeper than 144")),
    "65 MiB": (Huge(b"x", 65 * 2**20, b'"', b'"'), ("a.json", "larger than 64 MiB", "capture fewer stores")),
    "3,000,000 values": (Huge(b"0,", 3_000_000, b"[", b"0]"), ("a.json:1:", "more than 2100000 values")),
    "an integer of 4,301 digits": (_text().replace("null", DIGITS).encode(), (VALUE, "400 digits", AGAIN)),
    "NaN": (_text(float("nan")).encode(), (VALUE, "NaN", AGAIN)),
    "Infinity": (_text(float("-inf")).encode(), (VALUE, "Infinity", AGAIN)),
    "1e999": (_text().replace("null", "1e999").encode(), (VALUE, "too large", AGAIN)),
    "an integer beyond every double": (_text().replace("null", "9" * 310).encode(), (VALUE, "too large", AGAIN)),
    "a key twice": (_text().replace("null", '{"a": 1, "a": 1}').encode(), (VALUE, "a key twice", AGAIN)),
    "a key twice, once escaped": (_text().replace("null", r'{"a": 1, "\u0061": 2}').encode(), (VALUE, "twice")),
    "a hash mismatch": (_text({"state": {}, "version": 1}).encode(), ("a.json:/digest", "does not match", AGAIN)),
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_hostile_snapshot_is_refused(program: Program, tmp_path: Path, name: str) -> None:
    data, says = SNAPSHOTS[name]
    (tmp_path / "a.json").write_bytes(_bytes(data))
    _refused(program("check", "a.json"), *says)


@pytest.mark.parametrize("name", [name for name, (data, _) in SNAPSHOTS.items() if isinstance(data, Huge)])
def test_refusing_a_large_snapshot_takes_little_memory(process: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.json").write_bytes(_bytes(SNAPSHOTS[name][0]))
    done = process("check", "a.json")
    assert done.code == 2
    assert done.mebibytes < 512


DOCUMENTS: dict[str, tuple[bytes | Huge, tuple[str, ...]]] = {
    "UTF-16": ('{"a": 1}'.encode("utf-16"), ("a.json", "UTF-16 text; save it as UTF-8")),
    "depth 145": (b"[" * 145 + b"]" * 145, ("a.json", "deeper than 144")),
    "depth 1,000": (b"[" * 1000 + b"]" * 1000, ("a.json", "deeper than 144")),
    "depth a million": (Huge(b"[", 10**6, closed=b"]"), ("a.json", "deeper than 144")),
    "an integer of 4,301 digits": (b'{"a": [0, ' + DIGITS.encode() + b"]}", ("a.json:/a/1", "400 digits")),
    "NaN": (b'{"a/b": {"c": NaN}}', ("a.json:/a~1b/c", "NaN")),
    "Infinity": (b"[-Infinity]", ("a.json:/0", "Infinity")),
    "1e999": (b'{"a": 1e999}', ("a.json:/a", "too large")),
    "a key twice": (b'{"a": {"b": 1, "b": 2}}', ("a.json:/a", "a key twice")),
    "too many values": (Huge(b"0,", MAX_NODES, b"[", b"0]"), ("a.json", "more than 5,000,000 values")),
    "65 MiB": (Huge(b"x", 65 * 2**20, b'"', b'"'), ("a.json", "larger than 64 MiB")),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_refused(program: Program, tmp_path: Path, name: str) -> None:
    data, says = DOCUMENTS[name]
    (tmp_path / "a.json").write_bytes(_bytes(data))
    (tmp_path / "b.json").write_text("{}")
    _refused(program("diff", "b.json", "a.json"), *says)


@pytest.mark.parametrize("name", [name for name, (data, _) in DOCUMENTS.items() if isinstance(data, Huge)])
def test_refusing_a_large_document_takes_little_memory(process: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.json").write_bytes(_bytes(DOCUMENTS[name][0]))
    (tmp_path / "b.json").write_text("{}")
    done = process("diff", "b.json", "a.json")
    assert done.code == 2
    assert done.mebibytes < 512


def test_every_key_of_a_document_is_counted_however_it_is_written() -> None:
    """Also keys that are spaced, escaped or empty, and text that holds JSON."""
    value = {"a": {"": 1, 'b"': [{"c\\": '{"d":1,"d":2}'}]}, ":": '":'}
    for text in (json.dumps(value), json.dumps(value, indent=1), json.dumps(value, separators=(" , ", " : "))):
        assert parse_json(text.encode(), "a.json") == value


# ---- what is large, and judged


@pytest.mark.nightly
def test_fifty_thousand_records_are_judged_in_time(process: Program, tmp_path: Path) -> None:
    before, after = cart_store(10_000, 5), cart_store(10_000, 5)
    for lines in after["byId"].values():
        for line in lines:
            line["isOpen"] = line.pop("open")
    (tmp_path / "a.json").write_text(json.dumps(before))
    (tmp_path / "b.json").write_text(json.dumps(after))
    (tmp_path / "r.js").write_text(
        "export const open = (d) => Object.values(d.byId).flat().filter((line) => line.open === true).length;"
    )
    few = {"byId": dict([*before["byId"].items()][:500])}
    (tmp_path / "few.json").write_text(json.dumps(few))
    little = process("diff", "few.json", "few.json", "--consumer", "r.js", "--format", "json")
    done = process("diff", "a.json", "b.json", "--consumer", "r.js", "--format", "json")
    assert (little.code, done.code, done.stderr) == (0, 1, "")
    told = json.loads(done.stdout)
    assert [change["rule"] for change in told["changes"]] == ["field-renamed"]
    assert told["readers"]["open"]["verdict"] == "broken"
    assert done.seconds <= 20 * little.seconds  # twenty times the records
    assert done.mebibytes < 1024


def test_the_largest_snapshot_is_judged_in_time(process: Program, tmp_path: Path) -> None:
    """As many records as fit into the bound on values, in thousands of carts."""
    workspace = write_workspace(tmp_path)
    write_snapshot(captured(cart_store(7_900, 6)), tmp_path / "a.snapshot.json")
    done = process(*workspace, "check", "a.snapshot.json", "--format", "json")
    assert (done.code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "intact"
    write_snapshot(captured(cart_store(395, 6)), tmp_path / "few.snapshot.json")
    little = process(*workspace, "check", "few.snapshot.json", "--format", "json")
    assert little.code == 0
    assert done.seconds <= 20 * little.seconds  # twenty times the carts
    assert done.mebibytes < 1024


# ---- contracts


def _edited(old: str, new: str) -> str:
    assert old in CONTRACT
    return CONTRACT.replace(old, new, 1)


INVARIANT = '[[invariant]]\nname = "lines"\nholds = "({cart}) => true"\n'
AGREEMENT = '[[agreement]]\nname = "both"\nbetween = ["cart", "nothing"]\n'
NAMES_ITS_NEXT = _edited('level  = "full"', 'level  = "full"\nfallback = "cart"')
ANSWERS_ITSELF = _edited("each key of cart:/byId", "each answer of fact:open_lines")
FILE = "ws/contracts/open_lines.toml"

CONTRACTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "an unknown key": (_edited("to_see", "colour"), ("unknown key 'colour'", "known keys:")),
    "a misspelt key": (_edited("shown ", "shwon "), ("unknown key 'shwon'", "did you mean 'shown'?")),
    "a misspelt key of a source": (_edited("level ", "lvel "), ("source[1]", "did you mean 'level'?")),
    "an unknown module": (_edited('"({cart, parent}) =>', '"none.js#open" # "'), ("none.js", "check the path")),
    "an unknown export": (_edited('"({cart, parent}) =>', '"r.js#none" # "'), ("r.js", "exports no function none")),
    "an unknown store": (_edited("cart:/byId", "crt:/byId"), (f"{FILE}:params.parent", "'crt'", "known stores: cart")),
    "a source that names itself as its fallback": (NAMES_ITS_NEXT, (f"{FILE}:source[1]", "unknown key 'fallback'")),
    "a fact that needs its own answer": (ANSWERS_ITSELF, (FILE, "open_lines")),
    "two sources of one name": (_edited('"unavailable"', '"unavailable"\nname = "cart"'), (f"{FILE}:source", "rename")),
    "two invariants of one name": (CONTRACT + INVARIANT * 2, (f"{FILE}:invariant", "two invariants", "rename")),
    "two agreements of one name": (CONTRACT + AGREEMENT * 2, (f"{FILE}:agreement", "two agreements", "rename")),
    "a key twice": (_edited("shown  =", 'title = "x"\nshown  ='), (FILE, "not TOML", "line 4")),
    "a newer format": ('format = "contract-v2"\nnew = 1\n' + CONTRACT, (f"{FILE}:format", "upgrade driftwright")),
    "a format that is none": ('format = "pact"\n' + CONTRACT, (f"{FILE}:format", "write 'contract-v1'")),
    "10,000 nested lists": (f"x = {'[' * 10_000}{']' * 10_000}\n", (FILE, "nested too deeply")),
    "an integer of 4,301 digits": (f"x = {DIGITS}\n", (FILE, "digits")),
    "a constant that is no JSON": (_edited("value  = 0", "value  = nan"), (f"{FILE}:source[2].value", "JSON")),
    "a constant that is a date": (_edited("value  = 0", "value  = 2026-01-01"), (f"{FILE}:source[2].value", "JSON")),
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_hostile_contract_is_refused(program: Program, tmp_path: Path, name: str) -> None:
    text, says = CONTRACTS[name]
    workspace = write_workspace(tmp_path, contract=text)
    (tmp_path / "ws" / "contracts" / "r.js").write_text("export const open = () => 1;")
    write_snapshot(captured(cart_store()), tmp_path / "a.json")
    _refused(program(*workspace, "check", "a.json"), *says)


def test_a_contract_may_name_today_s_format(tmp_path: Path) -> None:
    write_workspace(tmp_path, contract='format = "contract-v1"\n' + CONTRACT)
    (fact,) = load_facts(tmp_path / "ws" / "contracts")
    assert fact.name == "open_lines"


YAML = {
    "an alias bomb": "a: &a [x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n",
    "a self-reference": "a: &a [*a]\n",
    "a call": "a: !!python/object/apply:os.system ['touch executed']\n",
}


@pytest.mark.parametrize("ending", ["yaml", "YML"])
@pytest.mark.parametrize("name", YAML)
def test_yaml_is_refused_unread(program: Program, tmp_path: Path, name: str, ending: str) -> None:
    workspace = write_workspace(tmp_path)
    (tmp_path / "ws" / "contracts" / f"lines.{ending}").write_text(YAML[name])
    write_snapshot(captured(cart_store()), tmp_path / "a.json")
    _refused(program(*workspace, "check", "a.json"), f"ws/contracts/lines.{ending}", "TOML", "<derived_fact>.toml")
    assert [*tmp_path.rglob("executed")] == []


# ---- schemas


def _doubling(keyword: str) -> Document:
    """A schema that doubles at each of 18 references."""
    names = [f"d{number}" for number in range(18)]
    steps = {name: {keyword: [{"$ref": f"#/$defs/{below}"}] * 2} for name, below in pairwise(names)}
    return {"$defs": {**steps, names[-1]: {"type": "object"}}, "properties": {"x": {"$ref": "#/$defs/d0"}}}


def _line_field(name: str, schema: Any) -> Document:
    held = cart_schema()
    held["properties"]["byId"]["additionalProperties"]["items"]["properties"][name] = schema
    return held


ITEM = "/properties/byId/additionalProperties/items/properties/x"
V1 = "v1.schema.json"

SCHEMAS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (json.dumps(schema), says)
    for name, (schema, says) in {
        "a reference to itself": (cart_schema(properties={"a": {"$ref": "#/properties/a"}}), ("remove the $ref loop",)),
        "a reference to the whole": (cart_schema(properties={"a": {"$ref": "#"}}), (V1, "remove the $ref loop")),
        "a loop of two references": (
            cart_schema(**{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
            ("remove the $ref loop",),
        ),
        "a loop through allOf": (
            cart_schema(**{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}), ("/$defs/a:", "remove the $ref loop")
        ),
        "a loop that only a validator would follow": (
            cart_schema(**{"not": {"anyOf": [{"$ref": "#/not"}]}}), ("/not:", "remove the $ref loop")
        ),
        "a long chain of references": (
            cart_schema(**{"$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(500)} | {"d500": {}}}),
            (V1, "more than 64"),
        ),
        "a nested repetition": (_line_field("x", {"pattern": "^(a+)+$"}), (f"{ITEM}/pattern", "without end")),
        "a repeated choice": (_line_field("x", {"pattern": "^(a|a)*$"}), (f"{ITEM}/pattern", "without end")),
        "a nested repetition of a name": (
            _line_field("x", {"patternProperties": {"(.*)*x": {}}}), (f"{ITEM}/patternProperties", "without end")
        ),
        "a nested repetition below anyOf": (
            _line_field("x", {"anyOf": [{"pattern": "([a-z]+)*"}]}), (f"{ITEM}/anyOf/0/pattern", "without end")
        ),
        "a reference back": (_line_field("x", {"pattern": r"^(.)\1$"}), (f"{ITEM}/pattern", "refers back")),
        "a look ahead": (_line_field("x", {"pattern": "^(?=a)a$"}), (f"{ITEM}/pattern", "looks around")),
        "an expression of ECMA only": (_line_field("x", {"pattern": r"^\p{L}+$"}), (f"{ITEM}/pattern", "not every")),
        "an open bracket": (_line_field("x", {"pattern": "[a"}), (f"{ITEM}/pattern", "not a regular expression")),
        "a pattern that is no text": (_line_field("x", {"pattern": 7}), (f"{ITEM}/pattern", "must be a text")),
        "500 nested groups": (
            _line_field("x", {"pattern": "(" * 500 + "a" + ")" * 500}), (f"{ITEM}/pattern", "200 characters")
        ),
        "multipleOf 0": (_line_field("x", {"multipleOf": 0}), (f"{ITEM}/multipleOf", "greater than 0")),
        "a negative multipleOf": (_line_field("x", {"multipleOf": -1}), (f"{ITEM}/multipleOf", "greater than 0")),
        "anyOf, doubled 18 times": (cart_schema(**_doubling("anyOf")), ("alternatives", "join alternatives")),
        "allOf, doubled 18 times": (cart_schema(**_doubling("allOf")), ("alternatives", "join alternatives")),
        "prefixItems, doubled 18 times": (cart_schema(**_doubling("prefixItems")), ("more than 5000 schemas",)),
        "anyOf of 2,000": (cart_schema(anyOf=[{"type": "object"}] * 2000), ("more than 500 alternatives",)),
        "an unknown dialect": (
            cart_schema(**{"$schema": "http://json-schema.org/draft-07/schema#"}), (f"{V1}:/$schema", DIALECT)
        ),
        "an unknown keyword": (_line_field("x", {"requierd": []}), (f"{ITEM}", "did you mean 'required'?")),
        "an unknown keyword below anyOf": (
            _line_field("x", {"anyOf": [{"requierd": []}]}), (f"{ITEM}/anyOf/0", "did you mean 'required'?")
        ),
        "an id below the top": (_line_field("x", {"$id": "https://shop.test/x"}), (ITEM, "$id below the top")),
        "required that is a number": (_line_field("x", {"required": 5}), (f"{ITEM}/required", "must be a list")),
        "a type that is a number": (_line_field("x", {"type": 5}), (f"{ITEM}/type", "must be a type")),
    }.items()
}  # fmt: skip
SCHEMAS["an infinite multipleOf"] = (
    json.dumps(_line_field("x", {"multipleOf": "FIX"})).replace('"FIX"', "1e999"), (f"{ITEM}/multipleOf", "too large")
)  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_hostile_schema_is_refused(program: Program, tmp_path: Path, name: str) -> None:
    text, says = SCHEMAS[name]
    workspace = write_workspace(tmp_path)
    (tmp_path / "ws" / "schemas" / "shop" / "cart" / V1).write_text(text)
    write_snapshot(captured(cart_store()), tmp_path / "a.json")
    _refused(program(*workspace, "check", "a.json"), f"ws/schemas/shop/cart/{V1}:", *says)


@pytest.mark.parametrize("below", ["", "anyOf", "$defs"])
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_reference_is_fetched(program: Program, tmp_path: Path, scheme: str, below: str) -> None:
    (tmp_path / "other.json").write_text('{"type": "object"}')
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        target = f"http://127.0.0.1:{port}/other.json" if scheme == "http" else (tmp_path / "other.json").as_uri()
        reference = {"$ref": target}
        more: dict[str, Document] = {
            "": {"properties": {"x": reference}},
            "anyOf": {"anyOf": [reference]},
            "$defs": {"$defs": {"x": reference}},
        }
        workspace = write_workspace(tmp_path, schema=cart_schema(**more[below]))
        write_snapshot(captured(cart_store()), tmp_path / "a.json")
        done = program(*workspace, "check", "a.json")
        with pytest.raises(TimeoutError):
            server.accept()
    _refused(done, f"{V1}:/", "/$ref", "refers outside its own file", "nothing is fetched")


def _store(folder: Path, schema: Document) -> Any:
    write_workspace(folder, schema=schema)
    return load_stores(folder / "ws" / "schemas")["cart"].latest


@pytest.mark.parametrize("pattern", ["^.*.*.*.*.*=$", r"\d+\d+\d+x", "(a?){9}(a?){9}(a?){9}b"])
def test_a_pattern_takes_linear_time(tmp_path: Path, pattern: str) -> None:
    """What a linter lets through takes no longer than the text is long, also where a violation is explained."""
    version = _store(
        tmp_path, cart_schema(properties={"x": {"pattern": pattern}, "y": {"patternProperties": {pattern: {}}}})
    )
    for char in "a1":
        text = char * 200_000
        (found,) = violations({"byId": {}, "x": text, "y": {text: 1}}, version)
        assert (found.path, found.keyword) == ("/x", "pattern")


def test_a_lone_surrogate_in_a_validated_text_is_only_text(tmp_path: Path) -> None:
    version = _store(tmp_path, cart_schema(properties={"x": {"pattern": "^[a-z]+$"}, "y": {"type": "integer"}}))
    found = violations({"byId": {}, "x": "\ud800", "y": "\udfff"}, version)
    assert {(one.path, one.keyword) for one in found} == {("/x", "pattern"), ("/y", "type")}


def test_equal_items_are_found_in_a_long_list(tmp_path: Path) -> None:
    version = _store(tmp_path, cart_schema(properties={"x": {"uniqueItems": True}}))
    items: list[Any] = [{"a": number, "b": [number, {}]} for number in range(20_000)]
    assert violations({"byId": {}, "x": [*items, True, 1, [], {}, "1", [[]]]}, version) == ()
    for twice in ({"b": [7, {}], "a": 7.0}, {"a": 7, "b": [7.0, {}]}):
        (found,) = violations({"byId": {}, "x": [*items, twice]}, version)
        assert (found.path, found.keyword) == ("/x", "uniqueItems")


def test_validation_has_a_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many alternatives as are allowed, over as many values as are allowed: it ends, and says what to do."""
    alternatives = [{"required": [f"f{number}"]} for number in range(400)]
    version = _store(tmp_path, _line_field("x", {"anyOf": alternatives}))
    lines = [{**cart_line(number), "x": {}} for number in range(20_000)]
    monkeypatch.setattr(validation, "DEADLINE", 0.5)
    with pytest.raises(InputFault) as caught:
        violations({"byId": {cart_id(1): lines}}, version)
    assert "takes more than 0.5 s" in str(caught.value)
    assert caught.value.file.endswith(V1)
    assert caught.value.mend


def test_an_edited_published_version_is_refused(program: Program, tmp_path: Path) -> None:
    workspace = write_workspace(tmp_path)
    assert program(*workspace, "prove", "--write-lock").stderr == ""
    assert (tmp_path / "ws" / "schemas" / "versions.lock.json").is_file()
    write_snapshot(captured(cart_store()), tmp_path / "a.json")
    assert program(*workspace, "check", "a.json").code == 0
    file = tmp_path / "ws" / "schemas" / "shop" / "cart" / V1
    file.write_text(file.read_text() + "\n")
    _refused(
        program(*workspace, "check", "a.json"), V1, "a published version was edited", "publish the change as a new"
    )


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_schema_is_loaded_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """One value of a schema replaced by any JSON: no fault but a named one."""
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, True, 0, -1.5, "", "x", "#", "#/properties", [], ["x"], [[]], {}, {"$ref": "#"}, {"a": 1}]
    )
    words = [
        "type",
        "properties",
        "items",
        "required",
        "enum",
        "additionalProperties",
        "$ref",
        "pattern",
        "anyOf",
        "not",
    ]
    words += [
        "x-key-space",
        "x-redact",
        "x-order",
        "x-unique",
        "x-references",
        "$defs",
        "minimum",
        "prefixItems",
        "$id",
    ]
    schema = cart_schema()
    places = [schema]
    for held in places:
        places += [below for below in held.values() if isinstance(below, dict)]
    data.draw(st.sampled_from(places))[data.draw(st.sampled_from(words))] = data.draw(odd)
    try:
        violations(cart_store(), _store(tmp_path_factory.mktemp("any"), schema))
    except InputFault as fault:
        said = fault
    else:
        return
    assert said.file.endswith(V1)
    assert said.what


# ---- bytes that would run code


class _Runs:
    """Pickles to bytes that create a file when they are loaded."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.file, "w")


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_pickled_bytes_are_never_loaded(program: Program, tmp_path: Path, protocol: int) -> None:
    workspace = write_workspace(tmp_path)
    ran = tmp_path / "ran"
    (tmp_path / "a.json").write_bytes(pickle.dumps(_Runs(ran), protocol))
    write_snapshot(captured(cart_store()), tmp_path / "good.json")
    _refused(program("check", "a.json"), "a.json:")
    _refused(program("diff", "a.json", "a.json"), "a.json:")
    _refused(program("report", "a.json"), "a.json:")
    for name in ("schemas/versions.lock.json", "schemas/shop/cart/v1/several.witness.json", f"schemas/shop/cart/{V1}"):
        (tmp_path / "ws" / name).write_bytes((tmp_path / "a.json").read_bytes())
        _refused(program(*workspace, "check", "good.json"), f"{name}:")
        (tmp_path / "ws" / name).unlink()
    assert not ran.exists()
    pickle.loads((tmp_path / "a.json").read_bytes()).close()  # noqa: S301 - our own bytes: they do run when loaded
    assert ran.exists()


def test_nothing_here_can_load_a_pickle() -> None:
    loads = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "yaml", "ruamel"}
    names = {"Delta", "pickle_load", "eval", "exec", "__import__"}
    found = []
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
                continue
            modules = [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if loads & {module.partition(".")[0] for module in modules} or names & {*modules}:
                found.append(f"{file.name}:{getattr(node, 'lineno', 0)}")
            if file == SOURCES / "impact" / "python" / "loader.py":
                continue  # it runs readers, which are code, in a confined process of their own
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                found.append(f"{file.name}:{node.lineno}")
    assert found == []
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "deepdiff>=8.6.2" in dependencies
