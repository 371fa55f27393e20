"""JUnit files without the name of the machine."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path

import pytest

# pytest escapes `<` and `"` in attributes, so that the first tag of the suite is the only place this fits.
_HOSTNAME = re.compile(r'(<testsuite\b[^<>]*?) hostname="[^"]*"')


class NamelessMachine:
    """Takes the machine's name out of the file that pytest's own `--junitxml` wrote.

    pytest offers no hook for it: the name is written at the end of the session. This runs after that, on the file.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Wait until the file is written, then mend it; workers of a distributed run write none."""
        yield
        named = self._config.getoption("xmlpath", None)
        if not named or hasattr(self._config, "workerinput"):
            return
        file = Path(os.path.expandvars(named)).expanduser()  # as pytest finds it
        if file.is_file():
            file.write_text(without_hostname(file.read_text(encoding="utf-8")), encoding="utf-8")


def without_hostname(text: str) -> str:
    """Return a JUnit document whose suite does not name the machine."""
    return _HOSTNAME.sub(r"\1", text, count=1)
