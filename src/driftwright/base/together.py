"""Writing several files so that all of them change or none does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import written_beside


def write_together(files: Mapping[File, str]) -> None:
    """Write text files all together: each beside its place first, then all put in place; a failure undoes it.

    Raises:
        InputFault: A target is a symbolic link or a folder.
        MachineFault: Something cannot be written; then every file is as it was.
    """
    for file in files:
        if file.is_symlink() or file.is_dir():
            what = "a symbolic link" if file.is_symlink() else "a folder, not a file"
            raise InputFault(what, str(file), "", "name a plain file")
    made: list[File] = []
    ready: dict[File, File] = {}
    before: dict[File, bytes | None] = {}
    try:
        for file, text in files.items():
            _make_folder(file.parent, made)
            ready[file] = _beside(file, text)
        for file, temporary in ready.items():
            old = file.read_bytes() if file.exists() else None
            temporary.replace(file)
            before[file] = old
    except OSError as error:
        _undo(before, made, list(ready.values()))
        mend = "free space or check its permissions; nothing was changed"
        raise MachineFault(f"cannot be written ({error.strerror})", str(file), "", mend) from None
    except BaseException:
        _undo(before, made, list(ready.values()))
        raise
    _settle({file.parent for file in files})


def _make_folder(folder: File, made: list[File]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
        made.append(one)


def _beside(file: File, text: str) -> File:
    temporary = written_beside(file, text)
    try:
        temporary.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _undo(before: Mapping[File, bytes | None], made: list[File], temporary: list[File]) -> None:
    for file, old in reversed(tuple(before.items())):
        if old is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(old)
    for one in temporary:
        one.unlink(missing_ok=True)
    for folder in reversed(made):
        if not any(folder.iterdir()):
            folder.rmdir()


def _settle(folders: set[File]) -> None:
    """Make the names last as well, where the system can."""
    for folder in folders:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            continue
        try:
            os.fsync(handle)
        except OSError:
            pass
        finally:
            os.close(handle)
