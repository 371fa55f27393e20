"""`import driftwright`: every example of the documentation is run, and says the same as the command line."""

from __future__ import annotations

import doctest
import inspect
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import driftwright
from driftwright.entrypoints import api
from kit.program import Program
from kit.shop import READERS, renamed, shop, write_shop

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [pytest.param(name, marks=pytest.mark.browser if name == "capture" else ()) for name in api.__all__]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the shop."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder)
    driftwright.init(
        folder / "drift", [folder / "monday.json", folder / "friday.json"], folder / "readers.js", key="shop"
    )
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the examples speak of, as the current one."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("here")
def test_the_example_of_a_function_holds(name: str) -> None:
    function = getattr(driftwright, name)
    (example,) = doctest.DocTestFinder().find(function, name, globs={})
    assert example.examples
    said = io.StringIO()
    assert doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(example, out=said.write).failed == 0, (
        said.getvalue()
    )


@pytest.mark.parametrize("name", api.__all__)
def test_a_function_says_what_it_takes_gives_and_raises(name: str) -> None:
    function = getattr(driftwright, name)
    text = inspect.getdoc(function) or ""
    parts = {part: text.partition(f"\n{part}:\n")[2].partition("\n\n")[0] for part in ("Args", "Returns", "Raises")}
    assert all(parts.values()), name
    named = [f"    {argument}:" for argument in inspect.signature(function).parameters]
    assert [argument for argument in named if argument not in f"\n{parts['Args']}"] == []


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import driftwright, sys; print([name for name in sys.modules if name.startswith('driftwright.')])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(driftwright.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_diff_says_what_the_command_says(here: Path, program: Program) -> None:
    told = json.loads(
        program("diff", "friday.json", "renamed.json", "--consumer", "readers.js", "--format", "json").stdout
    )
    from_files = driftwright.diff("friday.json", here / "renamed.json", readers="readers.js")
    from_values = driftwright.diff(shop(5), renamed(5), readers=READERS)
    for report in (from_files, from_values):
        assert {fact.name: str(fact.verdict) for fact in report.facts} == {
            name: reader["verdict"] for name, reader in told["readers"].items()
        }
        assert [change.message for change in report.changes] == [change["message"] for change in told["changes"]]
    shown = from_files["shippedOrders"].evidence
    assert shown is not None
    assert shown.before is not None
    assert shown.after is not None
    assert told["readers"]["shippedOrders"]["before"] == shown.before.text
    assert shown.store_before != shown.store
    assert from_files.verdict is driftwright.Verdict.BROKEN


def test_without_readers_nothing_was_judged() -> None:
    report = driftwright.diff({"a": 1, "b": 2}, {"a": 1})
    assert [change.rule for change in report.changes] == ["field-removed"]
    assert report.verdict is driftwright.Verdict.UNSEEN


def test_the_formats_that_a_caller_may_name_are_those_there_are() -> None:
    from driftwright.report.formats import FORMATS

    assert api.ReportFormat.__args__ == FORMATS  # type: ignore[attr-defined]


def test_every_format_tells_a_diff_and_its_record_is_as_published() -> None:
    report = driftwright.diff(shop(5), renamed(5), readers=READERS)
    formats = api.ReportFormat.__args__  # type: ignore[attr-defined]
    told = {name: driftwright.render(report, name) for name in formats}
    assert all("shippedOrders" in text for text in told.values())
    schema = json.loads((ROOT / "src/driftwright/report/formats/report-v1.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(told["json"]))


def test_check_takes_a_path_a_snapshot_and_documents(here: Path) -> None:
    by_path = driftwright.check({"shop": "renamed.json"}, workspace="drift")
    by_value = driftwright.check({"shop": renamed(5)}, workspace=here / "drift")
    assert by_path.facts == by_value.facts
    file = ROOT / "tests" / "standin.snapshot.json"
    from driftwright.snapshot import read_snapshot

    assert driftwright.check(file).facts == driftwright.check(read_snapshot(file)).facts


@pytest.mark.usefixtures("here")
def test_a_dry_run_of_accept_writes_nothing(here: Path) -> None:
    files = sorted((here / "drift").rglob("*"))
    found = driftwright.accept({"shop": "renamed.json"}, "drift", apply=True, dry_run=True)
    assert isinstance(found, driftwright.Adopted)
    assert found.files
    assert sorted((here / "drift").rglob("*")) == files


@pytest.mark.usefixtures("here")
def test_a_proof_is_rendered_as_the_command_does(program: Program) -> None:
    proof = driftwright.prove("drift")
    told = json.loads(program("--workspace", "drift", "prove", "--format", "json").stdout)
    assert json.loads(driftwright.render(proof, "json")) == told
    assert proof.proven == told["summary"]["proven"]
    assert driftwright.render(proof, "html").startswith("<!doctype html>")


def _circle() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda: driftwright.diff("none.json", {}), "none.json: no such file"),
        (lambda: driftwright.diff({"a": {1, 2}}, {}), "before: not a JSON document (TypeError)"),
        (lambda: driftwright.diff({}, {"a": float("nan")}), "after: not a JSON document (ValueError)"),
        (lambda: driftwright.diff(_circle(), {}), "before: not a JSON document (ValueError)"),
        (lambda: driftwright.diff({}, {}, "export const a = 1"), "readers: exports no function"),
        (lambda: driftwright.diff({}, {}, "none.js"), "none.js: no such file"),
        (lambda: driftwright.check({}, "drift"), "no store is given"),
        (lambda: driftwright.check({"shap": {}}, "drift"), "unknown store 'shap'"),
        (lambda: driftwright.check({"shop": {}}, "nowhere"), "nowhere: no such folder"),
        (lambda: driftwright.prove("nowhere"), "nowhere: no such folder"),
        (lambda: driftwright.capture("nowhere"), "no probe target 'nowhere'"),
        (lambda: driftwright.init("drift", [{}, {}], "readers.js"), "drift: holds contracts/ already"),
        (lambda: driftwright.init("new", [{}], "readers.js"), "one snapshot shows what was, not what may be"),
        (lambda: driftwright.accept({"shop": {}}), "there is no workspace here to adopt it into"),
        (lambda: driftwright.render(driftwright.diff({}, {}), "pdf"), "no format 'pdf'"),  # type: ignore[arg-type]
        (lambda: driftwright.render(driftwright.prove("drift"), "sarif"), "no format 'sarif'"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_mistake_is_one_line_that_names_its_place(asked: Callable[[], object], says: str) -> None:
    with pytest.raises(driftwright.InputFault) as raised:
        asked()
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_report_names_the_facts_it_has() -> None:
    report = driftwright.diff({"a": 1}, {"a": 1}, "export const first = (data) => data.a")
    with pytest.raises(KeyError, match="no derived fact 'frist'; this report has first"):
        report["frist"]
