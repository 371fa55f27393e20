"""The formats for machines: each valid against its published schema or its reader's rules, and true to the record."""

from __future__ import annotations

import copy
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource

from driftwright.base.errors import InputFault
from driftwright.base.toml import line_of
from driftwright.entrypoints.cli import main
from driftwright.entrypoints.cli.output import FILES, folders, formats_of, formats_of_run, show_in_runner
from driftwright.entrypoints.cli.parser import REPORT_FORMATS
from driftwright.report.formats import FORMATS, jsonl, sarif
from driftwright.report.formats import json as machine
from driftwright.report.formats import render as render_report
from driftwright.structure.rules.registry import load_rules
from kit.examples import usually
from kit.foreign import PAYLOADS, commands, hostile, of_findings
from kit.formats import junit_of, published, sarif_of
from kit.program import Program
from kit.project import write_few_facts
from kit.samples import sample
from kit.stored import read, render

Report = dict[str, Any]

HERE = Path(__file__).parents[1]
SNAPSHOT = HERE / "standin.snapshot.json"
NAMES = ("intact", "broken", "unseen", "blind")
RECORDS = pytest.mark.parametrize(
    "name", [*NAMES, *PAYLOADS], ids=[*NAMES, *(f"payload-{number}" for number in range(len(PAYLOADS)))]
)


def _record(name: str) -> Report:
    return sample(name) if name in NAMES else hostile(name)


def _suppressed() -> Report:
    """The broken report with its worst fact suppressed."""
    record = sample("broken")
    fact = next(fact for fact in record["facts"] if fact["verdict"] == "broken")
    fact["suppressed"] = {"reason": "until the next release", "expires": "2030-01-31"}
    for finding in fact["findings"]:
        finding["suppressed"] = fact["suppressed"]
    record["verdict"] = "degraded"
    record["summary"] |= {"broken": 0, "suppressed": 1}
    return record


# ---- all formats


def test_every_format_can_be_asked_for_and_has_a_file_of_its_own() -> None:
    assert REPORT_FORMATS == FORMATS == tuple(FILES)
    assert len(set(FILES.values())) == len(FORMATS) == 10
    assert all(re.fullmatch(r"report(\.[a-z]+)+", name) for name in FILES.values())


@pytest.mark.parametrize("count", usually([200, 1_000], [200]))
@pytest.mark.parametrize("form", FORMATS)
def test_hundreds_of_findings_are_told(form: str, count: int) -> None:
    assert (f"+{count - 9} more" if form == "github" else "fact_0") in render(of_findings(count), form)


@pytest.mark.nightly
@pytest.mark.parametrize("form", FORMATS)
def test_ten_times_the_findings_take_about_ten_times_as_long(form: str) -> None:
    """A quadratic step anywhere would take a hundred times as long."""
    few, many = read(of_findings(100)), read(of_findings(1_000))
    render_report(few, form)  # imports, and compiles templates

    def spent(report: Any) -> float:
        start = time.process_time()
        render_report(report, form)
        return time.process_time() - start

    assert min(spent(many) for _ in range(3)) <= 30 * min(spent(few) for _ in range(3))


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_without_the_newer_parts_is_told_as_well(form: str) -> None:
    old = sample("broken")
    for fact in old["facts"]:
        for part in ("contract", "findings", "suppressed", "evidence_seen", "inherits"):
            del fact[part]
    del old["past"]
    del old["proposals"]
    assert ("Videos that succeeded" if form == "github" else "success_count") in render(old, form)


# ---- where a contract stands


def test_a_fact_knows_the_line_of_its_contract(program: Program, tmp_path: Path) -> None:
    done = program("check", str(SNAPSHOT), "--format", "json")
    facts = json.loads(done.stdout)["facts"]
    assert len(facts) > 10
    for fact in facts:
        lines = (HERE.parent / fact["contract"]["file"]).read_text("utf-8").split("\n")
        assert re.match(r"title\s*=", lines[fact["contract"]["line"] - 1]), fact["name"]
        assert fact["title"] in lines[fact["contract"]["line"] - 1]
    assert {fact["contract"]["line"] for fact in facts} > {1}
    assert str(tmp_path) not in done.stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = 'x'\n", 1),
        ("# a\n\n  title='x'\n[[source]]\n", 3),
        ('"title" = "x"', 1),
        ("# title = 'x'\nsubtitle = 1\ntitle = 'x'", 3),
        ("a = 1\u2028\ntitle = 'x'", 2),
        ("a = 1\n[[source]]\ntitle = 'x'", 1),
        ("", 1),
    ],
)
def test_the_line_of_a_key(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text, encoding="utf-8")
    assert line_of(file, "title") == line


