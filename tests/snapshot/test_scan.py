"""The scanner finds every planted leak, tells where it lies, and never says what it is."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import re
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.snapshot.scan import stream
from driftwright.snapshot.scan.findings import Findings, Leak, Scanned
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.snapshot.scan.layers import TEXT_LAYERS, Layer, layers, runs_of_text
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import needles
from driftwright.snapshot.scan.planting import WRITINGS
from driftwright.snapshot.scan.secrets import Secret, numbered, secrets_from_text
from driftwright.snapshot.scan.self_test import self_test
from driftwright.snapshot.scan.stream import Look, Stream
from kit.examples import examples
from kit.program import Program

LIGHT = "Zofia's quiet <lighthouse>"


def _scanned(data: bytes, *secrets: str, step: int = 1 << 20) -> Scanned:
    findings = Findings()
    matcher = Matcher(needles(numbered(Secret("", text) for text in secrets or (LIGHT,))))
    made = Stream(Look("file", matcher, findings))
    for at in range(0, len(data), step):
        made.feed(data[at : at + step])
    made.close()
    return findings.result((len(data),))


def _found(data: bytes, *secrets: str) -> tuple[Leak, ...]:
    return _scanned(data, *secrets).leaks


def test_every_planted_leak_is_found_and_nothing_else() -> None:
    made = self_test(lambda _: None)
    assert made.missed == ()
    assert made.alarms == ()
    assert made.planted >= 1200


@pytest.mark.parametrize(
    ("without", "writing"),
    [
        ("escapes", "json, every character escaped"),
        ("html entities", "html, decimal entities"),
        ("percent encoding", "percent, upper case"),
        ("base64", "base64, second place"),
        ("hex", "hex, wrapped"),
        ("quoted-printable", "quoted-printable, every byte"),
        ("line wraps", "wrapped text"),
        ("markup", "markup inside"),
        ("numbers of bytes", "numbers of bytes"),
    ],
)
def test_the_trial_would_tell_of_a_scanner_that_is_blind(
    without: str, writing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = WRITINGS[writing](LIGHT)
    assert _found(held)

    def fewer(shortest: int, *, blanks: bool) -> tuple[Layer, ...]:
        nearly = {without, *{"percent encoding": ["form encoding"], "line wraps": ["blanks"]}.get(without, [])}
        return tuple(layer for layer in layers(shortest, blanks=blanks) if layer.name not in nearly)

    monkeypatch.setattr(stream, "layers", fewer)
    assert not _found(held)


@settings(max_examples=examples(40))
@given(st.integers(0, 3000), st.sampled_from(sorted(WRITINGS)), st.integers(200, 5000), st.randoms())
def test_a_leak_is_found_wherever_a_window_ends(before: int, writing: str, step: int, noise: random.Random) -> None:
    written = WRITINGS[writing](LIGHT)
    around = bytes(noise.choice(b" .,;\n") for _ in range(before))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "WINDOW", 9000)
        assert _scanned(around + written + b" end." * 2000, step=step).leaks


# The ways of writing as one would say them; those of the scanner say first how a match begins, since that is quick.
_HEX = rb"[0-9a-fA-F]"
PLAINLY = {
    "": rb"(?:[\x07-\r\x1b -~]|[\xc2-\xf4][\x80-\xbf]{1,3}){5,}",
    "base64": rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]++(?:\r?\n[ \t>]*+[A-Za-z0-9+/_-]++)++"
    rb"|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{6,}",
    "hex": rb"(?<!" + _HEX + rb")(?:" + _HEX + rb"{4,}+(?:\r?\n[ \t]*+" + _HEX + rb"{2,}+)++|" + _HEX + rb"{10,}"
    rb"|(?:(?:0[xX])?" + _HEX + rb"{2}[\s:,-]{1,3}){4,}(?:0[xX])?" + _HEX + rb"{2})",
    "numbers of bytes": rb"(?<![0-9])(?:[0-9]{1,3}[\s,;]{1,20}){4,}[0-9]{1,3}",
}
BYTES = st.one_of(
    *(
        st.lists(st.sampled_from(parts), max_size=40).map(b"".join)
        for parts in (
            [b"0", b"0x4F", b"1a", b"7b", b" ", b":", b"\n", b"g"],
            [b"Q", b"abc", b"-9", b"\r\n", b"\n> ", b"=", b" "],
            [b"7", b"255", b", ", b";", b"\n", b"x", b"0"],
            [b"a", "é".encode(), "…".encode(), b"\xff", b"\x00", b"text", b"\xc3", b"\xa9"],
        )
    )
)


@settings(max_examples=examples(200))
@given(BYTES)
def test_what_is_looked_for_quickly_is_what_is_said_plainly(data: bytes) -> None:
    found = {layer.name: layer.pattern for layer in (runs_of_text(5), *layers(5, blanks=True))}
    for name, plainly in PLAINLY.items():
        spans = [match.span() for match in re.finditer(plainly, data)]
        assert [match.span() for match in found[name].finditer(data)] == spans, name


@pytest.mark.parametrize("writing", ["utf-8", "utf-16-le", "html, decimal entities", "percent, upper case"])
def test_the_place_is_that_of_the_first_byte(writing: str) -> None:
    written = WRITINGS[writing](LIGHT)
    first = b"".join([b"filling & %41 &lt; ", b"\0" * 5, b"."])
    assert {leak.offset for leak in _found(first + written + b" tail")} == {len(first)}


def test_what_is_packed_has_the_place_and_the_names_of_what_it_is_packed_in() -> None:
    inner = base64.b64encode(gzip.compress(json.dumps({"a": LIGHT}).encode()))
    (first, *_) = _found(b"x" * 100 + b": " + inner)
    assert first.offset == 102
    assert first.inside[:2] == ("base64", "gzip")
    assert first.form == "utf-8"


def test_each_secret_is_told_apart_even_where_one_begins_another() -> None:
    found = _found(b"the lighthouse keeper", "light", "lighthouse", "lighthouse keeper", "house of cards")
    assert {leak.secret for leak in found} == {"1", "2", "3"}


def test_a_hash_without_a_salt_is_a_leak_of_the_least_guessable_value_too() -> None:
    assert {leak.form for leak in _found(b"id=03ac674216f3e15c761ee1a5e255f067", "1234")} == {"sha256 without a salt"}


def test_a_number_is_found_in_groups_of_digits_and_an_id_without_hyphens() -> None:
    assert _found("\u20ac 7\u202f391\u202f846".encode(), "7391846")
    assert _found(b"c4a7be017d3e4f609b526e0d8fa913b7", "c4a7be01-7d3e-4f60-9b52-6e0d8fa913b7")


def test_noise_holds_nothing_and_is_looked_through_to_its_end() -> None:
    noise = random.Random(4).randbytes(300_000)  # noqa: S311 - any noise will do, the same each time
    scanned = _scanned(noise)
    assert (scanned.leaks, scanned.unread) == ((), ())
    assert _found(noise + WRITINGS["base64 of gzip"](LIGHT) + noise[:1000])


def test_a_bomb_is_unpacked_no_further_than_the_bound() -> None:
    findings = Findings()
    made = Stream(Look("file", Matcher(needles([Secret("1", LIGHT)])), findings, left=100_000))
    made.feed(gzip.compress(b"." * 5_000_000))
    made.close()
    (unread,) = findings.result(()).unread
    assert "unpacks to more than" in unread.why


def test_what_cannot_be_looked_into_is_not_called_clean(tmp_path: Path, program: Program) -> None:
    made = tmp_path / "closed.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "x")
    data = bytearray(made.read_bytes())
    data[6] |= 1  # the flag of an encrypted entry
    made.write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "secrets").write_text(LIGHT)
    done = program("scan", "closed.zip", "pipe", "--secrets", "secrets")
    assert done.code == 2
    assert "not looked into: closed.zip: an encrypted entry" in done.stdout
    assert "not looked into: pipe: neither a file nor a folder" in done.stdout


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"SQLite format 3\0" + bytes(range(1, 251)) * 40)
    (unread,) = scan_paths([tmp_path], [Secret("1", LIGHT)]).unread
    assert "damaged database" in unread.why


def test_links_are_not_followed_but_what_they_say_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text(LIGHT)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside)
    (inside / "said").symlink_to("to-lighthouse-keeper")
    assert scan_paths([inside], [Secret("1", LIGHT)]).leaks == ()
    assert scan_paths([inside], [Secret("1", "lighthouse-keeper")]).leaks


def test_a_leak_exits_1_and_is_told_by_label_alone(tmp_path: Path, program: Program) -> None:
    folder = tmp_path / f"album {LIGHT}"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps({"held": LIGHT, "other": "Magnolia-77"}))
    (tmp_path / "secrets").write_text(f"keeper\t{LIGHT}\n\nMagnolia-77\n")
    for form in ("text", "json"):
        done = program("scan", ".", "--secrets", "secrets", "--format", form)
        assert done.code == 1
        assert "lighthouse" not in done.stdout + done.stderr
        assert "Magnolia" not in done.stdout + done.stderr
    assert {leak["secret"] for leak in json.loads(done.stdout)["leaks"]} == {"keeper", "2"}
    text = program("scan", ".", "--secrets", "secrets").stdout
    assert "[a name that holds a secret]/a.json: byte 10: secret keeper as utf-8" in text
    assert "2 found in" in text


def test_a_clean_folder_exits_0_and_says_what_was_done(tmp_path: Path, program: Program) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    (tmp_path / "secrets").write_text(LIGHT)
    done = program("scan", "a.txt", "--secrets", "secrets")
    assert (done.code, done.stdout) == (0, "1 file, 7 bytes, looked through for 1 secret: none found\n")


def test_secrets_come_from_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from driftwright.entrypoints.cli import main

    monkeypatch.setenv("ALBUM_KEY", LIGHT)
    (tmp_path / "a.txt").write_text(f"... {LIGHT}")
    assert main(["scan", str(tmp_path), "--secret-env", "ALBUM_KEY"]) == 1
    assert "secret ALBUM_KEY as utf-8" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to look through"),
        (("here",), "no secret to look for"),
        (("here", "--secrets", "gone"), "gone: no such file"),
        (("here", "--secrets", "short"), "short:2: a secret of 3 characters"),
        (("here", "--secrets", "empty"), "holds no secret"),
        (("here", "--secrets", "latin"), "latin:byte 4: is not UTF-8"),
        (("gone", "--secrets", "good"), "no such file or folder"),
        (("here", "--secret-env", "NOT_SET_AT_ALL"), "no such environment variable"),
    ],
)
def test_bad_input_exits_2_with_one_line(
    arguments: tuple[str, ...], says: str, tmp_path: Path, program: Program
) -> None:
    for name, data in {
        "here": b"x",
        "good": b"good-secret",
        "short": b"good-secret\nabc\n",
        "empty": b"\n \n",
        "latin": b"long\xe9r",
    }.items():
        (tmp_path / name).write_bytes(data)
    done = program("scan", *arguments)
    assert done.code == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_secret_is_in_no_repr_and_in_no_message() -> None:
    assert "light" not in repr(Secret("1", "lighthouse"))
    with pytest.raises(InputFault) as caught:
        secrets_from_text("abc", "list")
    assert "abc" not in str(caught.value)


def test_text_layers_undo_all_their_levels_at_once() -> None:
    by_name = {layer.name: layer for layer in TEXT_LAYERS}
    assert by_name["escapes"].view(rb"\\\\u0041\\\"") == b'A"'
    assert by_name["html entities"].view(b"&amp;amp;lt;&#x1f512;") == "<\U0001f512".encode()
    assert by_name["percent encoding"].view(b"%252541") == b"A"


def test_the_salt_shows_itself_nowhere(tmp_path: Path) -> None:
    from driftwright.snapshot.capture.salt import workspace_salt

    salt = workspace_salt(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state" / "salt").stat().st_mode) == 0o600
    for shown in (repr(salt), str(salt), f"{salt}", f"{salt!r}", repr({"salt": salt})):
        assert not _found(shown.encode("utf-8"), salt.hex(), str(bytes(salt))[2:-1])
    assert bytes(salt) == (tmp_path / "state" / "salt").read_bytes()
