"""The plugin for pytest: contracts and snapshots as test items, and fixtures for tests of your own.

Installed, it changes nobody's run: it adds options, a marker and fixtures, and nothing else. A project turns it on with
`--driftwright`, or for good with `driftwright = true` in its pytest settings. Nothing heavy is imported before then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from driftwright.entrypoints.pytest_plugin.options import add_options, is_on, settings_of

if TYPE_CHECKING:
    from driftwright.entrypoints.pytest_plugin.bench import Bench, Check, StoreOf
    from driftwright.entrypoints.pytest_plugin.functions import Contracts
    from driftwright.workspace import Workspace

_BENCH: pytest.StashKey[Bench] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker; in a project that turned the plugin on, take part in the run."""
    config.addinivalue_line("markers", "driftwright: a contract or a snapshot of driftwright")
    if is_on(config):
        from driftwright.entrypoints.pytest_plugin.items import Collecting
        from driftwright.entrypoints.pytest_plugin.junit import NamelessMachine

        bench = _bench(config)
        config.pluginmanager.register(Collecting(bench, bench.workspace), "driftwright-items")
        config.pluginmanager.register(NamelessMachine(config), "driftwright-junit")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End V8, if it was started."""
    bench = config.stash.get(_BENCH, None)
    if bench is not None:
        bench.close()


def _bench(config: pytest.Config) -> Bench:
    from driftwright.entrypoints.pytest_plugin.bench import Bench

    if _BENCH not in config.stash:
        config.stash[_BENCH] = Bench(settings_of(config))
    return config.stash[_BENCH]


@pytest.fixture(scope="session")
def driftwright_workspace(pytestconfig: pytest.Config) -> Workspace:
    """The workspace: where contracts, schemas and probes lie."""
    return _bench(pytestconfig).workspace


@pytest.fixture(scope="session")
def driftwright_check(pytestconfig: pytest.Config) -> Check:
    """What judges a snapshot: `driftwright_check("standin.snapshot.json").verdict` says what was found."""
    return _bench(pytestconfig).check


@pytest.fixture
def driftwright_store(pytestconfig: pytest.Config) -> StoreOf:
    """A known-good store to test your own code on: `driftwright_store("session", "several")`, a copy that is yours."""
    return _bench(pytestconfig).store


@pytest.fixture
def driftwright_contract(pytestconfig: pytest.Config) -> Contracts:
    """What makes a contract of plain functions: `driftwright_contract(total).judge("a.snapshot.json").verdict`."""
    from driftwright.entrypoints.pytest_plugin.functions import Contracts

    return Contracts(_bench(pytestconfig))


__all__ = ["driftwright_check", "driftwright_contract", "driftwright_store", "driftwright_workspace"]