# ---- concise


def test_concise_is_a_line_a_finding_the_worst_first() -> None:
    lines = render(sample("broken"), "concise").splitlines()
    assert lines[0] == (
        "out/standin.snapshot.json: success_count: broken field-renamed site:/state/videoByMediaId/{}/[]/moderated: "
        "The field moderated is now named isModerated in all 4 records. [5fcb3f11a979]"
    )
    words = [re.match(r"\S+: \w+: (\w+) [\w-]+ \S+: .+ \[[0-9a-f]{12}\]$", line) for line in lines]
    assert [word and word.group(1) for word in words] == ["broken", "degraded", "degraded", "unseen"]
    assert render(sample("intact"), "concise") == ""
    (blind,) = render(sample("blind"), "concise").splitlines()
    assert blind.startswith("standin: -: blind login-wall -: the page asked for a login")


def test_concise_puts_what_does_not_count_last_and_says_why() -> None:
    lines = render(_suppressed(), "concise").splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "moderated_count",
        "latest_outcome",
        "success_count",
        "original_prompt",
    ]
    assert lines[2].endswith("(suppressed until 2030-01-31: until the next release)")


# ---- jsonl


LINES = Draft202012Validator(
    jsonl.schema(),
    registry=Registry().with_resource(machine.schema()["$id"], Resource.from_contents(machine.schema())),
)


@RECORDS
def test_jsonl_holds_the_whole_record_a_part_a_line(name: str) -> None:
    record = _record(name)
    text = render(record, "jsonl")
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        LINES.validate(line)
    head, *parts = lines
    assert (head["kind"], head["format"]) == ("report", "report-lines-v1")
    again = {**head["report"], "past": None, "facts": [], "changes": [], "stores": [], "proposals": [], "notes": []}
    for part in parts:
        kind = part["kind"]
        if kind == "past":
            again["past"] = part["past"]
        else:
            again[f"{kind}s"].append(part[kind])
    assert again == record
    assert text.isascii()


@pytest.mark.parametrize("line", [{"kind": "fact"}, {"kind": "fakt", "fakt": {}}, {"kind": "fact", "fact": {}}, {}])
def test_the_schema_of_lines_refuses_what_is_no_line(line: Report) -> None:
    Draft202012Validator.check_schema(jsonl.schema())
    assert not LINES.is_valid(line)


# ---- junit


@RECORDS
def test_junit_is_a_test_case_a_fact(name: str) -> None:
    record = _record(name)
    cases = junit_of(render(record, "junit")).findall("testsuite/testcase")
    blind = bool(record["capture"]["blind"])
    assert len(cases) == len(record["facts"]) + blind
    if name in NAMES:
        assert [case.get("name") for case in cases][blind:] == [fact["name"] for fact in record["facts"]]
    kinds = {"intact": [], "broken": ["failure"], "degraded": ["failure"], "unseen": ["skipped"]}
    for case, fact in zip(cases[blind:], record["facts"], strict=True):
        wanted = ["skipped"] if fact["suppressed"] else kinds[fact["verdict"]]
        assert [child.tag for child in case] == wanted


def test_junit_says_why_something_was_skipped_or_could_not_be_seen() -> None:
    root = junit_of(render(_suppressed(), "junit"))
    case = root.find(".//testcase[@name='success_count']/skipped")
    assert case is not None
    assert case.get("message") == "suppressed until 2030-01-31: until the next release"
    unseen = root.find(".//testcase[@name='original_prompt']/skipped")
    assert unseen is not None
    assert "Open at least one image with a prompt" in str(unseen.get("message"))
    error = junit_of(render(sample("blind"), "junit")).find("testsuite/testcase[1]/error")
    assert error is not None
    assert error.get("type") == "blind: login-wall"
    failure = junit_of(render(sample("broken"), "junit")).find(".//testcase[@name='success_count']/failure")
    assert failure is not None
    assert "Cause: field-renamed site:/state/videoByMediaId/{}/[]/moderated" in str(failure.text)
    assert "Answer: 1 -> 2" in str(failure.text)


