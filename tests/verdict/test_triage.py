"""Which findings count: suppressions, levels of the workspace's own, `--strict`, and the ledger of unread changes."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from driftwright.base.errors import BlindFault, InputFault
from driftwright.base.terms import Level, Verdict
from driftwright.entrypoints.cli import main
from driftwright.report.fact import FactFound
from driftwright.report.formats import FORMATS, render
from driftwright.report.formats.json import schema
from driftwright.report.model import Report
from driftwright.report.stored import record
from driftwright.snapshot.file import write_snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.reported import blind_report
from driftwright.verdict.triage import Triage, levels, load_triage, unnoticed_breaks
from driftwright.workspace.folders import Workspace
from driftwright.workspace.suppressions import load_suppressions
from kit.market import LOOSE, NOTHING, NUMBERS, SHOP, STRICT, TILL_SOURCE, captured, contract, market, orders

DAY = date(2026, 6, 1)
COUNT = "({shop}) => shop.orders.length"
FIRST = "({shop}) => shop.orders[0].number + shop.orders[0].stage"


def numeric() -> dict[str, Any]:
    """The shop whose flag is a number now: the strict reader is hurt, the loose one is not."""
    return orders(paid=lambda order: int(order["paid"]))


def renamed() -> dict[str, Any]:
    """The shop whose flag has another name: both readers of the flag are hurt."""
    shop = copy.deepcopy(SHOP)
    for order in shop["orders"]:
        order["isPaid"] = order.pop("paid")
    return shop


def _suppress(workspace: Workspace, *names: str, expires: str = "2999-12-31", reason: str = "mended in May") -> None:
    entries = [f'[[suppress]]\nfingerprint = "{name}"\nreason = "{reason}"\nexpires = {expires}\n' for name in names]
    workspace.suppressions.write_text("".join(entries))


def _facts(report: Report) -> dict[str, FactFound]:
    jsonschema.Draft202012Validator(schema()).validate(record(report))
    return {fact.name: fact for fact in report.facts}


def _fingerprints(report: Report) -> dict[str, list[str]]:
    return {fact.name: [one.fingerprint for one in fact.findings] for fact in report.facts}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return market(tmp_path, strict=contract(STRICT), loose=contract(LOOSE), backed=contract(STRICT, TILL_SOURCE))


# ---- fingerprints


def test_a_finding_is_named_by_rule_path_and_fact(workspace: Workspace) -> None:
    facts = _facts(check_snapshot(captured(numeric()), workspace))
    (finding,) = facts["strict"].findings
    assert (finding.rule, finding.store, finding.path) == ("flag-became-number", "shop", "/orders/[]/paid")
    assert facts["strict"].fingerprint == finding.fingerprint
    assert facts["backed"].findings[0].fingerprint != finding.fingerprint
    assert facts["loose"].findings == ()


def test_a_fingerprint_survives_other_changes_and_other_values(workspace: Workspace) -> None:
    alone = _fingerprints(check_snapshot(captured(numeric()), workspace))
    shop = orders(9, paid=lambda order: int(order["paid"]), aaa="masked text", number=lambda o: {"of": o["number"]})
    report = check_snapshot(captured(shop), workspace)
    assert len(report.changes) > 1
    (change,) = (change for change in report.changes if change.rule == "flag-became-number")
    assert change.id != "c1"
    assert _fingerprints(report)["strict"] == alone["strict"]


def test_a_broken_invariant_has_a_finding_too(tmp_path: Path) -> None:
    invariant = '[[invariant]]\nname = "two are paid"\nholds = "({shop}) => shop.orders.length < 5"\n'
    workspace = market(tmp_path, counted=contract(COUNT, NOTHING + invariant))
    (finding,) = _facts(check_snapshot(captured(orders(8)), workspace))["counted"].findings
    assert (finding.rule, finding.path) == ("invariant", "two are paid")
    assert _facts(check_snapshot(captured(orders(4)), workspace))["counted"].findings == ()


# ---- suppressions


def test_a_suppressed_finding_stays_and_does_not_count(workspace: Workspace) -> None:
    before = check_snapshot(captured(numeric()), workspace)
    assert before.verdict is Verdict.BROKEN
    names = _fingerprints(before)
    _suppress(workspace, *names["strict"], *names["backed"])
    report = check_snapshot(captured(numeric()), workspace)
    assert report.verdict is Verdict.INTACT
    strict = _facts(report)["strict"]
    assert strict.verdict is Verdict.BROKEN
    assert strict.suppressed is not None
    assert (strict.suppressed.reason, strict.suppressed.expires) == ("mended in May", "2999-12-31")
    assert record(report)["summary"] == {
        "facts": 3, "intact": 1, "degraded": 0, "broken": 0, "unseen": 0, "suppressed": 2,
    }  # fmt: skip
    load_triage(workspace).refuse_unused([report])


def test_one_facts_suppression_is_not_anothers(workspace: Workspace) -> None:
    _suppress(workspace, *_fingerprints(check_snapshot(captured(numeric()), workspace))["strict"])
    report = check_snapshot(captured(numeric()), workspace)
    facts = _facts(report)
    assert facts["strict"].suppressed is not None
    assert facts["backed"].suppressed is None
    assert report.verdict is facts["backed"].counted is Verdict.BROKEN


def test_a_second_cause_counts_though_the_first_is_suppressed(tmp_path: Path) -> None:
    workspace = market(tmp_path, first=contract(FIRST, kind="string"))
    shop = orders()
    for order in shop["orders"]:
        del order["stage"]
        order["number"] = {"of": order["number"]}
    found = check_snapshot(captured(shop), workspace).facts[0].findings
    assert len(found) == 2
    _suppress(workspace, found[0].fingerprint)
    (fact,) = check_snapshot(captured(shop), workspace).facts
    assert [one.suppressed is not None for one in fact.findings] == [True, False]
    assert fact.suppressed is None
    assert fact.counted is fact.verdict
    _suppress(workspace, fact.fingerprint)
    (whole,) = check_snapshot(captured(shop), workspace).facts
    assert all(one.suppressed is not None for one in whole.findings)
    assert whole.counted is Verdict.INTACT


def test_what_a_fact_inherits_counts_no_more_than_its_root(tmp_path: Path) -> None:
    listed = contract("({shop}) => shop.orders.map((order) => order.number.slice(0, 4))", kind="array")
    heir = contract("({shop, start}) => shop.orders.some((order) => order.number.startsWith(start))", kind="boolean")
    heir = heir.replace("result", 'params = { start = "each answer of fact:listed" }\nresult', 1)
    workspace = market(tmp_path, heir=heir, listed=listed)
    shop = orders(number=lambda order: {"of": order["number"]})
    facts = _facts(check_snapshot(captured(shop), workspace))
    assert facts["heir"].inherits == "listed"
    _suppress(workspace, *(one.fingerprint for one in facts["listed"].findings))
    report = check_snapshot(captured(shop), workspace)
    assert {name: fact.counted for name, fact in _facts(report).items()} == {
        "heir": Verdict.INTACT, "listed": Verdict.INTACT,
    }  # fmt: skip
    _suppress(workspace, *(one.fingerprint for one in facts["heir"].findings))
    assert check_snapshot(captured(shop), workspace).verdict is Verdict.BROKEN


def test_an_expired_suppression_counts_again_and_is_named(workspace: Workspace) -> None:
    names = _fingerprints(check_snapshot(captured(numeric()), workspace))
    _suppress(workspace, *names["strict"], *names["backed"], expires="2026-06-01")
    raw = check_snapshot(captured(numeric()), workspace)
    last = load_triage(workspace, DAY).applied(raw)
    assert last.verdict is Verdict.INTACT
    assert not any("counts again" in note for note in last.notes[len(raw.notes) :])
    after = load_triage(workspace, date(2026, 6, 2)).applied(raw)
    assert after.verdict is Verdict.BROKEN
    (first, _) = after.notes[len(raw.notes) :]
    assert first == f"the suppression of {names['strict'][0]} ended on 2026-06-01, so its finding counts again"


def test_an_unused_suppression_is_refused_by_file_and_entry(workspace: Workspace) -> None:
    names = _fingerprints(check_snapshot(captured(numeric()), workspace))
    _suppress(workspace, *names["strict"], "0123456789ab")
    reports = [check_snapshot(captured(numeric()), workspace)]
    with pytest.raises(InputFault) as caught:
        load_triage(workspace).refuse_unused(reports)
    assert str(caught.value).startswith(f"{workspace.suppressions}:suppress[2]: ")
    assert "0123456789ab" in str(caught.value)


def test_what_one_of_several_captures_needs_is_used(workspace: Workspace) -> None:
    _suppress(workspace, *_fingerprints(check_snapshot(captured(numeric()), workspace))["strict"])
    reports = [check_snapshot(captured(SHOP), workspace), check_snapshot(captured(numeric()), workspace)]
    load_triage(workspace).refuse_unused(reports)
    with pytest.raises(InputFault, match="not used"):
        load_triage(workspace).refuse_unused(reports[:1])


def test_nothing_is_unused_where_something_could_not_be_seen(workspace: Workspace) -> None:
    _suppress(workspace, "0123456789ab")
    triage = load_triage(workspace)
    unseen = check_snapshot(captured({"orders": []}), workspace)
    assert unseen.verdict is Verdict.UNSEEN
    triage.refuse_unused([unseen])
    triage.refuse_unused([blind_report(BlindFault("no page", "", "", "try again"), "market", "open", "0.1.0")])


@pytest.mark.parametrize(
    ("entry", "place", "says"),
    [
        ('fingerprint = "xyz"\nreason = "r"\nexpires = 2999-12-31', "suppress[1].fingerprint", "12 hexadecimal"),
        ('fingerprint = "0123456789AB"\nreason = "r"\nexpires = 2999-12-31', "suppress[1].fingerprint", "12 hex"),
        ('reason = "r"\nexpires = 2999-12-31', "suppress[1]", "'fingerprint' is missing"),
        ('fingerprint = "0123456789ab"\nexpires = 2999-12-31', "suppress[1]", "'reason' is missing"),
        ('fingerprint = "0123456789ab"\nreason = " "\nexpires = 2999-12-31', "suppress[1].reason", "empty"),
        ('fingerprint = "0123456789ab"\nreason = "r"', "suppress[1]", "'expires' is missing"),
        ('fingerprint = "0123456789ab"\nreason = "r"\nexpires = "2999-12-31"', "suppress[1].expires", "without quotes"),
        ('fingerprint = "0123456789ab"\nreason = "r"\nexpires = 2999-12-31T10:00:00Z', "suppress[1].expires", "date"),
        ('fingerprint = "0123456789ab"\nreason = "r"\nexpires = 2999-12-31\nexpire = 1', "suppress[1]", "expires"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: str, place: str, says: str) -> None:
    file = tmp_path / "suppressions.toml"
    file.write_text(f"[[suppress]]\n{entry}\n")
    with pytest.raises(InputFault) as caught:
        load_suppressions(file)
    assert (caught.value.file, caught.value.place) == (str(file), place)
    assert says in str(caught.value)


def test_an_entry_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "suppressions.toml"
    file.write_text('[[suppress]]\nfingerprint = "0123456789ab"\nreason = "r"\nexpires = 2999-12-31\n' * 2)
    with pytest.raises(InputFault, match="twice"):
        load_suppressions(file)
    assert load_suppressions(tmp_path / "none.toml") == ()


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_what_is_suppressed_and_its_fingerprint(workspace: Workspace, form: str) -> None:
    found = check_snapshot(captured(numeric()), workspace)
    name = _fingerprints(found)["strict"][0]
    assert name in render(found, form)
    _suppress(workspace, name, reason="the reader goes in May")
    told = render(check_snapshot(captured(numeric()), workspace), form)
    if form == "github":  # an annotation is only for what counts
        assert name not in told
        return
    assert "the reader goes in May" in told
    assert "2999-12-31" in told
    assert "1 is suppressed" in told or form not in ("text", "markdown", "html")
    assert "the reader goes in May" not in render(found, form)


# ---- levels


@pytest.mark.parametrize(("rule", "level"), [("flag-became-number", "note"), ("field-added", "break")])
def test_a_workspace_sets_levels_and_no_verdict(workspace: Workspace, rule: str, level: str) -> None:
    shop = orders(paid=lambda order: int(order["paid"]), extra="masked text")
    usual = {change.rule: change.level for change in check_snapshot(captured(shop), workspace).changes}
    own = Workspace(workspace.contracts, workspace.schemas, workspace.probes, {rule: Level(level)}, "driftwright.toml")
    report = check_snapshot(captured(shop), own)
    assert {change.rule: change.level for change in report.changes} == {**usual, rule: Level(level)}
    assert usual[rule] is not Level(level)
    assert report.verdict is Verdict.BROKEN


def test_an_unknown_rule_is_refused_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, strict=contract(STRICT))
    write_snapshot(captured(SHOP), tmp_path / "a.snapshot.json")
    (tmp_path / "driftwright.toml").write_text('[severity]\n"field-aded" = "note"\n')
    assert main(["--workspace", str(tmp_path), "check", str(tmp_path / "a.snapshot.json")]) == 2
    said = capsys.readouterr().err
    assert f"{tmp_path / 'driftwright.toml'}:severity: unknown rule 'field-aded'; did you mean 'field-added'?" in said


def test_an_unknown_level_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, strict=contract(STRICT))
    (tmp_path / "driftwright.toml").write_text('[severity]\n"field-added" = "brake"\n')
    assert main(["--workspace", str(tmp_path), "explain"]) == 2
    assert "severity.field-added: 'brake' is not one of note, warn, break; did you mean 'break'?" in (
        capsys.readouterr().err
    )


def test_without_settings_no_rule_is_looked_up() -> None:
    assert levels(Workspace(Path("c"), Path("s"), Path("p"))) == {}


# ---- strictness and exit codes


def _check(folder: Path, shop: Any, *options: str) -> int:
    write_snapshot(captured(shop), folder / "a.snapshot.json")
    return main(["--workspace", str(folder), "check", str(folder / "a.snapshot.json"), *options])


def test_strict_counts_a_break_that_no_fact_notices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, counted=contract(COUNT))
    assert _check(tmp_path, numeric()) == 0
    assert "--strict" not in capsys.readouterr().err
    assert _check(tmp_path, numeric(), "--strict", "--format", "json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["verdict"] == "intact"
    assert told.err == "driftwright: --strict counts 1 change of level break that no derived fact noticed\n"


def test_strict_is_silent_about_notes_and_about_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, counted=contract(COUNT))
    assert _check(tmp_path, SHOP, "--strict") == 0
    assert _check(tmp_path, orders(extra="masked text"), "--strict") == 0
    assert "--strict" not in capsys.readouterr().err


def test_strict_follows_the_workspaces_levels(tmp_path: Path) -> None:
    market(tmp_path, counted=contract(COUNT))
    (tmp_path / "driftwright.toml").write_text('[severity]\n"flag-became-number" = "warn"\n')
    assert _check(tmp_path, numeric(), "--strict") == 0
    (tmp_path / "driftwright.toml").write_text('[severity]\n"field-added" = "break"\n')
    assert _check(tmp_path, orders(extra="masked text"), "--strict") == 1


def test_what_a_fact_noticed_or_a_suppression_covers_is_not_counted_twice(tmp_path: Path) -> None:
    workspace = market(tmp_path, strict=contract(STRICT))
    assert unnoticed_breaks(check_snapshot(captured(numeric()), workspace)) == ()
    (tmp_path / "other").mkdir()
    workspace = market(tmp_path / "other", counted=contract(COUNT))
    (change,) = unnoticed_breaks(check_snapshot(captured(numeric()), workspace))
    _suppress(workspace, change.fingerprint)
    report = check_snapshot(captured(numeric()), workspace)
    assert unnoticed_breaks(report) == ()
    assert report.changes[0].suppressed is not None
    load_triage(workspace).refuse_unused([report])


def test_check_exits_by_what_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = market(tmp_path, strict=contract(STRICT))
    name = _fingerprints(check_snapshot(captured(numeric()), workspace))["strict"][0]
    assert _check(tmp_path, numeric()) == 1
    _suppress(workspace, name)
    assert _check(tmp_path, numeric()) == 0
    capsys.readouterr()
    assert _check(tmp_path, SHOP) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert f"suppressions.toml:suppress[1]: the suppression of {name} is not used" in said.err
    assert "INTACT" in said.out
    assert _check(tmp_path, {"orders": []}) == 3


def test_diff_knows_strict_and_the_levels_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "before.json").write_text(json.dumps(SHOP))
    (tmp_path / "after.json").write_text(json.dumps(numeric()))
    (tmp_path / "readers.js").write_text("export const count = (shop) => shop.orders.length;")
    monkeypatch.chdir(tmp_path)
    plain = ["diff", "before.json", "after.json", "--consumer", "readers.js"]
    assert main(plain) == 0
    assert main([*plain, "--strict"]) == 1
    assert "--strict counts 1 change of level break that no reader noticed" in capsys.readouterr().err
    (tmp_path / "driftwright.toml").write_text('[severity]\n"flag-became-number" = "note"\n')
    assert main([*plain, "--strict", "--format", "json"]) == 0
    assert [change["level"] for change in json.loads(capsys.readouterr().out)["changes"]] == ["note"]


# ---- the ledger


def test_what_no_source_reads_is_the_ledger(workspace: Workspace) -> None:
    shop = orders(stage=lambda order: len(order["stage"]))
    (change,) = check_snapshot(captured(shop), workspace).changes
    assert (change.read_by, change.read_first) == ((), ())


def test_a_fallbacks_reads_are_no_ledger_and_marked(workspace: Workspace) -> None:
    report = check_snapshot(captured(SHOP, {"paidOrders": "2"}), workspace)
    (change,) = report.changes
    assert (change.read_by, change.read_first) == (("backed",), ())
    assert "backed (beside its first source)" in render(report, "html")
    assert "1 read by a derived fact, 0 in the ledger" in render(report, "text")


def test_first_reads_are_told_from_fallback_reads(tmp_path: Path) -> None:
    own = '[[source]]\nname = "rough"\nlevel = "degraded"\nlost = "x"\n' + f'derive = "{COUNT}"\n' + NOTHING
    workspace = market(tmp_path, strict=contract(STRICT, own), stages=contract(FIRST, kind="string"))
    (change,) = (c for c in check_snapshot(captured(renamed()), workspace).changes if c.path == "/orders/[]/paid")
    assert (change.read_by, change.read_first) == (("strict",), ("strict",))


def test_a_guard_and_an_invariant_read_too(tmp_path: Path) -> None:
    guard = 'needs = "({shop}) => shop.orders.every((order) => order.stage)"\n'
    invariant = '[[invariant]]\nname = "noted"\nholds = "({shop}) => shop.orders.every((order) => order.note)"\n'
    workspace = market(tmp_path, guarded=contract(COUNT, guard + NOTHING), held=contract(COUNT, NOTHING + invariant))
    shop = orders(stage=lambda order: len(order["stage"]), note=lambda order: len(order["note"]))
    changes = {change.path: change for change in check_snapshot(captured(shop), workspace).changes}
    stage, note = changes["/orders/[]/stage"], changes["/orders/[]/note"]
    assert (stage.read_by, stage.read_first) == (("guarded",), ("guarded",))
    assert (note.read_by, note.read_first) == (("held",), ())


def test_a_parameter_is_read_where_it_comes_from(tmp_path: Path) -> None:
    text = contract("({number}) => number.length")
    text = text.replace("result", 'params = { number = "each value of shop:/orders/[]/number" }\nresult', 1)
    workspace = market(tmp_path, sized=text)
    shop = orders(number=lambda order: {"of": order["number"]})
    (change,) = check_snapshot(captured(shop), workspace).changes
    assert change.read_by == change.read_first == ("sized",)


def test_a_record_that_is_handed_on_whole_is_read_where_it_hurts(tmp_path: Path) -> None:
    workspace = market(tmp_path, whole=contract("({shop}) => shop.orders[0]", NOTHING, kind="object"))
    report = check_snapshot(captured(numeric()), workspace)
    (fact,) = report.facts
    assert fact.verdict is not Verdict.INTACT
    (change,) = report.changes
    assert fact.because == (change.id,)
    assert change.read_by == ("whole",)


def test_triage_is_applied_once_more_without_a_trace(workspace: Workspace) -> None:
    report = check_snapshot(captured(numeric()), workspace)
    assert Triage(workspace.suppressions, (), {}, DAY).applied(report) == report
    assert NUMBERS[0] not in render(report, "json")
