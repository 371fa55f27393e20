"""A user whose client is in Python: every command takes the readers as they stand there, and one judge judges."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import driftwright
from kit.program import Program, run_here
from kit.shop import FACTS, PRIVATE, renamed, shop, texts_below, write_shop

READERS = '''\
"""What the badge of our tool shows."""
from money import total_of


def itemCount(shop):
    return sum(item.get("qty", 0) for order in shop["orders"].values() for item in order["items"])


def shippedOrders(shop):
    return len([order for order in shop["orders"].values() if order["status"] == "shipped"])


def itemsOfOrder(shop, id):
    return len(shop["orders"][id]["items"])


def revenue(shop):
    return sum(total_of(order) for order in shop["orders"].values())


def statuses(shop):
    for id in shop["carts"]["current"]["orderIds"]:
        yield shop["orders"][id]["status"]
'''
MONEY = "def total_of(order):\n    return order['total']\n"
INIT = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--key", "shop")


def later(change: str) -> dict[str, Any]:
    """The shop after a release."""
    document = shop(5)
    for order in document["orders"].values():
        match change:
            case "renamed":
                order["state"] = order.pop("status")
            case "in a page":
                order["items"] = {"rows": order["items"], "cursor": None}
    return document


WHERE = ("rule", "fact", "path", "how")
CHANGES = ("nothing", "renamed", "in a page")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspaces `script` and `code`, whose readers are told in two languages."""
    folder = tmp_path_factory.mktemp("both")
    write_shop(folder)
    (folder / "readers.py").write_text(READERS, encoding="utf-8")
    (folder / "money.py").write_text(MONEY, encoding="utf-8")
    for change in CHANGES:
        (folder / f"{change}.json").write_text(json.dumps(later(change)), encoding="utf-8")
    for name, readers in (("script", "readers.js"), ("code", "readers.py")):
        done = run_here(folder, "init", name, *INIT, "--readers", readers)
        assert done.code == 0, done.stderr
    return folder


def checked(folder: Path, workspace: str, change: str) -> dict[str, Any]:
    given = f"shop={change}.json"
    done = run_here(folder, "--workspace", workspace, "check", "--store", given, "--format", "json")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("change", CHANGES)
def test_a_workspace_of_python_readers_has_the_verdicts_of_one_in_javascript(both: Path, change: str) -> None:
    script, code = (checked(both, name, change) for name in ("script", "code"))
    told = [
        {fact["name"]: (fact["verdict"], fact["because"], sorted(fact["reads"])) for fact in report["facts"]}
        for report in (script, code)
    ]
    for name in FACTS:
        assert told[0][name] == told[1][name], name
    levels = [{fact["name"]: fact["fallback"]["level"] for fact in report["facts"]} for report in (script, code)]
    assert levels[0] == levels[1]


def test_the_line_of_an_error_is_told(both: Path) -> None:
    report = checked(both, "code", "renamed")
    fact = next(fact for fact in report["facts"] if fact["name"] == "shipped_orders")
    assert fact["evidence"]["error"] == "KeyError: 'status' (readers.py:10)"


def test_guards_are_written_in_the_language_of_the_readers_and_nothing_private_is_told(both: Path) -> None:
    texts = texts_below(both / "code")
    assert 'type(entry["total"]) in (int, float)' in texts["contracts/revenue.toml"]
    assert 'derive = "../../readers.py#itemsOfOrder(shop, order)"' in texts["contracts/items_of_order.toml"]
    assert [name for name, text in texts.items() if any(word in text for word in PRIVATE)] == []


@pytest.mark.nightly
def test_prove_makes_the_same_matrix(both: Path) -> None:
    tables = []
    for name in ("script", "code"):
        done = run_here(both, "--workspace", name, "prove", "--format", "json")
        assert done.code in (0, 1), done.stderr
        proof = json.loads(done.stdout)
        tables.append({tuple(cell[part] for part in WHERE): cell["breaks"] for cell in proof["cells"]})
    assert tables[0].keys() == tables[1].keys()
    # The length of a map is a number in Python, and none in JavaScript.
    spared = {where for where, breaks in tables[0].items() if breaks and not tables[1][where]}
    assert {where[:2] for where in spared} <= {("list-became-map", "items_of_order")}


