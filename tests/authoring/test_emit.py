"""The emitted package: its types, its matchers and its reports, as a consumer's own tools see them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from driftwright.impact.javascript.call import Argument
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.parts import resolver_source
from driftwright.impact.readers import compile_fact
from driftwright.workspace.contract import load_facts
from kit.bundling import write_project
from kit.emitted import bundled, compiled, install, link, node
from kit.market import NOTHING, STRICT, TILL_SOURCE, contract, market
from kit.program import Program


def _text(consumer: Path, name: str) -> str:
    return (consumer / "node_modules" / "my-contracts" / name).read_text("utf-8")


def test_one_fact_alone_brings_nothing_of_another(consumer: Path) -> None:
    text = bundled(consumer, 'export { originalImagePrompt } from "my-contracts/facts"')
    assert "original_image_prompt" in text
    assert "favoritesById" in text
    assert not [word for word in ("videos_generated", "creditsUsed", "layer1Failures", "createTime") if word in text]


def test_the_resolver_is_the_very_file_that_v8_runs(consumer: Path) -> None:
    assert _text(consumer, "resolver.js") == resolver_source()


def test_nothing_makes_code_of_text_imports_a_package_or_touches_the_page(consumer: Path) -> None:
    folder = consumer / "node_modules" / "my-contracts"
    files = [file for file in folder.rglob("*.*js") if file.name != "package.json"]
    assert len(files) > 20
    for file in files:
        text = re.sub(r"^\s*(?://|\*|/\*).*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
        assert not re.search(r"\beval\b|\bnew Function\b|innerHTML|document\.|\bimport\(", text), file
        taken = re.findall(r'(?:from|require\() ?"([^"]+)"', text)
        assert all(name.startswith(("./", "../")) for name in taken), file
    assert set(json.loads((folder / "package.json").read_text())) & {"dependencies", "peerDependencies"} == set()


HEAD = """
import * as facts from "my-contracts/facts";
import { load, session, sessions, site } from "my-contracts/stores";
import { siteV1 } from "my-contracts/guards";
import { createReporter } from "my-contracts/report";
import { storageFingerprint } from "my-contracts/fingerprint";
import { toKeepContract, type KeepContract } from "my-contracts/matchers";
import type { SiteV1, VideosGeneratedParams } from "my-contracts/types";
import type { StandardSchemaV1 } from "@standard-schema/spec";
declare const held: { site: unknown; session: unknown; sessions: unknown };
declare const expect: (value: unknown) => KeepContract<void>;
"""
RIGHT = """
export async function shown(params: VideosGeneratedParams): Promise<string> {
  const stores = await load({ site, session, sessions }, params);
  const count: number = facts.videosGenerated(stores, params).value;
  const from: "site store" | "session record" | "grouped sessions" | "nothing" =
    facts.videosGenerated(stores, params).source;
  const ended: "moderated" | "success" | "unclear" =
    facts.latestOutcome(stores, { ...params, now: "2026-01-01T00:00:00Z" }).value;
  const stale: boolean = facts.activeSessionIsStale(stores).value;
  const generated: number = facts.attemptOutcomes(stores, params).value.generated;
  const ids: readonly string[] = facts.videoGroup({ ...stores, post: null }, params).value;
  const reporter = createReporter({ tell: (event) => { event.fact satisfies string; }, sample: 0.01 });
  const again: number = reporter.ask(facts.videosGenerated, stores, params).value;
  const id: string | undefined = stores.site?.state.videoByMediaId[params.parent]?.[0]?.videoId;
  const standard: StandardSchemaV1<unknown, SiteV1> = siteV1;
  const checked = siteV1["~standard"].validate(stores.site);
  const wrong = checked.issues ? checked.issues[0]?.path.length : checked.value.state.byId;
  expect({ site: stores.site }).toKeepContract({ facts: ["videosGenerated"] });
  toKeepContract({ site: stores.site }).message();
  load({ site });
  return [count, from, ended, stale, generated, ids, again, id, standard, wrong, await storageFingerprint()].join();
}
"""
WRONG = {
    "a misspelt fact": "facts.videosGenerted(held, { parent: 'p' });",
    "no parameters": "facts.videosGenerated(held);",
    "a missing parameter": "facts.videosGenerated(held, {});",
    "a misspelt parameter": "facts.videosGenerated(held, { parnt: 'p' });",
    "a missing store": "facts.videosGenerated({ site: 1, session: 2 }, { parent: 'p' });",
    "a misspelt store": "facts.videosGenerated({ ...held, sesions: 1 }, { parent: 'p' });",
    "a value of another type": "facts.videosGenerated(held, { parent: 'p' }).value satisfies string;",
    "a source that there is not": "facts.videosGenerated(held, { parent: 'p' }).source === 'cite store';",
    "a reported fact without its parameter": "createReporter({ tell() {} }).ask(facts.videosGenerated, held, {});",
    "a key without its parameter": "session();",
    "several without a parameter of one": "load({ session });",
    "a misspelt fact in a test": "expect({}).toKeepContract({ facts: ['videosGenerted'] });",
    "a misspelt store in a test": "toKeepContract({ sight: 1 });",
    "a field of another name": "site()?.state.videosByMediaId;",
}


def test_the_types_are_strict_and_every_mistake_fails(consumer: Path, tmp_path: Path) -> None:
    link(consumer, tmp_path, "@standard-schema")
    (tmp_path / "right.mts").write_text(HEAD + RIGHT)
    common = 'import facts = require("my-contracts/facts");\nimport stores = require("my-contracts/stores");\n'
    held = "{ site: stores.site(), session: 1, sessions: 2 }"
    call = f'const count: number = facts.videosGenerated({held}, {{ parent: "p" }}).value;'
    (tmp_path / "common.cts").write_text(f"{common}{call}\nvoid count;\n")
    wrong = {f"wrong{number:02}.mts": line for number, line in enumerate(WRONG.values())}
    for name, line in wrong.items():
        (tmp_path / name).write_text(f"{HEAD}{line}\n")
    errors = compiled(tmp_path, "right.mts", "common.cts", *wrong)
    last = HEAD.count("\n") + 1
    assert [line.partition(",")[0] for line in errors] == [f"{name}({last}" for name in wrong], "\n".join(errors)


def test_all_three_forms_of_the_package_are_the_same(consumer: Path) -> None:
    script = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
require("./node_modules/my-contracts/content-script.js");
const doors = ["facts", "stores", "guards", "report", "fingerprint", "matchers"];
const seen = {};
for (const door of doors) {
  const names = (module) => Object.keys(module).filter((name) => name !== "default").sort();
  const path = `my-contracts/${door}`;
  seen[door] = [await import(path), require(path), driftwright[door] ?? {}].map(names);
}
answer(seen);
"""
    for door, (module, common, plain) in node(consumer, script).items():
        assert module
        assert module == common
        assert plain in ([], module)
        assert (plain == []) is (door == "matchers")


