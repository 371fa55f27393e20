"""Readers: the reading code of facts, compiled for the runtime of its language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import read_text
from driftwright.base.jsontext import json_text
from driftwright.impact.javascript import MEND_EXPORTS, FactProgram, FactSource, Program, expression, module
from driftwright.impact.python import compiled as python
from driftwright.workspace import Code, Fact


@dataclass(frozen=True, slots=True)
class Reader:
    """One function of reading code."""

    program: Program
    function: str

    @property
    def literals(self) -> frozenset[str]:
        """The texts and property names that stand in its own code and in what that uses of its file."""
        return self.program.own.get(self.function, self.program.literals)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """When a file was changed last, in nanoseconds since 1970, and its size in bytes."""

    file: File
    changed: int
    size: int


@dataclass(frozen=True, slots=True)
class CompiledFact:
    """A fact with its reading code compiled.

    Args:
        fact: The contract.
        derive: The reader of each source that has one, by the source's name.
        holds: The predicate of each invariant, by its name.
        program: All sources as the resolver walks them.
    """

    fact: Fact
    derive: Mapping[str, Reader]
    holds: Mapping[str, Reader]
    program: FactProgram

    @property
    def primary(self) -> Reader:
        """The reader of the first source."""
        return self.derive[self.fact.primary.name]

    @property
    def code(self) -> str:
        """`sha256:` and 64 hex digits over all that decides what its readers answer."""
        sources = [
            (source.name, source.level, source.value, *map(_code_of, (source.derive, source.needs)))
            for source in self.program.sources
        ]
        holds = [(name, *_code_of((reader.program, reader.function))) for name, reader in self.holds.items()]
        agreements = [(agreement.name, agreement.between) for agreement in self.fact.agreements]
        params = list(map(str, self.fact.params))
        text = json_text([sources, dict(self.fact.result), holds, agreements, params])
        return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load_readers(file: File) -> Program:
    """Read a module of readers: each export is a function of the parsed document.

    Raises:
        InputFault: There is no such file, it does not parse, or exports no function.
    """
    return readers_module(read_text(file), str(file))


def readers_module(text: str, file: str) -> Program:
    """Return the text of a module of readers as a program.

    Args:
        text: The source of a module, in the language that the ending of its file tells.
        file: How messages name it.

    Raises:
        InputFault: It does not parse, or exports no function that takes a document.
    """
    program = compile_module(text, file)
    if not program.exports:
        raise InputFault("exports no function", file, "", mend_exports(file))
    if not any(map(program.takes_document, program.exports)):
        raise InputFault("no function takes a document and nothing else", file, "", mend_exports(file))
    return program


def compile_module(text: str, file: str, named: str = "") -> Program:
    """Return a module as a program of the language that the ending of its file tells.

    Args:
        text: The source of the module.
        file: How messages name it; what it imports is sought from there.
        named: A function at its top that is asked for besides, as `name` or as `name(first, second)`.

    Raises:
        InputFault: It does not parse.
    """
    return (python.module if python.is_python(file) else module)(text, file, named)


def mend_exports(file: str) -> str:
    """Return how a module without functions is mended, in the language of its file."""
    return python.MEND_EXPORTS if python.is_python(file) else MEND_EXPORTS


def compile_fact(fact: Fact) -> CompiledFact:
    """Compile a contract's reading code.

    Raises:
        InputFault: A function does not parse, or a module has no such export; names the file and the line.
    """
    derive = {source.name: compile_code(source.derive) for source in fact.sources if source.derive is not None}
    holds = {invariant.name: compile_code(invariant.holds) for invariant in fact.invariants}
    return CompiledFact(fact, derive, holds, fact_program(fact))


def fact_program(fact: Fact) -> FactProgram:
    """Return all sources of a fact as the resolver walks them."""
    return FactProgram(
        sources=tuple(
            FactSource(
                name=source.name,
                level=str(source.level),
                lost=source.lost,
                derive=_pair(source.derive),
                needs=_pair(source.needs),
                value=json_text(source.value) if source.derive is None else None,
            )
            for source in fact.sources
        ),
        result=fact.result,
    )


def _pair(code: Code | None) -> tuple[Program, str] | None:
    if code is None:
        return None
    reader = compile_code(code)
    return reader.program, reader.function


def _code_of(pair: tuple[Program, str] | None) -> tuple[str, ...]:
    return (pair[0].script, pair[1]) if pair is not None else ()


def compile_code(code: Code) -> Reader:
    """Compile a function that a file of the workspace names.

    Raises:
        InputFault: It does not parse, or its module has no such export; names the file and the line.
    """
    if not code.export:
        return _inline(code)
    program = _module(code.text, code.file, "")
    if code.export not in program.exports:
        program = _module(code.text, code.file, code.export)
    if code.export not in program.exports:
        name = code.export.partition("(")[0]
        mend = f"its exports are: {', '.join(program.exports)}" if program.exports else mend_exports(code.file)
        raise InputFault(f"exports no function {name}", code.file, "", mend)
    return Reader(program, code.export)


@cache
def _inline(code: Code) -> Reader:
    compiled = (python.expression if python.is_inline(code.text) else expression)(code.text, code.file, code.place)
    return Reader(compiled, "default")


# By the source of a module, its file and the function that is named: the program, and what it was bundled from.
_known: dict[tuple[str, str, str], tuple[Program, tuple[_Stamp, ...]]] = {}


def _module(text: str, file: str, named: str) -> Program:
    """Return a module as a program, made anew only where a file that it imports has changed since."""
    key = (text, str(File(file).absolute()), named)
    known = _known.get(key)
    if known is not None and all(stamp == _stamp(stamp.file) for stamp in known[1]):
        return known[0]
    program = compile_module(text, file, named)
    _known[key] = (program, tuple(map(_stamp, program.imported)))
    return program


def _stamp(file: File) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return _Stamp(file, 0, 0)
    return _Stamp(file, status.st_mtime_ns, status.st_size)
