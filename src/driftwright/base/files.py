"""Read a text file within a bound; write one file, or several together, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault

MAX_BYTES = 16 * 1024 * 1024


def write_atomically(file: File, text: str) -> None:
    """Write a text file whole, or leave the old one as it was.

    Raises:
        InputFault: The target is a symbolic link or a folder.
        MachineFault: The disk is full or the folder cannot be written to.
    """
    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", "name the file itself; links are not written through")
    if file.is_dir():
        raise InputFault("a folder, not a file", str(file), "", "name a file")
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = write_beside(file, text)
        temporary.replace(file)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise MachineFault(
            f"cannot be written ({error.strerror})", str(file), "", "free space or name another folder"
        ) from None


def write_beside(file: File, text: str) -> File:
    """Write a text to a new temporary file in the folder of `file`, readable by its owner only, and return it.

    Raises:
        OSError: It cannot be written; then there is no temporary file.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        File(name).unlink(missing_ok=True)
        raise
    return File(name)


def write_together(files: Mapping[File, str]) -> None:
    """Write several text files: all of them, or none when one fails.

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
            ready[file] = _write_with_mode(file, text)
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
    _sync_folders({file.parent for file in files})


def _make_folder(folder: File, made: list[File]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _write_with_mode(file: File, text: str) -> File:
    temporary = write_beside(file, text)
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
    for path in temporary:
        path.unlink(missing_ok=True)
    for folder in reversed(made):
        if not any(folder.iterdir()):
            folder.rmdir()


def _sync_folders(folders: set[File]) -> None:
    """Sync the folders too, where the system can, so that the new names survive a crash."""
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


def read_text(file: File) -> str:
    """Read a UTF-8 file the user named.

    Raises:
        InputFault: The file is missing, a folder, unreadable, larger than `MAX_BYTES` or not UTF-8.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InputFault(f"larger than {MAX_BYTES // 2**20} MiB", str(file), "", "cut it down to what is needed")
        return data.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise InputFault("no such file", str(file), "", "check the path") from None
    except IsADirectoryError:
        raise InputFault("a folder, not a file", str(file), "", "name a file") from None
    except UnicodeDecodeError as error:
        raise InputFault("not UTF-8 text", str(file), f"byte {error.start}", "save it as UTF-8") from None
    except OSError as error:
        raise InputFault(f"cannot be read ({error.strerror})", str(file), "", "check its permissions") from None


def display_path(file: File) -> str:
    """Return the file's path for display: relative to the current folder when it lies in it."""
    try:
        return str(file.relative_to(File.cwd()))
    except ValueError:
        return str(file)
