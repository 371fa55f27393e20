"""The reference of the public Python interface, as Markdown, drawn from the stub and the docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

import driftwright
from driftwright.entrypoints import api

_PARTS = ("Args", "Returns", "Raises", "Example")
_ENTRY = re.compile(r"^(\w+): ", re.MULTILINE)


def reference() -> str:
    """Return every function with its signature and its docstring, then every type in a line."""
    offered = {name: getattr(driftwright, name) for name in dir(driftwright)}
    functions = {name: value for name, value in offered.items() if inspect.isfunction(value)}
    types = {name: value for name, value in offered.items() if inspect.isclass(value)}
    listed = [f"- [`{name}`](#{name})" for name in functions]
    told = ["\n".join(_function(name, function)) for name, function in functions.items()]
    rows = [f"| `{name}` | {_first_line(value)} | `{value.__module__}` |" for name, value in types.items()]
    table = ["## Types", "", "| type | what it is | all of it |", "| --- | --- | --- |", *rows]
    return "\n\n".join(["\n".join(listed), *told, "\n".join(["## Aliases", "", *_aliases()]), "\n".join(table)])


def _aliases() -> Iterator[str]:
    """Yield the names that the signatures use for several types at once, and what each stands for."""
    yield "| in a signature | is |"
    yield "| --- | --- |"
    for node in ast.parse(inspect.getsource(api)).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias" and node.value is not None:
            value = node.value.value if isinstance(node.value, ast.Constant) else ast.unparse(node.value)
            yield f"| `{ast.unparse(node.target)}` | `{str(value).replace('|', chr(92) + '|')}` |"


def _function(name: str, function: object) -> Iterator[str]:
    text = inspect.getdoc(function) or ""
    summary, parts = _parts(text)
    yield f"## {name}"
    yield ""
    yield f"```python\n{_signature(name, function)}\n```"
    yield ""
    yield summary
    for part in ("Args", "Returns", "Raises"):
        if part not in parts:
            continue
        yield ""
        if part == "Returns":
            yield f"Returns: {_flowing(parts[part])}"
        else:
            yield "Arguments:\n" if part == "Args" else "Raises:\n"
            yield from (f"- `{entry}`: {what}" for entry, what in _entries(parts[part]))
    yield ""
    yield f"```pycon\n{parts['Example']}\n```"


def _signature(name: str, function: object) -> str:
    """Return the signature, an argument a line; annotations as they are written."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    lines, keyword = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword:
            lines.append("    *,")
            keyword = True
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        lines.append(f"    {parameter.name}: {parameter.annotation}{default},")
    return "\n".join([f"driftwright.{name}(", *lines, f") -> {signature.return_annotation}"])


def _parts(text: str) -> tuple[str, dict[str, str]]:
    """Split a docstring into what comes first and its named parts, without their indent."""
    chunks = re.split(rf"^({'|'.join(_PARTS)}):\n", text, flags=re.MULTILINE)
    parts = dict(zip(chunks[1::2], chunks[2::2], strict=True))
    return chunks[0].strip(), {name: inspect.cleandoc("\n" + part).strip() for name, part in parts.items()}


def _entries(part: str) -> Iterator[tuple[str, str]]:
    chunks = _ENTRY.split(part)
    for name, what in zip(chunks[1::2], chunks[2::2], strict=True):
        yield name, _flowing(what)


def _flowing(text: str) -> str:
    return " ".join(text.split())


def _first_line(value: type) -> str:
    return (inspect.getdoc(value) or "").splitlines()[0]
