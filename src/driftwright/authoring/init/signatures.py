"""What the functions of a module take: how many arguments, and what these are called."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from driftwright.authoring.members import with_members
from driftwright.base.jsontext import parse_json
from driftwright.impact import Argument, Call, Engine, Program

_HEAD = 400  # characters of a function's source that hold its arguments
_ARGUMENTS = re.compile(r"(?:async\b\s*)?(?:function\b\s*\*?\s*([\w$]*)[^(]*)?(?:\(([^()]*)\)|([A-Za-z_$][\w$]*)\s*=>)")
_PLAIN = re.compile(r"[A-Za-z_$][\w$]*\Z")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes.

    Args:
        takes: How many arguments, as `Function.length` counts them.
        names: What they are called, where all have plain names; else empty.
        own: The name that stands in the function's own source; empty where there is none.
    """

    takes: int
    names: tuple[str, ...]
    own: str = ""


def signatures(program: Program, names: Sequence[str], engine: Engine) -> dict[str, Signature]:
    """Return what each function of a program takes."""
    known = {name: program.parameters(name) for name in names}
    if all(taken is not None for taken in known.values()):
        return {name: Signature(len(taken), taken) for name, taken in known.items() if taken is not None}
    describe = f"((f) => [f.length, String(f).slice(0, {_HEAD})])"
    asked = [(f"$takes {name}", f"() => {describe}($made[{json.dumps(name)}])") for name in names]
    asking = replace(program, exports=tuple(name for name, _ in asked), script=with_members(program, asked))
    nothing = Argument(document="null")
    by_name: dict[str, Signature] = {}
    for name, (call, _) in zip(names, asked, strict=True):
        answer = engine.run(asking, [Call(call, nothing)])[0].answer
        by_name[name] = _signature(answer.text) if answer.kind == "value" else Signature(0, ())
    return by_name


def _signature(text: str) -> Signature:
    takes, source = parse_json(text.encode("utf-8", "surrogatepass"), "the readers")
    match = _ARGUMENTS.match(source)
    listed = (match[2] if match[2] is not None else match[3]).split(",") if match is not None else []
    names = tuple(name for text in listed if (name := text.strip()))
    own = match[1] or "" if match is not None else ""
    return Signature(takes, names if all(map(_PLAIN.match, names)) else (), own)
