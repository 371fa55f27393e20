"""The page of a proof: every figure is the JSON's, everything foreign is inert, and it reads without a script."""

from __future__ import annotations

import copy
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from driftwright.entrypoints.cli import main
from driftwright.report.formats import proof
from driftwright.report.formats.html import LIMIT
from driftwright.report.formats.view import EFFECT_WORDS
from kit.market import NOTHING, STRICT, TILL_SOURCE, contract, market
from kit.once import Made
from kit.pages import opened
from kit.samples import PAYLOADS
from kit.stored import cells_of, render_proof

AGREEMENT = '[[agreement]]\nname = "the till agrees"\nbetween = ["shop", "till"]\n'


def _prove_market(folder: Path) -> None:
    last = "({shop}) => shop.orders.at(-1).number"
    market(folder, paid=contract(STRICT, TILL_SOURCE + NOTHING + AGREEMENT), last_number=contract(last, kind="string"))
    assert main(["--workspace", str(folder), "prove", "--format", "json", "--output", str(folder / "out")]) == 1


@pytest.fixture(scope="module")
def record(made_once: Made) -> dict[str, Any]:
    """The proof of a market with something of every kind in it."""
    folder = made_once("proof of a market", _prove_market)
    found: dict[str, Any] = json.loads((folder / "out" / "prove.json").read_text("utf-8"))
    assert {cell["noticed"] for cell in found["cells"]} >= {"rule", "agreement", "unseen", "unshowable", "nothing"}
    return found


