"""Answers a page's requests from a folder, so that a capture needs no network at all."""

from __future__ import annotations

import fnmatch
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json_file
from driftwright.workspace import Target, origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Route

# The system's own table may call these something that a browser refuses as a module.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".html": "text/html",
    ".css": "text/css",
    ".ndjson": "application/x-ndjson",
    ".sse": "text/event-stream",
}


def check_packages(target: Target) -> None:
    """Refuse a page that is served from a folder whose npm packages are not installed: it could never get ready.

    Raises:
        InputFault: Names the packages and the command that installs them.
    """
    listed = target.serve / "package.json" if target.serve else None
    if target.serve is None or listed is None or not listed.is_file():
        return
    about = parse_json_file(listed)
    wanted = about.get("dependencies") if isinstance(about, dict) else None
    missing = [name for name in wanted or () if not (target.serve / "node_modules" / name).is_dir()]
    if missing:
        problem = f"the page's npm packages are not installed: {', '.join(missing)}"
        raise InputFault(problem, str(listed), "dependencies", f"run `npm ci` in {target.serve}")


@dataclass(frozen=True, slots=True)
class FolderServer:
    """Plays a site: requests to `origin` are files of `folder`, every other request fails.

    Args:
        origin: Scheme, host and port that is played.
        folder: The folder; nothing outside it is ever answered.
        routes: URL path patterns, or whole paths with a query, to files under the folder.
    """

    origin: str
    folder: Path
    routes: Mapping[str, str]

    def answer(self, route: Route) -> None:
        """Answer one intercepted request."""
        url = route.request.url
        if urlsplit(url).scheme not in ("http", "https"):
            route.continue_()
            return
        if origin_of(url) != self.origin:
            route.abort("namenotresolved")
            return
        parts = urlsplit(url)
        file = self.file_for(parts.path, parts.query)
        if file is None:
            route.fulfill(status=404, content_type="text/plain", body="not found")
            return
        kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(status=200, content_type=f"{kind}; charset=utf-8", body=file.read_bytes())

    def file_for(self, url_path: str, query: str = "") -> Path | None:
        """Return the file that answers `url_path`, or None when there is none inside the folder.

        A route that names the query as well comes before one that does not.
        """
        named = self.routes.get(f"{url_path}?{query}") or self._routed(url_path) or unquote(url_path).lstrip("/")
        if "\0" in named:
            return None
        root = self.folder.resolve()
        file = (root / named).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None

    def _routed(self, url_path: str) -> str | None:
        if url_path in self.routes:
            return self.routes[url_path]
        matching = (file for pattern, file in self.routes.items() if fnmatch.fnmatchcase(url_path, pattern))
        return next(matching, None)
