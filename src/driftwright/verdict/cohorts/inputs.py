"""What a command line names: captures and tables, in files, folders, patterns and addresses."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.verdict.cohorts.extras import fsspec
from driftwright.verdict.cohorts.table import TABLE_ENDINGS

_CAPTURES = ".json"
MOST_INPUTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """Captures and tables, sorted, each once."""

    captures: tuple[str, ...]
    tables: tuple[str, ...]


def inputs_of(named: Sequence[str]) -> Inputs:
    """Return the captures and tables that were named.

    Args:
        named: Files; folders, of which all captures and tables at any depth are taken; patterns with `*`; and addresses
            with `://`, perhaps patterns too.

    Raises:
        InputFault: Something does not exist, or holds nothing.
    """
    names: set[str] = set()
    for name in named:
        before = len(names)
        names.update(_named(name))
        if len(names) == before and not any(_named(name)):
            raise InputFault("no capture and no table here", name, "", "name snapshots, .jsonl or .parquet files")
        if len(names) > MOST_INPUTS:
            raise InputFault(f"more than {MOST_INPUTS} files", name, "", "name fewer at a time")
    tables = tuple(sorted(name for name in names if name.endswith(TABLE_ENDINGS)))
    return Inputs(tuple(sorted(names.difference(tables))), tables)


def _named(name: str) -> Iterator[str]:
    if "://" in name:
        yield from _at_address(name)
    elif File(name).is_dir():
        for file in sorted(File(name).rglob("*")):
            if file.name.endswith((*TABLE_ENDINGS, _CAPTURES)) and file.is_file():
                yield str(file)
    elif glob.has_magic(name) and not File(name).exists():
        # A pattern may begin anywhere, which `Path.glob` does not take.
        yield from (file for file in sorted(glob.glob(name, recursive=True)) if File(file).is_file())  # noqa: PTH207
    elif not File(name).exists():
        raise InputFault("no such file", name, "", "check the path")
    else:
        yield name


def _at_address(name: str) -> Iterator[str]:
    protocol = name.partition("://")[0]
    if not glob.has_magic(name):
        yield name
        return
    try:
        storage = fsspec().filesystem(protocol)
        yield from (
            f"{protocol}://{entry.lstrip('/') if protocol != 'file' else entry}" for entry in storage.glob(name)
        )
    except (ImportError, ValueError):
        raise InputFault(f"no way to open {protocol}://", name, "", "install the fsspec package for it") from None
    except OSError as error:
        raise InputFault(f"cannot be listed ({error.strerror or 'gone'})", name, "", "check the address") from None
