"""The renderers: every format tells what the record says, and nothing of the page comes alive in any of them."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from driftwright.base.errors import InputFault
from driftwright.base.terms import Quality
from driftwright.report.fact import FallbackFound
from driftwright.report.formats import FORMATS
from driftwright.report.formats import json as machine
from driftwright.report.formats import render as render_report
from driftwright.report.formats.markdown import LIMIT as MARKDOWN_LIMIT
from driftwright.report.formats.markdown import cell, prose, span
from driftwright.report.formats.text import Style
from driftwright.report.formats.view import VERDICT_WORDS, fallback_says, headline, side_by_side
from kit.examples import examples
from kit.pages import opened
from kit.samples import NAMES, PAYLOADS, poisoned, sample, with_changes
from kit.stored import read, render

TEMPLATES = Path(machine.__file__).parent / "templates"


@cache
def hostile(payload: str) -> dict[str, Any]:
    """Return a report that holds `payload` wherever its schema leaves the text open; shared, never to be changed."""
    record: dict[str, Any] = poisoned(sample("broken"), machine.schema(), payload)
    Draft202012Validator(machine.schema()).validate(record)
    assert json.dumps(record).count(json.dumps(payload)) > 200
    return record


class Words(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.parts: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts))


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_a_report(name: str) -> None:
    Draft202012Validator.check_schema(machine.schema())
    Draft202012Validator(machine.schema()).validate(sample(name))
    assert sample(name)["verdict"] == name


def test_the_schema_is_closed_and_explained() -> None:
    def parts(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield rule
        for inner in (*rule.get("properties", {}).values(), *rule.get("$defs", {}).values()):
            yield from parts(inner)
        if "items" in rule:
            yield from parts(rule["items"])

    for part in parts(machine.schema()):
        assert part.get("description") or "$ref" in part
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


@pytest.mark.parametrize("change", [{"extra": 1}, {"verdict": "fine"}, {"summary": {}}])
def test_another_record_is_no_report(change: dict[str, Any]) -> None:
    assert not Draft202012Validator(machine.schema()).is_valid({**sample("intact"), **change})


@pytest.mark.parametrize("name", NAMES)
def test_json_is_the_record_in_the_schemas_order(name: str) -> None:
    record = sample(name)
    shuffled = {key: record[key] for key in sorted(record, reverse=True)}
    text = render(shuffled, "json")
    assert json.loads(text) == record
    assert list(json.loads(text)) == list(machine.schema()["properties"])
    assert list(json.loads(text)["facts"][0]) == machine.schema()["$defs"]["fact"]["required"]
    assert text.endswith("}\n")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_report_gives_the_same_bytes(name: str, form: str) -> None:
    record = sample(name)
    shuffled = {key: record[key] for key in sorted(record, reverse=True)}
    assert render(record, form).encode() == render(shuffled, form).encode()
    assert record == sample(name)


def test_an_unknown_format_is_bad_usage() -> None:
    with pytest.raises(InputFault, match="text, concise, json, jsonl, markdown"):
        render(sample("intact"), "pdf")


def test_only_the_page_pays_for_its_templates() -> None:
    code = "import sys, driftwright.report.formats; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=examples(30), deadline=None)  # a test asserts no time
@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_counts_are_the_records_in_every_format(intact: int, degraded: int, broken: int, unseen: int) -> None:
    record = sample("broken")
    total = intact + degraded + broken + unseen
    first = {fact["verdict"]: fact for fact in reversed(record["facts"])}
    counts = {"intact": intact, "degraded": degraded, "broken": broken, "unseen": unseen}
    record["facts"] = [
        {**first[verdict], "name": f"{verdict}_{number}"}
        for verdict, count in counts.items()
        for number in range(count)
    ]
    text, page = render(record, "text"), render(record, "html")
    (tally,) = re.findall(r'<ul class="tally".*?</ul>', page, re.DOTALL)
    assert f"facts     {total}: {intact} intact, {degraded} degraded, {broken} broken, {unseen} not seen\n" in text
    assert f"\n| {total} | {intact} | {degraded} | {broken} | {unseen} |\n" in render(record, "markdown")
    assert (
        f"{broken} broken {degraded} degraded {unseen} not seen {intact} intact {total} derived facts"
        in Words(tally).text
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_is_told_in_every_format(name: str) -> None:
    record = sample(name)
    text, markdown, page = (render(record, form) for form in ("text", "markdown", "html"))
    page, values = Words(page).text, {fact.name: fact for fact in read(record).facts}
    for fact in record["facts"]:
        if fact["verdict"] == "intact":
            assert fact["name"] in markdown
            assert fact["name"] in page
            assert f"{fact['name']}:" not in text
            continue
        for said in (fact["name"], fact["title"], fact["next"]):
            assert all(said in told for told in (text, markdown, page))
        if fact["verdict"] != "unseen":
            for said in (fact["says"], fact["shown"], fallback_says(values[fact["name"]])):
                assert all(said in told for told in (text, markdown, page))
        if fact["evidence"]:
            evidence = fact["evidence"]
            after = evidence["error"] or evidence["after"]["text"]
            assert f"{evidence['before']['text']} -> {after}" in text
            assert f"`{evidence['before']['text']}` → `{after}`" in markdown
            assert f"before the change{evidence['before']['text']}" in page
            assert re.search(rf"now (answers|throws){re.escape(after)}", page)
    for store in record["stores"]:
        if store["distance"] is not None:
            drifted = store["distance"] or store["found"] == "elsewhere"
            in_full = f"{store['name']}: {store['resolved']}, distance {store['distance']}"
            assert (in_full if drifted else f"{store['name']} {store['resolved']}") in text
            assert f"`{store['resolved']}` | {store['distance']} |" in markdown
            assert f"{store['resolved']}, distance {store['distance']}" in page
    if record["capture"]["blind"]:
        assert all(record["capture"]["blind"]["mend"] in told for told in (text, markdown, page))


def test_what_nothing_reads_is_told_apart_and_folded() -> None:
    record = sample("broken")
    read = [change for change in record["changes"] if change["read_by"]]
    unread = [change for change in record["changes"] if not change["read_by"]]
    assert len(read) == 3
    assert len(unread) == 2
    text, markdown, page = (render(record, form) for form in ("text", "markdown", "html"))
    assert "changes   5: 3 read by a derived fact, 2 in the ledger" in text
    assert all(change["rule"] not in text for change in unread)
    folded = markdown[markdown.index("<details><summary>Ledger") :]
    assert all(f"`{change['rule']}`" in folded for change in unread)
    assert all(f"`{change['rule']}`" not in markdown.replace(folded, "") for change in unread)
    folded = page[page.index('<details>\n<summary><h2 id="h-ledger">') :]
    assert all(change["rule"] in folded and change["rule"] not in page.replace(folded, "") for change in unread)


def test_the_worst_stands_first() -> None:
    record = sample("broken")
    for form in ("text", "markdown", "html"):
        told = render(record, form)
        assert told.index("Videos that succeeded") < told.index("Videos that moderation held back")
        assert told.index("Videos that moderation held back") < told.index("Prompt that the image was made with")


def test_one_headline_for_each_verdict() -> None:
    assert headline(read(sample("intact"))) == "All 13 derived facts still give the right answer."
    assert headline(read(sample("broken"))) == (
        "Of 13 derived facts, 1 is broken, 2 are degraded, 1 was not seen and 9 are intact."
    )
    assert headline(read(sample("unseen"))) == "Of 13 derived facts, 10 were not seen and 3 are intact."
    assert headline(read(sample("blind"))).startswith("The capture could not see the page: the page asked for a login")
    assert headline(read({**sample("intact"), "facts": []})) == "No derived fact was judged."


def test_a_blind_report_counts_nothing_that_was_not_judged() -> None:
    seen = {form: render_report(read(sample("intact")), form) for form in ("text", "markdown", "html")}
    blind = {form: render_report(read(sample("blind")), form) for form in ("text", "markdown", "html")}
    for form, counts in (("text", "facts     "), ("markdown", "| Facts |"), ("html", 'class="tally"')):
        assert (counts in seen[form], counts in blind[form]) == (True, False), form


def test_a_capture_without_a_state_or_a_time_shows_no_empty_place_for_it() -> None:
    report = read(sample("intact"))
    bare = replace(report, capture=replace(report.capture, state="", taken_at=""))
    text, markdown, page = (render_report(bare, form) for form in ("text", "markdown", "html"))
    assert "()" not in text
    assert ", state" not in markdown
    assert " on ." not in markdown
    assert "Page state" not in page
    assert "<dt>Captured</dt>" not in page
    assert "Page state" in render_report(report, "html")


def test_a_lost_source_and_a_wrong_answer_are_not_softened() -> None:
    report = read(sample("broken"))
    fact = report.facts[5]
    gone = replace(fact, fallback=FallbackFound(Quality.UNAVAILABLE, None, "nothing is shown", right=None))
    assert fallback_says(gone) == "no source is left; lost: nothing is shown"
    wrong = replace(fact, fallback=FallbackFound(Quality.DEGRADED, "own counter", None, right=False))
    assert fallback_says(wrong) == "own counter takes over, and is wrong"
    own = replace(fact, fallback=FallbackFound(Quality.FULL, "site", None, right=False))
    assert fallback_says(own) == "site still answers, and is wrong", "no other source took over: it is the first one"
    nameless = replace(gone, sources=(replace(fact.sources[2], name=""),))
    facts = (*report.facts[:5], nameless, *report.facts[6:])
    page = render_report(replace(report, facts=facts), "html")
    assert 'class="source active"><span class="name">no source</span>' in page


def test_evidence_stands_side_by_side() -> None:
    rows = side_by_side({"a": 1, "b": True}, {"a": 1, "c": True})
    assert [row.same for row in rows] == [True, True, False, True]
    assert (rows[2].before, rows[2].after) == ('  "b": true', '  "c": true')
    page = render(sample("broken"), "html")
    assert '<td class="gone"><del>            &#34;moderated&#34;: false,</del></td>' in page
    assert '<td class="come"><ins>            &#34;isModerated&#34;: false,</ins></td>' in page
    assert '\n-             "moderated": false,\n' in render(sample("broken"), "markdown")


def test_colour_only_when_asked_for() -> None:
    record = sample("broken")
    plain, coloured = render(record, "text"), render(record, "text", Style(colour=True))
    assert "\x1b" not in plain
    assert coloured.startswith("\x1b[1;31mBROKEN  \x1b[0m ")
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_foreign_reaches_the_terminal_raw(payload: str) -> None:
    text = render(hostile(payload), "text", Style(colour=True))
    bare = re.sub(r"\x1b\[(?:1;3[1-5]|0)m", "", text)
    assert all(char.isprintable() or char == "\n" for char in bare)
    assert not [line for line in bare.splitlines() if line.strip().startswith("::") or "##[" in line]
    assert len(bare.splitlines()) == len(render(hostile("calm"), "text").splitlines())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_of_hostile_text_is_printable_and_the_same(payload: str) -> None:
    record = hostile(payload)
    text = render(record, "json")
    assert all(char.isprintable() or char == "\n" for char in text)
    assert json.loads(text) == record


@cache
def _calm_markdown() -> str:
    return render(hostile("calm"), "markdown")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_foreign_comes_alive_in_markdown(payload: str) -> None:
    record = hostile(payload)
    markdown = render(record, "markdown")
    plain_rows = [line for line in _calm_markdown().splitlines() if line.startswith("|")]
    assert len([line for line in markdown.splitlines() if line.startswith("|")]) == len(plain_rows)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
    assert not {token.type for token in flat} & {"link_open", "image", "s_open", "blockquote_open", "code_block"}
    blocks = [token.content.strip() for token in flat if token.type in ("html_block", "html_inline")]
    assert blocks
    assert all(re.fullmatch(r"</?(details|summary)>|<details><summary>[\w :,]*</summary>", block) for block in blocks)
    prose_parts = "\n".join(token.content for token in flat if token.type == "text")
    assert not re.search(r"[@#<>`\[\]*_~]|://|www\.|\b[0-9a-f]{7,}|::", prose_parts)
    calm = MarkdownIt("commonmark").enable("table").parse(_calm_markdown())
    fences = [len([token for token in all_of if token.type == "fence"]) for all_of in (tokens, calm)]
    assert fences[0] == fences[1] == 3
    assert all(char.isprintable() or char == "\n" for char in markdown)
    assert not [line for line in markdown.splitlines() if line.strip().startswith("::") or "##[" in line]
    rows = [token for token in tokens if token.type in ("tr_open", "td_open", "th_open")]
    assert len(rows) == len([token for token in calm if token.type in ("tr_open", "td_open", "th_open")])


@given(st.text())
def test_a_code_span_gives_its_text_back(text: str) -> None:
    (token,) = MarkdownIt("commonmark").parseInline(span(text, 10_000))
    children = token.children
    assert children is not None
    (code,) = children
    assert code.type == "code_inline"
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text if ord(char) <= 0xFFFF)
    kept = "##[" not in text and not text.lstrip().startswith(":")
    if all(ord(char) <= 0xFFFF for char in text) and text.strip(" ") and kept:
        assert code.content == shown


@given(st.text(alphabet="|\\` a", min_size=1))
def test_a_cell_stays_one_cell(text: str) -> None:
    table = f"| a | b |\n| - | - |\n| {cell(text)} | x |\n"
    tokens = MarkdownIt("commonmark").enable("table").parse(table)
    assert [token.type for token in tokens].count("td_open") == 2
    assert "".join(token.content for token in tokens if token.type == "inline").endswith("x")


@pytest.mark.parametrize("text", ["@user", "see #1", "a commit abcdef1 here", "GH-3", "www.evil.test", "1. one", "a_b"])
def test_only_harmless_sentences_are_prose(text: str) -> None:
    assert prose(text) == f"`{text}`"
    assert prose("The list holds nulls, in 2 of 4 records.") == "The list holds nulls, in 2 of 4 records."


def test_markdown_is_cut_by_whole_sections_and_says_so() -> None:
    markdown = render(with_changes(3_000), "markdown")
    assert len(markdown.encode()) < MARKDOWN_LIMIT
    assert markdown.count("<details>") == markdown.count("</details>") > 3
    (left,) = re.findall(r"\*\*Cut short:\*\* (\d+) more sections", markdown)
    shown = markdown.count("<summary>Changes, ") + markdown.count("<summary>Ledger")
    assert int(left) == 24 + 96 - shown + 3  # 600 and 2,400 rows, 25 a section; intact facts, notes, provenance
    assert "Cut short" not in render(sample("broken"), "markdown")


@pytest.mark.parametrize("filler", ["", " <&" * 2_000], ids=["plain", "long"])
def test_a_page_of_a_thousand_changes_is_small(filler: str) -> None:
    page = render(with_changes(1_000, filler), "html")
    assert len(page.encode()) <= 500_000
    shown = len(re.findall(r'<tr id="change-', page))
    told = [int(count) for count in re.findall(r"(\d+) more are in the JSON report", page)]
    assert shown + sum(told) == 1_000
    assert "Changes that a derived fact reads: 200" in page
    assert "Ledger: 800" in page


def test_the_largest_page_is_small_whatever_it_holds() -> None:
    record = with_changes(1_000, "<" * 5_000)
    record["facts"] = [{**record["facts"][6], "says": "&" * 5_000} for _ in range(300)]
    record["stores"] = record["stores"] * 300
    record["notes"] = ["<" * 5_000] * 1_000
    assert len(render(record, "html").encode()) <= 500_000


def _theme(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", css))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_in_both_themes(theme: str) -> None:
    light_css, dark_css = (TEMPLATES / "report.css").read_text(encoding="utf-8").split("@media", 2)[:2]
    colours = {**_theme(light_css), **_theme(dark_css)} if theme == "dark" else _theme(light_css)
    tones = ("intact", "degraded", "broken", "unseen", "blind")
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("page", "card", "well")]
    pairs += [(ink, f"{tone}-bg") for tone in tones for ink in ("ink", "soft", tone)]
    pairs += [(tone, "card") for tone in tones] + [
        ("ink", "gone"),
        ("ink", "come"),
        ("broken", "gone"),
        ("intact", "come"),
    ]
    for ink, ground in pairs:
        high, low = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


@cache
def _calm_page() -> Words:
    return Words(render(sample("broken"), "html"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_foreign_becomes_an_element(payload: str) -> None:
    html = render(hostile(payload), "html")
    calm, page = _calm_page(), Words(html)
    assert page.tags <= calm.tags
    assert not page.tags & {"script", "img", "iframe", "form", "object"}
    assert {name for name, _ in page.attributes} == {name for name, _ in calm.attributes}
    targets = {value for name, value in page.attributes if name in ("href", "src")}
    assert all(target.startswith("#") or target == "data:," for target in targets)
    assert all(char.isprintable() or char == "\n" for char in html)


@pytest.mark.browser("shared")
def test_the_guard_of_the_page_stops_what_escaping_would_not(chromium: Any, tmp_path: Path) -> None:
    html = render(sample("broken"), "html")
    live = html.replace("</main>", "<script>window.hit=1</script><img src=https://evil.test/x></main>")
    page = chromium.new_page()
    opened(page, tmp_path / "guarded.html", live)
    assert page.evaluate("window.hit ?? null") is None
    page.close()
    page = chromium.new_page()
    asked = opened(page, tmp_path / "unguarded.html", re.sub(r"<meta http-equiv[^>]*>", "", live, count=1))
    assert page.evaluate("window.hit") == 1
    assert asked == ["https://evil.test/x"]
    page.close()


@pytest.mark.browser("shared")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_a_phone_and_is_in_order(chromium: Any, tmp_path: Path, name: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    assert opened(page, tmp_path / "report.html", render(sample(name), "html")) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1").text_content() == f"Verdict: {VERDICT_WORDS[name].capitalize()}"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("main, body > header, footer").count() == 3
    assert page.evaluate("[...document.querySelectorAll('th')].every(h => h.scope)")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    anchors = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href').slice(1))")
    assert set(anchors) <= set(ids)
    page.close()


@pytest.mark.browser("shared")
def test_evidence_opens_by_keyboard_alone(chromium: Any, tmp_path: Path) -> None:
    page = chromium.new_page()
    opened(page, tmp_path / "report.html", render(sample("broken"), "html"))
    closed = page.locator("details:not([open])").count()
    page.locator("details:not([open]) > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details:not([open])").count() == closed - 1
    page.close()


def test_a_record_is_never_changed() -> None:
    record = sample("broken")
    before = copy.deepcopy(record)
    for form in FORMATS:
        render(record, form)
    assert record == before
