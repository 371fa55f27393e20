"""The readers of a workspace in the making: how each is called, what it takes and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.init.draft import Draft, kind_of
from driftwright.base.errors import InputFault
from driftwright.base.forms import is_idlike
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path, values_at
from driftwright.impact import Answer, Argument, Call, Engine, Program, exported_names, module
from driftwright.structure import shape_rows

_SAMPLE = 8
_NOBODY = "none-of-these"
_RESERVED = frozenset({"now", "class", "default", "new", "delete", "return", "function", "this", "in"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MARK = "\n// The readers above, as contracts call them: with every store by its name.\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reader takes beside the store: `name`, from `each of` a path."""

    name: str
    of: str
    path: Path

    def values(self, document: Any) -> Iterator[str]:
        """Yield what there is to take in a document."""
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
        call: The export that takes the stores by name.
        takes: What it takes beside the store; None when it takes nothing.
        result: What its answers look like, as a small JSON Schema.
    """

    export: str
    name: str
    call: str
    takes: Taken | None
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Module:
    """The module of readers with an export for each contract, and why some readers have none."""

    text: str
    program: Program
    readers: tuple[Adapted, ...]
    left: tuple[str, ...]


def adapted(of: Draft, text: str, file: str, engine: Engine) -> Module:
    """Find out by running them how the readers of a module are called, and what they answer.

    Raises:
        InputFault: The module does not parse, or none of its functions answers anything on any document.
    """
    program = module(text, file)
    names = engine.functions(program)
    local = exported_names(text)
    counts = _counts(text, program, {name: local[name] for name in names if name != "default"}, engine)
    trial = _Trial(of, text.rstrip() + "\n", file, engine, local)
    found: list[Adapted] = []
    left: list[str] = []
    for name in names:
        one = trial.adapted(name, counts.get(name, 0))
        if isinstance(one, Adapted):
            found.append(one)
        else:
            left.append(f"{name}: {one}")
    if not found:
        mend = "; ".join(left) or "write export const name = (data) => ..."
        raise InputFault("no reader answers anything on these documents", file, "", mend)
    whole = trial.text + _MARK + "".join(trial.line(one) for one in found)
    return Module(whole, module(whole, file), tuple(found), tuple(left))


def _counts(text: str, program: Program, local: Mapping[str, str], engine: Engine) -> dict[str, int]:
    """Return how many arguments each function takes."""
    asked = list(local)
    lines = "".join(f"\nexport const $takes{number} = () => {local[name]}.length;" for number, name in enumerate(asked))
    asking = module(text + lines, program.file)
    nothing = Argument(document="null")
    calls = [Call(f"$takes{number}", nothing) for number in range(len(asked))]
    counted: dict[str, int] = {}
    for name, call in zip(asked, calls, strict=True):
        answer = engine.run(asking, [call])[0].answer
        counted[name] = int(answer.text) if answer.text.isdigit() else 0
    return counted


@dataclass(frozen=True, slots=True)
class _Trial:
    draft: Draft
    text: str
    file: str
    engine: Engine
    local: Mapping[str, str]

    def adapted(self, name: str, takes: int) -> Adapted | str:
        """Return a reader as a contract calls it, or why it cannot be one."""
        if name == "default":
            return "a default export has no name; give it one"
        if takes not in (1, 2):
            return f"takes {takes} arguments; a reader takes the document, and perhaps one id"
        taken = self._taken(name) if takes == 2 else None  # noqa: PLR2004 - the document and one id
        if takes == 2 and taken is None:  # noqa: PLR2004
            return "no key of a map and no id of these documents is a second argument that it answers to"
        call = f"{name}From"
        while call in self.text:
            call += "_"
        one = Adapted(name, snake(name), call, taken, {})
        answers = [answer for answer in self._answers(one) if _is_something(answer)]
        if not answers:
            return "answers nothing on these documents"
        return Adapted(name, one.name, call, taken, result_of(answers))

    def line(self, one: Adapted) -> str:
        """Return the export that a contract names."""
        second = f", {one.takes.name}" if one.takes else ""
        store = self.draft.store
        return f"export const {one.call} = ({{ {store}{second} }}) => {self.local[one.export]}({store}{second});\n"

    def _answers(self, one: Adapted, others: Sequence[str] | None = None) -> list[Answer]:
        program = module(self.text + self.line(one), self.file)
        arguments = []
        for document in self.draft.documents:
            stores = {self.draft.store: json_text(document)}
            if one.takes is None:
                arguments.append(Argument(stores=stores))
                continue
            values = others if others is not None else list(dict.fromkeys(one.takes.values(document)))[:_SAMPLE]
            arguments += [Argument(stores=stores, params={one.takes.name: value}) for value in values]
        return [done.answer for done in self.engine.run(program, [Call(one.call, each) for each in arguments])]

    def _taken(self, name: str) -> Taken | None:
        """Find what the second argument is: what makes the reader answer otherwise than a name that nothing has."""
        best: tuple[float, int, Taken] | None = None
        for number, taken in enumerate(self._candidates()):
            one = Adapted(name, name, "$trial", taken, {})
            nothing = {(answer.kind, answer.text) for answer in self._answers(one, [_NOBODY])}
            answers = self._answers(one)
            telling = [a for a in answers if _is_something(a) and (a.kind, a.text) not in nothing]
            share = len(telling) / len(answers) if answers else 0.0
            if share and (best is None or (share, -number) > best[:2]):
                best = (share, -number, taken)
        return best[2] if best else None

    def _candidates(self) -> Iterator[Taken]:
        """Yield the keys of maps, the outermost first, then the ids that stand in fields."""
        store = self.draft.store
        found = sorted(shape_rows(self.draft.shape), key=lambda row: len(row.path.steps))
        for row in found:
            if row.shape.values is not None:
                yield Taken(_argument(kind_of(row.path), store), "key", row.path)
        for row in found:
            if any(isinstance(value, str) and is_idlike(value) for value in self._some(row.path)):
                yield Taken(_argument(snake(row.path.name), store), "value", row.path)

    def _some(self, path: Path) -> list[Any]:
        return [value for document in self.draft.documents for value in values_at(document, path)][:_SAMPLE]


def snake(name: str) -> str:
    """Return a name in the writing of contract files: `itemCount` is `item_count`."""
    return "_".join(word.lower() for word in _WORDS.findall(name)) or "fact"


def _argument(word: str, store: str) -> str:
    word = word if word.isidentifier() and word not in _RESERVED else "id"
    return f"{word}_id" if word == store else word


def _is_something(answer: Answer) -> bool:
    return answer.kind == "value" and answer.type not in ("null", "NaN", "function", "symbol", "bigint", "undefined")


def result_of(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what answers look like, as the small JSON Schema of a contract."""
    types = sorted({answer.type for answer in answers})
    if "number" in types and "integer" in types:
        types.remove("integer")
    found: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    items = {kind for answer in answers for kind in answer.shape.get("/[]", ())}
    if types == ["array"] and len(items) == 1 and items <= {"string", "integer", "number", "boolean", "object"}:
        found["items"] = {"type": items.pop()}
    return found
