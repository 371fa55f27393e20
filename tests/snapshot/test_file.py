"""The snapshot's file: written in one piece, and read with suspicion."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.jsontext import MAX_DEPTH
from driftwright.base.terms import Area
from driftwright.snapshot.file import MAX_BYTES, MAX_NODES, read_snapshot, write_snapshot
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from kit.examples import examples

WHERE = Provenance("shop", "worked", "https://shop.test", "Chromium 140.0", "2026-01-02T03:04:05Z", "0.1.0")
HIDDEN = Redaction("sha256:aa", "sha256:bb")


def _snapshot(value: Any = None) -> Snapshot:
    entry = Entry("cart_1", "cart", {"id": "1"}, 12, "json", value)
    views = (AreaView(Area.SESSION, (entry,), 3), AreaView(Area.EXTENSION_SYNC, (), 0, "SecurityError"))
    return Snapshot(WHERE, HIDDEN, views)


def _text(value: Any = None) -> str:
    return json.dumps(_document(value))


def _document(value: Any = None) -> dict[str, Any]:
    snapshot = _snapshot(value)
    entry = {"key": "cart_1", "store": "cart", "ids": {"id": "1"}, "size": 12, "form": "json", "value": value}
    return {
        "format": "snapshot-v1",
        "digest": snapshot.digest,
        "provenance": {name: getattr(WHERE, name) for name in WHERE.__slots__},
        "redaction": {"redactor": "sha256:aa", "policy": "sha256:bb"},
        "areas": [
            {"area": "session", "others": 3, "entries": [entry]},
            {"area": "extension-sync", "others": 0, "entries": [], "denied": "SecurityError"},
        ],
    }


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    )
)
def test_what_is_written_is_read_back(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "a.snapshot.json"
    write_snapshot(_snapshot(value), file)
    assert read_snapshot(file) == _snapshot(value)


def test_lone_surrogates_and_prototype_names_pass(tmp_path: Path) -> None:
    file = tmp_path / "a.snapshot.json"
    value = {"__proto__": "\ud800", "": 'quoted " and\nnewline', "\u202e": [1, 1.5, True]}
    write_snapshot(_snapshot(value), file)
    assert read_snapshot(file).areas[0].entries[0].value == value


def test_the_written_file_fits_the_published_schema(tmp_path: Path) -> None:
    file = tmp_path / "a.snapshot.json"
    write_snapshot(_snapshot({"a": 1}), file)
    schema = json.loads(resources.files("driftwright.snapshot").joinpath("formats/snapshot-v1.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(file.read_text()))
    assert json.loads(file.read_text()) == _document({"a": 1})


def _changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = _document({"a": 1})
    change(document)
    return json.dumps(document).encode()


def _first(document: dict[str, Any]) -> dict[str, Any]:
    entry = document["areas"][0]["entries"][0]
    assert isinstance(entry, dict)
    return entry


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "1:1"),
    "truncated": (_text().encode()[:200], "1:"),
    "not UTF-8": (b'{"format": "\xff"}', "byte 12"),
    "UTF-16": (_text().encode("utf-16"), "byte 0"),
    "byte order mark": (b"\xef\xbb\xbf" + _text().encode(), "1:1"),
    "too large": (b'"' + b"x" * MAX_BYTES + b'"', ""),
    "too deep": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), f"1:{MAX_DEPTH + 1}"),
    "depth a million": (b"[" * 10**6 + b"]" * 10**6, f"1:{MAX_DEPTH + 1}"),
    "too many values": (b"[" + b"0," * MAX_NODES + b"0]", "1:"),
    "a large integer": (_text().replace('"size": 12', '"size": ' + "1" * 4301).encode(), "/areas/0/entries/0/size"),
    "NaN": (_text(float("nan")).encode(), "/areas/0/entries/0/value"),
    "Infinity": (_text(float("inf")).encode(), "/areas/0/entries/0/value"),
    "1e999": (_text(0.5).replace("0.5", "1e999").encode(), "/areas/0/entries/0/value"),
    "a key twice": (_text().replace('"others": 3', '"others": 3, "others": 4').encode(), "/areas/0"),
    "not an object": (b"[]", "/format"),
    "another format": (_changed(lambda held: held.update(format="snapshot-v2")), "/format"),
    "no redaction": (_changed(lambda held: held.pop("redaction")), "/redaction"),
    "an edited value": (_changed(lambda held: held["areas"][0]["entries"][0].update(value={"a": 2})), "/digest"),
    "an unknown area": (_changed(lambda held: held["areas"][0].update(area="cookies")), "/areas/0/area"),
    "an unknown form": (_changed(lambda held: _first(held).update(form="x")), "/areas/0/entries/0/form"),
    "a true size": (_changed(lambda held: _first(held).update(size=True)), "/areas/0/entries/0/size"),
    "no value": (_changed(lambda held: _first(held).pop("value")), "/areas/0/entries/0/value"),
    "an entry that is text": (_changed(lambda held: held["areas"][0].update(entries=["x"])), "/areas/0/entries/0"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bad_input_is_one_line_with_file_place_and_mend(tmp_path: Path, name: str) -> None:
    data, place = HOSTILE[name]
    file = tmp_path / "a.snapshot.json"
    file.write_bytes(data)
    with pytest.raises(InputFault) as caught:
        read_snapshot(file)
    fault = caught.value
    assert fault.file == str(file)
    assert fault.place.startswith(place)
    assert fault.mend
    assert "\n" not in str(fault)


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="no such file"):
        read_snapshot(tmp_path / "none.snapshot.json")


def test_it_does_not_write_through_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "a.snapshot.json").symlink_to(tmp_path / "victim")
    with pytest.raises(InputFault, match="symbolic link"):
        write_snapshot(_snapshot(), tmp_path / "a.snapshot.json")
    assert (tmp_path / "victim").read_text() == "kept"


def test_a_failed_write_keeps_the_old_file_and_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.snapshot.json"
    write_snapshot(_snapshot(1), file)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineFault, match="No space left"):
        write_snapshot(_snapshot(2), file)
    assert read_snapshot(file) == _snapshot(1)
    assert [found.name for found in tmp_path.iterdir()] == [file.name]


def test_a_folder_that_cannot_be_was_named_wrongly(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(InputFault, match="cannot be written"):
        write_snapshot(_snapshot(), tmp_path / "taken" / "a.snapshot.json")


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.snapshot.json"
    write_snapshot(_snapshot(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
