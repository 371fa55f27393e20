"""The picture of the rooms and what each holds, as Markdown: drawn from the import contract, faces and docstrings."""

from __future__ import annotations

import ast
import configparser
import itertools
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "driftwright"
_WIDTH = 34  # characters of a line in a box


def layers() -> list[list[str]]:
    """Return the rooms of each layer, the highest first, as the import contract has them."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    text = parser["importlinter:contract:layers"]["layers"]
    found = [re.findall(r"\w+", line) for line in text.split("\n") if line.strip()]
    return [rooms for rooms in found if (PACKAGE / rooms[0]).is_dir()]


def picture() -> str:
    """Return a Mermaid drawing: a row a layer, an arrow from each room to those that it may import next."""
    rows = layers()
    lines = ["```mermaid", "flowchart TD"]
    for rooms in rows:
        lines += [f'    {room}["<b>{room}</b><br/>{"<br/>".join(_wrapped(says(PACKAGE / room)))}"]' for room in rooms]
    for upper, lower in itertools.pairwise(rows):
        lines += [f"    {above} --> {below}" for above in upper for below in lower]
    return "\n".join([*lines, "```"])


def rooms() -> Iterator[str]:
    """Yield a section a room, from the bottom up: what it holds, its face, its folders and modules."""
    for room in (room for row in reversed(layers()) for room in row):
        folder = PACKAGE / room
        yield f"### {room}\n"
        yield f"{says(folder)}\n"
        faces = [face for face in sorted(folder.rglob("__init__.pyi")) if face.parent.name != "__pycache__"]
        for face in faces:
            dotted = ".".join(("driftwright", *face.parent.relative_to(PACKAGE).parts))
            names = ", ".join(f"`{name}`" for name in face_of(face))
            yield f"**`from {dotted} import`** {names}\n"
        yield "| where | what it holds |\n| --- | --- |"
        for part in sorted(folder.iterdir(), key=lambda part: (part.is_file(), part.name)):
            if part.is_dir() and (part / "__init__.py").is_file():
                yield f"| `{part.name}/` | {says(part)} |"
            elif part.suffix == ".py" and part.stem != "__init__":
                yield f"| `{part.name}` | {_docstring(part)} |"
        yield ""


def face_of(stub: Path) -> list[str]:
    """Return the names that a stub offers, in its order."""
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return [alias.asname or alias.name for node in imports for alias in node.names]


def says(folder: Path) -> str:
    """Return the first line of a package's docstring."""
    return _docstring(folder / "__init__.py")


CHECK = (
    ("snapshot.read_any", "reads a capture, which was redacted inside the page."),
    ("workspace.load_stores", "reads the published versions of each store with their known-good stores;"),
    ("workspace.load_facts", "reads the contracts."),
    ("structure.fold", "folds both sides into a Shape;"),
    ("structure.compare", "finds the Changes between them, each named by a rule."),
    ("structure.apply_changes", "replays the Changes on the known-good stores."),
    (
        "impact.assess_impact",
        "runs each reader on them, before and after, and shrinks the store that shows a break.",
    ),
    ("impact.run_on_capture", "runs the invariants on the capture itself."),
    ("impact.walk", "walks the sources of a fact on the changed stores: the Fallback."),
    ("verdict.check_capture", "brings all this to one verdict a fact, and to a Report."),
    ("report.render", "tells the Report in one of its formats."),
    ("history.record_report", "makes a Run of it, and keeps that in the history;"),
    ("history.news", "says what of it is still to be told: the Alert."),
)
DIFF = (
    ("structure.open_embedded_json", "opens JSON text within the documents, as a reader that parses it would."),
    ("impact.readers_module", "compiles the module of readers."),
    (
        "verdict.report_diff",
        "compares, replays and runs as above, BEFORE being the known-good store: a Report.",
    ),
    ("report.render", "tells it."),
)


def way(steps: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a line a step of the data's way.

    Raises:
        AttributeError: A face no longer offers what a step names: the page is stale.
    """
    for number, (name, what) in enumerate(steps, 1):
        room, _, function = name.partition(".")
        getattr(import_module(f"driftwright.{room}"), function)
        yield f"{number}. `{name}` {what}"


def third_parties() -> Iterator[str]:
    """Yield a table of the libraries that one place alone may import."""
    yield "| library | where |"
    yield "| --- | --- |"
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    for section in (parser[name] for name in parser.sections()):
        if section.get("type") == "forbidden":
            packages = ", ".join(f"`{package}`" for package in section["forbidden_modules"].split())
            importers = (line.partition(" -> ")[0] for line in section["ignore_imports"].strip().split("\n"))
            places = sorted({name.strip().removeprefix("driftwright.").rstrip(".*") for name in importers})
            yield f"| {packages} | {', '.join(f'`{place}`' for place in places)} |"


def _docstring(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n", maxsplit=1)[0].replace("\n", " ").replace("|", "\\|")


def _wrapped(text: str) -> Sequence[str]:
    lines = [""]
    for word in text.replace('"', "'").split():
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
