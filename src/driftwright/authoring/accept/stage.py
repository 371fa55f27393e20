"""A copy of a workspace in which a change is tried before anything of it is written."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import text_of
from driftwright.workspace import Workspace, codes_of, load_facts

_PROJECT = ("package.json", ".git")
_PACKAGES = "node_modules"


@dataclass(frozen=True, slots=True)
class Stage:
    """A copied workspace.

    Args:
        real: The workspace.
        copy: Its copy; files beside the contracts are linked, so that readers there are found.
        code: The real file of each copied file of reading code that lies outside of the contracts.
    """

    real: Workspace
    copy: Workspace
    code: Mapping[File, File] = field(default_factory=dict, hash=False)

    def write(self, name: str, text: str) -> None:
        """Write a file of the copy, `contracts/...` or `schemas/...`."""
        self.replace(self.copy.contracts.parent / name, text)

    def replace(self, file: File, text: str) -> None:
        """Write a file that lies in the copy."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")

    def read(self, name: str) -> str | None:
        """Return the text of a file of the copy, line ends as they are; None when it is not there."""
        file = self.copy.contracts.parent / name
        return text_of(file.read_bytes(), str(file)) if file.is_file() else None

    def patchable(self, name: str) -> File | None:
        """Return the copied contract or file of reading code that a diff names by a path from a folder above it."""
        beside = self.copy.contracts.parent
        for above in (beside, *beside.parents):
            file = above / name
            if file in self.code or (file.is_relative_to(self.copy.contracts) and file.is_file()):
                return file
        return None

    def changed(self) -> Mapping[File, tuple[str, str]]:
        """Return the files that differ between workspace and copy, by the path in the workspace: old and new text."""
        copied = dict(self.code)
        for real, copy in ((self.real.contracts, self.copy.contracts), (self.real.schemas, self.copy.schemas)):
            copied |= {file: real / file.relative_to(copy) for file in sorted(copy.rglob("*")) if file.is_file()}
        changes: dict[File, tuple[str, str]] = {}
        for file, target in copied.items():
            old = target.read_bytes() if target.is_file() else b""
            new = file.read_bytes()
            if old != new:
                changes[target] = (text_of(old, str(target)), text_of(new, str(target)))
        return changes


@contextmanager
def staged(workspace: Workspace, *, patch: bool) -> Iterator[Stage]:
    """Copy a workspace's contracts and schemas, for as long as the context lasts.

    Args:
        workspace: The workspace.
        patch: Whether to copy the reading code that its contracts name as well, so that it can be patched.

    Raises:
        InputFault: Something in it cannot be copied, or is not what it should be.
    """
    with tempfile.TemporaryDirectory(prefix="driftwright-") as name:
        made = File(name).resolve()
        beside = workspace.contracts.resolve().parent
        code = _code_outside(workspace)
        top = _top_of(beside, code, patch=patch)
        folder = made / beside.relative_to(top)
        copied = {file: made / file.relative_to(top) for file in code} if patch else {}
        opened = {above for file in (beside / "contracts", *copied) for above in file.parents if above != top}
        _mirror(top, made, opened, {beside / "contracts", beside / "schemas", *copied})
        _link_packages(top, made)
        _copy(workspace.contracts, folder / "contracts")
        _copy(workspace.schemas, folder / "schemas")
        for file, to in copied.items():
            shutil.copyfile(file, to)
        copy = replace(workspace, contracts=folder / "contracts", schemas=folder / "schemas")
        try:
            yield Stage(workspace, copy, {to: file for file, to in copied.items()})
        except InputFault as fault:
            # A message names the file that it is about, not the copy.
            named = fault.file.replace(f"{made}{os.sep}", f"{top}{os.sep}")
            raise InputFault(fault.what, named, fault.place, fault.mend) from None


def _code_outside(workspace: Workspace) -> tuple[File, ...]:
    """Return the files of reading code that the contracts name and that lie outside of their folder."""
    codes = (code for fact in load_facts(workspace.contracts) for code in codes_of(fact) if code.export)
    files = {File(code.file).resolve() for code in codes}
    return tuple(sorted(file for file in files if not file.is_relative_to(workspace.contracts.resolve())))


def _top_of(beside: File, code: tuple[File, ...], *, patch: bool) -> File:
    """Return the folder that holds the workspace and its reading code, and what says how that is built."""
    top = File(os.path.commonpath([beside, *(file.parent for file in code)]))
    if not patch or not code:
        return top
    return next((above for above in (top, *top.parents) if any((above / name).exists() for name in _PROJECT)), top)


def _mirror(real: File, made: File, opened: set[File], copied: set[File]) -> None:
    """Mirror a folder by links; only the files to be copied, and the folders above them, are real."""
    for other in real.iterdir():
        if other in opened:
            (made / other.name).mkdir()
            _mirror(other, made / other.name, opened, copied)
        elif other not in copied:
            _link(other, made / other.name)


def _link_packages(top: File, made: File) -> None:
    """Let reading code find the packages that lie above what was mirrored."""
    packages = next((above / _PACKAGES for above in (top, *top.parents) if (above / _PACKAGES).is_dir()), None)
    if packages is not None and not (made / _PACKAGES).exists():
        _link(packages, made / _PACKAGES)


def _link(real: File, made: File) -> None:
    """Link to a file or a folder; where nobody may make such links, as on Windows, a folder is joined or copied."""
    try:
        made.symlink_to(real, target_is_directory=real.is_dir())
    except OSError:
        if not real.is_dir():
            shutil.copyfile(real, made)
            return
        try:
            join = importlib.import_module("_winapi").CreateJunction
        except ImportError:
            shutil.copytree(real, made, symlinks=True)
        else:
            join(str(real), str(made))


def _copy(folder: File, to: File) -> None:
    try:
        shutil.copytree(folder, to)
    except shutil.Error as error:
        file = str(error.args[0][0][0])
        raise InputFault("cannot be copied", file, "", "a workspace holds plain files that can be read") from None
