"""The three ways to fold many captures: in this process, in several, or on many machines; the result is the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from driftwright.base.errors import InputFault, MachineFault
from driftwright.verdict.cohorts.extras import distributed
from driftwright.verdict.cohorts.files import StoreLayout, fold_files
from driftwright.verdict.cohorts.folded import Folded, merge_folded
from driftwright.verdict.cohorts.pool import in_processes

BATCH = 50
"""Captures of one task: enough that sending it costs little, and so few that little is lost with a worker."""
_FEW = 4 * BATCH  # below, starting processes takes longer than the work
_TRIES = 3
_DASK = "dask://"
_PORT = 8786
_PATIENCE = 30  # seconds until the scheduler has to answer

Fold = Callable[[Sequence[str]], Folded]


def fold_captures(
    names: Sequence[str], layouts: Mapping[str, StoreLayout], engine: str = "", processes: int = 0
) -> Folded:
    """Fold captures by an engine.

    Args:
        names: Files or URLs.
        layouts: The stores.
        engine: `serial`, `pool`, or `dask://HOST[:PORT]`; empty for a pool where it pays.
        processes: Of a pool; 0 for one a processor.

    Raises:
        InputFault: There is no such engine, or it is not installed.
        MachineFault: Workers end again and again, or the scheduler does not answer.
    """
    ordered = sorted(set(names))
    batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    work = partial(fold_files, layouts)
    if engine.startswith(_DASK):
        return merge_folded(_by_dask(batches, work, engine.removeprefix(_DASK)))
    if engine not in ("", "serial", "pool"):
        raise InputFault(f"no engine {engine!r}", "", "--engine", "use serial, pool or dask://HOST")
    count = processes or os.cpu_count() or 1
    if engine == "serial" or (not engine and (len(ordered) < _FEW or count == 1)):
        return merge_folded(map(work, batches))
    return merge_folded(in_processes(batches, work, count, _first))


def _first(batch: Sequence[str]) -> str:
    return batch[0]


def _by_dask(batches: Sequence[Sequence[str]], work: Fold, host: str) -> Iterator[Folded]:
    address = f"tcp://{host}" if ":" in host else f"tcp://{host}:{_PORT}"
    dask = distributed()
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError):
        raise MachineFault("no scheduler of Dask answers", host, "", "start one: dask scheduler") from None
    with client:
        # The scheduler gives what a lost worker had to another; each batch has one result, whoever made it.
        futures = client.map(work, batches, pure=False, retries=_TRIES)
        try:
            yield from client.gather(futures)
        except dask.KilledWorker:
            raise MachineFault("workers of Dask end again and again", host, "", "look into their logs") from None
