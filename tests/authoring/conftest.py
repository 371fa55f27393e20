"""What the tests of the emitted package share."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.emitted import install
from kit.once import Made


@pytest.fixture(scope="module")
def consumer(made_once: Made) -> Path:
    """A consumer's project with the repository's package in it."""
    return made_once("consumer of the emitted package", install)
