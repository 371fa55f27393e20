"""Extensions that are traced in a real Chromium, and the command that traces them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from driftwright.entrypoints.cli import main
from driftwright.snapshot.capture.traced import tracing
from driftwright.snapshot.capture.traced.listening import Listener

ROOT = Path(__file__).resolve().parents[2]
SITE = "useMediaStore"
STORE = ROOT / "schemas" / "grok" / SITE / "v1" / "several.witness.json"
SCHEMA = json.loads(
    (ROOT / "src" / "driftwright" / "workspace" / "formats" / "extension-reads-v1.schema.json").read_text()
)
Read = tuple[str, str]
SETTLED = 100.0  # milliseconds for what nobody expects, once all is heard that is expected
_LOOK = 20.0  # milliseconds between two looks for it
_AT_MOST = 8.0  # seconds until what is expected is given up


def built_extension(folder: Path, scripts: dict[str, str], **manifest: Any) -> Path:
    """Write a small extension for `shop.test`: its scripts by name, and what its manifest says beside the usual."""
    home = folder / "built"
    home.mkdir()
    for name, text in scripts.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text)
    whole: dict[str, Any] = {
        "manifest_version": 3,
        "name": "Reader",
        "version": "1.0",
        "content_scripts": [{"matches": ["https://shop.test/*"], "js": ["content.js"], "run_at": "document_start"}],
        **manifest,
    }
    (home / "manifest.json").write_text(json.dumps(whole))
    return home


def _digest(folder: Path) -> str:
    """Everything that a change of the folder would change, its times of change among it."""
    rows = [
        (str(file.relative_to(folder)), file.stat().st_mtime_ns, file.read_bytes() if file.is_file() else b"")
        for file in sorted([folder, *folder.rglob("*")])
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


class TracedCommand(SimpleNamespace):
    """What the command left and said."""

    code: int
    record: dict[str, Any]
    out: str
    err: str

    def reads(self, store: str = "site") -> dict[Read, dict[str, Any]]:
        return {
            (f"{read['store']}:{read['path']}", read["asked"]): read
            for read in self.record["reads"]
            if read["store"] == store
        }

    def findings(self) -> list[tuple[str, int]]:
        return [
            (undeclared["at"], undeclared["times"])
            for undeclared in self.record["check"]["undeclared"]
            if undeclared["finding"]
        ]


@contextlib.contextmanager
def _until_heard(names: Collection[str]) -> Iterator[None]:
    """Let a trace go on for as long as it should, but no longer than until it has heard of all `names`."""

    class Expecting(Listener):
        def __init__(self, session: Any, *others: Any) -> None:
            super().__init__(session, *others)
            self._wait, session.pause = session.pause, self._pause
            self._is_complete = False

        def _pause(self, milliseconds: float) -> None:
            ends = time.monotonic() + milliseconds / 1000
            while not self._is_complete and time.monotonic() < ends:
                self._wait(_LOOK)
                self.fetch()
                heard = "".join((*self.texts(), *self.texts_of_workers()))
                if all(json.dumps(name) in heard for name in names):
                    self._is_complete = True
                    self._wait(SETTLED)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracing, "Listener", Expecting)
        yield


class Door:
    """The command as users run it, in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._file = folder / "reads.json"
        self._capsys = capsys

    def __call__(
        self, extension: Path, *options: str, seconds: float = 0.5, until: Collection[str] = ()
    ) -> TracedCommand:
        """Trace for `seconds`; or, if the test knows of which names it has to hear, until it has heard them."""
        before = _digest(extension)
        lasts = _AT_MOST if until else seconds
        arguments = ["--workspace", str(ROOT), "trace", str(extension), *options, "--seconds", str(lasts)]
        with _until_heard(until) if until else contextlib.nullcontext():
            code = main([*arguments, "--out", str(self._file)])
        assert _digest(extension) == before
        out, err = self._capsys.readouterr()
        record = json.loads(self._file.read_text()) if self._file.exists() else {}
        if record:
            jsonschema.Draft202012Validator(SCHEMA).validate(record)
        return TracedCommand(code=code, record=record, out=out, err=err)

    def on_saved(self, extension: Path, *options: str, **how: Any) -> TracedCommand:
        return self(extension, "--store", str(STORE), "--key", SITE, *options, **how)
