"""Loads the module of a reader afresh for every call, with the modules beside it, and calls its functions."""

from __future__ import annotations

import importlib
import importlib.machinery
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType, ModuleType
from typing import Any

_OURS = os.path.join(os.path.dirname(__file__), "")  # noqa: PTH118, PTH120 - compared as a text
_PACKAGES = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a program, as the host sends it.

    Args:
        file: The whole path of its file, from which its modules are sought.
        shown: How messages name it.
        text: Its code: a module, or one `lambda` expression.
        root: The folder in which the modules that it imports are sought.
        name: Its name as a module, with the packages that it is in.
        inline: Whether the code is an expression.
    """

    file: str
    shown: str
    text: str
    root: str
    name: str
    inline: bool = False


class Loader:
    """The modules of the user, none of which outlives a call."""

    def __init__(self) -> None:
        self._roots: list[str] = []
        self._library = frozenset(sys.modules)
        self._path = list(sys.path)
        sys.meta_path.insert(_place_of_path_finder(), _Beside(self._roots))

    def forget(self) -> None:
        """Forget the modules of the user that are loaded, so that the next call has its own."""
        for name in [name for name in sys.modules if name not in self._library]:
            if own_file(self._roots, getattr(sys.modules[name], "__file__", None)):
                del sys.modules[name]
        sys.path[:] = self._path

    def load(self, source: Source) -> Mapping[str, Any]:
        """Evaluate a program, and return what stands at its top by name."""
        self._roots[:] = [source.root]
        if source.inline:
            return {"default": eval(_compiled(source), {"__name__": source.name})}  # noqa: S307 - it is a reader
        package, _, _ = source.name.rpartition(".")
        if package:
            importlib.import_module(package)
        module = ModuleType(source.name)
        module.__file__ = source.file
        module.__package__ = package
        module.__spec__ = importlib.machinery.ModuleSpec(source.name, None, origin=source.file)
        sys.modules[source.name] = module
        exec(_compiled(source), vars(module))  # noqa: S102 - it is a reader
        return vars(module)

    def named(self, root: str, file: str) -> str | None:
        """Return how messages name a file of the user's code below a root; None for any other file."""
        return os.path.relpath(file, root) if own_file([root], file) else None


def function_of(members: Mapping[str, Any], name: str) -> Callable[[Any, Callable[[str], Any]], Any]:
    """Return a function that calls a reader with its argument.

    Args:
        members: What stands at the top of its module.
        name: Its name, or `name(first, second)` where it takes members of the argument one by one.

    Returns:
        A function of the argument and of one that hands out a member of it. The argument of a reader of a plain
        document is no `Members`.
    """
    inner, spread, parameters = name.partition("(")
    function = members[inner]
    if not callable(function):
        raise TypeError(f"{inner} is not a function")
    names = [part.strip() for part in parameters.rstrip(")").split(",")] if spread else None

    def call(argument: Any, hand: Callable[[str], Any]) -> Any:
        if names is not None:
            return function(*[hand(name) for name in names if name])
        if not isinstance(argument, Members):
            return function(argument)
        return _called_by_names(function, argument, hand)

    return call


class Members(dict[str, Any]):
    """The argument of a reader of stores: every store and parameter by its name."""


def _called_by_names(function: Callable[..., Any], argument: Members, hand: Callable[[str], Any]) -> Any:
    """Call a function with the stores and the parameters that its own parameters name."""
    wanted = [parameter for parameter in _parameters(function) if parameter.kind is not parameter.VAR_POSITIONAL]
    named = [parameter for parameter in wanted if parameter.name in argument]
    if not named and len(wanted) == 1 and wanted[0].kind is not wanted[0].VAR_KEYWORD:
        return function(argument)
    positional = [hand(parameter.name) for parameter in wanted if parameter.kind is parameter.POSITIONAL_ONLY]
    chosen = [
        parameter.name
        for parameter in wanted
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    needed = {parameter.name for parameter in wanted if parameter.default is parameter.empty}
    taken = {name: hand(name) for name in chosen if name in argument or name in needed}
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in wanted):
        taken |= {name: hand(name) for name in argument if name not in taken}
    return function(*positional, **taken)


def _parameters(function: Callable[..., Any]) -> Sequence[inspect.Parameter]:
    return tuple(inspect.signature(function).parameters.values())


@cache
def _compiled(source: Source) -> CodeType:
    return compile(source.text, source.file, "eval" if source.inline else "exec", dont_inherit=True)


def own_file(roots: Sequence[str], file: object) -> bool:
    """Whether a file is the user's own below one of some folders, and not of a package installed there."""
    return isinstance(file, str) and any(_is_below(root, file) for root in roots)


@cache
def _is_below(root: str, file: str) -> bool:
    path = os.path.abspath(file)  # noqa: PTH100 - a link to a file elsewhere stands here for all that
    below = path.startswith(root.rstrip(os.sep) + os.sep) and not path.startswith(_OURS)
    return below and not any(part in path[len(root) :] for part in _PACKAGES)


def _place_of_path_finder() -> int:
    places = [number for number, finder in enumerate(sys.meta_path) if finder is importlib.machinery.PathFinder]
    return places[0] if places else len(sys.meta_path)


class _Beside:
    """Finds the modules beside a reader; the code of each is compiled once."""

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = roots

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """Return where a module of the user is; None for any other."""
        find = importlib.machinery.PathFinder.find_spec
        spec = find(name, list(self._roots if path is None else path), target)
        if spec is None:
            return None
        if own_file(self._roots, spec.origin):
            if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                spec.loader = _Once(name, spec.loader.path)
            return spec
        # A mere folder is a package where no real one has its name.
        is_folder = path is None and spec.origin is None and find(name) is None
        return spec if is_folder else None


class _Once(importlib.machinery.SourceFileLoader):
    """Loads a module whose code is compiled once for all calls."""

    def get_code(self, fullname: str) -> CodeType | None:
        if (self.path, fullname) not in _codes:
            _codes[self.path, fullname] = super().get_code(fullname)
        return _codes[self.path, fullname]


_codes: dict[tuple[str, str], CodeType | None] = {}
