"""Runs reading code: many calls in one message, each with a time limit and on fresh copies of its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Self

from driftwright.base.errors import InputFault
from driftwright.impact.javascript.batch import Batch
from driftwright.impact.javascript.call import Argument, Call, FactProgram
from driftwright.impact.javascript.host import Host
from driftwright.impact.javascript.outcome import Outcome, Resolved
from driftwright.impact.javascript.plan import Reading, Walking, Work, key, plan
from driftwright.impact.javascript.process import Stopped
from driftwright.impact.javascript.program import JAVASCRIPT, Program
from driftwright.impact.javascript.runtime import Runtime
from driftwright.impact.javascript.sources import walk_sources

# One behind and one ahead of UTC, neither by whole hours, and both with summer time.
_ABROAD = ("America/St_Johns", "Pacific/Chatham")


class Engine:
    """V8, bounded, in a process of its own, and beside it the runtime of every other language that a program needs.

    Not for use by several threads at once.

    Args:
        seconds: The most that one call may take, its warm-up included.
        memory: The most that the heap of readers may take, in bytes.
        now: The time that readers see, in ISO 8601 with its zone.
        zone: Their time zone, by its IANA name.
    """

    def __init__(
        self,
        *,
        seconds: float = 2.0,
        memory: int = 512 * 1024 * 1024,
        now: str = "2026-01-01T00:00:00.000Z",
        zone: str = "UTC",
    ) -> None:
        self._now = round(datetime.fromisoformat(now).timestamp() * 1000)
        self._host = Host(seconds, memory, zone)
        self._others: dict[str, Runtime] = {}
        self._bounds = (seconds, memory)
        self.zone = zone
        self._like = partial(Engine, seconds=seconds, memory=memory, now=now)
        self._abroad: tuple[Engine, ...] = ()
        self._prepared: dict[object, Outcome | Resolved | None] = {}

    def run(self, program: Program, calls: Sequence[Call], *, traced: bool = False) -> tuple[Outcome, ...]:
        """Run each call on a fresh instance of `program` and on fresh copies of its arguments.

        After three calls of one function that did not end, the rest of its calls answer `stopped`, `not run`.

        Raises:
            InputFault: V8 does not parse the program, it has no such export, or a store is not JSON.
        """
        for name in sorted({call.function for call in calls} - set(program.exports)):
            exports = ", ".join(program.exports) or "none"
            raise InputFault(f"exports no function {name}", program.file, program.place, f"its exports are: {exports}")
        done = self._take_results([Reading(program, calls, traced)])
        return tuple(result for result in done if isinstance(result, Outcome))

    def answers_by_chance(self, program: Program, calls: Sequence[Call]) -> bool:
        """Whether any of the calls answers otherwise once the random numbers are others, on the same arguments.

        Raises:
            InputFault: As `run` does.
        """
        if not program.takes_chances:
            return False
        usual, other = (
            Batch(self._runtime_of(program), plan([Reading(program, calls)], self._now, seed)).results()
            for seed in (0, 1)
        )
        return any(not first.answer.same_as(second.answer) for first, second in zip(usual, other, strict=True))

    def resolve(self, fact: FactProgram, calls: Sequence[Argument]) -> tuple[Resolved, ...]:
        """Walk the sources of `fact` on each argument, with the very resolver that an extension ships.

        Raises:
            InputFault: V8 does not parse a program, or a store is not JSON.
        """
        return tuple(result for result in self._take_results([Walking(fact, calls)]) if isinstance(result, Resolved))

    def prepare(self, works: Sequence[Work]) -> None:
        """Run work of many programs in one message to V8.

        Until the next `prepare`, a `run` or `resolve` of the same takes these results: a call is the same on every run.

        Raises:
            InputFault: As `run` and `resolve` do.
        """
        self._prepared = {}
        new: list[tuple[Work, tuple[object, ...]]] = []
        for work in works:
            calls = {token: call for token, call in _tokens(work) if token not in self._prepared}
            # A place for each, so that what several facts ask is run once.
            self._prepared.update(dict.fromkeys(calls))
            new.append((work.of(tuple(calls.values())), tuple(calls)))
        results = iter(self._execute([work for work, _ in new]))
        self._prepared.update((token, next(results)) for _, tokens in new for token in tokens)

    def _take_results(self, works: Sequence[Work]) -> tuple[Outcome | Resolved, ...]:
        """Return the results of all calls; only those are run that were not prepared."""
        if not self._prepared:
            return self._execute(works)
        known: list[Outcome | Resolved | None] = []
        remaining: list[Work] = []
        for work in works:
            results = [(self._prepared.get(token), call) for token, call in _tokens(work)]
            known += [result for result, _ in results]
            missing = tuple(call for result, call in results if result is None)
            if missing:
                remaining.append(work.of(missing))
        new = iter(self._execute(remaining) if remaining else ())
        return tuple(next(new) if result is None else result for result in known)

    def _execute(self, works: Sequence[Work]) -> tuple[Outcome | Resolved, ...]:
        """Run work, that of each language in one message to its runtime."""
        needed = [_needs(work) for work in works]
        if all(need is None for need in needed):
            return Batch(self._host, plan(works, self._now)).results()
        done: dict[int, tuple[Outcome | Resolved, ...]] = {}
        for language in sorted({need.language if need else JAVASCRIPT for need in needed}):
            chosen = [
                (number, work, need)
                for number, (work, need) in enumerate(zip(works, needed, strict=True))
                if (need.language if need else JAVASCRIPT) == language and (need is None or isinstance(work, Reading))
            ]
            if chosen:
                need = chosen[0][2]
                runtime = self._runtime_of(need) if need else self._host
                results = iter(Batch(runtime, plan([work for _, work, _ in chosen], self._now)).results())
                done |= {number: tuple(islice(results, len(work.calls))) for number, work, _ in chosen}
        for number, work in enumerate(works):
            if number not in done and isinstance(work, Walking):
                done[number] = walk_sources(self._execute, work)
        return tuple(result for number in range(len(works)) for result in done[number])

    def _runtime_of(self, program: Program) -> Runtime:
        if program.starts is None:
            return self._host
        if program.language not in self._others:
            self._others[program.language] = program.starts(*self._bounds, self.zone)
        return self._others[program.language]

    def functions(self, program: Program) -> tuple[str, ...]:
        """Return those exports of `program` that are functions once it is evaluated; none when it does not end.

        Raises:
            InputFault: The program does not parse, or evaluating it throws.
        """
        try:
            names = self._runtime_of(program).functions(program)
        except Stopped:
            self.close()
            return ()
        return tuple(name for name in program.exports if name in names)

    def start(self) -> None:
        """Start V8 now, so that it is ready when the first call comes."""
        self._host.start()

    def zones(self, *programs: Program) -> tuple[Engine, ...]:
        """Return this engine, then like ones in other time zones if any of the programs may depend on the time zone."""
        if not any(program.tells_time for program in programs):
            return (self,)
        if not self._abroad:
            self._abroad = tuple(self._like(zone=zone) for zone in _ABROAD)
        return (self, *self._abroad)

    def close(self) -> None:
        """End the processes of the engine; a later run starts others."""
        for runtime in (self._host, *self._others.values()):
            runtime.close()
        for engine in self._abroad:
            engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _needs(work: Work) -> Program | None:
    """Return a program that work runs and that V8 does not take; None for work that is V8's alone."""
    used = (work.program,) if isinstance(work, Reading) else work.fact.programs
    return next((program for program in used if program.language != JAVASCRIPT), None)


def _tokens(work: Work) -> Iterator[tuple[object, Any]]:
    """Yield each call of some work, with a hashable value that is equal for equal calls."""
    if isinstance(work, Walking):
        fact = work.fact.token
        for argument in work.calls:
            yield (fact, argument.token), argument
        return
    name = key(work.program)
    for call in work.calls:
        warm = tuple(before.token for before in call.warm_up)
        yield (name, call.function, work.traced, call.argument.token, warm), call
