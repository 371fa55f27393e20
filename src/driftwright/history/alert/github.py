"""GitHub issues as a channel: one issue for each alert, found again by a hidden mark in its body.

Only what the token's own login wrote is taken for ours: whoever may open an issue could write our marks. Runs are
ordered by their numbers in one history, never by a clock.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftwright.base.errors import InputFault, MachineFault
from driftwright.history.alert.alert import Happening
from driftwright.history.alert.http import HttpAnswer, HttpRequest, checked_url, document_of, send_request
from driftwright.history.alert.message import Message

LABEL = "driftwright"
_API = "https://api.github.com"
_HOST = "github.com"
_SERVICE = "GitHub"
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_GH_SECONDS = 30.0
_PAGE = 100
_MOST_PAGES = 50
_OTHERWISE = (403, 404)
_REPO = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_MARKED = re.compile(r"<!-- driftwright:alert:([0-9a-f]{12}) -->")
_RUN = re.compile(r"<!-- driftwright:run:([0-9a-f]{32}):([0-9]{1,18}) -->")
_VIEWER = {"query": "query { viewer { login } }"}


@dataclass(frozen=True, slots=True)
class Rest:
    """GitHub's REST interface, with a token."""

    root: str
    token: str = field(repr=False)

    def call(self, method: str, path: str, payload: Any = None) -> HttpAnswer:
        """Send a request with the token, to this interface only."""
        return send_request(HttpRequest(method, f"{self.root}/{path}", self._headers(), payload), _SERVICE)

    def login(self) -> str:
        """Return the login that the token acts as.

        Raises:
            MachineFault: GitHub does not say it.
        """
        answer = self.call("GET", "user")
        if answer.status in _OTHERWISE:  # as for the token of a workflow, which is no person's
            root = self.root.removesuffix("/v3") if self.root != _API else self.root
            viewer = send_request(HttpRequest("POST", f"{root}/graphql", self._headers(), _VIEWER), _SERVICE)
            answer = HttpAnswer(viewer.status, _within(viewer.document, "data", "viewer"))
        login = _within(document_of(answer, _SERVICE), "login")
        if not isinstance(login, str) or not login:
            raise MachineFault(f"{_SERVICE} does not say whose token it is", "", "", "use another token")
        return login

    def _headers(self) -> dict[str, str]:
        return {**_HEADERS, "Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class Issue:
    """An existing issue: its number, whether it is open, its body, and who wrote it."""

    number: int
    open: bool
    body: str
    author: str


@dataclass(frozen=True, slots=True)
class _ListedIssues:
    """The issues that have our label and a mark, each by its alert's key: our own, and the keys of other people's."""

    own: Mapping[str, Issue]
    foreign: frozenset[str]


@dataclass(frozen=True, slots=True)
class GitHub:
    """The issues of one repository.

    Args:
        api: GitHub's interface.
        repo: `owner/name`.
        edits: True, as the body of an issue can be updated without notifying anybody.
    """

    api: Rest
    repo: str
    edits: bool = True

    @property
    def name(self) -> str:
        """Name of the channel in the history."""
        return f"github:{self.repo}"

    def send(self, messages: Sequence[Message]) -> Iterator[Message]:
        """Create, edit or close the issue of each message; what a later run of this history wrote is left alone.

        Raises:
            MachineFault: GitHub did not answer, or refused, or an issue says of this history what cannot be right.
        """
        if not messages:
            return
        issues = self._list_issues(self.api.login())
        ahead = 0
        for message in messages:
            issue = issues.own.get(message.alert.key)
            if issue is not None and _is_later(issue, message):
                ahead += 1
                continue  # it stays unsent, and a later run looks again
            self._write_issue(message, issue, taken=message.alert.key in issues.foreign)
            yield message
        if ahead:
            problem = f"{ahead} issue{' was' if ahead == 1 else 's were'} written by a later run of this history"
            mend = "run with the newest copy of the history; a later run tells what is left"
            raise MachineFault(problem, self.name, "", mend)

    def _write_issue(self, message: Message, issue: Issue | None, *, taken: bool) -> None:
        """Write one issue; `taken` says that somebody else's bears the alert's mark, and none of ours does."""
        if issue is not None:
            self._update_issue(message, issue)
        elif message.happening is Happening.RECOVERED:
            return
        elif message.happening is not Happening.STILL or taken:  # else a person took issue or label away
            self._request("POST", "issues", {"title": message.title, "body": message.body, "labels": [LABEL]})

    def _update_issue(self, message: Message, issue: Issue) -> None:
        match message.happening:
            case Happening.RECOVERED:
                if issue.open:
                    self._add_comment(issue, message.says)
                self._edit_issue(issue, message, {"state": "closed", "state_reason": "completed"} if issue.open else {})
            case Happening.STILL:
                self._edit_issue(issue, message, {})
            case Happening.NEW:
                self._edit_issue(issue, message, {} if issue.open else {"state": "open"})
                if not issue.open:
                    self._add_comment(issue, "It is back: two captures agree on it.")
            case _:
                # Whoever closed it as not to be mended is told when it gets worse, and otherwise left alone.
                opens = message.happening is Happening.WORSE and not issue.open
                self._edit_issue(issue, message, {"state": "open"} if opens else {})
                self._add_comment(issue, message.says)

    def _edit_issue(self, issue: Issue, message: Message, state: Mapping[str, str]) -> None:
        self._request("PATCH", f"issues/{issue.number}", {"title": message.title, "body": message.body, **state})

    def _add_comment(self, issue: Issue, text: str) -> None:
        self._request("POST", f"issues/{issue.number}/comments", {"body": text})

    def _request(self, method: str, path: str, payload: Any = None) -> Any:
        return document_of(self.api.call(method, f"repos/{self.repo}/{path}", payload), _SERVICE)

    def _list_issues(self, login: str) -> _ListedIssues:
        """Return the issues with our label by the alert key in their body, the oldest of each.

        They are listed, not searched for: a search finds a new issue only some time later.
        """
        own: dict[str, Issue] = {}
        foreign = set[str]()
        for page in range(1, _MOST_PAGES + 1):
            query = f"labels={LABEL}&state=all&sort=created&direction=asc&per_page={_PAGE}&page={page}"
            listed = self._request("GET", f"issues?{query}")
            if not isinstance(listed, list):
                raise MachineFault(f"{_SERVICE} answered with something else than issues", mend="look at its address")
            for issue, key in filter(None, map(_parse_issue, listed)):
                if issue.author == login:
                    own.setdefault(key, issue)
                else:
                    foreign.add(key)
            if len(listed) < _PAGE:
                return _ListedIssues(own, frozenset(foreign))
        raise MachineFault(f"more than {_PAGE * _MOST_PAGES} issues have the label {LABEL}", mend="delete old ones")


def github(environment: Mapping[str, str], repo: str | None = None) -> GitHub:
    """Return the issues of a repository, with the token of the environment, else with that of GitHub's program `gh`.

    Args:
        environment: GITHUB_REPOSITORY, GITHUB_TOKEN or GH_TOKEN, GITHUB_API_URL.
        repo: `owner/name` instead of GITHUB_REPOSITORY.

    Raises:
        InputFault: The repository or the token is missing or malformed.
    """
    repo = checked_repo(environment, repo)
    root = checked_url(environment.get("GITHUB_API_URL", "").strip().rstrip("/") or _API, "GITHUB_API_URL")
    token = (environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN") or "").strip()
    # The token of `gh` belongs to the host it was signed in to, and is sent to no other.
    where = "GITHUB_TOKEN" if token else "gh auth token"
    if not token and root == _API:
        token = _token_of_gh(environment)
    if not token:
        raise InputFault("no way to GitHub", "GITHUB_TOKEN", "", "set it or GH_TOKEN to a token, or sign in with gh")
    if not re.fullmatch(r"[!-~]+", token):
        raise InputFault("a token with a character that none has", where, "", "copy it again")
    return GitHub(Rest(root, token), repo)


def _token_of_gh(environment: Mapping[str, str]) -> str:
    """Ask the program `gh` once for the token that it was signed in with; empty when there is none."""
    program = shutil.which("gh", path=environment.get("PATH", ""))
    if program is None:
        return ""
    command = [program, "auth", "token", "--hostname", _HOST]
    quiet = {**environment, "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"}
    try:
        # Its other output may be private and is dropped; it may not ask for input.
        done = subprocess.run(  # noqa: S603 - GitHub's own program, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_GH_SECONDS, check=False, env=quiet
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def checked_repo(environment: Mapping[str, str], repo: str | None) -> str:
    """Return the repository as `owner/name`.

    Raises:
        InputFault: There is none, or it is malformed.
    """
    named = repo or environment.get("GITHUB_REPOSITORY", "").strip()
    where = "--repo" if repo else "GITHUB_REPOSITORY"
    if not named:
        raise InputFault("no repository for the issues", "--repo", "", "name it as owner/name")
    if not _REPO.fullmatch(named) or ".." in named:
        raise InputFault("no repository", where, "", "name it as owner/name")
    return named


def _parse_issue(record: Any) -> tuple[Issue, str] | None:
    if not isinstance(record, dict) or "pull_request" in record:
        return None
    number, body = record.get("number"), record.get("body")
    if type(number) is not int or not isinstance(body, str):
        return None
    mark = _MARKED.match(body.lstrip())  # ours begins with it; an issue that quotes one does not
    if mark is None:
        return None
    return Issue(number, record.get("state") == "open", body, str(_within(record, "user", "login"))), mark[1]


def _is_later(issue: Issue, message: Message) -> bool:
    """Whether a later run of the same history wrote the issue: another history counts anew, and knows nothing of it."""
    mark = _RUN.search(issue.body)
    return mark is not None and mark[1] == message.history and int(mark[2]) > message.run.sequence


def _within(record: Any, *names: str) -> Any:
    """Return what stands in an answer below some names; None where it does not."""
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record