class Page(HTMLParser):
    """What a page says: the texts of its elements, and its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.all: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "wbr", "path", "circle", "use"):
            self.all.append((tag, dict(attrs), ""))
        else:
            self.open.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        for _, _, texts in self.open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("path", "circle", "use"):
            return
        name, attrs, texts = self.open.pop()
        assert name == tag
        self.all.append((name, attrs, " ".join("".join(texts).split())))

    def texts(self, tag: str, **attrs: str) -> list[str]:
        return [t for name, held, t in self.all if name == tag and all(held.get(k) == v for k, v in attrs.items())]


def test_every_total_of_the_page_is_the_figure_of_the_json(record: dict[str, Any]) -> None:
    page, summary = Page(render_proof(record)), record["summary"]
    assert page.texts("h1") == [f"Mutation score {summary['score']:.3f}"]
    said = page.texts("li")
    for name, words in [
        ("mutations", "mutations"),
        ("breaks", "break an answer"),
        ("noticed", "noticed"),
        ("unnoticed", "unnoticed"),
        ("wrong_fallbacks", "wrong fallbacks"),
        ("unshowable", "nothing can show"),
        ("unaware_fallbacks", "served unaware"),
    ]:
        assert f"{summary[name]} {words}" in said, name
    for notice, count in summary["noticed_by"].items():
        assert f"{count} {notice}: {proof.NOTICE_WORDS[notice]}" in said, notice
    paragraphs = " ".join(page.texts("p"))
    assert summary["counted"] in paragraphs
    assert f"{summary['noticed_share']:.3f} are noticed" in paragraphs


def test_the_totals_of_the_json_are_those_of_its_cells(record: dict[str, Any]) -> None:
    cells, summary = record["cells"], record["summary"]
    breaks = [cell for cell in cells if cell["breaks"]]
    assert breaks == [cell for cell in cells if cell["effect"] != "same"]
    assert (summary["mutations"], summary["breaks"]) == (len(cells), len(breaks))
    assert summary["unshowable"] == sum(cell["noticed"] == "unshowable" for cell in breaks) > 0
    assert summary["unnoticed"] == sum(cell["noticed"] == "nothing" for cell in breaks) > 0
    assert summary["noticed"] == summary["breaks"] - summary["unshowable"] - summary["unnoticed"]
    showable = summary["breaks"] - summary["unshowable"]
    assert 0 <= summary["noticed"] / showable - summary["score"] < 0.001
    assert 0 <= summary["noticed"] / summary["breaks"] - summary["noticed_share"] < 0.001


def test_the_matrix_holds_one_square_for_each_rule_and_fact(record: dict[str, Any]) -> None:
    page = Page(render_proof(record))
    by: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cell in record["cells"]:
        by.setdefault((cell["rule"], cell["fact"]), []).append(cell)
    lines = proof.matrix(cells_of(record))
    squares = {(line.rule, square.fact): square for line in lines for square in line.shown}
    assert set(squares) == set(by)
    for place, square in squares.items():
        (text,) = page.texts("a", href=f"#{square.anchor}")
        broken = sum(cell["breaks"] for cell in by[place])
        assert f"{broken} of {len(by[place])}" in text
        assert text.startswith(EFFECT_WORDS[square.effect])
        assert not square.fallback or proof.FALLBACK_WORDS[square.fallback] in text
        fails = sum(cell["fails"] for cell in by[place])
        assert (f"{fails} FAILS" in text) == bool(fails)
        (detail,) = page.texts("tbody", id=square.anchor)
        assert detail.startswith(place[1])
        assert all(cell["path"] in detail for cell in by[place])
    assert page.texts("h2", id="h-matrix") == [f"Rules and facts: {len(lines)} by 2"]
    assert page.texts("h2", id="h-detail") == [f"Every mutation: {len(record['cells'])}"]


def test_what_fails_stands_first_on_the_page_and_in_the_matrix(record: dict[str, Any]) -> None:
    html = render_proof(record)
    failing = [cell for cell in record["cells"] if cell["fails"]]
    part = Page(html.split("<main", 1)[1].split("</section>", 1)[0].partition(">")[2])
    assert part.texts("h2") == [f"What fails: {len(failing)}"]
    for cell in failing:
        assert any(cell["rule"] in row and cell["fact"] in row for row in part.texts("tr"))
    fails = [any(square.fails for square in line.shown) for line in proof.matrix(cells_of(record))]
    assert fails == sorted(fails, reverse=True)
    assert any(fails)
    assert not all(fails)


def test_what_nothing_can_show_is_listed_with_its_reason(record: dict[str, Any]) -> None:
    page = Page(render_proof(record))
    unshowable = [cell for cell in record["cells"] if cell["noticed"] == "unshowable"]
    assert page.texts("h2", id="h-unshowable") == [f"Nothing can show: {len(unshowable)}"]
    rows = " ".join(page.texts("tr"))
    assert all(cell["why"] and cell["why"] in rows for cell in unshowable)


def test_a_proof_without_a_failure_says_so(record: dict[str, Any]) -> None:
    good = copy.deepcopy(record)
    good["cells"] = [cell for cell in good["cells"] if not cell["fails"]]
    good["summary"]["lock_is_fresh"] = True
    html = render_proof(good)
    assert Page(html).texts("h2", id="h-fails") == ["What fails: 0"]
    assert 'class="strip intact"' in html
    assert "FAILS" not in html
    assert 'class="strip broken"' in render_proof(record)


def test_a_lock_that_is_not_fresh_is_told(record: dict[str, Any]) -> None:
    assert not record["summary"]["lock_is_fresh"]
    assert "prove --write-lock" in render_proof(record)
    fresh = {**record, "summary": {**record["summary"], "lock_is_fresh": True}}
    assert "prove --write-lock" not in render_proof(fresh)


def test_the_page_names_no_address_and_holds_no_script(record: dict[str, Any]) -> None:
    html = render_proof(record)
    assert not re.search(r"<script|https?:|//[a-z]|url\(|@import| on[a-z]+=", html)
    assert "default-src 'none'" in html
    assert render_proof(record) == html


def test_a_large_proof_stays_within_the_limit_and_counts_what_is_left_out(record: dict[str, Any]) -> None:
    large = copy.deepcopy(record)
    first = large["cells"][0]
    large["cells"] += [{**first, "path": f"/state/list{number}/{{}}/[]/field"} for number in range(4000)]
    html = render_proof(large)
    assert len(html.encode()) <= LIMIT
    assert "more are in the JSON." in html


def hostile(record: dict[str, Any], payload: str) -> dict[str, Any]:
    """The proof with every name and text of it hostile."""
    foul = copy.deepcopy(record)
    for number, cell in enumerate(foul["cells"]):
        for name in ("rule", "store", "path", "how", "source", "why", "profile"):
            cell[name] = f"{payload}{number % 3}"
        cell["fact"] = f"{payload}{number % 4}"
    foul["tool"] = {"name": payload, "version": payload}
    names = [payload, payload]
    path = f"shop:/{payload.replace('~', '~0').replace('/', '~1')}"
    foul["disagreements"] = [{"path": path, "written_as": payload, "notice": names, "pass_over": names}]
    return foul


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_name_becomes_markup(record: dict[str, Any], payload: str) -> None:
    plain, foul = Page(render_proof(hostile(record, "plain"))), Page(render_proof(hostile(record, payload)))
    known = {tag for tag, _, _ in plain.all} | {"wbr"}  # a path may break after each step
    assert {tag for tag, _, _ in foul.all} <= known
    assert {name for _, attrs, _ in foul.all for name in attrs} <= {name for _, attrs, _ in plain.all for name in attrs}
    assert not [text for text in foul.texts("code") if any(ord(char) < 32 or char == "\u202e" for char in text)]


@pytest.mark.browser("shared")
def test_in_a_browser_no_script_runs_and_no_request_leaves(
    chromium: Any, tmp_path: Path, record: dict[str, Any]
) -> None:
    page = chromium.new_page()
    for payload in PAYLOADS:
        html = render_proof(hostile(record, payload))
        unguarded = re.sub(r"<meta http-equiv[^>]*>", "", html, count=1)  # escaping alone must hold, too
        assert unguarded != html
        assert opened(page, tmp_path / "prove.html", unguarded) == [], payload
        assert page.evaluate("window.hit") is None, payload
        assert page.evaluate("document.scripts.length + document.images.length + frames.length") == 0
    page.close()


@pytest.mark.browser("shared")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1500])
def test_in_a_browser_the_page_fits_and_every_square_leads_to_its_mutations(
    chromium: Any, tmp_path: Path, record: dict[str, Any], scheme: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    assert opened(page, tmp_path / "prove.html", render_proof(record)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.querySelectorAll('th')].every(head => head.scope)")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(head => +head.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(part => part.id)")
    assert len(ids) == len(set(ids))
    links = page.evaluate("[...document.querySelectorAll('.matrix a')].map(link => link.getAttribute('href').slice(1))")
    assert set(links) <= set(ids)
    page.click(f".matrix a[href='#{links[0]}']")
    assert page.is_visible(f"#{links[0]}")  # the browser itself opens what is folded
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(246, 247, 249)" if scheme == "light" else "rgb(17, 22, 28)"
    )
    context.close()


@pytest.mark.browser("shared")
def test_in_a_browser_without_scripts_everything_is_there(
    chromium: Any, tmp_path: Path, record: dict[str, Any]
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    assert opened(page, tmp_path / "prove.html", render_proof(record)) == []
    assert page.locator("tbody[id]").count() == sum(len(line.shown) for line in proof.matrix(cells_of(record)))
    page.locator("summary").last.click()
    assert page.locator("details").last.locator("tr").last.is_visible()
    context.close()
