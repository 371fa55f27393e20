"""The emitted package answers as V8 did when it was proved: in Node, and in a content script under strict policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from driftwright.authoring.prove.prove import load_workspace
from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.parts import telling_source
from driftwright.snapshot.capture.launched.browser import find_browser, safe_arguments
from driftwright.workspace import workspace_in
from kit.emitted import ROOT, install, moment, node
from kit.examples import NIGHTLY
from kit.hooks import write_hook
from kit.kept_driver import DRIVER
from kit.parity import ASKING, Questions, as_json, questions

SHARE = 1.0 if NIGHTLY else 0.15  # of all mutations; every fact is asked after each
POLICY = "default-src 'none'; script-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
PAGE = "https://strict.test/"


@dataclass(frozen=True)
class Asked:
    """A project with the package, the questions, and what V8 answers."""

    project: Path
    package: Path
    questions: Questions


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    project = tmp_path_factory.mktemp("consumer")
    package = install(project)
    with Engine() as engine:
        return Asked(project, package, questions(load_workspace(workspace_in(ROOT), engine), SHARE))


def _rows(asked: Asked) -> list[list[str]]:
    answers = [list(answer) for answer in asked.questions.answers]
    levels = {level for _, _, level in answers}
    assert asked.questions.mutations > 20
    assert levels == {"full", "degraded", "unavailable"}, "the questions show too little"
    return answers


def test_every_fact_answers_in_node_as_in_v8_after_every_mutation(asked: Asked) -> None:
    script = f'import * as facts from "my-contracts/facts";\nanswer({ASKING}(facts, {telling_source()}, given));\n'
    assert node(asked.project, script, asked.questions.record()) == _rows(asked)


def test_a_hook_that_reads_the_storage_itself_answers_in_node_as_in_v8(tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "extension")
    (folder / "schemas").symlink_to(ROOT / "schemas")
    workspace = workspace_in(folder)
    with Engine() as engine:
        found = questions(load_workspace(workspace, engine), 1.0 if NIGHTLY else 0.5)  # it has few mutations
    project = tmp_path / "consumer"
    install(project, workspace)
    key = "const key = (name) => globalThis.places[name][1].replace(/{(.*)}/, (_, param) => globalThis.params[param]);"
    # A document that is a text lies there as it is.
    lying = """
globalThis.sessionStorage = {
  getItem(asked) {
    const text = globalThis.held[Object.keys(globalThis.held).find((name) => key(name) === asked)] ?? null;
    return text?.startsWith('"') ? JSON.parse(text) : text;
  },
};
"""
    script = f"""
import * as facts from "my-contracts/facts";
{key}{lying}
const telling = {telling_source()};
const answers = [];
for (const [, stores, params, places] of given.rows) {{
  const texts = Object.entries(stores).map(([name, number]) => [name, given.texts[number]]);
  Object.assign(globalThis, {{ held: Object.fromEntries(texts), params, places }});
  const {{ value, source, level }} = await facts.storageSync({{}}, params);
  answers.push([telling.describe(value).text, source, level]);
}}
const {{ site }} = given;
const [, , , places] = given.rows[0];
const same = given.rows.filter(([, stores]) => stores.site === site);
Object.assign(globalThis, {{ held: {{ site: given.texts[site] }}, places }});
const together = await Promise.all(same.map(([, , params]) => facts.storageSync({{}}, params)));
const alone = answers.filter((_, row) => given.rows[row][1].site === site);
// And then Node ends: no timer of an effect is left.
answer([answers, alone, together.map(({{ value, source, level }}) => [telling.describe(value).text, source, level])]);
"""
    record = found.record()
    places = [dict(question.argument.places) for question in found.asked]
    record = {**record, "rows": [[*row, place] for row, place in zip(record["rows"], places, strict=True)]}
    answers = [list(answer) for answer in found.answers]
    assert {level for _, _, level in answers} == {"full", "unavailable"}
    told: dict[int, set[str]] = {}
    for row, (text, _, _) in zip(record["rows"], answers, strict=True):
        told.setdefault(row[1]["site"], set()).add(text)
    record["site"] = max(told, key=lambda site: len(told[site]))
    one_by_one, some, together = node(project, script, record)
    assert one_by_one == answers
    assert together == some
    assert len({text for text, _, _ in some}) > 1


@pytest.fixture(scope="module")
def strict(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that allows no script, with an extension on it that ships the package and asks it everything."""
    extension = tmp_path_factory.mktemp("extension")
    scripts = {
        "content-script.js": (asked.package / "content-script.js").read_text("utf-8"),
        "questions.js": f"globalThis.questions = {as_json(asked.questions)};",
        "asking.js": _asking(),
    }
    for name, text in scripts.items():
        (extension / name).write_text(text, "utf-8")
    manifest = {
        "manifest_version": 3,
        "name": "Consumer",
        "version": "1.0",
        "permissions": ["storage"],
        "content_scripts": [{"matches": [f"{PAGE}*"], "js": list(scripts), "run_at": "document_end"}],
    }
    (extension / "manifest.json").write_text(json.dumps(manifest))
    driver = DRIVER.driver()
    context = driver.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=find_browser(for_extension=True, bundled=Path(driver.chromium.executable_path)).path,
        timezone_id="UTC",
        args=[
            *safe_arguments(),
            f"--disable-extensions-except={extension}",
            f"--load-extension={extension}",
        ],
    )
    context.route("**/*", _answer)
    page = context.pages[0]
    page.goto(PAGE)
    page.wait_for_selector("html[data-done]", timeout=60_000, state="attached")
    assert _told(page, "done") == "yes"
    yield page
    context.close()


