"""Find out how the readers of a new workspace are called, what they take and what they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from driftwright.authoring.init.draft import Draft, kind_of
from driftwright.authoring.init.names import argument_name, fact_name, snake
from driftwright.authoring.init.signatures import Signature, signatures
from driftwright.base.errors import InputFault
from driftwright.base.forms import is_idlike
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path, values_at
from driftwright.impact import Answer, Argument, Call, Engine, Program, compile_module, mend_exports
from driftwright.structure import shape_rows

_SAMPLE = 8
_NOBODY = "none-of-these"
_NOTHING = ("{}", "[]")


@dataclass(frozen=True, slots=True)
class Taken:
    """The parameter that a reader takes beside the stores.

    Args:
        name: Its name.
        of: `key` for each key of the map at the path, `value` for each text at the path.
        path: Where its values come from.
        store: In which store.
    """

    name: str
    of: str
    path: Path
    store: str

    def values(self, document: Any) -> Iterator[str]:
        """Yield the parameter's values in a document of its store."""
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
        given: The stores that it is given, one by one.
        takes: Its parameter; None when it takes none.
        result: A small JSON Schema of its answers.
        is_whole: Whether it is given one object of all stores by their names, as contracts themselves give it.
    """

    export: str
    name: str
    given: tuple[str, ...]
    takes: Taken | None
    result: dict[str, Any]
    is_whole: bool = False

    @property
    def call(self) -> str:
        """The function with the names of its arguments, as a contract writes it: `name(first, second)`."""
        if self.is_whole:
            return self.export
        return f"{self.export}({', '.join([*self.given, *([self.takes.name] if self.takes else [])])})"

    def params(self, documents: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return its parameters for the documents of the stores; one without any for a reader that takes none."""
        if self.takes is None:
            return [{}]
        values = dict.fromkeys(self.takes.values(documents.get(self.takes.store)))
        return [{self.takes.name: value} for value in values]


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


def adapted(drafts: Sequence[Draft], text: str, file: str, engine: Engine) -> Module:
    """Find out by execution how the readers of a module are called, and what they answer.

    A reader of one store among several is given that whose name its argument bears, or else the only one that it
    answers to.

    Raises:
        InputFault: The module does not parse, or none of its functions answers anything on any document.
    """
    program = compile_module(text, file)
    names = engine.functions(program)
    if not names:
        raise InputFault("exports no function", file, "", mend_exports(file))
    signature_by_name = signatures(program, names, engine)
    adapter = _Adapter(tuple(drafts), program, engine)
    readers: list[Adapted] = []
    left: list[str] = []
    for name in names:
        result = adapter.adapt(name, signature_by_name[name], [reader.name for reader in readers])
        if isinstance(result, Adapted):
            readers.append(result)
        else:
            left.append(f"{name}: {result}")
    if not readers:
        raise InputFault("no reader answers anything on these documents", file, "", "; ".join(left))
    called = program.calling([reader.call for reader in readers])
    return Module(text, called, tuple(readers), tuple(left))


