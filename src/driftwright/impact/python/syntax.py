"""The syntax of reading code in Python: its functions, what they take, its literals, and the files that it imports."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import read_text

MOST_FILES = 500
"""Files beside a reader that are looked through for what they import."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a function.

    Args:
        names: The names of all positional parameters.
        needed: How many of them must be given.
        is_free: Whether it takes any number of them.
        needs_names: Whether it needs members that can only be given by their names.
    """

    names: tuple[str, ...]
    needed: int
    is_free: bool = False
    needs_names: bool = False

    @property
    def takes_one(self) -> bool:
        """Whether it can be called with one argument."""
        return self.needed <= 1 and (bool(self.names) or self.is_free) and not self.needs_names


@dataclass(frozen=True)
class Unit:
    """One file of reading code.

    Args:
        file: The whole path of the file.
        name: Its name as a module, with the packages that it is in.
        tree: Its syntax tree.
        text: Its source.
    """

    file: str
    name: str
    tree: ast.Module
    text: str

    @cached_property
    def declared(self) -> Mapping[str, Sequence[ast.stmt]]:
        """The statements at the top by the names that they bind; those that bind none stand under the empty name."""
        statements: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in _bound(statement) or [""]:
                statements.setdefault(name, []).append(statement)
        return statements

    @cached_property
    def functions(self) -> Mapping[str, Parameters]:
        """The functions at the top, each with what it takes."""
        functions = {}
        for statement in self.tree.body:
            if isinstance(statement, _FUNCTIONS):
                functions[statement.name] = _parameters(statement.args)
            elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
                functions |= {name: _parameters(statement.value.args) for name in _bound(statement)}
        return functions

    @cached_property
    def public(self) -> tuple[str, ...]:
        """The names of the functions that are offered: those of `__all__`, or all without an underscore in front."""
        for statement in self.declared.get("__all__", ()):
            value = getattr(statement, "value", None)
            if isinstance(value, (ast.List, ast.Tuple)):
                named = [item.value for item in value.elts if isinstance(item, ast.Constant)]
                return tuple(name for name in named if isinstance(name, str))
        return tuple(name for name in self.functions if not name.startswith("_"))

    @cached_property
    def imports(self) -> tuple[tuple[str, str, str], ...]:
        """Each import: the local name, the module, and the name in it; empty names stand for all and for none."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[tuple[str, str, str]]:
        package = self.name.rpartition(".")[0] if File(self.file).name != "__init__.py" else self.name
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.asname or alias.name.partition(".")[0], alias.name, ""
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".") if package else []
                base = ".".join(above[: len(above) - node.level + 1]) if node.level else ""
                module = ".".join(filter(None, (base, node.module)))
                for alias in node.names:
                    everything = alias.name == "*"
                    yield "" if everything else (alias.asname or alias.name), module, "" if everything else alias.name


@dataclass(frozen=True, slots=True)
class Units:
    """A file of reading code with the files beside it that it imports.

    Args:
        first: The file itself.
        root: The folder in which modules are sought.
        others: The other files, by their names as modules.
    """

    first: Unit
    root: str
    others: Mapping[str, Unit] = field(default_factory=dict)

    def literals(self) -> frozenset[str]:
        """Return the texts that stand in all of the files."""
        return frozenset(text for unit in (self.first, *self.others.values()) for text in literals(unit.tree))

    def literals_of(self, function: str) -> frozenset[str]:
        """Return the texts that stand in a function at the top of the first file, and in what that uses."""
        texts: set[str] = set()
        met: set[tuple[str, str]] = set()
        waiting = [(self.first, function)]
        while waiting:
            unit, name = waiting.pop()
            if (unit.name, name) in met:
                continue
            met.add((unit.name, name))
            statements = [*unit.declared.get(name, ()), *unit.declared.get("", ())]
            if not name:
                statements = list(unit.tree.body)
            used = {node.id for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Name)}
            texts |= {text for statement in statements for text in literals(statement)}
            waiting += [(unit, other) for other in used if other in unit.declared]
            waiting += self._imported(unit, used | ({name} if name else set()))
        return frozenset(texts)

    def _imported(self, unit: Unit, used: set[str]) -> Iterator[tuple[Unit, str]]:
        for local, module, inner in unit.imports:
            if local and local not in used:
                continue
            other = self.others.get(module)
            below = self.others.get(f"{module}.{inner}")
            if below is not None:
                yield below, ""
            elif other is not None:
                yield other, inner


def parse(text: str, file: str, place: str = "") -> ast.Module:
    """Return the syntax tree of a module.

    Raises:
        InputFault: It is no valid Python; names the file and the line.
    """
    try:
        tree = ast.parse(text, file)
        compile(text, file, "exec", dont_inherit=True)  # which refuses some of what can be parsed
    except SyntaxError as error:
        where = f"{place} {error.lineno or 1}:{error.offset or 1}".strip()
        raise InputFault(f"is no valid Python: {error.msg}", file, where, "correct the Python") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputFault(f"cannot be parsed as Python: {type(error).__name__}", file, place, "correct it") from None
    return tree


def units(text: str, file: str) -> Units:
    """Return a file of reading code with the files beside it that it imports.

    Args:
        text: Its source.
        file: The file, as messages name it.

    Raises:
        InputFault: One of the files is no valid Python.
    """
    path = os.path.realpath(file)
    root, name = _named(File(path))
    first = Unit(path, name, parse(text, file), text)
    others: dict[str, Unit] = {}
    waiting = [first]
    while waiting and len(others) < MOST_FILES:
        unit = waiting.pop()
        for module in _modules(unit):
            module_file = _file_of(root, module) if module not in others and module != name else None
            if module_file is not None:
                source = read_text(module_file)
                others[module] = Unit(str(module_file), module, parse(source, os.path.relpath(module_file)), source)
                waiting.append(others[module])
    return Units(first, root, others)


def _modules(unit: Unit) -> Iterator[str]:
    """Yield the names of all modules that a file may import, with the packages that they are in."""
    for _, module, inner in unit.imports:
        parts = module.split(".") if module else []
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        if inner:
            yield ".".join([*parts, inner])


def _named(path: File) -> tuple[str, str]:
    """Return the folder that a file's modules are sought in, and its name as a module."""
    parts = [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    return str(folder), ".".join(parts)


def _file_of(root: str, module: str) -> File | None:
    place = File(root, *module.split("."))
    for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if file.is_file():
            return file
    return None


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement at the top binds."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_stored(node)]
    return []


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _parameters(arguments: ast.arguments) -> Parameters:
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    needs_names = any(default is None for default in arguments.kw_defaults)
    return Parameters(
        tuple(positional), len(positional) - len(arguments.defaults), arguments.vararg is not None, needs_names
    )


def literals(tree: ast.AST) -> Iterator[str]:
    """Yield the texts that stand in code, without those that only document it and those with values put into them."""
    passed = {id(constant) for node in ast.walk(tree) for constant in _no_literals(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.value


def _no_literals(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.Expr):
        yield node.value
