"""Writing files so that nothing is lost: a temporary file beside the target, fsync, replace."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault


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
        temporary = written_beside(file, text)
        temporary.replace(file)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise MachineFault(
            f"cannot be written ({error.strerror})", str(file), "", "free space or name another folder"
        ) from None


def written_beside(file: File, text: str) -> File:
    """Write a text to a temporary file in the folder of `file`, which nobody else may read, and return it.

    Raises:
        OSError: It cannot be written; then nothing of it is left.
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
