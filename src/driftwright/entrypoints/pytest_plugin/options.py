"""The options of the plugin, on the command line or in the pytest settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

_FAIL_ON = ("degraded", "broken")
_UNSEEN = ("skip", "fail")


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked for.

    Args:
        root: The folder that pytest names everything from.
        folder: The folder of the workspace.
        fail_on: The least verdict that fails: `degraded` or `broken`.
        strict: Whether a change of level break that no derived fact notices fails as well.
        unseen: What becomes of a fact that a snapshot does not show: `skip` or `fail`; it never passes.
    """

    root: Path
    folder: Path
    fail_on: str
    strict: bool
    unseen: str


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the command line and the settings of the same names."""
    group = parser.getgroup("driftwright", "contract tests for storage you don't own (driftwright)")
    group.addoption("--driftwright", action="store_true", help="collect contracts and *.snapshot.json files")
    group.addoption(
        "--driftwright-workspace",
        metavar="DIR",
        help="folder that holds contracts/ and schemas/ (default: the root folder); implies --driftwright",
    )
    group.addoption("--driftwright-fail-on", choices=_FAIL_ON, help="least verdict that fails (default: degraded)")
    group.addoption(
        "--driftwright-strict",
        action="store_true",
        help="a change of level break that no derived fact notices fails as well",
    )
    group.addoption(
        "--driftwright-unseen",
        choices=_UNSEEN,
        help="what becomes of a fact that a snapshot does not show (default: skip); it never passes",
    )
    parser.addini("driftwright", "collect contracts and *.snapshot.json files", "bool", default=False)
    parser.addini("driftwright_workspace", "folder that holds contracts/ and schemas/", "string", default="")
    parser.addini("driftwright_fail_on", "least verdict that fails", "string", default=_FAIL_ON[0])
    parser.addini("driftwright_strict", "unnoticed changes fail as well", "bool", default=False)
    parser.addini("driftwright_unseen", "what becomes of an unseen fact", "string", default=_UNSEEN[0])


def is_on(config: pytest.Config) -> bool:
    """Whether this run asked for contracts and snapshots."""
    named = config.getoption("--driftwright-workspace")
    return bool(config.getoption("--driftwright") or named or config.getini("driftwright"))


def settings_of(config: pytest.Config) -> Settings:
    """Return what was asked for; an option comes before a setting.

    Raises:
        pytest.UsageError: A setting has a word that is not known.
    """
    named = config.getoption("--driftwright-workspace")
    base = config.invocation_params.dir if named else config.rootpath
    return Settings(
        root=config.rootpath,
        folder=(base / (named or str(config.getini("driftwright_workspace")))).resolve(),
        fail_on=_word(config, "fail_on", _FAIL_ON),
        strict=bool(config.getoption("--driftwright-strict") or config.getini("driftwright_strict")),
        unseen=_word(config, "unseen", _UNSEEN),
    )


def _word(config: pytest.Config, name: str, words: tuple[str, ...]) -> str:
    option = config.getoption(f"--driftwright-{name.replace('_', '-')}")
    word = str(option or config.getini(f"driftwright_{name}"))
    if word not in words:
        raise pytest.UsageError(f"driftwright_{name} = {word!r} in the settings: use one of {', '.join(words)}")
    return word
