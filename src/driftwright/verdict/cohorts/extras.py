"""The libraries that only `cohorts` needs: each is asked for by one line where it is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from driftwright.base.errors import InputFault

_EXTRA = {"duckdb": "cohorts", "distributed": "dask", "fsspec": "remote"}


def _module(name: str, purpose: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        mend = f"install it: pip install 'driftwright[{_EXTRA[name]}]'"
        raise InputFault(f"{purpose} needs {name}, which is not installed", "", "", mend) from None


def duckdb() -> Any:
    """Return DuckDB, which reads and counts tables of fingerprints.

    Raises:
        InputFault: It is not installed.
    """
    return _module("duckdb", "a table of fingerprints")


def distributed() -> Any:
    """Return the client of Dask, which spreads the folding over machines.

    Raises:
        InputFault: It is not installed.
    """
    return _module("distributed", "--engine dask://")


def fsspec() -> Any:
    """Return fsspec, which opens addresses of storage services.

    Raises:
        InputFault: It is not installed.
    """
    return _module("fsspec", "an address")