@dataclass(frozen=True, slots=True)
class _Adapter:
    drafts: tuple[Draft, ...]
    program: Program
    engine: Engine

    def adapt(self, name: str, signature: Signature, facts: Collection[str]) -> Adapted | str:
        """Return a reader as a contract calls it, or why it cannot be one; `facts` are names that are taken."""
        # A default export is called by the name of its function, or else as whoever imports it calls it: by its file.
        called = (signature.own or PurePath(self.program.file).stem) if name == "default" else name
        bare = Adapted(name, fact_name(called, facts), (), None, {})
        chosen = self._chosen(bare, signature)
        if isinstance(chosen, str):
            return chosen
        answers = [answer for answer in self._answers(chosen) if _is_something(answer)]
        if not answers:
            return "answers nothing on these documents"
        return replace(chosen, result=result_of(answers))

    def _chosen(self, bare: Adapted, signature: Signature) -> Adapted | str:
        """Return a reader with what it is given, or why nothing fits."""
        asks, takes = self.program.asks_storage, signature.takes
        stores = [draft.store for draft in self.drafts]
        if takes and len(stores) > 1 and all(name in stores for name in signature.names) and signature.names:
            return replace(bare, given=signature.names)
        if takes not in ((0, 1, 2) if asks else (1, 2)):
            return f"takes {takes} arguments; a reader takes the document, and perhaps one id"
        if takes == 0:
            return bare
        if takes == 1 and asks:
            # What asks the storage itself is given an id, unless it answers to none.
            taken = self._find_taken(bare, self.drafts)
            if taken is not None:
                return replace(bare, takes=taken[1])
        named = tuple(draft for draft in self.drafts if draft.store in signature.names[:1])
        drafts = named or self.drafts
        if takes == 1:
            return self._of_one_store(bare, drafts)
        return self._of_one_store_and_an_id(bare, drafts)

    def _of_one_store(self, bare: Adapted, drafts: Sequence[Draft]) -> Adapted | str:
        if len(drafts) == 1:
            return replace(bare, given=(drafts[0].store,))
        tried = [replace(bare, given=(draft.store,)) for draft in drafts]
        something = [reader for reader in tried if any(map(_is_something, self._answers(reader)))]
        telling = [reader for reader in something if self._tells(reader)]
        whole = replace(bare, is_whole=True)
        fits = telling or something
        if not telling and self._tells(whole):
            return whole
        return fits[0] if len(fits) == 1 else _ambiguous(fits) if fits else "answers nothing on these documents"

    def _of_one_store_and_an_id(self, bare: Adapted, drafts: Sequence[Draft]) -> Adapted | str:
        candidates: list[tuple[float, Adapted]] = []
        for draft in drafts:
            reader = replace(bare, given=(draft.store,))
            taken = self._find_taken(reader, [draft, *(other for other in self.drafts if other is not draft)])
            if taken is not None:
                candidates.append((taken[0], replace(reader, takes=taken[1])))
        if not candidates:
            return "no key of a map and no id of these documents is a second argument that it answers to"
        best = [reader for share, reader in candidates if share == max(share for share, _ in candidates)]
        return best[0] if len(best) == 1 else _ambiguous(best)

    def _tells(self, reader: Adapted) -> bool:
        """Whether a reader answers something that it does not answer to an empty store."""
        nothing = {
            (answer.kind, answer.text) for text in _NOTHING for answer in self._run(reader, [self._emptied(text, {})])
        }
        return any(_is_something(a) and (a.kind, a.text) not in nothing for a in self._answers(reader))

    def _emptied(self, text: str, params: Mapping[str, str]) -> Argument:
        return Argument(stores={draft.store: text for draft in self.drafts}, places=self._places(), params=dict(params))

    def _places(self) -> dict[str, tuple[str, str]]:
        return {name: place for draft in self.drafts for name, place in draft.places.items()}

    def _answers(self, reader: Adapted, others: Sequence[str] | None = None) -> list[Answer]:
        arguments = []
        for documents in joined(self.drafts):
            texts = {name: json_text(document) for name, document in documents.items()}
            params = reader.params(documents)[:_SAMPLE]
            if reader.takes is not None and others is not None:
                params = [{reader.takes.name: value} for value in others]
            arguments += [Argument(stores=texts, places=self._places(), params=values) for values in params]
        return self._run(reader, arguments)

    def _run(self, reader: Adapted, arguments: Sequence[Argument]) -> list[Answer]:
        program = self.program.calling([reader.call])
        outcomes = self.engine.run(program, [Call(reader.call, argument) for argument in arguments])
        return [outcome.answer for outcome in outcomes]

    def _find_taken(self, asked: Adapted, drafts: Sequence[Draft]) -> tuple[float, Taken] | None:
        """Return the parameter whose values are most often answered otherwise than an unknown id, and that share."""
        best: tuple[float, int, Taken] | None = None
        for number, taken in enumerate(taken for draft in drafts for taken in self._list_candidates(draft)):
            reader = replace(asked, takes=taken)
            nothing = {(answer.kind, answer.text) for answer in self._answers(reader, [_NOBODY])}
            answers = self._answers(reader)
            telling = [a for a in answers if _is_something(a) and (a.kind, a.text) not in nothing]
            share = len(telling) / len(answers) if answers else 0.0
            if share and (best is None or (share, -number) > best[:2]):
                best = (share, -number, taken)
        return (best[0], best[2]) if best else None

    def _list_candidates(self, draft: Draft) -> Iterator[Taken]:
        """Yield the possible parameters: keys of maps, the outermost first, then ids in fields."""
        taken = [draft.store for draft in self.drafts]
        rows = [row for row in shape_rows(draft.shape) if _is_writable(row.path)]
        rows.sort(key=lambda row: len(row.path.steps))
        for row in rows:
            if row.shape.values is not None:
                yield Taken(argument_name(kind_of(row.path), taken), "key", row.path, draft.store)
        for row in rows:
            if any(isinstance(value, str) and is_idlike(value) for value in _sample_at(draft, row.path)):
                yield Taken(argument_name(snake(row.path.name), taken), "value", row.path, draft.store)


def joined(drafts: Sequence[Draft]) -> Iterator[dict[str, Any]]:
    """Yield the documents of all drafts side by side, as often as the longest has some."""
    for number in range(max(len(draft.documents) for draft in drafts)):
        yield {draft.store: draft.documents[min(number, len(draft.documents) - 1)] for draft in drafts}


def _ambiguous(readers: Sequence[Adapted]) -> str:
    names = ", ".join(reader.given[0] for reader in readers)
    return f"answers on several stores ({names}): name its argument after the one that it reads"


def _sample_at(draft: Draft, path: Path) -> list[Any]:
    return [value for document in draft.documents for value in values_at(document, path)][:_SAMPLE]


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
