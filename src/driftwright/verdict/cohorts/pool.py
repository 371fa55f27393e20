"""A pool of processes that loses nothing and counts nothing twice, also where one of them is killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from driftwright.base.errors import MachineFault

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_TRIES = 3
"""So often in a row may all processes end before any task is done."""


def in_processes(
    tasks: Sequence[_Task], work: Callable[[_Task], _Result], processes: int, name: Callable[[_Task], str]
) -> Iterator[_Result]:
    """Yield the result of every task in order, each once; what a killed process had begun is done anew.

    Args:
        tasks: The tasks.
        work: What to do with each, in a process of its own.
        processes: How many at a time.
        name: What to call a task in a message.

    Raises:
        MachineFault: Processes end again and again.
    """
    done: dict[int, _Result] = {}
    tries = 0
    while len(done) < len(tasks):
        before = len(done)
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            futures: dict[Future[_Result], int] = {}
            try:
                for number in sorted(set(range(len(tasks))) - done.keys()):
                    futures[pool.submit(work, tasks[number])] = number
            except BrokenProcessPool:
                pass  # what was not handed over waits for the next pool
            for future in as_completed(futures):
                fault = future.exception()
                if fault is None:
                    done[futures[future]] = future.result()
                elif not isinstance(fault, BrokenProcessPool):
                    raise fault
        tries = 0 if len(done) > before else tries + 1
        if tries == _TRIES:
            first = next(task for number, task in enumerate(tasks) if number not in done)
            raise MachineFault("processes end again and again", name(first), "", "see what ends them: perhaps memory")
    yield from (done[number] for number in range(len(tasks)))
