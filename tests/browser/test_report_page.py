"""The report page in a real Chromium: whole, true to the record, within reach of everybody, and inert.

`test_render.py` and `test_safe_outputs.py` look at the samples as they are; here they have a history, alerts and trees.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from driftwright.report.formats import graph
from driftwright.report.formats.timeline import MOST_STORES
from driftwright.report.formats.view import VERDICT_WORDS
from kit.examples import NIGHTLY
from kit.foreign import PAYLOADS
from kit.looking import LOOKING
from kit.once import Made
from kit.pages import RUNS, Window, at_pointer, crossed, crowded, full, hostile_page, numbered
from kit.program import run_here
from kit.samples import NAMES
from kit.shop import begin_shop
from kit.stored import read, render

AXE = Path(__file__).parents[1] / "published" / "node_modules" / "axe-core" / "axe.min.js"
LONG = ("a" * 300, "W" * 300, "漢" * 300, "m n" * 100)  # ways to be too wide for a screen or for a box

pytestmark = pytest.mark.browser("shared")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Window, Window]]:
    """Two windows, of which the second runs no scripts: all tests show their documents there, one after another."""
    folder, browser = tmp_path_factory.mktemp("windows"), LOOKING.browser()
    with browser.new_context() as context, browser.new_context(java_script_enabled=False) as without:
        yield Window(context.new_page(), folder / "report.html"), Window(without.new_page(), folder / "plain.html")


@pytest.fixture
def window(chromium: Browser, kept: tuple[Window, Window]) -> Window:
    assert chromium.is_connected()
    kept[0].page.mouse.move(0, 0)  # where nothing is pointed at
    return kept[0]


@cache
def page_of(name: str) -> str:
    return render(full(name), "html")


MANY = 1_000 if NIGHTLY else 200  # findings, of which a page shows some dozens


@cache
def crowded_page() -> tuple[dict[str, Any], str]:
    record = crowded(MANY)
    return record, render(record, "html")


def text_of(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, "all => all.map(one => one.textContent.trim())")
    return found


# ---- accessibility


def measured(page: Page) -> list[str]:
    """Return what the rules of accessibility hold to be serious in a page as it stands."""
    if not page.evaluate("'axe' in window"):
        assert AXE.is_file(), "run npm ci --prefix tests/published"
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate("""async () => {
        const told = await axe.run(document, {resultTypes: ['violations'], preload: false});
        return told.violations.filter(one => ['serious', 'critical'].includes(one.impact))
            .flatMap(one => one.nodes.slice(0, 3).map(node => `${one.id}: ${node.target} ${node.failureSummary}`));
    }""")
    return found


def test_the_measure_sees_what_is_wrong(window: Window) -> None:
    bad = '<img src="data:,"><p style="color: #bbb; background: #ccc">pale</p></main>'
    page = window.show(page_of("intact").replace("</main>", bad))
    assert {line.partition(":")[0] for line in measured(page)} == {"color-contrast", "image-alt"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_keeps_anybody_out(window: Window, name: str) -> None:
    page = window.show(page_of(name))
    window.open_all()
    # A width has to do with the layout and a scheme with the colours: the page that has the most parts is tried in all
    # ways, the others in every width and every scheme, and at night in all ways, too.
    every = NIGHTLY or name == "broken"
    for width, scheme in product((1280, 360), ("light", "dark")) if every else ((1280, "light"), (360, "dark")):
        window.as_screen(width, scheme)
        assert measured(page) == [], (width, scheme)


# ---- size


@pytest.mark.parametrize("width", [1280, 360])
def test_hundreds_of_findings_fit(window: Window, width: int) -> None:
    record, html = crowded_page()
    assert len(html.encode()) <= 500_000
    page = window.show(html, width)
    assert window.noticed == []
    assert is_on_first_screen(page, "h1")
    assert is_on_first_screen(page, ".strip .lead")
    assert text_of(page, "h1") == ["Verdict: Broken"]
    cards = page.locator("article.card").count()
    assert cards >= 8
    assert cards + told_left(page, "h-wrong") == len(record["facts"]) == MANY
    rows = page.locator("[aria-labelledby=h-changes] tbody tr").count()
    rows += page.locator("[aria-labelledby=h-ledger] tbody tr").count()
    assert rows + told_left(page, "h-changes") + told_left(page, "h-ledger") == len(record["changes"]) == MANY


def is_on_first_screen(page: Page, selector: str) -> bool:
    box, screen = page.locator(selector).first.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= screen["height"] and box["height"] > 0


def told_left(page: Page, heading: str) -> int:
    """Return how many more a section says that the machine's report has."""
    texts = text_of(page, f"[aria-labelledby={heading}] > p.soft, [aria-labelledby={heading}] > details > p.soft")
    return sum(int(count) for text in texts for count in re.findall(r"^(\d+) more are in the JSON report", text))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_verdict_is_on_the_first_screen(window: Window, name: str, width: int) -> None:
    page = window.show(page_of(name), width)
    assert text_of(page, "h1") == [f"Verdict: {VERDICT_WORDS[name].capitalize()}"]
    assert is_on_first_screen(page, "h1")
    assert is_on_first_screen(page, ".strip .lead")
    if name in ("broken", "unseen"):
        assert is_on_first_screen(page, ".causes li"), "the cause and what to do, or what to do to see anything"
    assert page.evaluate("scrollY") == 0


