"""Reading code as a page runs it: without a name of the page."""

from __future__ import annotations

import re
from functools import lru_cache

from driftwright.impact.javascript.program import JAVASCRIPT, SCRIPTS, Program

_NAME = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]*", re.ASCII)
_WORDS = """
    arguments async await break case catch class const continue debugger default delete do else enum export extends
    false finally for function get if implements import in instanceof interface let new null of package private
    protected public return set static super switch this throw true try typeof undefined using var void while with yield
"""  # of the language, which name nothing, or may not be a parameter
_BUILT_IN = """
    Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error EvalError Float32Array Float64Array
    Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
    ReferenceError Reflect RegExp Set String Symbol SyntaxError Temporal TypeError URIError Uint16Array Uint32Array
    Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent
    escape isFinite isNaN parseFloat parseInt unescape
"""
_OF_PAGES = "DOMException TextDecoder TextEncoder URL URLSearchParams atob btoa structuredClone"
_GIVEN = "Date console"
_KNOWN = frozenset(f"{_WORDS} {_BUILT_IN} {_OF_PAGES} {_GIVEN}".split())
# What readers have in V8, and no page gives them; what is a name of something else is left alone as well.
_ONLY_IN_V8 = re.compile(
    r"(?:(?<![.\w$])|(?<=\.\.\.))(?:globalThis|performance|crypto|queueMicrotask|(?:set|clear)(?:Timeout|Interval))(?![\w$])"
)


def runs_in_page(program: Program) -> bool:
    """Whether code answers in a page as in V8: it asks no storage itself, and takes no timer and no chance."""
    if program.language != JAVASCRIPT:
        return False
    return not (program.asks_storage or program.takes_chances or _names_v8_alone(program.script))


@lru_cache(maxsize=SCRIPTS)
def _names_v8_alone(script: str) -> bool:
    return _ONLY_IN_V8.search(script) is not None


def in_page(program: Program) -> str:
    """Return a function of a program's code that can be called in a page: `(Date, console) => exports`.

    Whatever else the code names is a parameter of it that nobody gives, but for the language itself and the few
    functions of pages that readers have in V8 as well: so it names nothing of the page, whose document and storage
    are in every world.
    """
    unknown = sorted(set(_NAME.findall(program.script)) - _KNOWN)
    return f"({', '.join([*_GIVEN.split(), *unknown])}) => (\n{program.script}\n)"
