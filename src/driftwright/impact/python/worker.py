"""The process in which readers in Python run: they may hang or kill it, and no other process.

Run as a script, with the most memory in bytes and the folders of the readers. Frames are those of the process of V8
(`javascript/worker.py`); what they hold is one JSON document each way. It ends at the end of input.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from runpy import run_path
from typing import Any, BinaryIO

from driftwright.impact.python.answer import describe, describe_thrown, places_of, thrown_text, type_of
from driftwright.impact.python.given import BadDocumentError, argument_of, cut, member_getter, note_remaining, watched
from driftwright.impact.python.guard import guard
from driftwright.impact.python.loader import Loader, Source, function_of
from driftwright.impact.python.tracer import Trace
from driftwright.impact.python.world import World

_AGAIN = 0.05  # seconds after which a reader that swallowed the end of its time is told once more
_LARGEST = 8_000_000  # characters of answers that are handed over at once
_BESIDE = 256 << 20  # bytes: the interpreter and its packages
_KEPT_VARIABLES = ("TZ", "LANG", "LC_ALL")
# What the loop itself needs, before it is pinned, and before a reader may put something in its place.
_clock, _write, _read = time.monotonic, json.dumps, json.loads


class _TimeIsUp(BaseException):
    """A reader that took too long."""


class _Alarm:
    """Wakes a reader that does not end, where the system has timers."""

    def __init__(self) -> None:
        self._armed = False
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, self._ring)

    def _ring(self, *_: object) -> None:
        if self._armed:
            raise _TimeIsUp

    def set(self, seconds: float) -> None:
        self._armed = True
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)

    def stop(self) -> None:
        self._armed = False
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)


class _Unloadable(Exception):
    """A program that cannot be loaded; the cause is what was raised."""


class Runtime:
    """Runs the calls of one plan after the other, and hands their results over in slices of time."""

    def __init__(self) -> None:
        self._world = World()
        self._loader = Loader()
        self._alarm = _Alarm()
        self._programs: dict[str, Source] = {}
        self._plan: Mapping[str, Any] = {"jobs": (), "inputs": (), "now": 0}
        self._texts: Sequence[str] = ()
        self._base = 0
        self._results: list[dict[str, Any]] = []

    def asked(self, message: Mapping[str, Any]) -> Any:
        """Answer one message of the host; None where a call did not end."""
        for name, source in message.get("define", {}).items():
            self._programs[name] = Source(**source)
        match message["do"]:
            case "load":
                self._load(message)
                return {}
            case "advance":
                return self._advance(message["count"], message["slice"], message["seconds"])
            case "abandon":
                results = self._harvest()
                self._base += 1
                return results
            case "functions":
                return self._functions(message["name"], message["seconds"])
        return {}

    def _load(self, message: Mapping[str, Any]) -> None:
        self._texts, self._plan = message["texts"], message["plan"]
        self._world.set_seed(self._plan["seed"])
        self._base, self._results = message["first"], []

    def _harvest(self) -> dict[str, Any]:
        results, self._results = self._results, []
        self._base += len(results)
        return {"results": results, "stained": self._world.is_stained()}

    def _advance(self, count: int, slice_: float, seconds: float) -> Any:
        end = _clock() + slice_
        room = _LARGEST
        jobs = self._plan["jobs"]
        before: Mapping[str, Any] = {}
        while len(self._results) < count and self._base + len(self._results) < len(jobs):
            job = jobs[self._base + len(self._results)]
            if self._results and _reader_of(job) != _reader_of(before) and self._world.is_stained():
                break  # what one reader did to what all share is not to show in another
            before = job
            try:
                result = self._ran(job, seconds)
            except _TimeIsUp:
                return None
            self._results.append(result)
            room -= len(result.get("answer", {}).get("text", ""))
            if room < 0 or _clock() >= end:
                break
        return self._harvest()

    def _within(self, seconds: float, run: Callable[[], Any]) -> Any:
        try:
            self._alarm.set(seconds)
            return run()
        finally:
            self._alarm.stop()
            self._loader.forget()

    def _functions(self, name: str, seconds: float) -> Any:
        source = self._programs[name]
        self._world.renew(self._plan["now"] / 1000)
        try:
            members = self._within(seconds, partial(self._loaded, source))
        except _TimeIsUp:
            return None
        except _Unloadable as error:
            return {"unloadable": {**self._why(error, source), "program": name}}
        return {"names": [name for name, member in members.items() if callable(member)]}

    def _loaded(self, source: Source) -> Mapping[str, Any]:
        try:
            return self._loader.load(source)
        except _TimeIsUp:
            raise
        except BaseException as error:
            raise _Unloadable from error

    def _why(self, error: _Unloadable, source: Source) -> dict[str, Any]:
        cause = error.__cause__ or error
        places = places_of(cause, lambda file: self._loader.named(source.root, file))
        if isinstance(cause, SyntaxError) and cause.filename:
            named = self._loader.named(source.root, cause.filename)
            places = [(named, cause.lineno or 1)] if named is not None else places
        file, line = places[0] if places else ("", 1)
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        return {"says": thrown_text(cause), "file": file, "line": line, "missing": missing}

    def _ran(self, job: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Run one call; a traced one again to note its reads, and then on those alone, to check that they suffice."""
        source = self._programs[job["program"]]
        try:
            result: dict[str, Any] = self._within(seconds, partial(self._called, job, source, lambda member: member))
            if job["traced"]:
                result["reads"] = self._traced(job, source, seconds, result["answer"]).reads()
        except _Unloadable as error:
            return {"unloadable": {**self._why(error, source), "program": job["program"]}}
        except BadDocumentError as error:
            return {"bad": str(error)}
        return result

    def _traced(self, job: Mapping[str, Any], source: Source, seconds: float, answer: Mapping[str, Any]) -> Trace:
        """Return what a call reads.

        A reader may tell a watched dict from a real one, so what counts is what it answers on real ones. What code in
        another language reads of a dict is not noted: where the answer is another one without what was not noted,
        everything counts as read; where it is another one without what was taken but not looked into, all of that does.
        """
        trace = Trace(type_of)
        with suppress(_TimeIsUp):
            self._within(seconds, partial(self._called, job, source, partial(watched, trace=trace), trace))
            trace.live = False
            for keeps in (True, False):
                change = partial(cut, trace=trace, keeps_unlooked=keeps)
                again = self._within(seconds, partial(self._called, job, source, change))
                if again["answer"] != answer:
                    note_remaining(self._argument(job["inputs"][-1]), trace, unlooked_alone=not keeps)
                    break
        trace.live = False
        return trace

    def _called(
        self,
        job: Mapping[str, Any],
        source: Source,
        change: Callable[[Any], Any],
        trace: Trace | None = None,
    ) -> dict[str, Any]:
        """Call a reader on its argument, changed before it is given."""
        *warm_up, last = job["inputs"]
        self._world.renew(self._now_of(last))
        members = self._loaded(source)

        def own(file: str) -> str | None:
            return source.shown if source.inline and file == source.file else self._loader.named(source.root, file)

        call = function_of(members, job["name"]) if job["name"].partition("(")[0] in members else _missing(job["name"])
        for number in warm_up:
            argument = self._argument(number)
            with suppress(Exception):  # it only fills what the reader remembers; an error is nobody's concern
                _settled(call(argument, member_getter(argument, None)))
        argument = change(self._argument(last))
        try:
            value = _settled(call(argument, member_getter(argument, trace)))
            self._end(trace)
            return {"answer": describe(value)}
        except _TimeIsUp:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a reader raises is its answer
            self._end(trace)
            return {"answer": describe_thrown(error, own)}

    def _end(self, trace: Trace | None) -> None:
        if trace is not None:
            trace.live = False
        self._world.settle()

    def _now_of(self, number: int) -> float:
        planned = self._plan["inputs"][number]
        now = _read(planned["params"]).get("now") if isinstance(planned, dict) else None
        if isinstance(now, (int, float)):
            return now / 1000
        with suppress(ValueError):
            return datetime.fromisoformat(now).timestamp() if isinstance(now, str) else self._plan["now"] / 1000
        return float(self._plan["now"] / 1000)

    def _argument(self, number: int) -> Any:
        return argument_of(self._plan["inputs"][number], self._texts, self._plan["now"])


