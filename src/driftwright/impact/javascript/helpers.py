"""Small constants at the top of several modules that say the same, and need nothing else of their module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from driftwright.impact.javascript.language import parsed
from driftwright.impact.javascript.nodes import edited, text_of, walk
from driftwright.impact.javascript.syntax import top_level_names

if TYPE_CHECKING:
    from tree_sitter import Node

_USES = frozenset({"identifier", "shorthand_property_identifier"})
# What means something else in another place, or may look at names that do not stand in it.
_BOUND_TO_PLACE = frozenset({"this", "super", "await_expression", "yield_expression", "import"})
_BOUND_NAMES = frozenset({"arguments", "eval"})
# Their members are the same whenever they are asked for.
_BUILT_IN = frozenset({"Array", "JSON", "Math", "Number", "Object", "Reflect", "String"})

Helper = tuple[str, str]
"""The name of a constant, and the text of what it is bound to."""


@dataclass(frozen=True, slots=True)
class SharedHelpers:
    """What several modules declare alike.

    Args:
        helpers: The constants, each once.
        bodies: The statements of the modules without them, in the order given.
        taken: By module, the constants that stood in it.
    """

    helpers: tuple[Helper, ...]
    bodies: tuple[str, ...]
    taken: tuple[tuple[Helper, ...], ...]


@dataclass(frozen=True, slots=True)
class _Constant:
    """A constant that may stand elsewhere: the bytes of its statement, and the names that it uses."""

    start: int
    end: int
    uses: frozenset[str]


def shared_helpers(bodies: Sequence[str]) -> SharedHelpers:
    """Return the constants that at least two modules declare in the same words, and the modules without them.

    A constant is a function that does not know where it stands, or a member of something built in such as
    `Array.isArray`, in a statement of its own. What it uses of its module has to be such a constant as well.

    Args:
        bodies: The statements of each module, as JavaScript.
    """
    sources = [body.encode("utf-8", "surrogatepass") for body in bodies]
    roots = [parsed(source) for source in sources]
    names = [top_level_names(root) for root in roots]
    shared = _one_text_each([dict(_constants(root)) for root in roots])
    while True:
        modules = Counter(helper for constants in shared for helper in constants)
        moved = frozenset(name for name, _ in modules)
        kept = [
            {
                helper: constant
                for helper, constant in constants.items()
                if modules[helper] > 1 and constant.uses & (own | moved) <= {name for name, _ in constants}
            }
            for constants, own in zip(shared, names, strict=True)
        ]
        if kept == shared:
            break
        shared = kept
    return SharedHelpers(
        tuple(dict.fromkeys(helper for constants in shared for helper in constants)),
        tuple(map(_without, sources, shared)),
        tuple(tuple(constants) for constants in shared),
    )


def _one_text_each(shared: Sequence[Mapping[Helper, _Constant]]) -> list[dict[Helper, _Constant]]:
    """Keep of several constants of one name those in the words that most modules have."""
    texts: dict[str, str] = {}
    for (name, text), _ in Counter(helper for constants in shared for helper in constants).most_common():
        texts.setdefault(name, text)
    return [
        {helper: constant for helper, constant in constants.items() if texts[helper[0]] == helper[1]}
        for constants in shared
    ]


def _without(source: bytes, constants: Mapping[Helper, _Constant]) -> str:
    return edited(source, [(constant.start, constant.end, "") for constant in constants.values()])


def _constants(root: Node) -> Iterator[tuple[Helper, _Constant]]:
    for statement in root.named_children:
        declarators = [node for node in statement.named_children if node.type == "variable_declarator"]
        is_const = statement.type == "lexical_declaration" and text_of(statement).startswith("const")
        if not is_const or len(declarators) != 1:
            continue
        name, value = (declarators[0].child_by_field_name(field) for field in ("name", "value"))
        if name is None or value is None or name.type != "identifier" or not _may_move(value):
            continue
        uses = frozenset(text_of(node) for node in walk(value) if node.type in _USES)
        if not uses & _BOUND_NAMES:
            yield (text_of(name), text_of(value)), _Constant(statement.start_byte, statement.end_byte, uses)


def _may_move(value: Node) -> bool:
    if value.type == "arrow_function":
        return not any(node.type in _BOUND_TO_PLACE for node in walk(value))
    held = value.child_by_field_name("object") if value.type == "member_expression" else None
    return held is not None and text_of(held) in _BUILT_IN
