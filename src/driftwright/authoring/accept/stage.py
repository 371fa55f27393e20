"""A copy of a workspace in which a change is tried before anything of it is written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import text_of
from driftwright.workspace import Workspace, codes_of, load_facts


@dataclass(frozen=True, slots=True)
class Stage:
    """A copied workspace.

    Args:
        real: The workspace.
        copy: Its copy; files beside the contracts are linked, so that readers there are found.
    """

    real: Workspace
    copy: Workspace

    def write(self, name: str, text: str) -> None:
        """Write a file of the copy, `contracts/...` or `schemas/...`."""
        file = self.copy.contracts.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")

    def read(self, name: str) -> str | None:
        """Return the text of a file of the copy, line ends as they are; None when it is not there."""
        file = self.copy.contracts.parent / name
        return text_of(file.read_bytes(), str(file)) if file.is_file() else None

    def changed(self) -> Mapping[File, tuple[str, str]]:
        """Return the files that differ between workspace and copy, by the path in the workspace: old and new text."""
        changes: dict[File, tuple[str, str]] = {}
        for real, copy in ((self.real.contracts, self.copy.contracts), (self.real.schemas, self.copy.schemas)):
            for file in sorted(path for path in copy.rglob("*") if path.is_file()):
                target = real / file.relative_to(copy)
                old = target.read_bytes() if target.is_file() else b""
                new = file.read_bytes()
                if old != new:
                    changes[target] = (text_of(old, str(target)), text_of(new, str(target)))
        return changes


@contextmanager
def staged(workspace: Workspace) -> Iterator[Stage]:
    """Copy a workspace's contracts and schemas, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="driftwright-") as name:
        beside = workspace.contracts.resolve().parent
        folder = _mirrored(File(name).resolve(), beside, _top_of_code(workspace, beside))
        _copy(workspace.contracts, folder / "contracts")
        _copy(workspace.schemas, folder / "schemas")
        try:
            yield Stage(workspace, replace(workspace, contracts=folder / "contracts", schemas=folder / "schemas"))
        except InputFault as fault:
            # A message names the file that it is about, not the copy.
            file = fault.file.replace(f"{folder}{os.sep}", f"{beside}{os.sep}")
            raise InputFault(fault.what, file, fault.place, fault.mend) from None


def _top_of_code(workspace: Workspace, beside: File) -> File:
    """Return the folder that holds the workspace and all reading code that its contracts name."""
    facts = load_facts(workspace.contracts)
    codes = (code for fact in facts for code in codes_of(fact) if code.export)
    return File(os.path.commonpath([beside, *(File(code.file).resolve().parent for code in codes)]))


def _mirrored(copy: File, beside: File, top: File) -> File:
    """Make the folder of a workspace anew below `copy`, as deep as it lies below `top`, with links to all beside it."""
    real, made = top, copy
    for part in (*beside.relative_to(top).parts, None):
        for other in real.iterdir():
            is_copied = other.name == part if part is not None else other.name in ("contracts", "schemas")
            if not is_copied:
                (made / other.name).symlink_to(other, target_is_directory=other.is_dir())
        if part is not None:
            real, made = real / part, made / part
            made.mkdir()
    return made


def _copy(folder: File, to: File) -> None:
    try:
        shutil.copytree(folder, to)
    except shutil.Error as error:
        file = str(error.args[0][0][0])
        raise InputFault("cannot be copied", file, "", "a workspace holds plain files that can be read") from None
