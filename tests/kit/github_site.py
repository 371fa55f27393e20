"""A real HTTP server that plays GitHub's interface of issues, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPO = "owner/extension"
TOKEN = "token-of-the-tests-0123456789"  # noqa: S105 - it opens nothing
LOGIN = "drift-bot"


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    document: Any


@dataclass
class Site:
    """The state behind the server.

    `fails` answers a request with a status instead of an answer; it is asked first. `login` is whose token it is, and
    `workflow` says that it is that of a workflow, which may not ask who it is by the usual way.
    """

    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    fails: Callable[[Asked], int | None] = lambda _: None
    url: str = ""
    login: str = LOGIN
    workflow: bool = False

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Answer as GitHub does."""
        self.asked.append(asked)
        failed = self.fails(asked)
        if failed is not None:
            return failed, {"message": "no"}
        parts = urlsplit(asked.path)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if parts.path == "/user":
            return (403, {"message": "no integration may"}) if self.workflow else (200, {"login": self.login})
        if parts.path == "/graphql":
            return 200, {"data": {"viewer": {"login": self.login}}}
        issue = re.fullmatch(rf"/repos/{REPO}/issues/(\d+)(/comments)?", parts.path)
        if issue is not None:
            return self._issue(asked, int(issue[1]), comments=bool(issue[2]))
        if parts.path != f"/repos/{REPO}/issues":
            return 404, {"message": "Not Found"}
        return self._listed(parts.query) if asked.method == "GET" else self._made(asked)

    def _listed(self, query: str) -> tuple[int, Any]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        listed = [
            issue
            for issue in self.issues
            if asked["labels"] in issue["labels"] and asked.get("state", "open") in ("all", issue["state"])
        ]
        size, page = int(asked["per_page"]), int(asked["page"])
        return 200, listed[(page - 1) * size : page * size]

    def _made(self, asked: Asked) -> tuple[int, Any]:
        if len(asked.document["body"]) > 65_536 or len(asked.document["title"]) > 256:
            return 422, {"message": "Validation Failed"}
        more = {"number": len(self.issues) + 1, "state": "open", "user": {"login": self.login}}
        self.issues.append({**asked.document, **more})
        return 201, self.issues[-1]

    def _issue(self, asked: Asked, number: int, *, comments: bool) -> tuple[int, Any]:
        if not 0 < number <= len(self.issues):
            return 404, {"message": "Not Found"}
        if comments and asked.method == "POST":
            self.comments.append((number, asked.document["body"]))
            return 201, {}
        if asked.method != "PATCH":
            return 404, {"message": "Not Found"}
        if len(asked.document.get("body", "")) > 65_536:
            return 422, {"message": "Validation Failed"}
        self.issues[number - 1].update(asked.document)
        return 200, self.issues[number - 1]

    def writes(self) -> list[str]:
        """What was written: method and path, in order."""
        return [
            f"{request.method} {request.path.removeprefix(f'/repos/{REPO}/')}"
            for request in self.asked
            if request.method != "GET" and "graphql" not in request.path
        ]


@contextlib.contextmanager
def serving(answer: Callable[[Asked], tuple[int, Any]], headers: dict[str, str] | None = None) -> Iterator[str]:
    """Serve answers on a port of this machine; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            document = json.loads(body) if body else None
            sent = {name.lower(): value for name, value in self.headers.items()}
            status, reply = answer(Asked(self.command, self.path, sent, document))
            data = json.dumps(reply).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def github_site() -> Iterator[Site]:
    """Serve a GitHub of its own."""
    site = Site()
    with serving(site.answer) as url:
        site.url = url
        yield site
