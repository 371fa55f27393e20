"""Another operating system, as the package's own modules would find it: what it lacks is not there to them.

Run as a script: a system (`win32` or `darwin`), a `;`, then commands of the program, each ended by a `;`. They run one
after another in this process; each exit code is a line of standard error. What a library below the package does on that
system is not simulated, nor are other separators of paths.
"""

from __future__ import annotations

import builtins
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import driftwright

PACKAGE = "driftwright"
MODULES = {
    "win32": frozenset({"fcntl", "grp", "posix", "pwd", "readline", "resource", "select", "syslog", "termios", "tty"}),
    "darwin": frozenset({"msvcrt", "winreg", "_winapi"}),
}
_OF_OS = (
    "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK WNOHANG chown chroot confstr fchdir fchmod fchown fork forkpty "
    "geteuid getegid getgid getgroups getpgid getpgrp getpriority getsid getuid initgroups killpg lchown major mkfifo "
    "mknod nice openpty pread pwrite pipe2 register_at_fork sched_getaffinity set_blocking setegid seteuid setgid "
    "setpgid setsid setuid statvfs sync sysconf tcgetpgrp uname wait waitid"
)
_OF_SIGNAL = (
    "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 alarm "
    "pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigwait"
)
LACKS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "win32": {"os": frozenset(_OF_OS.split()), "signal": frozenset(_OF_SIGNAL.split())},
    "darwin": {"os": frozenset({"sched_getaffinity", "pipe2"}), "signal": frozenset()},
}


class PretendedModule(ModuleType):
    """A module as it is on another system.

    Args:
        real: The module.
        lacks: Names that it does not have there.
        other: What is otherwise there.
    """

    def __init__(self, real: ModuleType, lacks: frozenset[str], other: Mapping[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update({"_real": real, "_lacks": lacks, **other})

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__["_lacks"]:
            raise AttributeError(name)
        return getattr(self.__dict__["_real"], name)


def pretend(system: str) -> None:
    """Let the modules of the package, which are not imported yet, find another system."""
    modules = {
        "os": PretendedModule(os, LACKS[system]["os"], {"name": "nt"} if system == "win32" else {}),
        "signal": PretendedModule(signal, LACKS[system]["signal"], {}),
        "sys": _Streams(sys, frozenset(), {"platform": system}),
    }
    real = builtins.__import__

    def importing(name: str, *arguments: Any, **named: Any) -> Any:
        of = named.get("globals", arguments[0] if arguments else None) or {}
        level = named.get("level", arguments[3] if len(arguments) > 3 else 0)
        if level == 0 and str(of.get("__name__", "")).partition(".")[0] == PACKAGE:
            if name in MODULES[system]:
                raise ImportError(f"no module {name} on {system}", name=name)
            if name in modules:
                return modules[name]
        return real(name, *arguments, **named)

    builtins.__import__ = importing
    if system == "win32":
        Path.symlink_to = _refuse  # type: ignore[method-assign]  # which takes a right that nobody has by default
    else:
        exists = Path.exists
        Path.exists = lambda path, **more: not str(path).startswith("/proc/") and exists(path, **more)  # type: ignore[method-assign]


class _Streams(PretendedModule):
    """`sys`, whose streams are set by the package itself."""

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError(1314, "A required privilege is not held by the client")


def import_everything() -> int:
    """Import every module of the package, and return how many there are."""
    names = [module.name for module in pkgutil.walk_packages(driftwright.__path__, f"{PACKAGE}.")]
    for name in names:
        if name != f"{PACKAGE}.__main__":
            importlib.import_module(name)
    return len(names)


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say; see the module."""
    system, *rest = " ".join(arguments).split(";")
    pretend(system.strip())
    lacked = next(iter(MODULES[system.strip()]))
    try:
        builtins.__import__(lacked, {"__name__": f"{PACKAGE}.of_a_test"})
    except ImportError as refused:
        sys.stderr.write(f"{refused}\n")
    sys.stderr.write(f"modules {import_everything()}\n")
    run = importlib.import_module(f"{PACKAGE}.entrypoints.cli").main
    for command in filter(None, map(str.strip, rest)):
        sys.stderr.write(f"exit {run(command.split())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
