"""Reasons why a page did not open, found from a network error, an answer or an address."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from driftwright.workspace import Target, origin_of

_UNKNOWN_NAME = re.compile(r"ERR_(NAME_|DNS_)")
_LATE = re.compile(r"ERR_(CONNECTION_)?TIMED_OUT$")
_LOGIN_PATH = re.compile(r"/(log-?in|sign-?in|auth|sso|account/login)(/|$)", re.IGNORECASE)
_CHALLENGED = (403, 429, 503)
_FIRST_ERROR = 400
_CHALLENGE_HEADERS = {"cf-mitigated": ("challenge",), "x-amzn-waf-action": ("challenge", "captcha")}

QUOTA = 5_242_880  # units of keys and values together, for each of the two storages of an origin
FULL = QUOTA - QUOTA // 100  # so near to it that a write of the page may have failed

ASKS_PASSWORD = "document.querySelector('input[type=password]') !== null"  # noqa: S105 - a selector
CHALLENGE_MARKS = (
    'document.querySelector(\'script[src*="/cdn-cgi/challenge-platform/"], iframe[src*="captcha"], '
    'script[src*="captcha"], #challenge-form, #challenge-error-text, #px-captcha, .cf-turnstile, .h-captcha, '
    ".g-recaptcha') !== null"
)
# Through the prototypes, in a world of our own: lengths alone leave the page.
ROOM = """(() => [["session", "sessionStorage"], ["local", "localStorage"]].map(([area, name]) => {
  try {
    const held = globalThis[name];
    const { length } = held;
    let units = 0;
    for (let at = 0; at < length; at += 1) {
      const key = Storage.prototype.key.call(held, at);
      units += key.length + (Storage.prototype.getItem.call(held, key) ?? "").length;
    }
    return [area, units];
  } catch { return [area, 0]; }
}))()"""


def network_reason(error: str) -> tuple[str, str] | None:
    """Return the reason and the browser's own word of a network error; None when it is none."""
    match = re.search(r"net::(ERR_[A-Z_]+)", error)
    if match is None:
        return None
    code = match[1]
    if code == "ERR_HTTP_RESPONSE_CODE_FAILURE":
        return "refused", code
    return "dns" if _UNKNOWN_NAME.match(code) else "timeout" if _LATE.match(code) else "offline", code


def is_download(error: str) -> bool:
    """Whether an error says that the address gave a file instead of a page."""
    return "Download is starting" in error


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Whether an answer's headers say that it is a challenge."""
    return any(headers.get(name, "").strip().lower() in words for name, words in _CHALLENGE_HEADERS.items())


def may_be_challenge(status: int) -> bool:
    """Whether an answer of that status may be a challenge, which only its page can tell."""
    return status in _CHALLENGED


def is_refusal(status: int) -> bool:
    """Whether an HTTP status is one of its errors."""
    return status >= _FIRST_ERROR


def is_declared_login(target: Target, url: str) -> bool:
    """Whether the target's `login` names the address; its query is not looked at."""
    parts = urlsplit(url)
    whole = f"{parts.scheme}://{parts.netloc}{parts.path}"
    is_own_origin = origin_of(url) == target.origin
    for pattern in target.login:
        if fnmatch.fnmatchcase(whole, pattern) or (is_own_origin and fnmatch.fnmatchcase(parts.path, pattern)):
            return True
    return False


def could_be_login(target: Target, url: str) -> bool:
    """Whether a password field at that address means a login: another origin, or a path of that name."""
    return origin_of(url) != target.origin or _LOGIN_PATH.search(urlsplit(url).path) is not None


def resolver_rules(target: Target) -> str:
    """Return which hosts the browser may find: the page's and those that the target names, or none at all."""
    if target.serve:
        return "MAP * ~NOTFOUND"  # nothing but the folder can answer
    host = urlsplit(target.url).hostname or ""
    literal = re.fullmatch(r"[\d.]+", host) or ":" in host
    near = [f"[{host}]" if ":" in host else host, *([] if literal else [f"*.{host.removeprefix('www.')}"])]
    return ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {name}" for name in (*near, *target.hosts))])
