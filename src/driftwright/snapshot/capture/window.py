"""Brings globals of a page, as text, from the page's own world into the one in which they are hidden.

The page's world says them in an event of a name that was never used before, which the other world waits for: so they
never leave the page. Whatever they say is the page's own word, which its code makes up.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import GIVEN, MAX_UNITS, giving_call, literal
from driftwright.snapshot.capture.redactor import source_of

SECONDS = 3.0
"""How long the page's world may take to say them."""

_TELL = """return (name, paths, browsers) => {
  document.dispatchEvent(new CustomEvent(name, { detail: JSON.stringify(globalsAt(paths, browsers)) }));
  return true;
};
"""
_HEAR = """((given, name, most) => {
  if (given.window?.denied === "TimeoutError") return null; // it would keep the page busy once more
  given.window = { denied: "NotTold" };
  document.addEventListener(name, ({ detail }) => {
    if (typeof detail !== "string" || detail.length > most) return void (given.window = { denied: "oversize" });
    const told = JSON.parse(detail);
    const isPair = (one) => Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "string");
    if (Array.isArray(told) && told.every(isPair)) given.window = told;
  }, { once: true });
  return Object.getOwnPropertyNames(globalThis);
})"""


def globals_of(policy: Mapping[str, Any]) -> list[str]:
    """Return the paths of the globals that the stores of a policy name."""
    return [store["key"] for store in policy["stores"] if store["area"] == Area.WINDOW]


def bring_globals(
    policy: Mapping[str, Any],
    evaluate_in_reader: Callable[[str], Any],
    evaluate_in_page: Callable[[str], Any],
    failure: type[Exception],
) -> None:
    """Bring the globals that stores name into the world in which a page is read.

    Args:
        policy: Names the stores.
        evaluate_in_reader: Evaluates an expression in that world.
        evaluate_in_page: Evaluates one in the page's own world.
        failure: What `evaluate_in_page` raises where that does not end, or throws.
    """
    paths = globals_of(policy)
    name = f"driftwright-{secrets.token_hex(16)}"
    most = MAX_UNITS * 2  # what is quoted within a text takes more room there
    browsers = evaluate_in_reader(f"{_HEAR}({GIVEN} ??= {{}}, {literal(name)}, {most})")
    if not isinstance(browsers, list):
        return
    arguments = ", ".join([literal(name), json.dumps(paths), json.dumps(browsers)])
    try:
        evaluate_in_page(f"{_telling_expression()}({arguments})")
    except failure:
        evaluate_in_reader(giving_call(Area.WINDOW, {"denied": "TimeoutError"}))


@cache
def _telling_expression() -> str:
    """Return the JavaScript function that sends the globals from the page's own world."""
    return f"({source_of(('basics', 'window')).removesuffix('})()')}{_TELL}}})())"
