"""The plugin for pytest, in runs of its own: what it collects, how it fails, and that it leaves others alone."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import driftwright
from driftwright.entrypoints.pytest_plugin.junit import without_hostname
from driftwright.report.model import Blind, CaptureFacts, Report
from driftwright.snapshot.file import write_snapshot
from kit.market import NOTHING, SHOP, STRICT, TILL_SOURCE, captured, contract, market
from kit.pytest_here import COMMON, KEPT, pytest_here

Pytest = Callable[..., SimpleNamespace]
RAW = "a word of the page that nobody may see"
UNIQUE = "new Set(shop.orders.map((order) => order.number)).size === shop.orders.length"
GUARD = f"({{shop}}) => shop.orders.every((order) => typeof order.paid === 'boolean') && {UNIQUE}"
INVARIANT = f'[[invariant]]\nname = "an order is listed once"\nholds = "({{shop}}) => {UNIQUE}"\n'
PAID = contract(STRICT, f'needs = "{GUARD}"\n' + TILL_SOURCE + NOTHING + INVARIANT)
COUNTED = contract("({till}) => till.paidOrders", 'needs = "({till}) => Number.isInteger(till.paidOrders)"\n' + NOTHING)


@pytest.fixture
def run(tmp_path: Path) -> Pytest:
    """Run pytest within this process, in another folder."""
    return partial(pytest_here, tmp_path)


@pytest.fixture
def apart(tmp_path: Path) -> Pytest:
    """Run pytest as a stranger would: another process, another folder, the plugin found by its entry point."""

    def started(*arguments: str) -> SimpleNamespace:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = {**kept, "PYTHONPATH": str(Path(driftwright.__file__).parents[1]), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-m", "pytest", *COMMON, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return SimpleNamespace(code=done.returncode, out=done.stdout + done.stderr, lines=done.stdout.splitlines())

    return started


def _renamed() -> dict[str, Any]:
    """The market after its flag got another name."""
    orders = [{("settled" if name == "paid" else name): value for name, value in one.items()} for one in SHOP["orders"]]
    return {"orders": orders}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two proven contracts and a good capture."""
    market(tmp_path, counted=COUNTED, paid=PAID)
    write_snapshot(captured(SHOP), tmp_path / "good.snapshot.json")
    return tmp_path


ITEMS = [
    "contracts/counted.toml::counted",
    "contracts/paid.toml::paid",
    "good.snapshot.json::counted",
    "good.snapshot.json::paid",
]


def test_a_workspace_lists_an_item_for_each_contract_and_for_each_fact_of_each_snapshot(
    workspace: Path, run: Pytest
) -> None:
    (workspace / "other.toml").write_text("x = 1\n")
    (workspace / "other.json").write_text("{}")
    done = run("--driftwright", "--collect-only", "-q")
    assert done.code == 0, done.out
    assert done.lines[: len(ITEMS) + 1] == [*ITEMS, ""]


@pytest.mark.parametrize("ini", ["driftwright = true", "driftwright = true\ndriftwright_workspace = market"])
def test_a_project_turns_it_on_for_good_in_its_settings(tmp_path: Path, run: Pytest, ini: str) -> None:
    folder = tmp_path / "market" if "market" in ini else tmp_path
    folder.mkdir(exist_ok=True)
    market(folder, paid=contract(STRICT))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = --strict-config --strict-markers\n{ini}\n")
    done = run("--collect-only", "-q", "-m", "driftwright")
    assert done.lines[0] == f"{'market/' if 'market' in ini else ''}contracts/paid.toml::paid", done.out


def test_installed_and_not_asked_for_it_collects_nothing(workspace: Path, apart: Pytest) -> None:
    (workspace / "test_own.py").write_text("def test_own():\n    pass\n")
    done = apart("--collect-only", "-q")
    assert done.code == 0
    assert done.lines[:2] == ["test_own.py::test_own", ""]
    assert apart("good.snapshot.json").code == 4, "pytest itself does not know such files"


