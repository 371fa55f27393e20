"""Takes from a process of readers what reading code needs not: the network, other processes, foreign files.

Three layers, each of which holds by itself, and is left out where the system does not have it: a hook of the
interpreter, which gives a reader a message that it can show; Landlock, by which Linux lets files be read in some
folders only; and the filter of system calls of `confinement.py`.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from runpy import run_path
from typing import Any

_REFUSED = (
    *("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"),
    *("os.kill", "pty.", "shutil.", "ftplib.", "smtplib.", "urllib.", "webbrowser.", "winreg.", "sqlite3.connect"),
)
_SHARED = ("/usr/share/zoneinfo", "/etc/localtime", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
_ADD_RULE, _CREATE, _RESTRICT, _NO_NEW_PRIVILEGES = 445, 444, 446, 38  # alike on all machines of Linux
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_ALL_RIGHTS = (1 << 13) - 1  # those of the first version, which all later ones know


def readable(roots: Sequence[str]) -> tuple[str, ...]:
    """Return the folders and files that readers may read: their own, those of Python and its packages, time zones."""
    own = [*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()]
    package = str(Path(__file__).parent)
    paths = (os.path.realpath(path) for path in (*roots, *own, package, *_SHARED, *_DEVICES) if path)
    # A folder that holds everything tells nothing: Python in `/usr` has its library below that.
    return tuple(dict.fromkeys(path for path in paths if Path(path).exists() and path not in ("/", "/usr")))


def guard(roots: Sequence[str]) -> None:
    """Confine this process for good.

    Args:
        roots: The folders of the readers, in which their modules are sought.
    """
    allowed = readable(roots)
    _landlock(allowed)
    # By its place, for the process of V8 runs it so as well.
    run_path(str(Path(__file__).parent.with_name("confinement.py")))["confine"](reading=True)
    sys.addaudithook(_hook(allowed))


def _hook(allowed: Sequence[str]) -> Any:
    within = tuple(path.rstrip(os.sep) + os.sep for path in allowed)
    resolved: dict[str, bool] = {}

    def is_allowed(path: object) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return True  # a file that is open
        text = os.fsdecode(path)
        if text not in resolved:
            real = os.path.realpath(text)
            resolved[text] = real in allowed or real.startswith(within)
        return resolved[text]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            changes = isinstance(mode, str) and set(mode) & set("wax+")
            if changes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
                raise PermissionError("a reader may write no file")
            if not is_allowed(path):
                raise PermissionError("a reader may read no file outside of its folder")
        elif event in ("os.listdir", "os.scandir"):
            if arguments[0] is not None and not is_allowed(arguments[0]):
                raise PermissionError("a reader may list no folder outside of its own")
        elif event.startswith(_REFUSED):
            raise PermissionError(f"a reader may not do this ({event})")

    return hook


def _landlock(allowed: Sequence[str]) -> None:
    """Let this process read below some paths only, where the kernel can tell."""
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        rights = ctypes.create_string_buffer(struct.pack("=Q", _ALL_RIGHTS))
        ruleset = library.syscall(_CREATE, rights, ctypes.c_size_t(8), 0)
        if ruleset < 0:
            return
        for path in allowed:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            held = _READ_FILE | _EXECUTE | (_READ_FOLDER if Path(path).is_dir() else 0)
            rule = ctypes.create_string_buffer(struct.pack("=Qi", held, place))
            library.syscall(_ADD_RULE, ruleset, 1, rule, 0)
            os.close(place)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        library.syscall(_RESTRICT, ruleset, 0)
        os.close(ruleset)