def test_the_patch_is_one_click_away(window: Window) -> None:
    record = full("broken")
    proposal = {"change": "c1", "file": "contracts/a.js", "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n"}
    record["proposals"] = [{**proposal, "confirmed_by": 2, "mends": ["success_count"], "leaves": [], "then": "accept"}]
    page = window.show(render(record, "html"), 360)
    assert is_on_first_screen(page, ".mend")
    page.click(".mend")
    assert page.evaluate("location.hash") == "#patch-1"
    assert is_on_first_screen_now(page, "#patch-1 summary")


ANSWERS = {
    "intact": (".lead",),
    "broken": (".causes li", ".causes .then"),
    "unseen": (".causes li",),
    "blind": (".help", ".strip p:not(.help, .lead, .tool)"),
    "own app": (".causes li", ".causes .then", ".mend"),
}
"""What answers on each page: the cause, the next step, the way to the patch; of a blind one where it looked."""


def _check_shop(folder: Path) -> None:
    begin_shop(folder)
    checked = run_here(folder, "--workspace", "drift", "check", "--store", "shop=renamed.json", "--format", "html")
    (folder / "report.html").write_text(checked.stdout, "utf-8")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_cause_the_next_step_and_the_patch_stand_on_the_first_screen(
    window: Window, made_once: Made, width: int
) -> None:
    own = (made_once("page of a shop", _check_shop) / "report.html").read_text("utf-8")
    pages = {**{name: page_of(name) for name in NAMES}, "own app": own}
    assert pages.keys() == ANSWERS.keys()
    for name, html in pages.items():
        page = window.show(html, width)
        for selector in ANSWERS[name]:
            top = page.locator(selector).first.evaluate("one => one.getBoundingClientRect().top + scrollY")
            sys.stdout.write(f"{width} px wide, {name}: {selector} stands {top:.0f} px from the top\n")
            assert is_on_first_screen(page, selector), (name, selector, top)
    window.page.click(".mend")
    assert is_on_first_screen_now(window.page, "#patch-1 summary")


def is_on_first_screen_now(page: Page, selector: str) -> bool:
    """Whether something is within the screen, wherever the page was scrolled to."""
    page.wait_for_function(f"document.querySelector('{selector}').getBoundingClientRect().top < innerHeight")
    return is_on_first_screen(page, selector)


