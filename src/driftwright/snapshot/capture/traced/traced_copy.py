"""A copy of an extension with the tracer as the first script in every group of its content scripts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json, read_bytes

SCRIPT = "driftwright-tracer.js"
WORKER = "driftwright-worker.js"
MOST_BYTES = 512 * 1024 * 1024
_LONGEST_WORD = 80
_SOURCES = (".js", ".mjs")
_WORD = re.compile(r"[A-Za-z_$][\w$-]*")
_PATTERN = re.compile(r"(?P<scheme>\*|https?)://(?P<host>\*|(?:\*\.)?[^/*:]+)(?P<port>:\d+|:\*)?(?P<path>/.*)")
_ANYWHERE = "<all_urls>"


@dataclass(frozen=True, slots=True)
class Extension:
    """A built extension whose content scripts can be traced.

    Args:
        folder: Where it lies; it is only ever read.
        manifest: Its manifest as parsed.
        groups: Positions of the content-script groups that run in the isolated world.
        untraced: Its parts that cannot be traced, in words.
        worker: The file of its service worker, from the folder; empty where it has none.
    """

    folder: Path
    manifest: Mapping[str, Any]
    groups: tuple[int, ...]
    untraced: tuple[str, ...]
    worker: str = ""

    @property
    def file(self) -> str:
        """The manifest, for messages."""
        return str(self.folder / "manifest.json")

    @property
    def patterns(self) -> tuple[str, ...]:
        """The match patterns of what can be traced."""
        scripts = self.manifest["content_scripts"]
        return tuple(pattern for group in self.groups for pattern in scripts[group]["matches"])

    def runs_at(self, url: str) -> bool:
        """Whether one of its patterns matches a page."""
        return any(_matches(pattern, url) for pattern in self.patterns)

    def runs_on(self, url: str) -> bool:
        """Whether one of its patterns matches some page of the same origin."""
        return any(_matches(pattern, url, any_path=True) for pattern in self.patterns)

    def address(self, preferred: str) -> str:
        """Return the URL of a page where a script runs: `preferred`, its path elsewhere, or the simplest that matches.

        Raises:
            InputFault: No pattern matches a page of the web.
        """
        if self.runs_at(preferred):
            return preferred
        if not self.groups:
            return preferred  # of a service worker alone
        made = [url for pattern in self.patterns if (url := _example(pattern))]
        if not made:
            problem = "none of its content scripts matches a page of the web"
            raise InputFault(problem, self.file, "/content_scripts", "write matches such as https://host/*")
        like = (urlsplit(url)._replace(path=urlsplit(preferred).path).geturl() for url in made)
        return next((url for url in like if self.runs_at(url)), made[0])


def load_extension(folder: Path) -> Extension:
    """Read an unpacked extension's manifest.

    Raises:
        InputFault: It is missing, not of version 3, or lists nothing that can be traced.
    """
    file = folder / "manifest.json"
    if not folder.is_dir():
        raise InputFault("no such folder", str(folder), "", "name the folder of the built extension")
    if not file.is_file():
        raise InputFault(
            "the folder holds no manifest.json", str(folder), "", "build the extension, or name its folder"
        )
    manifest = parse_json(read_bytes(file).removeprefix(b"\xef\xbb\xbf"), str(file))
    if not isinstance(manifest, dict) or manifest.get("manifest_version") != 3:  # noqa: PLR2004 - Manifest V3
        problem = "not the manifest of a Manifest V3 extension"
        raise InputFault(problem, str(file), "/manifest_version", "build the extension for Manifest V3")
    groups, untraced = _groups(manifest.get("content_scripts", []), str(file))
    worker = _worker(manifest.get("background", {}), folder)
    if not groups and not worker:
        if untraced:
            problem = "all its content scripts run in the page's own world, where the page would see the tracer"
            raise InputFault(
                problem, str(file), "/content_scripts", "trace an extension with an isolated content script"
            )
        problem = "lists no content script"
        mend = "only scripts listed here and a service worker can be traced, not scripts that are injected at run time"
        raise InputFault(problem, str(file), "/content_scripts", mend)
    return Extension(folder, manifest, groups, (*untraced, *_unopened(manifest)), worker)


def source_words(folder: Path) -> tuple[str, ...]:
    """Return the words in the extension's code: names that may be shown, for they are public with the extension."""
    words: set[str] = set()
    for text in source_texts(folder):
        words.update(word for word in _WORD.findall(text) if len(word) <= _LONGEST_WORD)
    return tuple(sorted(words))


def source_texts(folder: Path) -> list[str]:
    """Return the texts of the extension's code."""
    files = sorted(file for file in folder.rglob("*") if file.suffix in _SOURCES and file.is_file())
    return [read_bytes(file).decode("utf-8", "replace") for file in files]