def test_a_stale_package_is_told_and_another_folder_is_left_alone(tmp_path: Path, program: Program) -> None:
    market(tmp_path / "drift", paid=contract(STRICT, TILL_SOURCE + NOTHING))
    where = ("--workspace", "drift", "emit", "--out", "shipped")
    assert program(*where, "--name", "@me/contracts").code == 0
    assert program(*where, "--check").code == 0
    before = (tmp_path / "shipped" / "facts.js").stat().st_mtime_ns
    assert json.loads((tmp_path / "shipped" / "package.json").read_text())["name"] == "@me/contracts"
    file = tmp_path / "drift" / "contracts" / "paid.toml"
    file.write_text(file.read_text().replace("paid === true", "paid == true"))
    mine = {name: tmp_path / "shipped" / name for name in ("readers/mine.js", "notes.md")}
    mine["readers/mine.js"].parent.mkdir()
    for own in mine.values():
        own.write_text("mine")
    stale = program(*where, "--check")
    assert stale.code == 1
    assert re.findall(r"stale: shipped/(\S+)", stale.stdout) == ["cjs/facts.cjs", "content-script.js", "facts.js"]
    assert (tmp_path / "shipped" / "facts.js").stat().st_mtime_ns == before
    assert program(*where).code == 0
    assert program(*where, "--check").code == 0
    assert program(*where, "--script").code == 0
    assert program(*where, "--check").code == 0, "that it is the script alone is not remembered"
    left = {file.relative_to(tmp_path / "shipped").as_posix() for file in (tmp_path / "shipped").rglob("*.*")}
    assert left == {"package.json", "content-script.js", *mine}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    refused = program("--workspace", "drift", "emit", "--out", "mine")
    assert (refused.code, refused.stderr.count("\n")) == (2, 1)
    assert "holds something else" in refused.stderr
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert program("--workspace", "drift", "emit", "--out", "x", "--name", "No Name").code == 2
    assert program("--workspace", "drift", "emit", "--out", "x", "--target", "none").code == 2


