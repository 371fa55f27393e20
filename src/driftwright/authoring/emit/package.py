"""The package that a consumer ships: the facts that were proved, with all that they need, as plain files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from driftwright.authoring.emit.asking import asks_storage, stores_asked
from driftwright.authoring.emit.declarations import facts_types, types_text
from driftwright.authoring.emit.facts import EmittedFact, agreements_part, emitted_facts, facts_part
from driftwright.authoring.emit.guards import guards_part, guards_types, versions_of
from driftwright.authoring.emit.matching import contract_part
from driftwright.authoring.emit.migrating import MIGRATIONS, migrations_script
from driftwright.authoring.emit.names import camel, check_different, store_type, version_name
from driftwright.authoring.emit.part import Part, declared_text, part_of, written_part
from driftwright.authoring.emit.promising import promising_facts
from driftwright.authoring.emit.reading import ReadingCode
from driftwright.authoring.emit.stores import stores_part, stores_types
from driftwright.base.errors import InputFault
from driftwright.base.files import read_bounded, write_together
from driftwright.impact import JAVASCRIPT, CompiledFact, compile_fact, moments, resolver_source
from driftwright.workspace import Store, Workspace, check_stores, load_facts, load_migrations, load_stores

DEFAULT_NAME = "driftwright-contracts"
"""What a package is called unless it is given a name."""
SCRIPT = "content-script.js"
"""The file for extensions that have no bundler: one plain script."""
_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*\Z")
_MANIFEST = "package.json"
_EMITTED = re.compile(r"(?:cjs/)?(?:readers/)?[\w-][\w.-]*\Z")
_MOST = 64 * 1024 * 1024  # bytes of an emitted file
_DOORS = ("facts", "stores", "guards", "report", "fingerprint", "matchers")
_IN_SCRIPT = ("facts", "stores", "guards", "report", "fingerprint")


@dataclass(frozen=True, slots=True)
class Emitted:
    """A package.

    Args:
        files: The text of each file, by its path in the folder of the package.
        facts: The names of its functions for facts.
        asking: Those of them whose reading code asks a storage itself: they read what lies where they run.
    """

    files: Mapping[str, str]
    facts: tuple[str, ...]
    asking: tuple[str, ...] = ()

    def stale(self, folder: File) -> tuple[str, ...]:
        """Return the files of a folder that are missing, no longer emitted, or not as they would be written."""
        wrong = (name for name, text in self.files.items() if _held(folder / name) != text.encode())
        return tuple(sorted({*wrong, *self.surplus(folder)}))

    def surplus(self, folder: File) -> tuple[str, ...]:
        """Return the files that an earlier package left in a folder, by its own word, and that this one has not."""
        own = _own(folder) or {}
        listed = own.get("files")
        left = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        return tuple(sorted(name for name in {*left} - set(self.files) if _lies_within(folder, name)))

    def write(self, folder: File) -> None:
        """Write all files together, and remove what an earlier package left; other files stay as they are.

        Raises:
            InputFault: The folder holds something else, or may not be written to.
            MachineFault: The disk is full or fails.
        """
        if folder.is_dir() and any(folder.iterdir()) and _own(folder) is None:
            raise InputFault("holds something else", str(folder), "", "name a new folder, or one that emit wrote")
        surplus = self.surplus(folder)
        write_together({folder / name: text for name, text in self.files.items()})
        for name in surplus:
            (folder / name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """How a package is emitted; its `package.json` keeps them, so that it can be emitted anew and checked.

    Args:
        name: The name of the package.
        target: The probe whose name a fingerprint bears; empty for none.
        only_script: Whether it is the one plain script alone, for an extension without a bundler.
    """

    name: str = DEFAULT_NAME
    target: str = ""
    only_script: bool = False


def settings_in(folder: File) -> PackageSettings | None:
    """Return the settings of the package that lies in a folder; None where there is none."""
    own = _own(folder)
    if own is None:
        return None
    return PackageSettings(str(own.get("name", "")), str(own.get("target", "")), own.get("only") == SCRIPT)


def emit_package(
    workspace: Workspace, fingerprint: Callable[[Sequence[str]], str], settings: PackageSettings
) -> Emitted:
    """Compile the contracts of a workspace into the package that its consumer ships.

    Args:
        workspace: The contracts and schemas.
        fingerprint: Gives the ES module that tells the shapes of the stores of these names.
        settings: The name of the package, and what is in it.

    Raises:
        InputFault: A contract, schema or reader is not what it should be, or the name is no package's.
    """
    if not _NAME.match(settings.name):
        raise InputFault(f"{settings.name!r} is no name of a package", "--name", "", f"write it as {DEFAULT_NAME}")
    stores = load_stores(workspace.schemas)
    contracts = load_facts(workspace.contracts)
    check_stores(contracts, stores)
    compiled = [compile_fact(fact) for fact in contracts]
    _check_language(compiled)
    good = moments(stores, {name: store.latest for name, store in stores.items()})
    facts = emitted_facts(compiled, stores, promising_facts(compiled, good))
    _check_names(stores, str(workspace.schemas))
    needed = stores_asked(compiled, stores, good).union(*(_needed(fact) for fact in facts))
    read = {name: store for name, store in stores.items() if name in needed}
    parts = {part.name: part for part in _parts(facts, read, fingerprint(tuple(read)))}
    migrations = load_migrations(workspace.migrations, stores)
    files = {SCRIPT: _script(parts)} | ({MIGRATIONS: migrations_script(migrations)} if migrations else {})
    if not settings.only_script:
        files |= dict(_files(parts, _types(facts, read))) | {"README.md": _README.format(name=settings.name)}
    files[_MANIFEST] = json.dumps(_manifest(settings, sorted(files)), indent=2) + "\n"
    asking = tuple(fact.name for fact in facts if asks_storage(fact.compiled))
    return Emitted({path: files[path] for path in sorted(files)}, tuple(fact.name for fact in facts), asking)


def _needed(fact: EmittedFact) -> frozenset[str]:
    """Return the stores that a fact is given, and those that its parameters come from."""
    return frozenset((*fact.stores, *(param.store for param in fact.compiled.fact.params if param.store)))


def _check_language(facts: Sequence[CompiledFact]) -> None:
    """Refuse readers that no JavaScript of a package can be."""
    for fact in facts:
        for program in (*fact.program.programs, *(reader.program for reader in fact.holds.values())):
            if program.language != JAVASCRIPT:
                mend = "ship the readers themselves, or name functions of JavaScript in the contract"
                raise InputFault(f"emit writes JavaScript, and this is {program.language}", fact.fact.file, "", mend)


def _parts(facts: Sequence[EmittedFact], stores: Mapping[str, Store], fingerprint: str) -> Iterator[Part]:
    code = ReadingCode()
    yield part_of("resolver", resolver_source())
    yield from (written_part(name) for name in ("same", "fact", "later", "guard", "loading"))
    yield facts_part(facts, code)
    yield contract_part(facts, stores, code)
    yield from code.parts()
    yield agreements_part(facts)
    yield guards_part(stores)
    yield stores_part(stores)
    yield from (written_part(name) for name in ("report", "matchers"))
    yield part_of("fingerprint", fingerprint)


def _types(facts: Sequence[EmittedFact], stores: Mapping[str, Store]) -> Mapping[str, str]:
    return {
        "types": types_text(facts, stores),
        "facts": facts_types(facts),
        "stores": stores_types(stores),
        "guards": guards_types(stores),
        **{name: declared_text(name) for name in ("report", "fingerprint", "matchers")},
    }


def _files(parts: Mapping[str, Part], types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for part in parts.values():
        yield f"{part.name}.js", part.module()
        yield f"cjs/{part.name}.cjs", part.common()
    for door, text in types.items():
        yield f"{door}.d.ts", text
        yield f"cjs/{door}.d.cts", text.replace('.js"', '.cjs"')


def _script(parts: Mapping[str, Part]) -> str:
    """Return one plain script that gives everything as `globalThis.driftwright`."""
    needed: dict[str, Part] = {}

    # In the order in which they can be run: what a part imports stands before it.
    def need(part: str) -> None:
        for taken in parts[part].imports:
            need(taken.part)
        needed.setdefault(part, parts[part])

    for door in _IN_SCRIPT:
        need(door)
    lines = [part.plain("$parts") for part in needed.values()]
    doors = ", ".join(f"{door}: $parts[{json.dumps(door)}]" for door in _IN_SCRIPT)
    return "\n".join(
        [
            "globalThis.driftwright = (() => {",
            '"use strict";',
            "const $parts = {};",
            *lines,
            f"return {{ {doors} }};",
            "})();",
            "",
        ]
    )


def _manifest(settings: PackageSettings, files: Sequence[str]) -> Mapping[str, object]:
    only = {"only": SCRIPT} if settings.only_script else {}
    scripts = [name for name in (SCRIPT, MIGRATIONS) if name in files]
    types = {"import": {"types": "./types.d.ts"}, "require": {"types": "./cjs/types.d.cts"}}
    doors = {} if settings.only_script else {f"./{door}": _export(door) for door in _DOORS} | {"./types": types}
    return {
        "name": settings.name,
        "version": "0.0.0",
        "private": True,
        "description": "What the contracts prove, as it is shipped. Written by `driftwright emit`; do not edit.",
        "type": "module",
        "sideEffects": [f"./{name}" for name in scripts],
        "exports": {**doors, **{f"./{name}": f"./{name}" for name in scripts}, "./package.json": "./package.json"},
        "driftwright": {"name": settings.name, "target": settings.target, **only, "files": list(files)},
    }


def _export(door: str) -> Mapping[str, object]:
    return {
        "import": {"types": f"./{door}.d.ts", "default": f"./{door}.js"},
        "require": {"types": f"./cjs/{door}.d.cts", "default": f"./cjs/{door}.cjs"},
    }


def _check_names(stores: Mapping[str, Store], file: str) -> None:
    check_different({name: camel(name) for name in stores} | {"the loader of several": "load"}, file)
    kinds = {f"{store.name} {version.name}": version for store in stores.values() for version in versions_of(store)}
    names = {kind: version_name(*kind.split(" ")) for kind in kinds}
    check_different(names | {name: store_type(name) for name in stores}, file)


def _held(file: File) -> bytes | None:
    return read_bounded(file, _MOST) if file.is_file() else None


def _own(folder: File) -> Mapping[str, Any] | None:
    """Return what the package in a folder says of itself; None where no emitted package lies."""
    try:
        record = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    own = record.get("driftwright") if isinstance(record, dict) else None
    return own if isinstance(own, dict) and "files" in own else None


def _lies_within(folder: File, name: str) -> bool:
    """Whether a name is that of a file of the folder: the file that lists it is only as good as who wrote it."""
    file = folder / name
    plain = _EMITTED.match(name) is not None and file.is_file() and not file.is_symlink()
    return plain and file.resolve().is_relative_to(folder.resolve())


_README = """\
# {name}

What the contracts prove, as it is shipped. `driftwright emit` wrote it; do not edit it, but emit it anew.

    import {{ load, ... }} from "{name}/stores";
    // the stores, from where they lie; null where one is absent
    import {{ ... }} from "{name}/facts";
    // a function for each derived fact, which answers value, source, level and what is lost with that source
    import {{ ... }} from "{name}/guards";
    // a validator for each version of a store (Standard Schema)
    import {{ createReporter }} from "{name}/report";
    // is told of every step down and of every disagreement of sources, without a value
    import {{ storageFingerprint }} from "{name}/fingerprint";
    // the shapes of the stores, and no value; `driftwright check` judges them
    import {{ toKeepContract }} from "{name}/matchers";
    // for tests with vitest or Playwright

Nothing here has a dependency, makes code of text or throws at you. Without a bundler, `content-script.js` is one plain
script that gives the same as `globalThis.driftwright`.
"""
