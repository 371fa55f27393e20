"""GitHub's own program as a way to its REST interface; it brings its own login."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.errors import MachineFault
from driftwright.history.alert.http import Answer

_SECONDS = 60.0
_STATUS = re.compile(rb"\(HTTP (\d{3})\)")
HEADERS: Mapping[str, str] = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
"""What every question to the interface says of itself."""


@dataclass(frozen=True, slots=True)
class Gh:
    """The program `gh`.

    Args:
        program: Where it lies.
    """

    program: str

    def call(self, method: str, path: str, payload: Any = None) -> Answer:
        """Ask `path`; what is sent goes over standard input, so that no other user sees it.

        Raises:
            MachineFault: It does not run, takes too long, or says nothing of the answer.
        """
        headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
        command = [self.program, "api", "--method", method, *headers, path]
        sent = None if payload is None else json.dumps(payload).encode()
        if sent is not None:
            command += ["--input", "-"]
        environment = {**os.environ, "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"}
        try:
            done = subprocess.run(  # noqa: S603 - GitHub's own program, no shell
                command, input=sent or b"", capture_output=True, timeout=_SECONDS, check=False, env=environment
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            what = f"gh did not answer ({type(error).__name__})"
            raise MachineFault(what, "", "", "run `gh auth status`; the next run sends what is left") from None
        if done.returncode == 0:
            return Answer(200, _document(done.stdout))
        # What it says may repeat what it was given; its status is all that is taken from it.
        status = _STATUS.search(done.stderr)
        if status is None:
            what = f"gh failed (exit {done.returncode})"
            raise MachineFault(what, "", "", "run `gh auth status`; the next run sends what is left")
        return Answer(int(status[1]), None)


def _document(data: bytes) -> Any:
    try:
        return json.loads(data) if data.strip() else None
    except (ValueError, RecursionError):
        return None