# ---- sarif


@RECORDS
def test_sarif_is_valid_and_has_a_result_a_finding(name: str) -> None:
    record = _record(name)
    results = sarif_of(render(record, "sarif"))["results"]
    assert len(results) == sum(len(fact["findings"]) for fact in record["facts"])


def test_sarif_points_at_the_contract_and_explains_the_rule() -> None:
    run = sarif_of(render(sample("broken"), "sarif"))
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    fact = next(fact for fact in sample("broken")["facts"] if fact["name"] == "success_count")
    assert place["artifactLocation"] == {"uri": "contracts/success_count.toml", "uriBaseId": "WORKSPACE"}
    assert place["region"] == {"startLine": fact["contract"]["line"]}
    assert first["partialFingerprints"] == {"driftwright/v1": fact["findings"][0]["fingerprint"]}
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    why = " ".join(load_rules()["field-renamed"].why.split())
    assert rules["field-renamed"]["help"]["text"].startswith(why)
    assert rules["field-renamed"]["shortDescription"]["text"] == load_rules()["field-renamed"].title


def test_sarif_calls_neither_blind_nor_unseen_a_result() -> None:
    blind = sarif_of(render(sample("blind"), "sarif"))
    (invocation,) = blind["invocations"]
    assert invocation["executionSuccessful"] is False
    (note,) = invocation["toolExecutionNotifications"]
    assert note["level"] == "error"
    assert "login-wall" in note["message"]["text"]
    assert blind["results"] == []
    (invocation,) = sarif_of(render(sample("unseen"), "sarif"))["invocations"]
    unseen = [fact for fact in sample("unseen")["facts"] if fact["verdict"] == "unseen"]
    assert invocation["executionSuccessful"] is True
    assert len(invocation["toolExecutionNotifications"]) == len(unseen) == 10


def test_sarif_marks_what_is_suppressed() -> None:
    results = sarif_of(render(_suppressed(), "sarif"))["results"]
    marked = [result for result in results if "suppressions" in result]
    assert [result["properties"]["fact"] for result in marked] == ["success_count"]
    (mark,) = marked[0]["suppressions"]
    assert mark["justification"] == "suppressed until 2030-01-31: until the next release"


