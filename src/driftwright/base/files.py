"""Files read within bounds, and written so that nothing is lost: beside the target, synced, then put in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT: int = getattr(os, "O_NONBLOCK", 0)
_NAMED_WRONGLY = frozenset(
    [
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR),
        *(errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL),
    ]
)
_UNPACK, _RESAVE = "unpack it", "save it as UTF-8"
_NO_TEXT = (
    (b"\x1f\x8b", "packed by gzip", _UNPACK),
    (b"BZh", "packed by bzip2", _UNPACK),
    (b"\xfd7zXZ", "packed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", _UNPACK),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", "export the value that is wanted as JSON"),
    (b"\xff\xfe\x00\x00", "UTF-32 text", _RESAVE),
    (b"\x00\x00\xfe\xff", "UTF-32 text", _RESAVE),
    (b"\xff\xfe", "UTF-16 text", _RESAVE),
    (b"\xfe\xff", "UTF-16 text", _RESAVE),
    *((begins + b"\x00", "UTF-16 text", _RESAVE) for begins in (b"{", b"[")),  # without a mark, as some tools write it
    *((b"\x00" + begins, "UTF-16 text", _RESAVE) for begins in (b"{", b"[")),
)
"""How files begin that are no UTF-8 text, what they are, and what to do about them."""
_PATIENCE = 0.5  # seconds in which who writes to a pipe has to begin
MAX_TEXT = 16 * 1024 * 1024  # bytes of a text that a person wrote


def read_bounded(file: File, most: int, mend: str = "cut it down to what is needed") -> bytes:
    """Read a file the user named.

    Args:
        file: The file; a pipe that somebody writes to, or a device, will do: of neither can a size be asked beforehand.
        most: How many bytes it may have, in whole MiB.
        mend: What to do about one that has more.

    Raises:
        InputFault: Missing, a folder, a pipe that nobody writes to, unreadable or larger.
    """
    try:
        with open(file, "rb", opener=_open_now) as opened:
            handle = opened.fileno()
            first = _first_of_pipe(handle) if stat.S_ISFIFO(os.fstat(handle).st_mode) else b""
            if first is None:
                raise InputFault("a pipe that nobody writes to", str(file), "", "name a file")
            if sys.platform != "win32":
                os.set_blocking(handle, True)
            data = first + opened.read(most + 1)
    except FileNotFoundError:
        raise InputFault("no such file", str(file), "", "check the path") from None
    except IsADirectoryError:
        raise InputFault("a folder, not a file", str(file), "", "name a file") from None
    except OSError as error:
        raise InputFault(f"cannot be read ({error.strerror})", str(file), "", "check its permissions") from None
    check_size(data, most, str(file), mend)
    return data


def _open_now(file: str, flags: int) -> int:
    """Open a file without waiting: to open a pipe that nobody writes to would take for ever."""
    return os.open(file, flags | _NO_WAIT)


def _first_of_pipe(handle: int) -> bytes | None:
    """Return what a pipe gives at once; None when nobody writes to it, nor begins to in a little while."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            first = os.read(handle, 1)
        except BlockingIOError:  # somebody does, and has not written yet
            return b""
        if first:
            return first
        if time.monotonic() >= end:
            return None
        time.sleep(_PATIENCE / 50)


def check_size(data: bytes, most: int, name: str, mend: str) -> None:
    """Refuse what is larger than `most` bytes.

    Raises:
        InputFault: It is.
    """
    if len(data) > most:
        raise InputFault(f"larger than {most // 2**20} MiB", name, "", mend)


def read_text(file: File) -> str:
    """Read a UTF-8 file the user named.

    Raises:
        InputFault: The file is missing, a folder, unreadable, larger than `MAX_TEXT` or not UTF-8.
    """
    return text_of(read_bounded(file, MAX_TEXT), str(file)).replace("\r\n", "\n")


def text_of(data: bytes, name: str) -> str:
    """Return bytes as UTF-8 text, line ends as they are.

    Raises:
        InputFault: They are not UTF-8; `name` is their file's.
    """
    for begins, what, mend in _NO_TEXT:
        if data.startswith(begins):
            raise InputFault(what, name, "", mend)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputFault("not UTF-8 text", name, f"byte {error.start}", "save it as UTF-8") from None


