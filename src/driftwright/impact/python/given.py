"""What a reader is given: a document, or stores and parameters by name; plain, watched, or cut to what was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driftwright.impact.python.loader import Members
from driftwright.impact.python.tracer import Trace

_read = json.loads  # before a reader may put something in its place


class BadDocumentError(Exception):
    """A text that is not JSON; its message is the name of the store."""


def argument_of(planned: Any, texts: Sequence[str], now: float) -> Any:
    """Return the argument of a call, fresh.

    Args:
        planned: The input as the plan has it: the number of a text, or stores and parameters.
        texts: The JSON texts of the plan.
        now: The time that a reader is told where the parameters name none.

    Raises:
        BadDocumentError: A text is not JSON.
    """
    if isinstance(planned, int):
        return _parsed(texts[planned], "document")
    stores = {name: None if text is None else _parsed(texts[text], name) for name, text in planned["stores"]}
    return Members({"now": now, **_read(planned["params"]), **stores})


def _parsed(text: str, name: str) -> Any:
    try:
        return _read(text, parse_constant=_refused)
    except ValueError:
        raise BadDocumentError(name) from None


def _refused(_: str) -> None:
    raise ValueError


def watched(argument: Any, trace: Trace) -> Any:
    """Return an argument that notes what is read of it."""
    if not isinstance(argument, Members):
        return trace.watch(argument)
    whole = WatchedMembers(_each_store(argument, trace.watch))
    whole.trace = trace
    return whole


def cut(argument: Any, trace: Trace, *, keeps_unlooked: bool) -> Any:
    """Return an argument without what no run of a trace has read.

    Args:
        argument: The argument, fresh.
        trace: What was read of it.
        keeps_unlooked: Whether objects and lists that were taken, but never looked into, keep what they hold.
    """

    def kept(value: Any, name: str = "") -> Any:
        return trace.cut(value, name, keeps_unlooked=keeps_unlooked)

    return Members(_each_store(argument, kept)) if isinstance(argument, Members) else kept(argument)


def note_remaining(argument: Any, trace: Trace, *, unlooked_alone: bool) -> None:
    """Note as read all parts of an argument, or only the parts of containers that were taken and never read."""

    def note(value: Any, name: str = "") -> Any:
        trace.note_remaining(value, name, unlooked_alone=unlooked_alone)

    if isinstance(argument, Members):
        _each_store(argument, note)
    else:
        note(argument)


def _each_store(argument: Members, change: Callable[[Any, str], Any]) -> Mapping[str, Any]:
    return {name: change(value, name) if isinstance(value, (dict, list)) else value for name, value in argument.items()}


class WatchedMembers(Members):
    """The argument of a reader that takes it as a whole: it notes which stores are asked for."""

    trace: Trace

    def __getitem__(self, name: str) -> Any:
        self.trace.note(name, dict.get(self, name), is_there=dict.__contains__(self, name))
        return dict.__getitem__(self, name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a store or a parameter."""
        self.trace.note(name, dict.get(self, name), is_there=dict.__contains__(self, name))
        return dict.get(self, name, default)


def member_getter(argument: Any, trace: Trace | None) -> Callable[[str], Any]:
    """Return a function that returns a member of the argument by its name, watched where there is a trace."""

    def hand(name: str) -> Any:
        is_there = isinstance(argument, Members) and dict.__contains__(argument, name)
        value = dict.get(argument, name) if is_there else None
        if trace is not None:
            trace.note(name, value, is_there=is_there)
        if not is_there:
            known = ", ".join(argument) if isinstance(argument, Members) else ""
            raise TypeError(f"it asks for {name}, which is no store and no parameter: there are {known}")
        return value

    return hand
