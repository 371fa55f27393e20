"""Laws of the repository as a whole: who may know what, and what must never be written down."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "driftwright"
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# Each costs a tenth of a second or more to import, so that a module that needs one imports it where it is used.
HEAVY = {
    "deepdiff",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "msgspec",
    "playwright",
    "py_mini_racer",
    "referencing",
    "tree_sitter",
}

# Words that would tie the project to one machine or mirror; parted here, so that this file does not hold them itself.
HOSTS = (
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    "npmjs" + r"\.(?:org|com)",
    "yarnpkg" + r"\.com",
    "debian" + r"\.org",
)
FOLDERS = ("work", "root", "tmp", "opt", "Users")
MACHINE_PATH = re.compile(r"(?<![\w.~}\]>/*-])/(?:" + "|".join(FOLDERS) + r")/|/ho" + r"me/\w")


def tracked_files() -> list[Path]:
    """Every file that is committed, or would be with the next `git add`."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def hits(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


# A script that is sent into a page as a whole cannot be parted into modules, and may be longer.
LONGEST = {".py": 400, ".js": 600}

TRACKED = tracked_files()
MODULES = [path for path in TRACKED if path.is_relative_to(SOURCE) and path.suffix in LONGEST]
KIT = [path for path in TRACKED if path.is_relative_to(ROOT / "tests" / "kit")]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Words that say nothing of what a value is: whoever reads `for one in found` has to look up both.
RIDDLES = frozenset({"one", "found", "told", "seen", "stands"})

# Keys of published formats, which never change; the fields of the values that are written as such have their names.
KEYS_OF_FORMATS = frozenset(
    {
        ("src/driftwright/report/fact.py", "seen"),
        ("src/driftwright/report/store.py", "seen"),
        ("src/driftwright/report/store.py", "found"),
        ("src/driftwright/history/run.py", "found"),
    }
)


def names_given_by(node: ast.AST) -> list[str]:
    """Return the names that one node of a syntax tree gives to a parameter, a variable, a function or a class."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
            return [name]
    return []


def riddles_in(source: str) -> list[tuple[int, str]]:
    """Return each name that says nothing of its value, with its line."""
    return [
        (getattr(node, "lineno", 0), name)
        for node in ast.walk(ast.parse(source))
        for name in names_given_by(node)
        if name.strip("_").lower() in RIDDLES
    ]


def test_the_package_knows_no_site() -> None:
    package = [path for path in TRACKED if path.is_relative_to(ROOT / "src")]
    assert package
    words = re.compile("grok|useMediaStore|videoByMediaId", re.IGNORECASE)
    assert hits(words, package) == []
    assert [named(path) for path in package if words.search(named(path))] == []


def test_modules_stay_readable() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert lines
    assert [f"{named(path)}: {count}" for path, count in lines.items() if count > LONGEST[path.suffix]] == []


def test_names_say_what_they_hold() -> None:
    scripts = [path for path in (*MODULES, *KIT) if path.suffix == ".py"]
    assert scripts
    given = [(path, *riddle) for path in scripts for riddle in riddles_in(path.read_text(encoding="utf-8"))]
    riddles = [(named(path), line, name) for path, line, name in given]
    assert {(path, name) for path, _, name in riddles} >= KEYS_OF_FORMATS
    assert [f"{path}:{line}: {name}" for path, line, name in riddles if (path, name) not in KEYS_OF_FORMATS] == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(told): ...",
        "def f(*, one=1): ...",
        "def f(*seen): ...",
        "lambda found: found",
        "found = 1",
        "first, (one, *seen) = pairs",
        "for one in changes: ...",
        "[one for one in changes]",
        "if found := search(text): ...",
        "with open(file) as one: ...",
        "try: ...\nexcept OSError as told: ...",
        "match value:\n    case [one]: ...",
        "match value:\n    case {**seen}: ...",
        "def _told(text): ...",
        "class Seen: ...",
        "class Shape:\n    def found(self): ...",
        "class Shape:\n    seen: int = 0",
        "import json as told",
    ],
)
def test_a_name_that_says_nothing_is_found_wherever_it_is_given(source: str) -> None:
    assert riddles_in(source)


def test_a_longer_name_may_hold_such_a_word() -> None:
    assert riddles_in("seen_stores = found.one") == []


def test_heavy_packages_are_imported_where_they_are_used() -> None:
    scripts = [path for path in MODULES if path.suffix == ".py"]
    assert scripts
    at_import = {
        (named(path), name.split(".")[0])
        for path in scripts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        for name in imported_by(node)
    }
    assert [f"{path}: {package}" for path, package in sorted(at_import) if package in HEAVY] == []


def imported_by(node: ast.stmt) -> list[str]:
    """The absolute modules that one top-level statement imports; `if TYPE_CHECKING:` imports nothing at run time."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case ast.Try(body=body) | ast.With(body=body):
            return [name for inner in body for name in imported_by(inner)]
    return []


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_a_lock_pins_every_package_by_hash_and_names_no_place(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert hits(re.compile(r"://|^\s*-[^-]|^--|@ |file:|\.whl|\.tar"), [lock]) == []
    pins = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert pins
    unpinned = [
        pin.splitlines()[0] for pin in pins if not re.match(r"[a-z0-9.-]+==\S+", pin) or "--hash=sha256:" not in pin
    ]
    assert unpinned == []


def test_the_development_lock_holds_the_runtime_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9.-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") | pins("requirements-build.lock") <= pins("requirements-dev.lock")


def test_npm_locks_carry_hashes_and_no_registry() -> None:
    locks = [path for path in TRACKED if path.name == "package-lock.json"]
    assert locks
    for lock in locks:
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        installed = {name: entry for name, entry in packages.items() if name}
        assert [name for name, entry in installed.items() if "integrity" not in entry] == []
        assert [name for name, entry in installed.items() if "resolved" in entry] == []


def test_no_tracked_file_names_a_registry_host() -> None:
    assert hits(re.compile("|".join(HOSTS)), TRACKED) == []


def test_no_tracked_file_holds_a_path_of_one_machine() -> None:
    assert hits(MACHINE_PATH, TRACKED) == []


def test_every_script_runs_strictly_and_is_executable() -> None:
    scripts = [path for path in TRACKED if path.parent in {ROOT / "ci", ROOT / ".ci"} and not path.suffix]
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert os.access(script, os.X_OK), named(script)
        assert text.startswith("#!/usr/bin/env "), named(script)
        assert "python3" in text.splitlines()[0] or "\nset -euo pipefail\n" in text, named(script)


def test_tests_share_nothing_but_the_kit() -> None:
    """A module of tests that another one imports cannot be moved, and is collected before its turn."""
    tests = ROOT / "tests"
    rooms = {path.relative_to(tests).parts[0] for path in tests.glob("*/test_*.py")}
    modules = [path for path in TRACKED if path.is_relative_to(tests) and path.suffix == ".py"]
    assert modules
    shared = {
        (named(path), name)
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.stmt)
        for name in imported_by(node)
    }
    assert [f"{path}: {name}" for path, name in sorted(shared) if name.split(".")[0] in rooms] == []