def test_two_contracts_that_would_have_one_name_are_refused(tmp_path: Path, program: Program) -> None:
    market(tmp_path / "drift", paid_orders=contract(STRICT), **{"paid-orders": contract(STRICT)})
    refused = program("--workspace", "drift", "emit", "--out", "shipped")
    assert (refused.code, refused.stderr.count("\n")) == (2, 1)
    assert "paidOrders" in refused.stderr


LOOSE_OBJECT = "({shop}) => shop.gone.where"
VALUE = '[[source]]\nlevel = "unavailable"\n[source.value]\n__proto__ = 1\n'

HOSTILE = """*/ console.log("canary") /* "quoted" \u2028 </script> ${canary} `"""


def test_no_word_of_a_contract_becomes_code(tmp_path: Path) -> None:
    text = contract(STRICT, TILL_SOURCE + NOTHING).replace('title = "x"', f"title = '''{HOSTILE}'''")
    text = text.replace('lost   = "orders paid at the door"', f"lost = '''{HOSTILE}'''").replace(
        '"till"\nlevel', f"'''{HOSTILE}'''\nlevel"
    )
    assert text.count("canary") == 6
    text += f"[[invariant]]\nname = '''{HOSTILE}'''\nholds = '({{shop}}) => true'\n"
    named = contract("({shop, issue, ...rest}) => Object.keys(shop.orders).length + (rest.default ?? issue ?? 0)")
    workspace = market(
        tmp_path / "drift", delete=text, Object=named, constructor=contract(LOOSE_OBJECT, VALUE, "object")
    )
    project = tmp_path / "consumer"
    install(project, workspace)
    script = """
import * as facts from "my-contracts/facts";
const down = facts._delete({ shop: null, till: { paidOrders: 3 } });
const object = facts.constructor({ shop: null });
const { value } = facts.Object({ shop: { orders: [1, 2] } });
const isPlain = Object.getPrototypeOf(object.value) === Object.prototype;
answer([value, down.source, down.lost, Object.keys(object.value), isPlain]);
"""
    assert node(project, script) == [2, HOSTILE, HOSTILE, ["__proto__"], True]
    doors = ("facts", "stores", "guards", "types")
    (project / "all.mts").write_text("".join(f'export * from "my-contracts/{door}";\n' for door in doors))
    assert compiled(project, "all.mts") == []


KINDS = """
export enum Stage { Sent = "sent", Open = "open" }
export const isSent = (order: { stage: string }) => order.stage === Stage.Sent;
"""
READING = """
import { isSent } from "./kinds";
type Shop = { orders: { stage: string; paid: boolean }[] };
const module = 1, exports = 2; // names that a module of CommonJS has already
export const sent = ({ shop }: { shop: Shop }): number => shop.orders.filter(isSent).length * module * (exports - 1);
function open(shop: Shop, till: unknown): number { return shop.orders.length - sent({ shop }) + (till ? 9 : 0); }
"""
COMMON = """
const paid = ({ shop }) => shop.orders.filter((order) => order.paid).length;
module.exports = { paid };
"""
FILES = {"lib/kinds.ts": KINDS, "lib/reading.ts": READING, "lib/common.cjs": COMMON}