def test_a_file_of_readers_that_does_not_load_ends_in_one_line(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    (tmp_path / "readers.py").write_text("import no_shop\ndef a(d): return 1\n", encoding="utf-8")
    for words in (
        ("diff", "monday.json", "friday.json", "--consumer", "readers.py"),
        ("init", "drift", *INIT, "--readers", "readers.py"),
    ):
        done = program(*words)
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr.strip().endswith(
            "readers.py:1: does not load: ModuleNotFoundError: No module named 'no_shop'; "
            "install no_shop beside driftwright, or put no_shop.py beside it"
        )


CONTRACT = """\
title  = "Shipped orders"
result = { type = "integer", minimum = 0 }

[[source]]
name   = "in Python"
level  = "full"
derive = "readers.py#shippedOrders"
needs  = "(stores) => Object.keys(stores.shop.orders).length > 0"

[[source]]
name   = "in JavaScript"
level  = "degraded"
lost   = "nothing, but it takes two tries"
derive = '''
({ shop }) => Object.values(shop.orders).filter((order) => (order.status ?? order.state) === "shipped").length'''

[[source]]
level  = "unavailable"
value  = 0

[[invariant]]
name  = "no order costs less than nothing"
holds = "lambda shop: all(float(order.get('total', 0)) >= 0 for order in shop['orders'].values())"

[[agreement]]
name    = "both languages count the same"
between = ["in Python", "in JavaScript"]
"""


def test_one_contract_may_have_sources_in_both_languages(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    assert program("init", "drift", *INIT, "--readers", "readers.js").code == 0
    contracts = tmp_path / "drift" / "contracts"
    (contracts / "readers.py").write_text(READERS, encoding="utf-8")
    (contracts / "money.py").write_text(MONEY, encoding="utf-8")
    (contracts / "shipped_orders.toml").write_text(CONTRACT, encoding="utf-8")
    report = driftwright.check({"shop": shop(5)}, workspace=tmp_path / "drift")
    fact = report["shipped_orders"]
    assert (str(fact.verdict), [found.held for found in fact.agreements + fact.invariants]) == ("intact", [True, True])
    fact = driftwright.check({"shop": renamed(5)}, workspace=tmp_path / "drift")["shipped_orders"]
    assert (str(fact.verdict), fact.fallback.source) == ("degraded", "in JavaScript")
    assert [source.state for source in fact.sources[:2]] == ["unavailable", "right"]
    assert (fact.sources[0].why or "").startswith("throws KeyError: 'status' (readers.py:10)")
    done = program("--workspace", "drift", "emit", "--out", "package")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "shipped_orders.toml: emit writes JavaScript, and this is Python; ship the readers themselves" in done.stderr


def test_the_library_takes_a_path_and_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "def finished(doc):\n    return sum(video['progress'] == 100 for video in doc['videos'])\n"
    (tmp_path / "readers.py").write_text(text, encoding="utf-8")
    before = {"videos": [{"progress": 100}, {"progress": 40}]}
    after = {"videos": [{"percent": 100}, {"percent": 40}]}
    for readers in (text, "readers.py", tmp_path / "readers.py"):
        fact = driftwright.diff(before, after, readers)["finished"]
        assert (str(fact.verdict), str(fact.effect)) == ("broken", "throws")


def test_a_patch_of_python_source_is_proposed_and_mends(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    (tmp_path / "readers.py").write_text(READERS, encoding="utf-8")
    (tmp_path / "money.py").write_text(MONEY, encoding="utf-8")
    assert program("init", "drift", *INIT, "--readers", "readers.py").code == 0
    report = driftwright.check({"shop": renamed(5)}, workspace=tmp_path / "drift")
    found = {proposal.file: proposal for proposal in report.proposals}
    (proposal,) = (proposal for file, proposal in found.items() if file.endswith("readers.py"))
    assert set(proposal.mends) == {"shipped_orders", "statuses"}
    assert '+    return len([order for order in shop["orders"].values() if (order["state"]' in proposal.diff
    for one in report.proposals:
        done = subprocess.run(
            ["patch", "-p1"], cwd=tmp_path, input=one.diff, text=True, check=False, capture_output=True
        )
        assert done.returncode == 0, done.stdout
    after = driftwright.check({"shop": renamed(5)}, workspace=tmp_path / "drift")
    assert {str(after[name].verdict) for name in ("shipped_orders", "statuses")} == {"intact"}
    assert str(driftwright.check({"shop": shop(5)}, workspace=tmp_path / "drift").verdict) == "intact"


@pytest.mark.nightly
def test_a_drift_is_accepted_with_the_patches_of_python_readers(tmp_path: Path, program: Program) -> None:
    """In the copy in which a drift is tried before it is accepted, what stands beside the readers is a link."""
    write_shop(tmp_path)
    (tmp_path / "readers.py").write_text(READERS, encoding="utf-8")
    (tmp_path / "money.py").write_text(MONEY, encoding="utf-8")
    assert program("init", "drift", *INIT, "--readers", "readers.py").code == 0
    done = program("--workspace", "drift", "accept", "--store", "shop=renamed.json", "--apply")
    assert done.code == 0, done.stderr
    assert 'order["state"] if "state" in order' in (tmp_path / "readers.py").read_text(encoding="utf-8")
    again = driftwright.check({"shop": renamed(5)}, workspace=tmp_path / "drift")
    assert str(again.verdict) == "intact"
