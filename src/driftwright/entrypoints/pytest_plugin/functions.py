"""Contracts as plain functions: a test names functions of Python, and asks what becomes of them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault
from driftwright.entrypoints.pytest_plugin.bench import Bench

if TYPE_CHECKING:
    from driftwright.report import FactFound
    from driftwright.workspace import Fact

Function = Callable[..., Any]
_NO_VALUE = object()


@dataclass(frozen=True, slots=True)
class FunctionContract:
    """A contract whose sources are functions of Python.

    Args:
        bench: What is shared by the run.
        fact: The contract.
    """

    bench: Bench
    fact: Fact

    def judge(self, capture: str | os.PathLike[str] | Mapping[str, Any]) -> FactFound:
        """Judge the fact on a capture, as `driftwright check` does.

        Args:
            capture: The path of a snapshot, or the stores by their names: each a document, or the path of a JSON file.

        Raises:
            InputFault: The capture, a schema or a function is not what it should be.
        """
        from driftwright.entrypoints.given import read_capture
        from driftwright.snapshot import Snapshot
        from driftwright.verdict import Taken, check_taken

        taken, name = read_capture(capture, self.bench.workspace)
        if not isinstance(taken, Snapshot):
            raise InputFault("a watch, which many moments make", name or "", "", "give a snapshot")
        report = check_taken(Taken(taken, name, facts=(self.fact,)), self.bench.workspace, engine=self.bench.engine)
        return report[self.fact.name]

    def prove(self) -> tuple[str, ...]:
        """Return what is wrong with the contract on known-good stores, a line each; nothing when it is proven.

        Raises:
            InputFault: A schema or a function is not what it should be.
        """
        from driftwright.entrypoints.pytest_plugin.proving import proof_of
        from driftwright.impact import compile_fact

        return proof_of(self.bench.ground, compile_fact(self.fact))


class Contracts:
    """Makes contracts of functions: what the fixture `driftwright_contract` gives.

    Args:
        bench: What is shared by the run.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __call__(
        self,
        *functions: Function,
        params: Mapping[str, str] | None = None,
        result: Mapping[str, Any] | None = None,
        holds: Sequence[Function] = (),
        needs: Function | None = None,
        value: Any = _NO_VALUE,
    ) -> FunctionContract:
        """Return the contract of a derived fact.

        Args:
            functions: Its sources, best first: each takes the stores and the parameters that its own parameters name.
            params: Its parameters, as contracts write them: `{"order": "each key of shop:/orders"}`.
            result: What a right answer looks like, as a small JSON Schema.
            holds: Its invariants.
            needs: The guard of its first source.
            value: What is shown when no source can be trusted; left out, nothing is.

        Raises:
            InputFault: A function stands at the top of no file, or a part is not what it should be.
        """
        from driftwright.base.toml import Table
        from driftwright.workspace import check_stores, load_stores, read_fact

        if not functions:
            raise InputFault("a contract without a function", mend="name the function that derives the fact")
        sources = [
            {"name": function.__name__, "level": "degraded", "derive": _named(function)} for function in functions
        ]
        sources[0] |= {"level": "full"} | ({"needs": _named(needs)} if needs is not None else {})
        last = [{"level": "unavailable", "value": value}] if value is not _NO_VALUE else []
        first = functions[0]
        table = {
            "title": (inspect.getdoc(first) or first.__name__).partition("\n")[0],
            "params": dict(params or {}),
            "result": dict(result or {}),
            "source": [*sources, *last],
            "invariant": [{"name": function.__name__, "holds": _named(function)} for function in holds],
        }
        fact = read_fact(Table(table, _file_of(first)), first.__name__)
        check_stores((fact,), load_stores(self._bench.workspace.schemas))
        return FunctionContract(self._bench, fact)


def _named(function: Function) -> str:
    """Return how a contract names a function: its file and its name there."""
    if getattr(function, "__qualname__", "") != getattr(function, "__name__", None):
        mend = "put it at the top of its file, and give it a name"
        raise InputFault(
            "a function inside of another", _file_of(function), getattr(function, "__qualname__", ""), mend
        )
    return f"{_file_of(function)}#{function.__name__}"


def _file_of(function: Function) -> str:
    try:
        return os.path.realpath(inspect.getsourcefile(inspect.unwrap(function)) or "")
    except TypeError:
        problem = f"no function of a file: {type(function).__name__}"
        raise InputFault(problem, mend="name a function that is written in Python") from None
