"""The secrets that are looked for: given in a file, on standard input or in the environment, never as an argument."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from driftwright.base.errors import InputFault

LEAST, MOST = 4, 4096  # characters: shorter ones stand everywhere by chance, longer ones are documents
_LABELLED = re.compile(r"([A-Za-z0-9_.-]{1,64})\t(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that must not be found.

    Args:
        label: What reports call it: its number, or the name that it was given.
        text: The secret itself; it is in no `repr`.
    """

    label: str
    text: str = field(repr=False)


def secrets_from_text(text: str, file: str) -> tuple[Secret, ...]:
    """Return the secrets of a text: one a line, each perhaps after a label and a tab.

    Raises:
        InputFault: There is none, or one is too short or too long.
    """
    secrets = []
    for line, content in enumerate(text.split("\n"), 1):
        line_text = content.removesuffix("\r")
        if not line_text.strip():
            continue
        labelled = _LABELLED.fullmatch(line_text)
        secret = Secret(labelled[1], labelled[2]) if labelled else Secret("", line_text)
        secrets.append(_check_secret(secret, file, str(line)))
    if not secrets:
        raise InputFault("holds no secret", file, "", "write one a line, perhaps after a label and a tab")
    return tuple(secrets)


def secret_from_environment(name: str) -> Secret:
    """Return the secret that an environment variable holds, labelled with its name.

    Raises:
        InputFault: The variable is not set, or what it holds is too short or too long.
    """
    text = os.environ.get(name)
    if text is None:
        raise InputFault("no such environment variable", "--secret-env", "", "export it first")
    label = name if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) else ""
    return _check_secret(Secret(label, text), "--secret-env", label)


def numbered(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """Give every secret without a label its number, from 1, and leave out what was said twice."""
    once: dict[str, Secret] = {}
    for secret in secrets:
        once.setdefault(secret.text, secret)
    named = enumerate(once.values(), 1)
    return tuple(secret if secret.label else replace(secret, label=str(number)) for number, secret in named)


def _check_secret(secret: Secret, file: str, place: str) -> Secret:
    if not LEAST <= len(secret.text) <= MOST:
        problem = f"a secret of {len(secret.text)} characters cannot be told from chance, or is a document"
        raise InputFault(problem, file, place, f"give {LEAST} to {MOST} characters")
    return secret
