"""Find out how the readers of a new workspace are called, what they take and what they answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.authoring.init.draft import Draft, kind_of
from driftwright.authoring.init.names import argument_name, fact_name, snake
from driftwright.base.errors import InputFault
from driftwright.base.forms import is_idlike
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path, values_at
from driftwright.impact import Answer, Argument, Call, Engine, Program, module
from driftwright.structure import shape_rows

_SAMPLE = 8
_NOBODY = "none-of-these"


@dataclass(frozen=True, slots=True)
class Taken:
    """The parameter that a reader takes beside the store.

    Args:
        name: Its name.
        of: `key` for each key of the map at the path, `value` for each text at the path.
        path: Where its values come from.
    """

    name: str
    of: str
    path: Path

    def values(self, document: Any) -> Iterator[str]:
        """Yield the parameter's values in a document."""
        for value in values_at(document, self.path):
            if self.of == "key" and isinstance(value, dict):
                yield from value
            elif self.of == "value" and isinstance(value, str):
                yield value


@dataclass(frozen=True, slots=True)
class Adapted:
    """One reader as a contract calls it.

    Args:
        export: The reader's own name.
        name: The name of the derived fact.
        call: The function with what it takes one by one, as a contract names it.
        takes: Its parameter; None when it takes none.
        result: A small JSON Schema of its answers.
        is_given: Whether it is given the store; otherwise it asks the storage itself.
    """

    export: str
    name: str
    call: str
    takes: Taken | None
    result: dict[str, Any]
    is_given: bool = True

    def given(self, store: str) -> list[str]:
        """Return the names of what it takes, one by one."""
        return [*([store] if self.is_given else []), *([self.takes.name] if self.takes else [])]


@dataclass(frozen=True, slots=True)
class Module:
    """The module of readers, and why some readers have no contract.

    Args:
        text: Its source.
        program: The module, with all that contracts call.
        readers: The readers as contracts call them.
        left: Why the others have no contract.
    """

    text: str
    program: Program
    readers: tuple[Adapted, ...]
    left: tuple[str, ...]


def adapted(draft: Draft, text: str, file: str, engine: Engine) -> Module:
    """Find out by execution how the readers of a module are called, and what they answer.

    Raises:
        InputFault: The module does not parse, or none of its functions answers anything on any document.
    """
    program = module(text, file)
    names = engine.functions(program)
    counts = _count_arguments(program, names, engine)
    adapter = _Adapter(draft, program, engine)
    readers: list[Adapted] = []
    left: list[str] = []
    for name in names:
        result = adapter.adapt(name, counts.get(name, 0), [reader.name for reader in readers])
        if isinstance(result, Adapted):
            readers.append(result)
        else:
            left.append(f"{name}: {result}")
    if not readers:
        mend = "; ".join(left) or "write export const name = (data) => ..."
        raise InputFault("no reader answers anything on these documents", file, "", mend)
    called = replace(
        program,
        exports=(*program.exports, *(reader.call for reader in readers)),
        script=_with_members(program, [(reader.call, adapter.call_of(reader)) for reader in readers]),
    )
    return Module(text, called, tuple(readers), tuple(left))


def _with_members(program: Program, members: Sequence[tuple[str, str]]) -> str:
    """Return the script of a program with further members, which ask `$made` for those that it has."""
    added = ", ".join(f"{json.dumps(name)}: {code}" for name, code in members)
    return f"(($made) => ({{ ...$made, {added} }}))({program.script})"


def _count_arguments(program: Program, names: Sequence[str], engine: Engine) -> dict[str, int]:
    """Return how many arguments each function takes."""
    asked = [(f"$takes {name}", f"() => $made[{json.dumps(name)}].length") for name in names]
    asking = replace(program, exports=tuple(name for name, _ in asked), script=_with_members(program, asked))
    nothing = Argument(document="null")
    counted: dict[str, int] = {}
    for name, (call, _) in zip(names, asked, strict=True):
        answer = engine.run(asking, [Call(call, nothing)])[0].answer
        counted[name] = int(answer.text) if answer.text.isdigit() else 0
    return counted