def test_reading_code_is_shipped_as_it_was_proved_whatever_it_is_written_in(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "drift", FILES)
    module = contract("../lib/FILE", "").replace('"""', '"')
    workspace = market(
        folder,
        sent=module.replace("FILE", "reading.ts#sent"),
        open=module.replace("FILE", "reading.ts#open(shop, till)"),
        paid=module.replace("FILE", "common.cjs#paid"),
    )
    project = tmp_path / "consumer"
    install(project, workspace)
    script = """
import { createRequire } from "node:module";
import * as facts from "my-contracts/facts";
const common = createRequire(import.meta.url)("my-contracts/facts");
const ask = (all) => Object.keys(all).sort().map((name) => [name, all[name](given).value]);
answer([ask(facts), ask(common)]);
"""
    given = {"shop": {"orders": [{"stage": "sent", "paid": True}, {"stage": "open", "paid": True}]}, "till": None}
    module_, common = node(project, script, given)
    assert module_ == common == [["open", 1], ["paid", 2], ["sent", 1]]
    with Engine() as engine:
        argument = Argument(stores={name: json.dumps(value) for name, value in given.items()})
        answers = [
            engine.resolve(compile_fact(fact).program, [argument])[0] for fact in load_facts(workspace.contracts)
        ]
    assert sorted(one.answer.text for one in answers) == ["1", "1", "2"]


HELPED = """
export const isPaid = (order) => order.paid === true;
const count = (shop, isCounted) => shop.orders.filter(isCounted).length;
export const NAME = ({ shop }) => count(shop, isPaid) + NUMBER;
"""


def test_what_two_files_declare_alike_is_shipped_once_in_each_form(tmp_path: Path) -> None:
    files = {f"lib/{name}.js": HELPED.replace("NAME", name).replace("NUMBER", name[-1]) for name in ("add0", "add1")}
    folder = write_project(tmp_path / "drift", files)
    module = contract("../lib/FILE.js#FILE", "").replace('"""', '"')
    names = ("add0", "add1")
    workspace = market(folder, **{name: module.replace("FILE", name) for name in names})
    project = tmp_path / "consumer"
    package = install(project, workspace)
    script = """
import { createRequire } from "node:module";
import * as facts from "my-contracts/facts";
const require = createRequire(import.meta.url);
require("./node_modules/my-contracts/content-script.js");
const forms = [facts, require("my-contracts/facts"), globalThis.driftwright.facts];
answer(forms.map((form) => ["add0", "add1"].map((name) => form[name](given).value)));
"""
    given = {"shop": {"orders": [{"paid": True}, {"paid": False}]}}
    assert node(project, script, given) == [[1, 2]] * 3
    for form in ("readers/*.js", "cjs/readers/*.cjs", "content-script.js"):
        assert "".join(file.read_text() for file in package.glob(form)).count("order.paid === true") == 1, form


LATER = """
const paid = (shop) => shop.orders.filter((order) => order.paid === true).length;
export const given = async ({ shop }) => paid(await Promise.resolve(shop));
export const guard = async ({ shop }) => Array.isArray(shop?.orders);
export const never = async () => { throw new TypeError("gone"); };
export const atOnce = ({ shop }) => paid(shop);
"""
STORED = """
export const stored = () => {
  const shop = JSON.parse(localStorage.getItem("shop"));
  return shop.orders.filter((order) => order.paid === true).length;
};
"""
ASKED = """
import * as facts from "my-contracts/facts";
import { createReporter } from "my-contracts/report";
const told = async (fact, stores) => {
  globalThis.localStorage = { getItem: (key) => (stores[key] ? JSON.stringify(stores[key]) : null) };
  const { value, source, level, tried } = await fact(stores);
  return [String(value), source, level, tried.map(({ source, why }) => [source, why])];
};
const events = [];
await createReporter({ tell: (event) => events.push(event) }).ask(facts.later, { shop: null, till: { paidOrders: 3 } });
const answers = {};
for (const [name, fact] of Object.entries(facts)) {
  answers[name] = [await told(fact, given), await told(fact, { till: given.till })];
}
const kinds = Object.values(facts).map((fact) => fact({}) instanceof Promise);
answer([answers, kinds, events.map((event) => [event.event, event.fact, event.source])]);
"""