def test_installed_it_loads_nothing_heavy(tmp_path: Path, apart: Pytest) -> None:
    (tmp_path / "test_own.py").write_text(
        "import sys\n\n\ndef test_own(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('driftwright')\n"
        "    ours = sorted(name for name in sys.modules if name.startswith('driftwright'))\n"
        "    doors = 'driftwright.entrypoints'\n"
        "    assert ours == ['driftwright', doors, f'{doors}.pytest_plugin', f'{doors}.pytest_plugin.options']\n"
        "    heavy = {'playwright', 'py_mini_racer', 'jsonschema', 'deepdiff', 'orjson', 'jinja2', 'sqlite3'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    done = apart("-q")
    assert done.code == 0, done.out


@pytest.mark.usefixtures("workspace")
def test_what_is_good_passes(apart: Pytest) -> None:
    done = apart("--driftwright", "-q")
    assert (done.code, done.lines[-1].split(" in ")[0]) == (0, "4 passed"), done.out


def test_a_broken_fact_fails_with_our_report_and_no_traceback(workspace: Path, run: Pytest) -> None:
    write_snapshot(captured(_renamed()), workspace / "later.snapshot.json")
    done = run("--driftwright", "-rA", "--tb=long", "later.snapshot.json")
    assert done.code == 1, done.out
    assert "DEGRADED paid: x" in done.out
    assert "cause     field-renamed: " in done.out
    assert "fallback  till takes over, and is right" in done.out
    assert "later.snapshot.json::paid" in done.out
    assert "PASSED later.snapshot.json::counted" in done.out, "nobody asked it about the flag"
    for trace in ("Traceback", "items.py", "runtest", "excinfo"):
        assert trace not in done.out
    assert run("--driftwright", "--driftwright-fail-on=broken", "later.snapshot.json").code == 0


def test_strict_counts_a_break_that_no_fact_notices(workspace: Path, run: Pytest) -> None:
    lost = {"orders": [{name: value for name, value in one.items() if name != "note"} for one in SHOP["orders"]]}
    write_snapshot(captured(lost), workspace / "later.snapshot.json")
    assert run("--driftwright", "later.snapshot.json").code == 0
    done = run("--driftwright", "--driftwright-strict", "-rA", "later.snapshot.json", "good.snapshot.json")
    assert done.code == 1, done.out
    assert "1 of level break that no derived fact notices" in done.out
    assert "field-removed at shop:/orders/[]/note" in done.out
    assert "PASSED good.snapshot.json::no-unnoticed-break" in done.out


def test_what_a_snapshot_does_not_show_is_skipped_with_its_reason_and_never_passed(
    workspace: Path, run: Pytest
) -> None:
    write_snapshot(captured({"orders": []}), workspace / "empty.snapshot.json")
    done = run("--driftwright", "-rs", "empty.snapshot.json")
    assert done.code == 0
    assert "1 passed, 1 skipped" in done.lines[-1], done.out
    assert "empty.snapshot.json:1: unseen: Place an order" in done.out
    assert "SKIPPED [1] empty.snapshot.json:1: " in done.out, "it names its own file"
    done = run("--driftwright", "--driftwright-unseen=fail", "-q", "empty.snapshot.json")
    assert done.code == 1
    assert "unseen: Place an order" in done.out


def test_a_blind_report_is_skipped_with_its_reason() -> None:
    from driftwright.entrypoints.pytest_plugin.items import FactItem

    where = CaptureFacts("market", "open", "", "", "", "0.1.0", "", None, Blind("dns", "no such host", "try again"))
    bench = SimpleNamespace(check=lambda _: Report(capture=where), settings=SimpleNamespace(unseen="skip"))
    item = SimpleNamespace(bench=bench, path=Path("x"), name="paid")
    item._unseen = lambda why: FactItem._unseen(item, why)  # type: ignore[arg-type]
    with pytest.raises(pytest.skip.Exception, match="blind: no such host; try again"):
        FactItem.runtest(item)  # type: ignore[arg-type]


def test_a_suppressed_finding_is_an_expected_failure(workspace: Path, run: Pytest) -> None:
    from driftwright.verdict.check import check_snapshot
    from driftwright.workspace.folders import find_workspace

    write_snapshot(captured(_renamed()), workspace / "later.snapshot.json")
    (fact,) = (
        one for one in check_snapshot(captured(_renamed()), find_workspace(str(workspace))).facts if one.name == "paid"
    )
    (workspace / "suppressions.toml").write_text(
        f'[[suppress]]\nfingerprint = "{fact.fingerprint}"\nreason = "known to the shop"\nexpires = 2999-01-01\n'
    )
    done = run("--driftwright", "-rx", "later.snapshot.json")
    assert done.code == 0, done.out
    assert "1 passed, 1 xfailed" in done.lines[-1]
    assert "suppressed until 2999-01-01: known to the shop" in done.out


CONTRACTS = {
    "a typing mistake": ('title = "x"\ntitel = "y"\n', "contracts/bad.toml"),
    "a reader that throws": (contract("({shop}) => shop.parcels.length"), "fails on the known-good moment several"),
    "nobody would notice": (contract("({shop}) => shop.orders[0].number", kind="string"), "nothing would notice it"),
    "no witness shows it": (
        contract("({shop}) => 1") + '[params]\nnumber = "each key of shop:/nothing"\n',
        "no known-good store shows it",
    ),
    "an invariant fails": (
        contract(STRICT) + '[[invariant]]\nname = "all are paid"\nholds = "({shop}) => shop.orders.every(o => o.paid)"',
        "invariant 'all are paid' does not hold on known-good moments: several",
    ),
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_that_is_not_proven_fails_in_a_line(tmp_path: Path, run: Pytest, name: str) -> None:
    text, says = CONTRACTS[name]
    market(tmp_path, bad=text)
    done = run("--driftwright", "-q")
    assert done.code == 1, done.out
    assert says in done.out
    assert "Traceback" not in done.out
    assert f"{tmp_path}/contracts" not in done.out


def test_the_junit_file_parses_and_tells_nothing_of_the_machine(workspace: Path, run: Pytest) -> None:
    shop = _renamed()
    for order in shop["orders"]:
        order["note"] = RAW
    write_snapshot(captured(shop), workspace / "later.snapshot.json")
    write_snapshot(captured({"orders": []}), workspace / "empty.snapshot.json")
    done = run("--driftwright", "--junitxml=out/junit.xml")
    assert done.code == 1
    text = (workspace / "out" / "junit.xml").read_text(encoding="utf-8")
    suite = ET.fromstring(text)[0]  # noqa: S314 - pytest wrote it a moment ago
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("8", "1", "1")
    assert "hostname" not in suite.attrib
    for leak in (platform.node(), str(workspace), str(Path(driftwright.__file__).parent), RAW, "Traceback"):
        assert leak not in text, leak


def test_another_projects_junit_file_stays_as_it_is(workspace: Path, apart: Pytest) -> None:
    (workspace / "test_own.py").write_text("def test_own():\n    pass\n")
    assert apart("--junitxml=junit.xml").code == 0
    assert f'hostname="{platform.node()}"' in (workspace / "junit.xml").read_text()


def test_only_the_suites_own_attribute_is_taken_out() -> None:
    held = '<testsuites><testsuite name="a" hostname="me" tests="1"><testcase name=\' hostname="b"\' /></testsuite>'
    assert without_hostname(held) == held.replace(' hostname="me"', "")
    assert without_hostname("<testsuites />") == "<testsuites />"


def test_it_works_in_a_distributed_run(workspace: Path, apart: Pytest) -> None:
    write_snapshot(captured(_renamed()), workspace / "later.snapshot.json")
    done = apart("--driftwright", "-n", "2", "--junitxml=junit.xml", "-q")
    assert "1 failed, 5 passed" in done.lines[-1], done.out
    assert "DEGRADED paid: x" in done.out
    suite = ET.fromstring((workspace / "junit.xml").read_text())[0]  # noqa: S314 - as above
    assert "hostname" not in suite.attrib
    assert suite.get("tests") == "6"


def test_items_can_be_chosen_by_id_word_and_marker(workspace: Path, run: Pytest) -> None:
    (workspace / "test_own.py").write_text("def test_own():\n    pass\n")
    one = run("--driftwright", "-q", "contracts/paid.toml::paid")
    assert one.lines[-1].startswith("1 passed"), one.out
    assert run("--driftwright", "-q", "-k", "counted and snapshot").lines[-1].startswith("1 passed, 4 deselected")
    assert run("--driftwright", "-q", "-m", "not driftwright").lines[-1].startswith("1 passed, 4 deselected")


def test_a_snapshot_from_elsewhere_is_collected_when_it_is_named(tmp_path: Path, run: Pytest) -> None:
    (tmp_path / "market").mkdir()
    (tmp_path / "captures").mkdir()
    market(tmp_path / "market", paid=contract(STRICT))
    write_snapshot(captured(SHOP), tmp_path / "captures" / "a.snapshot.json")
    asked = ("--driftwright-workspace=market", "--collect-only", "-q")
    assert run(*asked).lines[0] == "market/contracts/paid.toml::paid"
    assert run(*asked, "captures").code == 5, "files beside the workspace are nobody's"
    assert run(*asked, "captures/a.snapshot.json").lines[0] == "captures/a.snapshot.json::paid"


def test_fixtures_serve_tests_of_ones_own(workspace: Path, run: Pytest) -> None:
    (workspace / "test_own.py").write_text(
        "import pytest\n\n\n"
        "def test_check(driftwright_check, driftwright_workspace):\n"
        "    assert driftwright_workspace.contracts.name == 'contracts'\n"
        "    report = driftwright_check('good.snapshot.json')\n"
        "    assert {fact.name: fact.verdict for fact in report.facts} == {'counted': 'intact', 'paid': 'intact'}\n"
        "    assert driftwright_check('good.snapshot.json') is report\n\n\n"
        "def test_store(driftwright_store):\n"
        "    store = driftwright_store('shop', 'several')\n"
        "    assert len(store['orders']) == 4\n"
        "    store['orders'].clear()\n"
        "    assert len(driftwright_store('shop', 'several')['orders']) == 4\n"
        "    with pytest.raises(Exception, match=\"no store 'shoop'; known stores: shop, till\"):\n"
        "        driftwright_store('shoop', 'several')\n"
        "    with pytest.raises(Exception, match=\"no known-good moment 'none'; known moments: several\"):\n"
        "        driftwright_store('shop', 'none')\n"
    )
    done = run("-q")
    assert (done.code, done.lines[-1].split(" in ")[0]) == (0, "2 passed"), done.out


PLAIN = """
import pytest
from client import halved, listed, paid, told_by_till


def test_a_function_is_a_contract(driftwright_contract):
    contract = driftwright_contract(paid, result={"type": "integer"}, value=0)
    assert contract.judge("good.snapshot.json").verdict == "intact"
    assert contract.fact.title == "Orders that are paid."
    assert any("nothing would notice it" in line for line in contract.prove())


def test_a_later_store_breaks_it_and_another_function_takes_over(driftwright_contract):
    later = {"shop": RENAMED, "till": {"paidOrders": 2}}
    alone = driftwright_contract(paid).judge(later)
    assert (alone.verdict, alone.effect, alone.evidence.error) == ("broken", "throws", "KeyError: 'paid' (client.py:3)")
    both = driftwright_contract(paid, told_by_till, holds=[listed], value=0).judge(later)
    assert (both.verdict, both.fallback.source) == ("degraded", "told_by_till")
    assert [(one.name, one.held) for one in both.invariants] == [("listed", True)]


def test_what_is_no_contract_is_said(driftwright_contract):
    def inner(shop):
        return shop

    for wrong, says in (
        (lambda: driftwright_contract(inner), "a function inside of another"),
        (lambda: driftwright_contract(len), "no function of a file"),
        (lambda: driftwright_contract(), "a contract without a function"),
        (lambda: driftwright_contract(paid, params={"x": "each key of shoop:/a"}), "unknown store 'shoop'"),
    ):
        with pytest.raises(Exception, match=says):
            wrong()
    answer = driftwright_contract(halved).judge("good.snapshot.json")
    assert answer.verdict == "unseen"
    assert "fails" in answer.says or "answers" in answer.says
"""
CLIENT = """
def paid(shop):
    \"\"\"Orders that are paid.\"\"\"
    return sum(1 for order in shop["orders"] if order["paid"] is True)


def told_by_till(till):
    return till["paidOrders"]


def listed(shop):
    return len({order["number"] for order in shop["orders"]}) == len(shop["orders"])


def halved(shoop):
    return shoop["orders"]
"""


def test_plain_functions_are_contracts_in_a_test_of_ones_own(workspace: Path, run: Pytest) -> None:
    (workspace / "test_own.py").write_text(f"RENAMED = {_renamed()!r}\n{PLAIN}")
    (workspace / "client.py").write_text(CLIENT.lstrip("\n"))
    done = run("-q")
    assert (done.code, done.lines[-1].split(" in ")[0]) == (0, "3 passed"), done.out


USES = {
    "no workspace": (("--driftwright",), "no folder contracts/"),
    "no such folder": (("--driftwright-workspace=none",), "no such folder"),
    "a wrong word": (("--driftwright", "-o", "driftwright_fail_on=intact"), "use one of degraded, broken"),
    "a wrong option": (("--driftwright-unseen=pass",), "invalid choice"),
}


@pytest.mark.parametrize("name", USES)
def test_bad_usage_is_said_in_a_line(tmp_path: Path, run: Pytest, name: str) -> None:
    arguments, says = USES[name]
    (tmp_path / "a.snapshot.json").write_text("{}")
    done = run(*arguments)
    assert done.code == 4, done.out
    assert says in done.out
    assert "Traceback" not in done.out
    assert "INTERNALERROR" not in done.out


def test_a_damaged_snapshot_fails_with_its_place(workspace: Path, run: Pytest) -> None:
    snapshot = replace(captured(SHOP), areas=())
    write_snapshot(snapshot, workspace / "good.snapshot.json")
    text = (workspace / "good.snapshot.json").read_text()
    (workspace / "good.snapshot.json").write_text(text.replace("sha256:", "sha256:0", 1))
    done = run("--driftwright", "-q", "good.snapshot.json")
    assert done.code == 1
    assert "good.snapshot.json:/digest: the content does not match its digest" in done.out
    assert str(workspace / "good") not in done.out
