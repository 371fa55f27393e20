"""Rewrite reading code in Python so that it finds a part at its new place or, failing that, at its old place."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from driftwright.impact.javascript.rename import Detour

_HELD = "one"


def looking_in_both(text: str, detour: Detour) -> str:
    """Return code that finds a part in its new place or, failing that, in its old one.

    Args:
        text: A module, or an inline `lambda`.
        detour: What moved.
    """
    tree = ast.parse(text)
    return _Rewriter(_Source(text), detour, _constants(tree)).text_of(tree)


class _Source:
    """A text in which syntax nodes are found by their lines and their columns in bytes."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode("utf-8", "surrogatepass")
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.is_single = text.count("'") > text.count('"')

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the first byte of a node and the one after its last; of a module the whole text."""
        if isinstance(node, ast.Module):
            return 0, len(self._bytes)
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        last, end = getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)
        return self._starts[line - 1] + column, self._starts[last - 1] + end

    def between(self, start: int, end: int) -> str:
        """Return the text of some bytes."""
        return self._bytes[start:end].decode("utf-8", "surrogatepass")

    def quoted(self, name: str) -> str:
        """Return a text as a literal with the quotes that the source uses, so that it fits into a TOML string."""
        return repr(name) if self.is_single else json.dumps(name, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Access:
    """One access of a part: `record["name"]` or `record.get("name")`."""

    record: ast.expr
    key: ast.expr
    is_get: bool


@dataclass(slots=True)
class _Rewriter:
    source: _Source
    detour: Detour
    constants: Mapping[str, str]
    _names: list[str] = field(default_factory=list)

    def text_of(self, node: ast.AST) -> str:
        """Return the new text of a node."""
        special = self._access(node) or self._test(node) or self._pattern(node) or self._all_of_map(node)
        return self._with_parts(node) if special is None else special

    def _with_parts(self, node: ast.AST) -> str:
        start, end = self.source.span(node)
        pieces, at = [], start
        for child in sorted(_placed(node), key=self.source.span):
            first, last = self.source.span(child)
            if first < at:  # what stands there twice, such as the name behind `as` of a pattern
                continue
            pieces += [self.source.between(at, first), self.text_of(child)]
            at = last
        return "".join((*pieces, self.source.between(at, end)))

    def _named(self, key: ast.expr) -> str | None:
        """Return the text that a key is; None where the code computes it."""
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
        return self.constants.get(key.id) if isinstance(key, ast.Name) else None

    def _access(self, node: ast.AST) -> str | None:
        asked = _accessed(node)
        if asked is None:
            return None
        if not self.detour.old:
            return self._in_page(node) if self._named(asked.key) is None and _is_plain_key(asked.key) else None
        chain = self._chain(asked)
        if chain is None:
            return None
        if self.detour.inside:
            return self._in_page(node)
        record = chain[-1].record
        if not self.detour.new:
            held, again = self._held(record, self.text_of(record))
            name = self.source.quoted(self.detour.old[0])
            return f"({again}[{name}] if isinstance({held}, dict) and {name} in {again} else {again})"
        return self._at_new_place(node, record, is_get=asked.is_get)

    def _chain(self, asked: _Access) -> list[_Access] | None:
        """Return the accesses that lead to the old place, the last one first; None when these are others."""
        chain: list[_Access] = []
        current: _Access | None = asked
        for name in reversed(self.detour.old):
            if current is None or self._named(current.key) != name:
                return None
            chain.append(current)
            current = _accessed(current.record)
        return chain

    def _at_new_place(self, node: ast.AST, record: ast.expr, *, is_get: bool) -> str:
        *way, last = map(self.source.quoted, self.detour.new)
        held, again = self._held(record, self.text_of(record))
        old = again + self._with_parts(node).removeprefix(self.text_of(record))
        holder = "".join((held, *(f".get({name}, {{}})" for name in way)))
        if is_get:
            return f"{holder}.get({last}, {old})"
        new_value = "".join((again, *(f"[{name}]" for name in (*way, last))))
        return f"({new_value} if {last} in {holder} else {old})"

    def _held(self, record: ast.expr, text: str) -> tuple[str, str]:
        """Return how a record is written where it is asked first, and where it is asked again."""
        if _is_steady(record):
            return text, text
        name = next(name for name in _fresh() if name not in self._names and name not in text)
        self._names.append(name)
        return f"({name} := {text})", name

    def _in_page(self, node: ast.AST) -> str:
        """What is asked is a list, or a page of which the list is a part."""
        whole = self._with_parts(node)
        held, again = self._held(node, whole) if isinstance(node, ast.expr) else (whole, whole)
        return self._unpaged(held, again)

    def _unpaged(self, held: str, again: str) -> str:
        inner = "".join(f"[{self.source.quoted(name)}]" for name in self.detour.new)
        first = self.source.quoted(self.detour.new[0])
        return f"({again}{inner} if isinstance({held}, dict) and {first} in {again} else {again})"

    def _test(self, node: ast.AST) -> str | None:
        """`"old" in record` asks for either name."""
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or len(self.detour.old) != 1 or self.detour.inside:
            return None
        if self._named(node.left) != self.detour.old[0] or len(self.detour.new) != 1:
            return None
        if not isinstance(node.ops[0], (ast.In, ast.NotIn)) or not _is_steady(node.comparators[0]):
            return None
        word, both = ("in", "or") if isinstance(node.ops[0], ast.In) else ("not in", "and")
        record, new = self.text_of(node.comparators[0]), self.source.quoted(self.detour.new[0])
        return f"({new} {word} {record} {both} {self.source.between(*self.source.span(node.left))} {word} {record})"

    def _pattern(self, node: ast.AST) -> str | None:
        """`case {"old": part}` takes the new name as well."""
        if not isinstance(node, ast.MatchMapping) or len(self.detour.old) != 1 or self.detour.inside:
            return None
        place = next((at for at, key in enumerate(node.keys) if self._named(key) == self.detour.old[0]), None)
        if place is None or not self.detour.new:
            return None
        whole, start = self._with_parts(node), self.source.span(node)[0]
        key, pattern = (self.source.span(part) for part in (node.keys[place], node.patterns[place]))
        before, after = self.source.between(start, key[0]), self.source.between(pattern[1], self.source.span(node)[1])
        taken = self.text_of(node.patterns[place])
        for name in reversed(self.detour.new[1:]):
            taken = f"{{{self.source.quoted(name)}: {taken}}}"
        return f"({before}{self.source.quoted(self.detour.new[0])}: {taken}{after} | {whole})"

    def _all_of_map(self, node: ast.AST) -> str | None:
        """`values()` and `items()` of a map whose parts are pages now."""
        if self.detour.old or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.args:
            return None
        name, call = node.func.attr, self._with_parts(node)
        if name == "values":
            return f"[{self._unpaged(_HELD, _HELD)} for {_HELD} in {call}]"
        return f"[(key, {self._unpaged(_HELD, _HELD)}) for key, {_HELD} in {call}]" if name == "items" else None


def _accessed(node: ast.AST) -> _Access | None:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice):
        return _Access(node.value, node.slice, is_get=False)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and 1 <= len(node.args) <= 2  # noqa: PLR2004 - what `dict.get` takes
        and not node.keywords
    ):
        return _Access(node.func.value, node.args[0], is_get=True)
    return None


def _is_plain_key(key: ast.expr) -> bool:
    return isinstance(key, (ast.Name, ast.Attribute))


def _is_steady(node: ast.AST) -> bool:
    """Whether an expression may be asked twice: it only names things and takes parts of them."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return True
    if isinstance(node, ast.Attribute):
        return _is_steady(node.value)
    asked = _accessed(node)
    if asked is None:
        return isinstance(node, (ast.Dict, ast.List)) and not any(True for _ in ast.iter_child_nodes(node))
    arguments = node.args[1:] if isinstance(node, ast.Call) else []
    return all(map(_is_steady, (asked.record, asked.key, *arguments)))


def _placed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nearest nodes below a node that have a position in the source; f-strings are left out."""
    if isinstance(node, ast.JoinedStr):
        return
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from _placed(child)


def _constants(tree: ast.Module) -> Mapping[str, str]:
    """Return the texts that names at the top stand for, where nothing else is bound to them there."""
    bound: dict[str, list[str | None]] = {}
    for statement in tree.body:
        targets: Sequence[ast.expr] = statement.targets if isinstance(statement, ast.Assign) else ()
        value = statement.value if isinstance(statement, ast.Assign) else None
        text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
        for target in targets:
            if isinstance(target, ast.Name):
                bound.setdefault(target.id, []).append(text)
    return {name: texts[0] for name, texts in bound.items() if len(texts) == 1 and texts[0] is not None}


def _fresh() -> Iterator[str]:
    yield _HELD
    number = 2
    while True:
        yield f"{_HELD}{number}"
        number += 1