def _answer(route: Route) -> None:
    headers = {"content-security-policy": POLICY, "content-type": "text/html; charset=utf-8"}
    route.fulfill(body="<!doctype html><title>Strict</title>", headers=headers)


def _asking() -> str:
    stores = moment("several")
    parent = next(iter(stores["session"]))
    return f"""
const told = document.documentElement.dataset;
(async () => {{
  const {{ facts, stores, guards, report, fingerprint }} = globalThis.driftwright;
  try {{
    told.evaluated = String(new Function("return 1")());
  }} catch (error) {{
    told.evaluated = error.name;
  }}
  told.answers = JSON.stringify({ASKING}(facts, {telling_source()}, globalThis.questions));
  const held = {json.dumps(stores)};
  const parent = {json.dumps(parent)};
  const {{ load, ...loaders }} = stores;
  told.before = JSON.stringify(await load(loaders, {{ parent }}));
  sessionStorage.useMediaStore = JSON.stringify(held.site);
  sessionStorage[`grokRetrySession_${{parent}}`] = JSON.stringify(held.session[parent]);
  sessionStorage.useGrokRetryVideoSessions_store = "no JSON";
  await chrome.storage.local.set({{ [`grokRetryPost_${{parent}}`]: held.post[parent] }});
  const loaded = await load(loaders, {{ parent }});
  told.loaded = JSON.stringify(loaded);
  const events = [];
  const reporter = report.createReporter({{ tell: (event) => events.push(event) }});
  told.value = reporter.ask(facts.videoGroup, loaded, {{ parent }}).source;
  reporter.ask(facts.unmoderatedCount, {{ ...loaded, site: null }}, {{ parent }});
  told.events = JSON.stringify(events);
  told.valid = JSON.stringify([guards.siteV1.accepts(loaded.site), guards.siteV1.accepts({{}})]);
  sessionStorage.useGrokRetryVideoSessions_store = JSON.stringify(held.sessions);
  told.fingerprint = await fingerprint.storageFingerprint();
  told.done = "yes";
}})().catch((error) => {{
  told.done = String(error.stack);
}});
"""


@pytest.mark.browser("shared")
def test_every_fact_answers_in_a_strict_content_script_as_in_v8_after_every_mutation(
    asked: Asked, strict: Page
) -> None:
    assert _told(strict, "evaluated") == "EvalError", "the content script may make code of text: nothing is proved"
    assert json.loads(_told(strict, "answers")) == _rows(asked)


@pytest.mark.browser("shared")
def test_stores_are_loaded_from_where_they_lie_and_are_null_elsewhere(strict: Page) -> None:
    assert json.loads(_told(strict, "before")) == dict.fromkeys(("post", "session", "sessions", "site"))
    loaded: dict[str, Any] = json.loads(_told(strict, "loaded"))
    assert loaded["sessions"] is None, "what is no JSON was taken for a store"
    assert loaded["site"]["state"]["videoByMediaId"]
    assert isinstance(loaded["session"]["videosGenerated"], int)
    assert isinstance(loaded["post"]["videoGroup"], list)
    assert json.loads(_told(strict, "valid")) == [True, False]


@pytest.mark.browser("shared")
def test_a_step_down_is_told_and_no_value(strict: Page) -> None:
    assert _told(strict, "value") == "site store"
    step = json.loads(_told(strict, "events"))[-1]
    assert step == {
        "event": "step-down",
        "fact": "unmoderated_count",
        "source": "session record",
        "level": "degraded",
        "passed": [{"source": "site store", "why": "needs is not true"}],
    }


@pytest.mark.browser("shared")
def test_check_judges_the_fingerprint_that_the_package_takes(
    strict: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _told(strict, "fingerprint")
    assert len(text) <= 4096
    file = tmp_path / "fingerprint.json"
    file.write_text(text)
    assert main(["--workspace", str(ROOT), "check", str(file)]) == 3, "a fingerprint proves nothing to be intact"
    assert "UNSEEN" in capsys.readouterr().out


def _told(page: Page, name: str) -> str:
    return str(page.evaluate(f"() => document.documentElement.dataset.{name}"))
