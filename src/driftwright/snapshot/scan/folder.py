"""Scan files and folders: the content of each file, and the names of files and folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from driftwright.base.errors import InputFault
from driftwright.snapshot.scan.database import BEGINNING, with_log
from driftwright.snapshot.scan.findings import Findings, Scanned
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import needles
from driftwright.snapshot.scan.secrets import Secret
from driftwright.snapshot.scan.stream import IMAGE, Look, Stream

_CHUNK = 1024 * 1024
_LOG = "-wal"


@dataclass(slots=True)
class _Scan:
    matcher: Matcher
    findings: Findings
    sizes: list[int]


def scan_paths(paths: Sequence[Path], secrets: Sequence[Secret], besides: frozenset[Path] = frozenset()) -> Scanned:
    """Look for secrets in files and in all files below folders; no link is followed.

    Args:
        paths: Files and folders.
        secrets: What to look for, each with a label of its own.
        besides: Files that are left out, such as the one that lists the secrets.

    Raises:
        InputFault: A path is not there.
    """
    for number, path in enumerate(paths, 1):
        if not os.path.lexists(path):
            raise InputFault("no such file or folder", "PATH", str(number), "name what is there")
    made = _Scan(Matcher(needles(secrets)), Findings(), [])
    left_out = {path.resolve() for path in besides}
    for path in paths:
        for file in _files(path, made):
            if file.resolve() not in left_out:
                _look_at(file, made)
    return made.findings.result(made.sizes)


def _files(path: Path, made: _Scan) -> Iterator[Path]:
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    _look_at_name(path, made)

    def closed(error: OSError) -> None:
        made.findings.note_unread(shown(Path(error.filename), made.matcher), f"cannot be opened ({error.strerror})")

    for folder, names, files in os.walk(path, onerror=closed):
        names.sort()
        parent = Path(folder)
        for name in names:
            _look_at_name(parent / name, made)
        links = [name for name in names if (parent / name).is_symlink()]
        yield from (parent / name for name in sorted([*files, *links]))


def _look_at(file: Path, made: _Scan) -> None:
    _look_at_name(file, made)
    name = shown(file, made.matcher)
    stream = Stream(Look(name, made.matcher, made.findings))
    try:
        kind = file.lstat().st_mode
        if stat.S_ISLNK(kind):
            stream.feed(os.fsencode(file.readlink()))
        elif stat.S_ISREG(kind):
            made.sizes.append(_feed(file, stream))
            _with_log(file, made)
        else:
            made.findings.note_unread(name, "neither a file nor a folder")
    except OSError as error:
        made.findings.note_unread(name, f"cannot be read ({error.strerror})")
    stream.close()


def _feed(file: Path, stream: Stream) -> int:
    size = 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            size += len(chunk)
            stream.feed(chunk)
    return size


def _with_log(file: Path, made: _Scan) -> None:
    """A value that lies in a database's log in pieces is whole only when the log is put in."""
    log = file.with_name(file.name + _LOG)
    if not log.is_file() or log.is_symlink() or file.stat().st_size + log.stat().st_size > IMAGE:
        return
    image = file.read_bytes()
    if not image.startswith(BEGINNING):
        return
    stream = Stream(Look(shown(file, made.matcher), made.matcher, made.findings), ("with its write-ahead log",), 0)
    stream.feed(with_log(image, log.read_bytes()))
    stream.close()


def _look_at_name(path: Path, made: _Scan) -> None:
    """Look at the last part of a path; what is above it was looked at before, or was given by the user."""
    stream = Stream(Look(shown(path, made.matcher), made.matcher, made.findings), ("its name",), 0)
    stream.feed(os.fsencode(path.name))
    stream.close()


def shown(path: Path, matcher: Matcher) -> str:
    """Return a path as it may be printed: a part that gives a secret away is left out."""
    parts = [part if _is_clean(part, matcher) else "[a name that holds a secret]" for part in path.parts]
    return os.fspath(Path(*parts)).encode("utf-8", "replace").decode()


def _is_clean(part: str, matcher: Matcher) -> bool:
    findings = Findings()
    stream = Stream(Look("", matcher, findings))
    stream.feed(os.fsencode(part))
    stream.close()
    return not findings.result(()).leaks
