"""A run of pytest within the one that asks for it: for what is asked of its text, its files and its exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

KEPT = ("PATH", "TMPDIR")
# What belongs to a whole process, of which the run around this one has taken care.
OUTER = ("-p", "no:faulthandler", "-p", "no:unraisableexception", "-p", "no:threadexception")
COMMON = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")


def pytest_here(folder: Path, *arguments: str) -> SimpleNamespace:
    """Run pytest in a folder, with the plugin found by its entry point; return `code`, `out` and `lines`."""
    out, err = io.StringIO(), io.StringIO()
    with _place(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        code = pytest.main([*OUTER, *COMMON, *arguments])
    lines = out.getvalue().splitlines()
    return SimpleNamespace(code=int(code), out=out.getvalue() + err.getvalue(), lines=lines)


@contextlib.contextmanager
def _place(folder: Path) -> Iterator[None]:
    """Be in a folder with little of this process's environment; what is imported from there is forgotten afterwards."""
    variables, path = dict(os.environ), list(sys.path)
    try:
        with contextlib.chdir(folder):
            os.environ.clear()
            os.environ.update({name: variables[name] for name in KEPT if name in variables}, LC_ALL="C.UTF-8")
            yield
    finally:
        os.environ.clear()
        os.environ.update(variables)
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and Path(file).is_relative_to(folder):
                del sys.modules[name]