# ---- the rooms and their faces

ROOMS = {
    *("base", "structure", "workspace", "report", "impact"),
    *("snapshot", "history", "verdict", "authoring", "entrypoints"),
}
STUBS = sorted(path for path in TRACKED if path.is_relative_to(SOURCE) and path.name == "__init__.pyi")


def offered(stub: Path) -> dict[str, str]:
    """What a face offers: each name with the module that it comes from."""
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


def test_the_package_is_ten_rooms_and_nothing_else() -> None:
    package = [path.relative_to(SOURCE).parts for path in TRACKED if path.is_relative_to(SOURCE)]
    assert {parts[0] for parts in package if len(parts) > 1} == ROOMS
    files = {parts[0] for parts in package if len(parts) == 1}
    assert files == {"__init__.py", "__init__.pyi", "__main__.py", "py.typed"}


def test_every_room_that_others_import_from_has_one_face() -> None:
    faces = {path.parent.relative_to(SOURCE).as_posix() for path in STUBS}
    # Each module of base is a face, entrypoints are for nobody, and only they may use the second face of snapshot.
    assert faces == {".", *ROOMS - {"base", "entrypoints"}, "snapshot/capture"}


@pytest.mark.parametrize("stub", STUBS, ids=named)
def test_no_name_of_a_face_is_also_a_module_beside_it(stub: Path) -> None:
    """The first import of such a module would put it in the place of the name."""
    beside = {path.stem for path in stub.parent.glob("*.py")} | {path.name for path in stub.parent.iterdir()}
    assert sorted(set(offered(stub)) & beside) == []


@pytest.mark.parametrize("stub", STUBS, ids=named)
def test_every_name_of_a_face_resolves(stub: Path) -> None:
    face = importlib.import_module(".".join(("driftwright", *stub.parent.relative_to(SOURCE).parts)))
    names = offered(stub)
    assert sorted(face.__all__) == sorted(names)
    assert [name for name in names if not hasattr(face, name)] == []


@pytest.mark.parametrize("stub", STUBS, ids=named)
def test_a_face_offers_each_name_once_sorted_by_module_and_to_type_checkers(stub: Path) -> None:
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert all(node.level == 1 and len(node.names) == 1 for node in imports)
    assert [node.names[0].name for node in imports if node.names[0].asname != node.names[0].name] == []
    order = [(node.module or "", node.names[0].name) for node in imports]
    modules = [module for module, _ in order]
    assert modules == sorted(modules)
    assert len({name for _, name in order}) == len(order)
    rest = [ast.unparse(node) for node in tree.body if not isinstance(node, ast.ImportFrom)]
    assert rest == (["__version__: str"] if stub.parent == SOURCE else [])


def test_what_the_rooms_import_from_a_face_is_what_it_offers() -> None:
    """A face holds no name that nobody above its room takes; what the public interface offers is for callers."""
    taken: dict[str, set[str]] = {}
    for path in [path for path in MODULES if path.suffix == ".py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                taken.setdefault(node.module, set()).update(alias.name for alias in node.names)
    for module, name in ((module, name) for name, module in offered(SOURCE / "__init__.pyi").items()):
        taken.setdefault(f"driftwright.{module}", set()).add(name)
    unused = [
        f"{module}.{name}"
        for stub in STUBS
        if stub.parent != SOURCE
        for module in [".".join(("driftwright", *stub.parent.relative_to(SOURCE).parts))]
        for name in offered(stub)
        if name not in taken.get(module, set())
    ]
    assert unused == []