# ---- on its own


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_for_nothing_and_complains_of_nothing(window: Window, name: str) -> None:
    page = window.show(page_of(name))
    window.open_all()
    page.mouse.wheel(0, 100_000)
    window.as_screen(360, "dark")
    page.emulate_media(media="print")
    assert window.noticed == []
    assert page.evaluate("performance.getEntriesByType('resource').map(one => one.name)") in ([], ["data:,"])
    (policy,) = page.eval_on_selector_all(
        "head > meta[http-equiv='Content-Security-Policy']", "all => all.map(one => one.content)"
    )
    assert policy.split("; ")[0] == "default-src 'none'"
    assert "script-src" not in policy or "'unsafe" not in policy.partition("script-src")[2].partition(";")[0]
    assert page.evaluate("document.head.children[1].httpEquiv") == "Content-Security-Policy"


def test_the_window_notices_a_request_and_a_script(window: Window) -> None:
    bad = "<script>alert(1)</script><img src='https://evil.test/x'></main>"
    unguarded = re.sub(r"<meta http-equiv[^>]*>", "", page_of("intact"), count=1)
    window.show(unguarded.replace("</main>", bad))
    assert "dialog 1" in window.noticed
    assert "request https://evil.test/x" in window.noticed


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_scripts_says_the_same(window: Window, kept: tuple[Window, Window], name: str) -> None:
    pages = (window.show(page_of(name)), kept[1].show(page_of(name)))
    told = [page.inner_text("body").split() for page in pages]
    assert len(told[0]) > 100
    assert told[0] == told[1]


# ---- narrow


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_screen_scrolls_one_way(window: Window, name: str) -> None:
    page = window.show(page_of(name), 360)
    assert fits(page)
    window.open_all()
    assert fits(page)


@pytest.mark.parametrize("text", LONG, ids=[text[0] for text in LONG])
@pytest.mark.parametrize("width", [360, 1280])
def test_long_names_do_not_widen_the_page(window: Window, text: str, width: int) -> None:
    page = window.show(hostile_page(text), width)
    window.open_all()
    assert fits(page)


def fits(page: Page) -> bool:
    """Whether a page is no wider than its screen; one that hides what is too wide does not count."""
    page.evaluate("scrollTo(100, 0)")
    shown: bool = page.evaluate("""scrollX === 0 && document.scrollingElement.scrollWidth <= innerWidth + 1 &&
        [document.documentElement, document.body].every(one => getComputedStyle(one).overflowX === 'visible')""")
    return shown


# ---- figures


@pytest.mark.parametrize("numbers", ["its own", "one of each"])
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_the_reports(window: Window, name: str, numbers: str) -> None:
    record = full(name) if numbers == "its own" else numbered(full(name))
    page = window.show(render(record, "html"))
    shown = figures(page)
    check_figures(record, shown)
    pointers = [pointer for pointer, _ in shown]
    counted = {} if record["capture"]["blind"] else record["summary"]  # a blind capture judged nothing to count
    wanted = {f"/summary/{key}" for key, count in counted.items() if count or key != "suppressed"}
    wanted |= {f"/past/runs/{at}/sequence" for at in range(RUNS)}
    wanted |= {f"/past/alerts/{at}/runs" for at in range(len(record["past"]["alerts"]))}
    wanted |= {f"/stores/{at}/distance" for at, one in enumerate(record["stores"]) if one["distance"] is not None}
    assert wanted <= set(pointers), sorted(wanted - set(pointers))
    rows = page.locator("table.tree tbody tr").count()
    nodes = [pointer for pointer in pointers if "/tree/nodes/" in pointer]
    assert len(nodes) == 4 * rows
    assert (rows > 0) == (name == "broken")
    if name == "broken":
        assert len(set(nodes)) == 4 * len(record["stores"][0]["tree"]["nodes"])


def test_every_figure_of_hundreds_of_findings_is_the_reports(window: Window) -> None:
    record, html = crowded_page()
    page = window.show(html)
    shown = figures(page)
    check_figures(record, shown)
    rows = page.locator("table.tree tbody tr").count()
    assert len([pointer for pointer, _ in shown if "/tree/nodes/" in pointer]) == 4 * rows > 100


