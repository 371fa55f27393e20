"""Bundles reading code with what it imports, by the user's own esbuild."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from pathlib import PurePath
from typing import Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.impact.javascript.language import Language
from driftwright.impact.javascript.source_map import SourceMap, split_map

_SECONDS = 60
_ERROR = re.compile(r"\[ERROR\] ([^\n]*)\n\n(?:    ([^\n]*?):(\d+):(\d+):\n)?")
_UNRESOLVED = re.compile(r'Could not resolve "([^"]*)"')
_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "i386": "ia32", "i686": "ia32"}
_ASSETS = ("css", "scss", "sass", "less", "svg", "png", "jpg", "jpeg", "gif", "webp", "woff", "woff2", "ttf")
# What is called by the program that shows a page, and not by the code: a hook answers what it is given.
SHIM = "driftwright/impact/javascript/react.js"
"""How the file that stands for React is named at its end."""
_SHIMS = dict.fromkeys(("react", "react/jsx-runtime", "react/jsx-dev-runtime"), "react.js")
_SETTINGS = "driftwright"
GET_IT = "npm install --save-dev esbuild"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Code with all that it imports.

    Args:
        text: An ES module that imports nothing any more.
        places: Where each part of it comes from; the files are relative to the folder of the bundled file.
    """

    text: str
    places: SourceMap | None


def find_esbuild(folder: File) -> File | None:
    """Return the esbuild of the project that a folder belongs to, else the one on the search path; None without any.

    Args:
        folder: An absolute path.
    """
    machine = platform.machine().lower()
    own = f"@esbuild/{sys.platform}-{_ARCHITECTURES.get(machine, machine)}"
    # The program itself first: what npm links starts it through Node, which need not be there.
    names = (
        (f"{own}/esbuild.exe", ".bin/esbuild.cmd")
        if sys.platform == "win32"
        else (f"{own}/bin/esbuild", ".bin/esbuild")
    )
    for above in (folder, *folder.parents):
        for name in names:
            program = above / "node_modules" / name
            if os.access(program, os.X_OK) and program.is_file():
                return program
    on_path = shutil.which("esbuild")
    return File(on_path) if on_path else None


def bundle(text: str, file: str, language: Language) -> Bundle | None:
    """Bundle a module with all that it imports; None where there is no esbuild.

    Args:
        text: Its source, which may differ from what the file holds.
        file: Its file: what it imports is sought from there.
        language: What it is written in.

    Raises:
        InputFault: It does not parse, or something that it imports is missing; names the user's file and line.
        MachineFault: esbuild does not run, or does not end.
    """
    folder = File(file).resolve().parent
    program = find_esbuild(folder)
    if program is None:
        return None
    command = [str(program), *_options(text, PurePath(file).name, language, folder)]
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, on the user's own code
            command,
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            cwd=folder,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MachineFault(f"esbuild does not end within {_SECONDS} s", file, "", "look what it imports") from None
    except OSError as error:
        raise MachineFault(f"esbuild does not run ({error.strerror})", str(program), "", GET_IT) from None
    if done.returncode:
        raise _fault(done.stderr.decode("utf-8", "replace"), file, program)
    return Bundle(*split_map(done.stdout.decode("utf-8", "replace")))


def _options(text: str, name: str, language: Language, folder: File) -> Iterator[str]:
    yield from (
        "--bundle",
        "--format=esm",
        "--target=es2022",  # V8 knows more, but not decorators: what is newer is written otherwise
        "--platform=browser",
        "--charset=utf8",
        "--jsx=automatic",
    )
    yield from ("--log-level=error", "--log-limit=1", "--color=false")
    yield from ("--sourcemap=inline", "--sources-content=false", f"--sourcefile={name}", f"--loader={language.loader}")
    yield from (f"--loader:.{ending}=empty" for ending in _ASSETS)
    yield from ("--loader:.js=jsx", '--define:process.env.NODE_ENV="production"')
    if "import.meta" in text:
        yield "--define:import.meta.env={}"
    shims = {name: str(File(__file__).with_name(shim)) for name, shim in _SHIMS.items()}
    for module, replaced in {**shims, **_replacements(folder)}.items():
        yield f"--alias:{module}={replaced}"


def _replacements(folder: File) -> Mapping[str, str]:
    """Return the modules that the nearest settings in a package.json above a folder replace, each with its file."""
    for above in (folder, *folder.parents):
        settings = _settings(above / "package.json")
        if settings is not None:
            return {name: _beside(above, value) for name, value in settings.items()}
    return {}


@cache
def _settings(file: File) -> Mapping[str, str] | None:
    if not file.is_file():
        return None
    try:
        record: Any = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # whose package this is will tell; readers can do without its settings
    held = record.get(_SETTINGS) if isinstance(record, dict) else None
    if held is None:
        return None
    alias = held.get("alias") if isinstance(held, dict) else None
    if not isinstance(alias, dict) or not all(isinstance(value, str) for value in alias.values()):
        mend = '"driftwright": {"alias": {"react": "./my-react.js"}}'
        raise InputFault("holds no replacements of modules", str(file), f"/{_SETTINGS}/alias", f"write {mend}")
    return alias


def _beside(folder: File, value: str) -> str:
    return str(folder / value) if value.startswith(".") else value


def _fault(output: str, file: str, program: File) -> InputFault | MachineFault:
    match = _ERROR.search(output)
    if match is None:
        first = next(filter(str.strip, output.splitlines()), "no reason told")
        return MachineFault(f"esbuild fails: {first.strip()}", str(program), "", GET_IT)
    problem, named, line, column = match.groups()
    missing = _UNRESOLVED.search(problem)
    where = within(file, named) if named else file
    place = f"{line}:{int(column) + 1}" if named else ""
    if missing is None:
        return InputFault(f"is not to be bundled: {problem}", where, place, "correct the code")
    is_file = missing[1].startswith((".", "/"))
    mend = "check the path" if is_file else f"npm install {missing[1]}, or check the paths of tsconfig.json"
    return InputFault(f"imports {missing[1]}, which is not there", where, place, mend)


def within(file: str, name: str) -> str:
    """Return the path of a file as messages name it, which esbuild names relative to the folder of `file`."""
    return os.path.normpath(PurePath(file).parent / name)