def display_path(file: File) -> str:
    """Return the file's path as a user would write it: below the current folder when it is there."""
    try:
        return str(file.relative_to(File.cwd()))
    except ValueError:
        return str(file)


def write_atomically(file: File, text: str) -> None:
    """Write a text file whole, or leave the old one as it was.

    Raises:
        InputFault: The target is a symbolic link or a folder, or nothing may be written there.
        MachineFault: The disk is full or fails.
    """
    write_by(file, lambda temporary: write_new(temporary, text.encode()))


def write_by(file: File, write: Callable[[File], object]) -> None:
    """Let somebody write a file whole, or leave the old one as it was.

    Args:
        file: The target.
        write: Writes all of it to the file that it is given, which is not there yet, and waits until the disk has it.

    Raises:
        InputFault: The target is a symbolic link or a folder, or nothing may be written there.
        MachineFault: The disk is full or fails.
    """
    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", "name the file itself; links are not written through")
    if file.is_dir():
        raise InputFault("a folder, not a file", str(file), "", "name a file")
    # Its name is known before it is made: a signal may come at any moment, and must not leave it behind.
    temporary = name_beside(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        temporary.replace(file)
    except BaseException as error:
        _remove(temporary)
        if isinstance(error, OSError):
            raise unwritable(error, file, "free space or name another folder") from None
        raise


def sync_file(file: File) -> None:
    """Wait until the disk has what was written to a file by somebody else."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def unwritable(error: OSError, file: File, mend: str) -> InputFault | MachineFault:
    """Return the fault of a file that cannot be written: of whoever named it, unless the disk or the machine fails."""
    kind = InputFault if error.errno in _NAMED_WRONGLY else MachineFault
    return kind(f"cannot be written ({error.strerror})", str(file), "", mend)


def name_beside(file: File) -> File:
    """Return a name for a temporary file in the folder of `file` that no other file has."""
    return file.with_name(f".{file.name}.{secrets.token_hex(8)}")


def write_new(file: File, data: bytes) -> None:
    """Write bytes to a file that is not there yet, and that nobody else may read.

    Raises:
        OSError: It cannot be written; what is there of it, the caller removes.
    """
    with os.fdopen(os.open(file, _NEW, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _remove(temporary: File) -> None:
    """Remove a temporary file; a failure is ignored, so that the fault before it is the one that is reported."""
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def write_together(files: Mapping[File, str]) -> None:
    """Write text files all together: each beside its place first, then all put in place; a failure undoes it.

    Raises:
        InputFault: A target is a symbolic link or a folder, or may not be written; then every file is as it was.
        MachineFault: The disk is full or fails; then every file is as it was.
    """
    for file in files:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            kind = "a symbolic link" if file.is_symlink() else "a folder, not a file" if file.is_dir() else "no file"
            raise InputFault(kind, str(file), "", "name a plain file")
    made: list[File] = []
    ready: dict[File, File] = {}
    before: dict[File, bytes | None] = {}
    try:
        for file, text in files.items():
            _make_folder(file.parent, made)
            ready[file] = name_beside(file)
            write_new(ready[file], text.encode())
            ready[file].chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        for file, temporary in ready.items():
            before[file] = file.read_bytes() if file.exists() else None
            temporary.replace(file)
    except OSError as error:
        _undo(before, made, ready)
        raise unwritable(error, file, "free space or check its permissions; nothing was changed") from None
    except BaseException:
        _undo(before, made, ready)
        raise
    for folder in {file.parent for file in files}:
        sync_folder(folder)


def _make_folder(folder: File, made: list[File]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for missing_folder in reversed(missing):
        made.append(missing_folder)
        missing_folder.mkdir()


def _undo(before: Mapping[File, bytes | None], made: list[File], temporary: Mapping[File, File]) -> None:
    for file, old in reversed(tuple(before.items())):
        if temporary[file].exists():  # it was not put in place, and to write the old one anew could lose it
            continue
        if old is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(old)
    for unplaced in temporary.values():
        _remove(unplaced)
    for folder in reversed(made):
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()


def sync_folder(folder: File) -> None:
    """Wait until the disk knows which files a folder has, where the system can: names then last as well."""
    with contextlib.suppress(OSError):  # a folder cannot be opened on Windows, nor synced on every file system
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
