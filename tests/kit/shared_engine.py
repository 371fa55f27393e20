"""One engine for all examples of the laws of a module: Hypothesis does not renew fixtures between examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from driftwright.impact.javascript.engine import Engine


def shared_engine(seconds: float) -> tuple[Callable[[], Engine], Any]:
    """Return a function that gives the one engine, made on first use, and the fixture that ends it with its module.

    Args:
        seconds: The most that one call of a reader may take.
    """
    engines: list[Engine] = []

    def shared() -> Engine:
        if not engines:
            engines.append(Engine(seconds=seconds))
        return engines[0]

    @pytest.fixture(scope="module", autouse=True)
    def end_shared() -> Iterator[None]:
        yield
        while engines:
            engines.pop().close()

    return shared, end_shared