def test_code_that_answers_later_or_asks_a_storage_itself_is_shipped_as_such(tmp_path: Path, program: Program) -> None:
    (tmp_path / "drift").mkdir()
    (tmp_path / "drift" / "later.js").write_text(LATER)
    (tmp_path / "drift" / "stored.js").write_text(STORED)
    file = contract("../later.js#NAME", TILL_SOURCE + NOTHING).replace('"""', '"')
    texts = {"later": file.replace("NAME", "given"), "stored": file.replace("later.js#NAME", "stored.js#stored")}
    texts["later"] = texts["later"].replace('#given"', '#given"\nneeds = "../later.js#guard"')
    texts |= {"thrown": file.replace("NAME", "never"), "at_once": file.replace("NAME", "atOnce")}
    workspace = market(tmp_path / "drift", **texts)
    told = program(
        "--workspace", "drift", "emit", "--out", "consumer/node_modules/my-contracts", "--name", "my-contracts"
    )
    assert re.findall(r"note: (\w+) asks a storage", told.stdout) == ["stored"]
    given = {"shop": {"orders": [{"paid": True}, {"paid": False}, {"paid": True}]}, "till": {"paidOrders": 5}}
    answers, kinds, events = node(tmp_path / "consumer", ASKED, given)
    assert kinds == [False, True, False, True], "in the order of their names: at_once, later, stored, thrown"
    assert events == [["step-down", "later", "till"]]
    with Engine() as engine:
        for fact in load_facts(workspace.contracts):
            places = {name: ("local", name) for name in given}
            texts_of = [{name: json.dumps(value) for name, value in given.items()}]
            texts_of.append({**texts_of[0], "shop": "null"})
            arguments = [Argument(stores=texts, places=places) for texts in texts_of]
            expected = [
                [one.answer.text, one.source, one.level, [list(pair) for pair in one.tried]]
                for one in engine.resolve(compile_fact(fact).program, arguments)
            ]
            assert answers["atOnce" if fact.name == "at_once" else fact.name] == expected, fact.name


ITS_OWN_KEYS = """
const held = (key: string) => JSON.parse(localStorage.getItem(key) ?? "null");
export const open = (): number => held("the-orders").orders.length;
export const fits = () => held("the-cash") !== null;
export const other = () => held("elsewhere");
"""


def test_a_store_that_code_asks_for_by_its_key_is_shipped_with_its_guard(tmp_path: Path, program: Program) -> None:
    (tmp_path / "drift").mkdir()
    (tmp_path / "drift" / "keys.ts").write_text(ITS_OWN_KEYS)
    file = contract("../keys.ts#open").replace('"""', '"')
    market(tmp_path / "drift", asked=file)
    for name, key in (("shop", "the-orders"), ("till", "the-cash")):
        home = tmp_path / "drift" / "schemas" / "market" / name / "store.toml"
        home.write_text(home.read_text().replace(f'key = "{name}"', f'key = "{key}"'))

    def shipped() -> list[str]:
        assert program("--workspace", "drift", "emit", "--out", "shipped").code == 0
        text = (tmp_path / "shipped" / "guards.d.ts").read_text()
        assert set(re.findall(r"const (\w+)V1:", text)) == set(
            re.findall(r"const (\w+):", (tmp_path / "shipped" / "stores.d.ts").read_text())
        )
        return re.findall(r"const (\w+)V1:", text)

    assert shipped() == ["shop"]
    guarded = file.replace('#open"', '#open"\nneeds = "../keys.ts#fits"')
    (tmp_path / "drift" / "contracts" / "asked.toml").write_text(guarded)
    assert shipped() == ["shop", "till"]


def test_a_list_of_files_that_a_stranger_wrote_removes_nothing_elsewhere(tmp_path: Path, program: Program) -> None:
    market(tmp_path / "drift", paid=contract(STRICT))
    assert program("--workspace", "drift", "emit", "--out", "shipped").code == 0
    (tmp_path / "elsewhere").mkdir()
    kept = [tmp_path / "kept.js", tmp_path / "elsewhere" / "kept.js", tmp_path / "shipped" / ".git"]
    for file in kept:
        file.write_text("kept")
    (tmp_path / "shipped" / "readers").symlink_to(tmp_path / "elsewhere")
    manifest = tmp_path / "shipped" / "package.json"
    record = json.loads(manifest.read_text())
    record["driftwright"]["files"] += ["../kept.js", str(kept[0]), "readers/kept.js", ".git", "cjs/../../kept.js", 1]
    manifest.write_text(json.dumps(record))
    assert program("--workspace", "drift", "emit", "--out", "shipped").code == 0
    assert [file.read_text() for file in kept] == ["kept"] * 3