def copy_with(extension: Extension, script: str, into: Path) -> Path:
    """Copy the extension with `script` first in every group that can be traced.

    Args:
        extension: The extension; its own folder is not written to.
        script: The tracer's script.
        into: A temporary folder.

    Raises:
        InputFault: The folder is far larger than an extension, has a file of the tracer's name, or cannot be copied.
    """
    folder = extension.folder
    for taken in (SCRIPT, WORKER):
        if any(folder.rglob(taken)):
            raise InputFault(f"the extension has a file {taken}", str(folder), "", "rename it")
    try:
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if size > MOST_BYTES:
            problem = f"larger than {MOST_BYTES // 2**20} MiB"
            raise InputFault(problem, str(folder), "", "name the folder of the built extension alone")
        copy = Path(shutil.copytree(folder, into / "extension"))
    except (OSError, shutil.Error):
        raise InputFault("cannot be copied", str(folder), "", "check its files' permissions and links") from None
    manifest = json.loads(json.dumps(extension.manifest))
    for group in extension.groups:
        manifest["content_scripts"][group]["js"].insert(0, SCRIPT)
    texts = {SCRIPT: script, "manifest.json": json.dumps(manifest)}
    if extension.worker:
        place, name = PurePosixPath(extension.worker).with_name(WORKER), PurePosixPath(extension.worker).name
        background = manifest["background"]
        background["service_worker"] = str(place)
        texts[str(place)] = _worker_script(name, is_module=background.get("type") == "module")
        texts["manifest.json"] = json.dumps(manifest)
    for name, text in texts.items():
        file = copy / name
        file.unlink(missing_ok=True)  # a copied file may be read-only
        file.write_text(text, encoding="utf-8")
    return copy


def _groups(listed: object, file: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the positions of the groups to trace, and what cannot be traced."""
    if not isinstance(listed, list):
        raise InputFault("not a list", file, "/content_scripts", "build the extension again")
    groups: list[int] = []
    untraced: list[str] = []
    for number, group in enumerate(listed):
        place = f"/content_scripts/{number}"
        if not isinstance(group, dict) or not _is_texts(group.get("matches")) or not group["matches"]:
            raise InputFault("not a group of content scripts", file, place, "give it `matches`, a list of patterns")
        if not _is_texts(group.get("js", [])):
            raise InputFault("not a list of files", file, f"{place}/js", "build the extension again")
        if not group.get("js"):
            continue  # style sheets alone
        if group.get("world", "ISOLATED") == "ISOLATED":
            groups.append(number)
        else:
            untraced.append(f"content_scripts/{number} runs in the page's own world")
    return tuple(groups), tuple(untraced)


def _worker(background: object, folder: Path) -> str:
    """Return the file of the service worker; empty where there is none."""
    file = background.get("service_worker") if isinstance(background, dict) else None
    if file is None:
        return ""
    name = file.removeprefix("/") if isinstance(file, str) and "\0" not in file else ""
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder.resolve()) or not path.is_file():
        mend = "build the extension again"
        raise InputFault("no such file", str(folder / "manifest.json"), "/background/service_worker", mend)
    return PurePosixPath(name).as_posix()


def _worker_script(name: str, *, is_module: bool) -> str:
    """Return the script that runs the tracer first and the service worker beside it then, each as a file of its own."""
    tracer, worker = json.dumps(f"/{SCRIPT}"), json.dumps(f"./{quote(name)}")
    return f"import {tracer};\nimport {worker};\n" if is_module else f"importScripts({tracer}, {worker});\n"


def _unopened(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what else of an extension may read stores, and does not run while a page is open."""
    action, options = manifest.get("action"), manifest.get("options_ui")
    pages = (
        action.get("default_popup") if isinstance(action, dict) else None,
        options.get("page") if isinstance(options, dict) else manifest.get("options_page"),
        side.get("default_path") if isinstance(side := manifest.get("side_panel"), dict) else None,
        manifest.get("devtools_page"),
    )
    yield from (f"{page} is a page of its own, which is not opened" for page in pages if isinstance(page, str) and page)
    permissions = manifest.get("permissions")
    if isinstance(permissions, list) and "scripting" in permissions:
        yield "scripts that it injects at run time with chrome.scripting"


def _is_texts(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, str) for item in value)


def _matches(pattern: str, url: str, *, any_path: bool = False) -> bool:
    parts = urlsplit(url)
    if pattern == _ANYWHERE:
        return True
    match = _PATTERN.fullmatch(pattern)
    if match is None or match["scheme"] not in ("*", parts.scheme):
        return False
    host, name = match["host"], parts.hostname or ""
    if host.startswith("*"):
        tail = host.removeprefix("*").removeprefix(".")
        if tail and name != tail and not name.endswith(f".{tail}"):
            return False
    elif host != name:
        return False
    if match["port"] not in (None, ":*") and match["port"] != f":{parts.port}":
        return False
    path = re.escape(match["path"]).replace(r"\*", ".*")
    return any_path or re.fullmatch(path, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")) is not None


def _example(pattern: str) -> str | None:
    """Return the simplest page that a pattern matches."""
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        return None
    scheme = "https" if match["scheme"] == "*" else match["scheme"]
    host = match["host"].removeprefix("*").removeprefix(".") or "traced.test"
    port = "" if match["port"] in (None, ":*") else match["port"]
    return f"{scheme}://{host}{port}{match['path'].replace('*', '')}"