def figures(page: Page) -> list[tuple[str, str]]:
    """Return each figure of a page with the place in the report that it says to come from."""
    found = page.eval_on_selector_all("[data-figure]", "all => all.map(one => [one.dataset.figure, one.textContent])")
    return [(pointer, text.strip()) for pointer, text in found]


def check_figures(record: dict[str, Any], shown: list[tuple[str, str]]) -> None:
    published = json.loads(render(record, "json"))
    assert [one for one in shown if str(at_pointer(published, one[0])) != one[1]] == []


# ---- keyboard

HANDLERS = """[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames()).filter(
    name => name.startsWith('on'))"""
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const outside = box.bottom <= 0 || box.top >= innerHeight || box.width < 1;
    const ringless = style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 1;
    if (!one.dataset.stop) one.dataset.stop = String(++window.stops || (window.stops = 1));
    return one === document.body ? null
        : {stop: +one.dataset.stop, what: `${one.tagName} ${one.className || one.textContent}`, outside, ringless};
}"""
REACHABLE = """() => [...document.querySelectorAll('*')].filter(one => {
    if (!one.checkVisibility() || one.closest('svg')) return false;
    const style = getComputedStyle(one);
    const scrolls = /auto|scroll/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
    return one.matches('a[href], summary, button, [tabindex="0"]') || scrolls;
}).filter(one => !one.dataset.stop).map(one => `${one.tagName} ${one.className}: ${one.textContent}`)"""


@pytest.mark.parametrize(("name", "width"), [("broken", 1280), ("broken", 360), ("blind", 1280), ("intact", 360)])
def test_tab_reaches_all_that_can_be_used(window: Window, name: str, width: int) -> None:
    page = window.show(page_of(name), width)
    window.open_all()
    stops: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["stop"] < len(stops):
            break
        stops.append(stop)
    assert stops[0]["what"] == "A skip"
    assert [stop for stop in stops if stop["ringless"] or stop["outside"]] == []
    assert len(stops) < 400
    assert page.evaluate(REACHABLE) == []


def test_the_skip_link_skips(window: Window) -> None:
    page = window.show(page_of("broken"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


# ---- paper


def visible(page: Page, selector: str) -> list[bool]:
    found: list[bool] = page.eval_on_selector_all(
        selector, "all => all.map(one => one.checkVisibility() && one.getBoundingClientRect().height > 0)"
    )
    return found


def test_paper_holds_what_is_folded(window: Window) -> None:
    page = window.show(page_of("broken"))
    folded = {
        "table of the drawing": "[aria-labelledby=h-graph] details tbody tr",
        "evidence": "article.card details table.diff",
        "sources": "article.card details table.stack",
    }
    for what, selector in folded.items():
        assert False in visible(page, selector), what  # else the paper would show nothing new
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print", color_scheme="dark")
    shown = {
        "verdict": "h1",
        "headline": ".lead",
        "tally": ".tally li",
        "facts": "article.card h4",
        "drawing": "svg.graph",
    }
    for what, selector in {**folded, **shown, "timeline": ".timeline tbody tr"}.items():
        seen = visible(page, selector)
        assert seen, what
        assert all(seen), what
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_paper_cuts_nothing_off(window: Window) -> None:
    page = window.show(page_of("broken"))
    page.set_viewport_size({"width": 718, "height": 1123})  # A4 less its margins
    page.emulate_media(media="print")
    wide = """all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => `${one.tagName} ${one.className.baseVal ?? one.className}`)"""
    assert page.eval_on_selector_all("table, svg.graph, pre, article, section", wide) == []


# ---- hostile text


def test_nothing_foreign_comes_alive_in_a_history_and_a_tree(window: Window) -> None:
    """What the rest of a report holds is tried in `test_safe_outputs.py`."""
    counted = "[document.scripts.length, document.images.length, frames.length, document.forms.length]"
    calm = window.show(page_of("broken")).evaluate(counted)
    for payloads in (PAYLOADS[at : at + MOST_STORES] for at in range(0, len(PAYLOADS), MOST_STORES)):
        html = render(crossed(payloads), "html")
        unguarded = re.sub(r"<meta http-equiv[^>]*>", "", html, count=1)  # escaping alone must hold
        page = window.show(unguarded)
        assert window.noticed == [], payloads
        assert page.evaluate("window.hit ?? null") is None, payloads
        assert page.evaluate(counted) == calm, payloads
        assert page.evaluate(HANDLERS) == [], payloads
        assert page.url == window.address
        assert all(char.isprintable() or char == "\n" for char in html), payloads
        for selector in (".timeline tbody th", "[aria-labelledby=h-runs] .stack th", "table.tree tbody th"):
            assert page.locator(selector).count() >= len(payloads), selector


def test_hostile_text_is_shown_in_the_parts_that_a_history_and_a_tree_add(window: Window) -> None:
    """Were they left out, they would be inert for another reason."""
    page = window.show(hostile_page("<b>foreign"))
    for selector in (".timeline th", "[aria-labelledby=h-runs] .stack th", "table.tree code", "svg.graph .name"):
        assert [text for text in text_of(page, selector) if "<b>foreign" in text], selector
    titles = page.eval_on_selector_all(".timeline [title]", "all => all.map(one => one.title)")
    assert len(titles) == RUNS
    assert all("<b>foreign" in title for title in titles)


# ---- the drawing


def test_the_drawing_and_its_table_say_the_same(window: Window) -> None:
    page = window.show(page_of("broken"))
    svg = page.locator("svg.graph")
    assert svg.get_attribute("role") == "img"
    titles = text_of(page, "svg.graph > title")
    assert titles
    assert titles[0]
    table = " ".join(text_of(page, "[aria-labelledby=h-graph] details table")[0].split())
    boxes = {kind: text_of(page, f"svg.graph .{kind} > title") for kind in ("change", "path", "fact", "source")}
    ways = graph.routes(read(full("broken")))
    assert len(ways) == len(boxes["fact"]) == 3
    assert len(boxes["change"]) == len({change.id for way in ways for change in way.changes})
    assert len(boxes["path"]) == len({read for way in ways for read in way.reads})
    assert len(boxes["source"]) == sum(len(way.fact.sources) for way in ways)
    for kind, found in boxes.items():
        for title in found:
            assert all(part in table for part in parts_of(kind, title)), title
    drawn = "\n".join(text for found in boxes.values() for text in found)
    for way in ways:
        told = (way.fact.name, way.fact.title, *way.reads, *(change.title for change in way.changes))
        assert all(part in drawn for part in told)
        assert all(part in table for part in told)


def parts_of(kind: str, title: str) -> list[str]:
    """Return what the title of a box says that its row must say, too."""
    name, _, note = title.rpartition(": ") if kind == "fact" else title.partition(": ")
    if kind == "path":
        return [note]
    if kind == "source":
        return [name, *note.replace("answers now, ", "").split(": ")[:1]]
    return [name, note.partition(" at ")[0]] if kind == "fact" else [title.rpartition(": ")[0]]


@pytest.mark.parametrize("text", ["", *LONG], ids=["sample", *(text[0] for text in LONG)])
def test_no_text_of_the_drawing_leaves_its_box(window: Window, text: str) -> None:
    page = window.show(hostile_page(text) if text else page_of("broken"))
    boxes = page.eval_on_selector_all(
        "svg.graph g.box",
        """all => all.map(one => {
            const flat = part => {
                const {x, y, width, height} = part.getBBox();
                return [x, y, x + width, y + height];
            };
            const rect = flat(one.querySelector('rect'));
            const seen = text => text.closest('[clip-path], svg:not(.graph)') ? rect : flat(text);
            return [rect, ...[...one.querySelectorAll('text')].map(seen)];
        })""",
    )
    assert len(boxes) > 5
    for rect, *texts in boxes:
        assert len(texts) == 2
        for left, top, right, bottom in texts:
            assert rect[0] <= left <= right <= rect[2], (rect, (left, right))
            assert rect[1] <= top <= bottom <= rect[3], (rect, (top, bottom))
    for (one, *_), (other, *_) in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
