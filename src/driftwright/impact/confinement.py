"""Take from a process what it needs no more once readers run: files, the network, other processes.

The last thing that the process does before it runs foreign code. A reader that breaks out of V8 is then in a process
that can open, create, remove and execute nothing, speak to nobody but through the pipes it was started with, signal
nobody, and gain no right; one in Python can read files besides, for Python imports modules when it comes to them. Each
layer holds by itself, and is left out where the system does not have it.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress

_NO_NEW_PRIVILEGES, _NOT_PERMITTED, _NO_SUCH_CALL = 38, 1, 38
_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT, _FLAGS = 0, 4, 16, 32  # offsets in what the kernel shows of a call
_OF_THIS_PROCESS = 0x10000  # CLONE_THREAD: what is started is a thread, no process

# Memory, threads, clocks, signals of its own, and reading and writing what is open: all that V8 and its library need.
# Each call with its number on x86_64 and on arm64; none where the machine has no such call.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "mincore": (27, 232),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "exit": (60, 93),
    "uname": (63, 160),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "time": (201, None),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "set_tid_address": (218, 96),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "epoll_wait": (232, None),
    "epoll_ctl": (233, 21),
    "set_robust_list": (273, 99),
    "epoll_pwait": (281, 22),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "pkey_mprotect": (329, 288),
    "rseq": (334, 293),
    "epoll_pwait2": (441, 441),
    "futex_waitv": (449, 449),
}
# What Python needs besides, to find and read modules and to be woken by a timer.
_READING_CALLS: dict[str, tuple[int | None, int | None]] = {
    "stat": (4, None),
    "lstat": (6, None),
    "poll": (7, None),
    "ioctl": (16, 29),
    "pread64": (17, 67),
    "access": (21, None),
    "dup": (32, 23),
    "setitimer": (38, 103),
    "fcntl": (72, 25),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getdents64": (217, 61),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "ppoll": (271, 73),
    "statx": (332, 291),
    "faccessat2": (439, 439),
}
_OPENAT = (257, 56)
_CHANGES = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000  # write, read and write, create, truncate, append
_CLONE, _CLONE3, _TGKILL, _SECCOMP = (56, 220), (435, 435), (234, 131), (317, 277)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def confine(*, reading: bool = False) -> None:
    """Confine this process for good, as far as this system can; what it has open stays open.

    Args:
        reading: Whether it may still open files, to read them.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if not reading:
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # nothing can be opened any more: no file and no socket
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        column, machine = _MACHINES.get(os.uname().machine, (0, 0))
        if machine and sys.maxsize > 1 << 32:
            code = _filter(column, machine, reading=reading)
            program = _Program(len(code) // 8, code)
            library.syscall(_SECCOMP[column], _FILTER, _ALL_THREADS, ctypes.byref(program))


def _filter(column: int, machine: int, *, reading: bool) -> bytes:
    """Return the program by which the kernel lets a call pass or refuses it."""
    calls = {**_CALLS, **_READING_CALLS} if reading else _CALLS
    allowed = [numbers[column] for numbers in calls.values()]
    code = [
        _step(_LOAD, _MACHINE),
        _step(_EQUAL, machine, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    for number in filter(lambda number: number is not None, allowed):
        code += [_step(_EQUAL, number or 0, 0, 1), _step(_RETURN, _ALLOW)]
    # The C library falls back to `clone` where there is no `clone3`, whose flags no filter can see.
    code += [_step(_EQUAL, _CLONE3[column], 0, 1), _step(_RETURN, _REFUSE | _NO_SUCH_CALL)]
    code += _when(_CLONE[column], _step(_ANY_BIT, _OF_THIS_PROCESS, 0, 1))
    if reading:
        code += _when(_OPENAT[column], _step(_ANY_BIT, _CHANGES, 1, 0), _FLAGS)
    code += _when(_TGKILL[column], _step(_EQUAL, os.getpid(), 0, 1))  # how a program ends itself
    return b"".join([*code, _step(_RETURN, _REFUSE | _NOT_PERMITTED)])


def _when(number: int, test: bytes, argument: int = _FIRST_ARGUMENT) -> list[bytes]:
    """Let a call pass if `test` holds of an argument, the first; another call goes on to what follows."""
    passed, refused = _step(_RETURN, _ALLOW), _step(_RETURN, _REFUSE | _NOT_PERMITTED)
    return [_step(_EQUAL, number, 0, 4), _step(_LOAD, argument), test, passed, refused]


def _step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, value)
