"""What could tell a value without showing it: lengths, masked flags, what a reader throws, the answers of `diff`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from driftwright.report.formats import FORMATS
from kit.canaries import redactor_call, redactor_program
from kit.program import Program
from kit.shop import PRIVATE, begin_shop, renamed, shop, write_shop

pytestmark = pytest.mark.own_engines

MASK = {"redact": "mask"}


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(redactor_program())
    return engine


def _shown(value: Any, rule: dict[str, Any]) -> Any:
    stores = [{"name": "shop", "area": "session", "key": "shop", "rule": {"items": rule}}]
    policy = {"words": [], "salt": "0b" * 32, "stores": stores}
    areas: list[dict[str, Any]] = [{"area": "session", "entries": [["shop", json.dumps([value])]]}]
    answer = _engine().eval(redactor_call(policy, areas))
    return json.loads(str(answer))["areas"][0]["entries"][0]["value"][0]


# ---- lengths

LETTERS = {
    "token": "Zm9v-YmFy_c3Rv",
    "hex": "a1f0",
    "digits": "7314",
    "noughts": "0",
    "noughts and digits": "0731",
    "word": "anna",
    "prose": "anna at dawn ",
    "path": "anna/",
    "address": "https://anna.example/",
    "other letters": "\u0436",
}


@pytest.mark.parametrize("redact", ["mask", "pseudonym"])
@pytest.mark.parametrize("form", LETTERS)
def test_the_exact_length_of_a_long_text_is_not_told(form: str, redact: str) -> None:
    texts = [(LETTERS[form] * length)[:length] for length in range(130, 256, 10)]
    lengths = {len(_shown(text, {"redact": redact})) for text in texts}
    assert len(lengths) == 1
    assert max(lengths) <= 280
    assert len(_shown(LETTERS[form] * 9000, {"redact": redact})) <= 300


def test_the_length_of_an_id_stays_for_readers_tell_ids_by_it() -> None:
    for length in (16, 24, 32, 40, 64):
        assert len(_shown("a1f0" * (length // 4), {"redact": "pseudonym"})) == length


# ---- what is declared to be masked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, False),
        ("true", "false"),
        ("yes", "no"),
        ("on", "off"),
        ("TRUE", "FALSE"),
        ("On", "Off"),
        (0, 1),
        (7, 2),
        (345, 901),
        (-0.2, -0.7),
    ],
)
def test_a_flag_that_is_declared_to_be_masked_says_nothing(one: Any, other: Any) -> None:
    assert _shown(one, MASK) == _shown(other, MASK)
    assert type(_shown(one, MASK)) is type(one)


@pytest.mark.parametrize("pin", ["0000", "0042", "4711", "9999", "07", "00"])
def test_a_short_number_as_text_keeps_its_length_and_whether_it_begins_with_a_nought(pin: str) -> None:
    shown = _shown(pin, {"redact": "pseudonym"})
    assert (len(shown), shown[0] == "0") == (len(pin), pin[0] == "0")
    every = {_shown(f"{pin[0]}{number}", {"redact": "pseudonym"}) for number in range(10)}
    assert len(every) == 10  # none is told by what it becomes, and all stay apart
    assert every != {f"{pin[0]}{number}" for number in range(10)} or len({one[1] for one in every}) == 10


# ---- what is thrown

THROWS = """\
export const tally = (shop) => {
  for (const order of Object.values(shop.orders)) {
    if (!order.status) throw new Error(`no status: ${order.customer}, ${order.mail}, ${JSON.stringify(order)}`);
  }
  return Object.keys(shop.orders).length;
};
export const odd = (shop) => {
  const first = Object.values(shop.orders)[0];
  if (!first.status) throw first;
  return first.total > 0;
};
"""


def test_what_a_reader_throws_shows_no_value_of_a_store(tmp_path: Path, program: Program) -> None:
    """A reader may quote what it read, or throw the record itself: it is run for the report on hidden stores."""
    begin_shop(tmp_path, THROWS)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "dump.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}), encoding="utf-8")
    (raw / "store.json").write_text(json.dumps(renamed(5)), encoding="utf-8")
    every = (part for one in FORMATS for part in ("--format", one))
    outputs = [
        program("--workspace", "drift", "run", "shop", "--from", "session=raw/dump.json", "--output", "out"),
        program("--workspace", "drift", "check", "--store", "shop=raw/store.json", "--output", "own", *every),
    ]
    assert {done.code for done in outputs} == {1}
    assert "no status" in outputs[0].stdout + "".join(done.stdout for done in outputs)
    for file in raw.iterdir():
        file.unlink()
    for day in ("monday", "friday", "renamed"):
        (tmp_path / f"{day}.json").unlink()
    left = [file.read_bytes().decode("utf-8", "replace") for file in tmp_path.rglob("*") if file.is_file()]
    for text in (*left, *(done.stdout + done.stderr for done in outputs)):
        assert [one for one in PRIVATE if one in text] == []


# ---- files of one's own


def test_diff_shows_an_owner_the_values_of_his_own_files_and_writes_none(tmp_path: Path, program: Program) -> None:
    """`diff` compares two files that its user gave it and prints for him alone: the answers of his readers are real."""
    write_shop(tmp_path)
    before = sorted(file.name for file in tmp_path.iterdir())
    (tmp_path / "names.js").write_text(
        "export const names = (shop) => Object.values(shop.orders).map((order) => order.status && order.customer);"
    )
    (tmp_path / "old.json").write_text(json.dumps(shop(5)))
    done = program("diff", "old.json", "renamed.json", "--consumer", "names.js", "--format", "json")
    assert done.code == 1
    (told,) = json.loads(done.stdout)["readers"].values()
    assert PRIVATE[0] in json.dumps(told["before"])
    # The changes themselves are told by structure: no value of either file stands there.
    changes = json.dumps(json.loads(done.stdout)["changes"])
    assert [one for one in PRIVATE if one in changes] == []
    after = sorted(file.name for file in tmp_path.iterdir())
    assert set(after) - set(before) == {"names.js", "old.json"}