@dataclass(frozen=True, slots=True)
class _Adapter:
    draft: Draft
    program: Program
    engine: Engine

    def adapt(self, name: str, takes: int, facts: Collection[str]) -> Adapted | str:
        """Return a reader as a contract calls it, or why it cannot be one; `facts` are names that are taken."""
        if name == "default":
            return "a default export has no name; give it one"
        asks = self.program.asks_storage
        if takes not in ((0, 1, 2) if asks else (1, 2)):
            return f"takes {takes} arguments; a reader takes the document, and perhaps one id"
        reader = Adapted(name, fact_name(name, facts), "", None, {}, is_given=takes > 0)
        taken = self._find_taken(reader) if takes == 2 else None  # noqa: PLR2004 - the document and one id
        if takes == 2 and taken is None:  # noqa: PLR2004
            return "no key of a map and no id of these documents is a second argument that it answers to"
        if takes == 1 and asks:
            # What asks the storage itself is given an id, unless it answers to none.
            taken = self._find_taken(replace(reader, is_given=False))
            reader = replace(reader, is_given=taken is None)
        reader = self._with_call(replace(reader, takes=taken))
        answers = [answer for answer in self._answers(reader) if _is_something(answer)]
        if not answers:
            return "answers nothing on these documents"
        return replace(reader, result=result_of(answers))

    def _with_call(self, reader: Adapted) -> Adapted:
        return replace(reader, call=f"{reader.export}({', '.join(reader.given(self.draft.store))})")

    def call_of(self, reader: Adapted) -> str:
        """Return the function that a contract calls, for `_with_members`."""
        given = ", ".join(f"$given[{json.dumps(name)}]" for name in reader.given(self.draft.store))
        return f"($given) => $made[{json.dumps(reader.export)}]({given})"

    def _answers(self, reader: Adapted, others: Sequence[str] | None = None) -> list[Answer]:
        members = [(reader.call, self.call_of(reader))]
        program = replace(self.program, exports=(reader.call,), script=_with_members(self.program, members))
        arguments = []
        for document in self.draft.documents:
            stores = {self.draft.store: json_text(document)}
            if reader.takes is None:
                arguments.append(Argument(stores=stores, places=self.draft.places))
                continue
            values = others if others is not None else list(dict.fromkeys(reader.takes.values(document)))[:_SAMPLE]
            arguments += [
                Argument(stores=stores, places=self.draft.places, params={reader.takes.name: value}) for value in values
            ]
        return [
            outcome.answer
            for outcome in self.engine.run(program, [Call(reader.call, argument) for argument in arguments])
        ]

    def _find_taken(self, asked: Adapted) -> Taken | None:
        """Return the parameter whose values are most often answered otherwise than an unknown id; None without one."""
        best: tuple[float, int, Taken] | None = None
        for number, taken in enumerate(self._list_candidates()):
            reader = replace(asked, call="$trial", takes=taken)
            nothing = {(answer.kind, answer.text) for answer in self._answers(reader, [_NOBODY])}
            answers = self._answers(reader)
            telling = [a for a in answers if _is_something(a) and (a.kind, a.text) not in nothing]
            share = len(telling) / len(answers) if answers else 0.0
            if share and (best is None or (share, -number) > best[:2]):
                best = (share, -number, taken)
        return best[2] if best else None

    def _list_candidates(self) -> Iterator[Taken]:
        """Yield the possible parameters: keys of maps, the outermost first, then ids in fields."""
        store = self.draft.store
        rows = [row for row in shape_rows(self.draft.shape) if _is_writable(row.path)]
        rows.sort(key=lambda row: len(row.path.steps))
        for row in rows:
            if row.shape.values is not None:
                yield Taken(argument_name(kind_of(row.path), [store]), "key", row.path)
        for row in rows:
            if any(isinstance(value, str) and is_idlike(value) for value in self._sample_at(row.path)):
                yield Taken(argument_name(snake(row.path.name), [store]), "value", row.path)

    def _sample_at(self, path: Path) -> list[Any]:
        return [value for document in self.draft.documents for value in values_at(document, path)][:_SAMPLE]


def _is_writable(path: Path) -> bool:
    """Whether a contract can name a path as that of a parameter."""
    text = str(path)
    return text.isprintable() and text == text.rstrip() and " or " not in text


def _is_something(answer: Answer) -> bool:
    return answer.kind == "value" and answer.type not in ("null", "NaN", "function", "symbol", "bigint", "undefined")


def result_of(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the small JSON Schema that a contract gives for answers."""
    types = sorted({answer.type for answer in answers})
    if "number" in types and "integer" in types:
        types.remove("integer")
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    items = {kind for answer in answers for kind in answer.shape.get("/[]", ())}
    if types == ["array"] and len(items) == 1 and items <= {"string", "integer", "number", "boolean", "object"}:
        schema["items"] = {"type": items.pop()}
    return schema