def _reader_of(job: Mapping[str, Any]) -> tuple[Any, Any]:
    return job.get("program"), job.get("name")


def _missing(name: str) -> Callable[..., Any]:
    def call(*_: object) -> None:
        raise TypeError(f"the module has no function {name}")

    return call


def _settled(value: Any) -> Any:
    """Return what a coroutine comes to, and the items of an iterator as a list."""
    if hasattr(type(value), "__await__"):
        return _settled(_awaited(value))
    if type_of(value) == "iterator":
        return list(value)
    if hasattr(type(value), "__aiter__"):
        raise TypeError("a reader may not answer an asynchronous generator; let it answer a list")
    return value


def _awaited(value: Any) -> Any:
    waiting = value.__await__()
    try:
        while next(waiting) is None:  # as `asyncio.sleep(0)` does
            pass
    except StopIteration as end:
        return end.value
    raise TypeError("it waits for something that a reader has not")


def serve(memory: int, roots: Sequence[str]) -> None:
    """Answer messages until the input ends.

    Args:
        memory: The most that readers may take, in bytes.
        roots: The folders in which their modules are sought.
    """
    frames = run_path(str(Path(__file__).parent.with_name("javascript") / "worker.py"))
    requests, replies = _streams()
    _bound(memory)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    os.environ.clear()  # whatever it had to know is known by now
    os.environ.update(kept)
    runtime = Runtime()
    guard(roots)
    request, reply = frames["REQUEST"], frames["REPLY"]
    while len(head := requests.read(request.size)) == request.size:
        _, length, _ = request.unpack(head)
        text = requests.read(length).decode()
        status, payload = frames["VALUE"], b""
        try:
            answer = runtime.asked(_read(text)) if text != "''" else {}
            status = frames["DEADLINE"] if answer is None else status
            payload = _write(answer).encode()
        except Exception as error:  # noqa: BLE001 - a fault of ours, which the host tells
            status, payload = frames["THROWN"], thrown_text(error).encode("utf-8", "replace")
        replies.write(reply.pack(status, len(payload)) + payload)
        replies.flush()


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams to the host, and give readers ones that nobody reads."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return requests, replies


def _bound(memory: int) -> None:
    """Bound the memory, and write no core dumps, where that is known."""
    if sys.platform == "win32":
        return
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (memory + _BESIDE, memory + _BESIDE))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it, and is not to take that for a crash
    with suppress(KeyboardInterrupt, BrokenPipeError):
        serve(int(sys.argv[1]), sys.argv[2:])
    os._exit(0)