@pytest.mark.parametrize("most", usually([250, sarif.MOST], [250]))
def test_sarif_keeps_within_the_limits_and_cuts_the_least_severe(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """At the real limit at night, where as much is written as code scanning takes."""
    assert (sarif.MOST, sarif.SHOWN) == (25_000, 5_000)
    monkeypatch.setattr(sarif, "MOST", most)
    monkeypatch.setattr(sarif, "SHOWN", most // 5)
    record = of_findings(most + 3)
    for fact in record["facts"][:10]:
        fact["verdict"] = "degraded"
    log = json.loads(render(record, "sarif"))
    (run,) = log["runs"]
    assert len(run["results"]) == most
    assert run["results"][-1]["level"] == "warning"
    assert [result["level"] for result in run["results"]].count("warning") == 7
    told = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert told[0].startswith(f"3 of {most + 3} findings are cut, the least severe")
    assert f"{most // 5} results" in told[1]


def test_sarif_messages_hold_no_link_and_no_placeholder_of_a_page() -> None:
    record = hostile("[x](https://evil.test) {0} \\")
    for result in sarif_of(render(record, "sarif"))["results"]:
        text = result["message"]["text"]
        assert "\\[x\\](https://evil.test) {{0}} \\\\" in text
        assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", text)
        assert not re.search(r"(?<!\{)\{(?:\{\{)*(?!\{)", text)


@pytest.mark.parametrize("file", ["//evil.test/x", "https://evil.test/x", "javascript:x", "a b\ud800", "c:\\x"])
def test_a_place_in_sarif_is_a_relative_path(file: str) -> None:
    record = sample("broken")
    for fact in record["facts"]:
        fact["contract"] = {"file": file, "line": 1}
    for result in sarif_of(render(record, "sarif"))["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[\w.~-]|%[0-9A-F]{2})(?:[\w./~-]|%[0-9A-F]{2})*", uri)


# ---- github


def test_annotations_are_read_as_they_were_meant() -> None:
    first, *others = commands(render(sample("broken"), "github"))
    assert (first.name, [one.name for one in others]) == ("error", ["warning", "warning", "notice"])
    fact = next(fact for fact in sample("broken")["facts"] if fact["name"] == "success_count")
    assert first.properties == {
        "file": "contracts/success_count.toml",
        "line": str(fact["contract"]["line"]),
        "title": "Videos that succeeded: broken (field-renamed)",
    }
    assert first.data.splitlines()[:2] == [
        "The field moderated is now named isModerated in all 4 records.",
        fact["says"],
    ]
    assert fact["findings"][0]["fingerprint"] in first.data
    assert render(sample("intact"), "github") == ""
    (blind,) = commands(render(sample("blind"), "github"))
    assert (blind.name, blind.properties) == ("error", {"title": "driftwright: blind: login-wall"})


def test_annotations_are_the_nine_most_severe_and_a_count() -> None:
    record = of_findings(30)
    for number, fact in enumerate(record["facts"]):
        fact["verdict"] = "broken" if number % 5 == 0 else "degraded"
    found = commands(render(record, "github"))
    assert [one.name for one in found] == ["error"] * 6 + ["warning"] * 3 + ["notice"]
    assert found[-1].data == "+21 more (21 degraded), in the report"
    assert len(commands(render(of_findings(9), "github"))) == 9


def test_annotations_leave_out_what_is_suppressed() -> None:
    assert "success_count" not in render(_suppressed(), "github")
    assert "moderated_count" in render(_suppressed(), "github")


def test_an_annotation_is_never_longer_than_github_takes() -> None:
    record = hostile("\x00%\n" * 2_000)
    for one in commands(render(record, "github")):
        assert len(one.data) <= 4_096
        assert len(one.properties["title"]) < 2_500


# ---- ctrf


@RECORDS
def test_ctrf_is_valid_and_has_a_test_a_fact(name: str) -> None:
    record = _record(name)
    report = json.loads(render(record, "ctrf"))
    Draft7Validator(published("ctrf/dist/ctrf-schema-0.0.json")).validate(report)
    tests, summary = report["results"]["tests"], report["results"]["summary"]
    blind = bool(record["capture"]["blind"])
    assert len(tests) == summary["tests"] == len(record["facts"]) + blind
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == [test["status"] for test in tests].count(status)
    facts = [fact["verdict"] for fact in record["facts"]]
    assert summary["failed"] == facts.count("broken") + facts.count("degraded") - record["summary"]["suppressed"]
    assert summary["other"] == blind


def test_ctrf_says_when_and_where() -> None:
    results = json.loads(render(sample("broken"), "ctrf"))["results"]
    assert results["summary"]["start"] == 1795348800000  # 2026-11-22T12:00:00Z
    test = next(test for test in results["tests"] if test["name"] == "success_count")
    assert (test["status"], test["rawStatus"], test["filePath"]) == (
        "failed",
        "broken",
        "contracts/success_count.toml",
    )
    assert test["tags"] == ["field-renamed"]
    (aside,) = (
        test for test in json.loads(render(_suppressed(), "ctrf"))["results"]["tests"] if "until" in test["message"]
    )
    assert (aside["status"], aside["rawStatus"]) == ("skipped", "suppressed")


# ---- the command line


def test_check_writes_every_format_at_once(program: Program, tmp_path: Path) -> None:
    done = program("check", str(SNAPSHOT), *(f"--format={name}" for name in FORMATS), "--output", "out")
    assert (done.code, done.stderr, done.stdout) == (0, "", "out\n")
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(FILES.values())
    record = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    for name, file in FILES.items():
        told = program("report", "out", "--format", name)
        assert (told.code, told.stderr) == (0, "")
        assert told.stdout == (tmp_path / "out" / file).read_text("utf-8") == render(record, name)


def test_standard_output_takes_one_document(program: Program, tmp_path: Path) -> None:
    write_few_facts(tmp_path / "few")
    snapshot = str(SNAPSHOT)
    done = program("check", snapshot, "--format", "text", "--format", "sarif")
    assert (done.code, done.stdout) == (2, "")
    assert "--format: several formats need a folder; add --output DIR" in done.stderr
    done = program("check", snapshot, snapshot, "--format", "junit")
    assert (done.code, done.stdout) == (2, "")
    done = program("--workspace", "few", "check", snapshot, snapshot, "--format", "jsonl")
    assert done.code == 0
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()].count("report") == 2


def test_formats_are_asked_for_once_each() -> None:
    assert formats_of(None, count=1, output=None) == ("text",)
    assert formats_of(["sarif", "sarif"], count=1, output=None) == ("sarif",)
    assert formats_of(["html", "json"], count=3, output="out") == ("html", "json")
    with pytest.raises(InputFault, match="several formats need a folder"):
        formats_of(["html", "json"], count=1, output=None)
    assert formats_of_run(None) == ("html", "markdown", "json")
    assert formats_of_run(["sarif", "github", "sarif"]) == ("sarif", "github", "json")


def test_snapshots_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    out = tmp_path / "out"
    names = ["a/x.snapshot.json", "b/x.snapshot.json", "c/x-2.json", "-", "..", "-rf.json"]
    found = folders(str(out), names)
    assert found == [out / name for name in ("x", "x-2", "x-2-2", "snapshot", "snapshot-2", "rf")]
    assert folders(str(out), ["a/x.json"]) == [out]
    assert folders(None, ["a", "b"]) == [None, None]


def test_two_snapshots_of_one_name_get_two_reports(program: Program, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.snapshot.json").write_bytes(SNAPSHOT.read_bytes())
    write_few_facts(tmp_path / "few")
    taken = ("a/x.snapshot.json", "b/x.snapshot.json")
    done = program("--workspace", "few", "check", *taken, "--format", "junit", "--output", "out")
    assert (done.code, done.stdout.splitlines()) == (0, ["out/x", "out/x-2"])
    for name in ("x", "x-2"):
        junit_of((tmp_path / "out" / name / "report.junit.xml").read_text("utf-8"))


def test_the_summary_of_a_step_is_appended_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    record = sample("broken")
    assert show_in_runner(read(record), None, summary=False) == ""
    assert show_in_runner(read(record), ["github"], summary=False) == render(record, "github")
    assert summary.read_text() == "before\n"
    assert show_in_runner(read(record), None, summary=True) == ""
    assert summary.read_text("utf-8") == f"before\n{render(record, 'markdown')}\n"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    show_in_runner(read(record), ["github"], summary=False)
    assert summary.read_text("utf-8").count("❌ Broken\n") == 2


def test_a_full_summary_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (1024 * 1024 - 1_000))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    show_in_runner(read(sample("broken")), None, summary=True)
    assert summary.stat().st_size == 1024 * 1024 - 1_000
    assert "the summary of this step is full" in capsys.readouterr().err


def test_a_summary_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    with pytest.raises(InputFault, match="--summary: GITHUB_STEP_SUMMARY is not set"):
        show_in_runner(read(sample("broken")), None, summary=True)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    with pytest.raises(InputFault, match="cannot be written"):
        show_in_runner(read(sample("broken")), None, summary=True)
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "link"))
    with pytest.raises(InputFault, match="a symbolic link"):
        show_in_runner(read(sample("broken")), None, summary=True)
    assert not (tmp_path / "victim").exists()


@pytest.mark.browser("shared", "kept")
def test_a_run_leaves_the_formats_that_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    out = tmp_path / "out"
    formats = [f"--format={name}" for name in ("github", "sarif", "junit")]
    few = write_few_facts(tmp_path / "few")
    told_to = ["--drift", "rename-moderated", "--output", str(out), *formats]
    code = main(["--workspace", str(few), "run", "standin", *told_to])
    printed = capsys.readouterr().out
    assert code == 1
    left = {file.name for file in out.iterdir() if file.is_file()}
    assert {"report.github.txt", "report.sarif", "report.junit.xml", "report.json"} <= left
    told = commands(printed)
    assert told
    assert told == commands((out / "report.github.txt").read_text("utf-8"))
    assert sarif_of((out / "report.sarif").read_text("utf-8"))["results"]
    junit_of((out / "report.junit.xml").read_text("utf-8"))
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("## ")
    for one in told:
        assert (HERE.parent / one.properties["file"]).is_file()


def test_a_format_changes_no_record() -> None:
    record = sample("broken")
    before = copy.deepcopy(record)
    for form in FORMATS:
        render(record, form)
    assert record == before
