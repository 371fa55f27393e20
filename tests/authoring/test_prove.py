"""Proving: what is counted as noticed, as missed and as neither, on contracts of one's own and on the repository's."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.proof import prove_workspace, with_acceptances
from driftwright.authoring.prove.accepted import accept_breaks
from driftwright.authoring.prove.prove import LEGITIMATE, load_workspace, prove_contracts
from driftwright.base.errors import InputFault
from driftwright.base.path import Path as Place
from driftwright.base.terms import Effect
from driftwright.entrypoints.cli import main
from driftwright.impact import Outcome, Resolved, Work, situations, work_before
from driftwright.impact.javascript.engine import Engine, _tokens
from driftwright.report.proof import Cell, Notice, Proving
from driftwright.structure.replay.described import read_described_change
from driftwright.structure.rules.registry import load_rules
from driftwright.verdict.judge import invariant_change
from driftwright.workspace.code import Code
from driftwright.workspace.contract import Invariant
from driftwright.workspace.folders import find_workspace
from kit.examples import NIGHTLY
from kit.market import DIALECT, NOTHING, ORDER, STRICT, TILL_SOURCE, contract, market

ROOT = Path(__file__).resolve().parents[2]
AGREEMENT = '[[agreement]]\nname = "the till agrees"\nbetween = ["shop", "till"]\n'
DIFFER = """
[[invariant]]
name = "the numbers differ"
holds = "({shop}) => new Set(shop.orders.map((order) => order.number)).size === shop.orders.length"
"""
LAST = "({shop}) => shop.orders.at(-1).number"


def cell(**changed: Any) -> Cell:
    usual = {
        "rule": "field-removed",
        "store": "shop",
        "path": "/orders",
        "how": "",
        "fact": "paid",
        "effect": Effect.SILENT,
        "noticed": Notice.RULE,
        "fallback": "degraded",
        "source": "till",
    }
    return Cell(**{**usual, **changed})


def quiet(_: str) -> None:
    pass


def proven(folder: Path, **contracts: str) -> Proving:
    workspace = market(folder, **contracts)
    with Engine() as engine:
        return prove_contracts(load_workspace(workspace, engine), quiet)


def noticed(proving: Proving, rule: str, path: str = "/orders") -> set[str]:
    return {str(one.noticed) for one in proving.breaks if one.rule == rule and one.path == path}


# ---- counting


def test_what_nothing_can_show_is_neither_passed_nor_missed() -> None:
    unshowable = cell(rule="entries-dropped", noticed=Notice.UNSHOWABLE, fallback="unaware")
    proving = Proving((cell(), cell(noticed=Notice.NOTHING), unshowable, cell(effect=Effect.SAME)))
    assert (len(proving.cells), len(proving.breaks), len(proving.unshowable)) == (4, 3, 1)
    assert proving.score == 1 / 2
    assert proving.noticed_share == 1 / 3
    assert sum(proving.noticed_by.values()) == 1
    assert proving.unaware == (unshowable,)
    assert [one.noticed for one in proving.fails] == [Notice.NOTHING]


def test_a_proof_of_unshowable_breaks_alone_passes_none_of_them() -> None:
    proving = Proving((cell(noticed=Notice.UNSHOWABLE),))
    assert (proving.score, proving.noticed_share) == (1.0, 0.0)


def test_a_fallback_that_answers_wrongly_fails_even_when_the_change_is_noticed() -> None:
    proving = Proving((cell(fallback="wrong"),))
    assert proving.score == 1.0
    assert proving.fails == proving.wrong == proving.cells


def test_a_mutation_that_changes_no_answer_fails_nothing() -> None:
    assert not cell(effect=Effect.SAME, noticed=Notice.NOTHING, fallback="wrong").fails


# ---- what structure cannot show


def test_fewer_entries_that_nothing_else_tells_of_are_unshowable_with_the_reason(tmp_path: Path) -> None:
    proving = proven(tmp_path, paid=contract(STRICT))
    assert noticed(proving, "entries-dropped") == {"unshowable"}
    assert {one.why for one in proving.unshowable} == {LEGITIMATE["entries-dropped"]}
    assert {one.fallback for one in proving.unshowable} == {"unaware"}
    assert not [one for one in proving.fails if one.rule == "entries-dropped"]


def test_fewer_entries_are_noticed_by_a_second_source_that_disagrees(tmp_path: Path) -> None:
    proving = proven(tmp_path, paid=contract(STRICT, TILL_SOURCE + NOTHING + AGREEMENT))
    assert noticed(proving, "entries-dropped") == {"agreement"}


def test_both_ends_of_a_list_are_dropped_once_each(tmp_path: Path) -> None:
    proving = proven(tmp_path, paid=contract(STRICT))
    assert [one.how for one in proving.cells if one.rule == "entries-dropped"] == ["keep=last", "keep=first"]


def test_a_list_that_holds_nothing_is_unseen(tmp_path: Path) -> None:
    proving = proven(tmp_path, paid=contract(STRICT))
    assert noticed(proving, "entries-emptied") == {"unseen"}


def test_duplicates_and_order_that_could_be_declared_and_are_not_fail(tmp_path: Path) -> None:
    proving = proven(tmp_path, paid=contract(STRICT), last=contract(LAST, kind="string"))
    assert noticed(proving, "items-repeated") == {"nothing"}
    assert noticed(proving, "order-reversed") == {"nothing"}
    assert {one.rule for one in proving.fails} >= {"items-repeated", "order-reversed"}


def test_duplicates_are_noticed_by_an_invariant(tmp_path: Path) -> None:
    assert noticed(proven(tmp_path, paid=contract(STRICT, NOTHING + DIFFER)), "items-repeated") == {"invariant"}


@pytest.mark.parametrize(
    ("rule", "field", "annotation"),
    [("items-repeated", "number", {"x-unique": True}), ("order-reversed", "number", {"x-order": "ascending"})],
)
def test_duplicates_and_order_are_noticed_by_the_declared_vocabulary(
    tmp_path: Path, rule: str, field: str, annotation: dict[str, Any]
) -> None:
    workspace = market(tmp_path, paid=contract(STRICT), last=contract(LAST, kind="string"))
    order = json.loads(json.dumps(ORDER))
    order["properties"][field] |= annotation
    schema = {"$schema": DIALECT, "type": "object", "properties": {"orders": {"type": "array", "items": order}}}
    (tmp_path / "schemas" / "market" / "shop" / "v1.schema.json").write_text(json.dumps(schema))
    with Engine() as engine:
        assert noticed(prove_contracts(load_workspace(workspace, engine), quiet), rule) == {"schema"}


def test_a_reader_that_throws_on_the_capture_is_noticed_by_the_run(tmp_path: Path) -> None:
    first = "({shop}) => { const [one] = shop.orders; if (!one.paid) throw new Error('unpaid'); return 1; }"
    assert noticed(proven(tmp_path, paid=contract(first)), "order-reversed") == {"run"}


# ---- the change that breaks an invariant


def invariant(**replay: Any) -> Invariant:
    return Invariant("it holds", Code("() => true", "x.toml", "", ""), replay)


@pytest.mark.parametrize(
    ("replay", "rule"),
    [
        ({"operator": "insert-item", "fresh": [], "set": {}}, "record-repeated"),
        ({"operator": "insert-item", "fresh": ["number"], "set": {"paid": True}}, "record-inserted"),
        ({"operator": "insert-item", "rule": "unfinished-listed", "fresh": ["number"]}, "unfinished-listed"),
        ({"operator": "repeat-items"}, "items-repeated"),
        ({"operator": "reverse-list"}, "order-reversed"),
        ({"operator": "truncate", "keep": "first"}, "entries-dropped"),
        ({"operator": "clear"}, "entries-emptied"),
        ({"operator": "invert"}, "flag-inverted"),
        ({"operator": "convert", "rule": "text-emptied", "as": "empty"}, "text-emptied"),
    ],
)
def test_a_described_change_bears_the_rule_of_its_operator(replay: dict[str, Any], rule: str) -> None:
    change = invariant_change(invariant(at="shop:/orders/[]", **replay))
    assert change is not None
    assert (change.rule.id, change.rule.operator) == (rule, replay["operator"])
    assert (change.store, change.path) == ("shop", Place.parse("/orders/[]"))


def test_an_invariant_that_describes_no_change_has_none() -> None:
    assert invariant_change(invariant()) is None


@pytest.mark.parametrize(
    ("replay", "says"),
    [
        ({"operator": "remove-field"}, "no rule replays by 'remove-field'"),
        ({"operator": "none"}, "no rule replays by 'none'"),
        ({"operator": "convert"}, "'convert' needs the rule it stands for"),
        ({"operator": "clear", "rule": "field-removed"}, "'clear' needs the rule it stands for"),
        ({"operator": "rename"}, "'rename' cannot be replayed as described"),
    ],
)
def test_a_described_change_that_cannot_be_replayed_is_refused_with_its_place(
    replay: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputFault, match=says) as caught:
        read_described_change({"at": "shop:/orders", **replay}, "invariant 'it holds'.replay")
    assert "invariant 'it holds'.replay" in str(caught.value)


def test_what_breaks_an_invariant_is_a_mutation_of_its_own_named_by_it(tmp_path: Path) -> None:
    replay = 'replay = { operator = "insert-item", at = "shop:/orders/[]", set = {}, fresh = [] }\n'
    proving = proven(tmp_path, paid=contract("({shop}) => shop.orders.length", NOTHING + DIFFER + replay))
    (found,) = [one for one in proving.cells if one.rule == "record-repeated"]
    assert (found.how, found.noticed, found.effect) == ("the numbers differ", "invariant", "silent")


def test_a_described_change_of_an_unknown_store_is_refused(tmp_path: Path) -> None:
    replay = 'replay = { operator = "clear", at = "attic:/boxes" }\n'
    with pytest.raises(InputFault, match="unknown store"):
        proven(tmp_path, paid=contract(STRICT, NOTHING + DIFFER + replay))


# ---- the command


def test_the_formats_go_to_standard_output_or_to_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path / "m", paid=contract(STRICT))
    command = ["--workspace", str(tmp_path / "m"), "prove"]
    assert main([*command, "--format", "json"]) == 1
    record = json.loads(capsys.readouterr().out)
    formats = [word for name in ("text", "json", "html") for word in ("--format", name)]
    assert main([*command, *formats, "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().out == f"{tmp_path / 'out'}\n"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["prove.html", "prove.json", "prove.txt"]
    assert json.loads((tmp_path / "out" / "prove.json").read_text()) == record


def test_the_exit_code_is_0_only_when_all_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, paid=contract(STRICT, NOTHING + DIFFER))
    command = ["--workspace", str(tmp_path), "prove"]
    assert main([*command, "--write-lock"]) == 0
    capsys.readouterr()
    code = main([*command, "--format", "json"])
    record = json.loads(capsys.readouterr().out)
    assert code == (0 if record["summary"]["proven"] else 1)
    assert record["summary"]["proven"] == (not any(one["fails"] for one in record["cells"]))
    assert record["summary"]["lock_is_fresh"]


def test_what_fails_is_a_line_with_the_command_that_accepts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market(tmp_path, paid=contract(STRICT), last=contract(LAST, kind="string"))
    prove = ["--workspace", str(tmp_path), "prove"]
    assert main([*prove, "--write-lock"]) == 0
    capsys.readouterr()
    assert main(prove) == 1
    commands = re.findall(r"^  driftwright (.*) --reason \"...\"  # (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert len(commands) > 3
    chosen, says = next(one for one in commands if "order-reversed" in one[1])
    assert main([*chosen.split(), "--reason", "the panel tells no order"]) == 1, "one of several"
    assert "1 of these are accepted" in capsys.readouterr().out
    assert (
        'reason = "the panel tells no order"' in (tmp_path / "contracts" / f"{says.partition(':')[0]}.toml").read_text()
    )
    assert main([*commands[-1][0].split(), "--reason", "as it is"]) == 0
    assert "to do" not in capsys.readouterr().out
    assert main([*prove, "--format", "json"]) == 0
    summary = json.loads(capsys.readouterr().out)["summary"]
    assert summary["accepted"] >= len(commands) - 1
    assert (summary["unnoticed"] > 0, summary["score"] < 1) == (True, True), "what is accepted still counts"


@pytest.mark.parametrize("counted", [2, 3], ids=["agrees as it is", "differs as it is"])
def test_what_differs_on_a_known_good_store_as_it_is_notices_nothing_there(tmp_path: Path, counted: int) -> None:
    """Own counters may count more than the site still lists: then their difference is no sign of a change."""
    workspace = market(tmp_path, paid=contract(STRICT, TILL_SOURCE + NOTHING + AGREEMENT))
    till = tmp_path / "schemas" / "market" / "till" / "v1" / "several.witness.json"
    till.write_text(json.dumps({"paidOrders": counted}))
    with Engine() as engine:
        cells = prove_contracts(load_workspace(workspace, engine), quiet).cells
    noticed = {cell.rule for cell in cells if cell.noticed is Notice.AGREEMENT}
    assert bool(noticed) is (counted == 2)


def test_a_proof_with_what_is_accepted_since_is_what_proving_again_gives(tmp_path: Path) -> None:
    """Nothing is replayed for it: an acceptance alters no answer."""
    stale = '[[accepted]]\nrule = "field-renamed"\nat = "shop:/nowhere"\neffect = "silent"\nreason = "once"\n'
    workspace = market(tmp_path, paid=contract(STRICT), last=contract(LAST, NOTHING + stale, kind="string"))
    with Engine() as engine:
        proof = prove_workspace(workspace, engine, quiet)
        chosen = accept_breaks(proof, ["paid"], "the panel lives with it", workspace)
        later = with_acceptances(proof, workspace, engine)
        assert later == prove_workspace(workspace, engine, quiet)
    accepted = {cell.fingerprint for cell in later.proving.cells if cell.accepted}
    assert {cell.fingerprint for cell in chosen} == accepted != set()
    assert {cell.fact for cell in later.proving.fails} == {"last"}


def test_what_is_known_before_any_change_is_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many mutations there are, and however many stores the same profiles hold."""
    workspace = market(tmp_path, paid=contract(STRICT, TILL_SOURCE + NOTHING + DIFFER))
    runs = Counter[object]()
    run = Engine._execute

    def counted(engine: Engine, works: Sequence[Work]) -> tuple[Outcome | Resolved, ...]:
        runs.update(token for work in works for token, _ in _tokens(work))
        return run(engine, works)

    monkeypatch.setattr(Engine, "_execute", counted)
    with Engine() as engine:
        loaded = load_workspace(workspace, engine)
        (fact,) = loaded.facts
        before = {
            token for work in work_before(fact, situations(fact.fact, loaded.moments)) for token, _ in _tokens(work)
        }
        cells = prove_contracts(loaded, quiet).cells
    assert len(cells) > 20
    assert before
    assert {runs[token] for token in before} == {1}


def test_what_is_accepted_and_fails_no_more_is_told(tmp_path: Path) -> None:
    stale = '[[accepted]]\nrule = "field-renamed"\nat = "shop:/nowhere"\neffect = "silent"\nreason = "once"\n'
    workspace = market(tmp_path, paid=contract(STRICT, NOTHING + stale))
    with Engine() as engine:
        proof = prove_workspace(workspace, engine, quiet)
    assert [gap.says for gap in proof.gaps] == [
        "it accepts field-renamed at shop:/nowhere (silent), which fails nothing: remove it"
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--accept", "nobody", "--reason", "x"], "nothing that fails is called 'nobody'"),
        (["--accept", "all"], "the reason is empty"),
    ],
)
def test_what_cannot_be_accepted_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], says: str
) -> None:
    market(tmp_path, paid=contract(STRICT))
    before = (tmp_path / "contracts" / "paid.toml").read_text()
    assert main(["--workspace", str(tmp_path), "prove", *given]) == 2
    assert says in capsys.readouterr().err
    assert (tmp_path / "contracts" / "paid.toml").read_text() == before


def test_every_figure_of_the_text_is_that_of_the_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, paid=contract(STRICT, TILL_SOURCE + NOTHING + AGREEMENT), last=contract(LAST, kind="string"))
    main(["--workspace", str(tmp_path), "prove", "--format", "json"])
    record = json.loads(capsys.readouterr().out)
    summary = record["summary"]
    main(["--workspace", str(tmp_path), "prove"])
    text = capsys.readouterr().out
    for name, says in [
        ("mutations", "{} mutations"),
        ("breaks", "{} break an answer"),
        ("noticed", "{} are noticed"),
        ("unnoticed", "{} would go unnoticed"),
        ("wrong_fallbacks", "{} leave a wrong fallback"),
        ("unshowable", "{} nothing can show"),
        ("unaware_fallbacks", "{} are served as a smaller store"),
    ]:
        assert re.search(rf"(?<!\d){re.escape(says.format(summary[name]))}", text), name
    assert f"mutation score {summary['score']:.3f}" in text
    assert summary["counted"] in text
    rows = text.split("\n\n")[0].splitlines()
    assert len(rows) == summary["breaks"] + 1
    marked = [line for line in text.splitlines() if line.endswith("<- FAILS")]
    assert len(marked) == sum(one["fails"] for one in record["cells"]) > 0
    assert text.splitlines()[1 : 1 + len(marked)] == marked


# ---- the repository's own contracts


# One that counts by a flag, one that counts by ids, one that searches, one that ends with the newest, one that asks the
# storage itself.
SOME = ("moderated_count", "videos_generated", "parent_image_of_video", "latest_outcome", "storage_of_page")
SHARE = 1 if NIGHTLY else 1 / 6  # at least, of what is counted below


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Proving:
    """The proof of all contracts at night, of some in every check; `ci/docs --check` asks for the proof of all."""
    folder = tmp_path_factory.mktemp("own")
    for name in ("contracts", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    for file in (folder / "contracts").glob("*.toml"):
        if not NIGHTLY and file.stem not in SOME:
            file.unlink()
    with Engine() as engine:
        return prove_contracts(load_workspace(find_workspace(str(folder)), engine), quiet)


def test_every_break_of_the_own_contracts_that_can_be_shown_is_noticed(own: Proving) -> None:
    assert own.fails == ()
    assert (own.score, own.wrong) == (1.0, ())
    assert len(own.breaks) > 600 * SHARE
    assert own.noticed_by["rule"] > 500 * SHARE


def test_only_fewer_entries_are_unshowable_in_the_own_contracts(own: Proving) -> None:
    assert {one.rule for one in own.unshowable} <= set(LEGITIMATE)
    assert {one.rule for one in own.unaware} <= set(LEGITIMATE)
    assert len(own.unshowable) < len(own.breaks) / 20
    assert all(one.why for one in own.unshowable)


def test_fewer_entries_of_the_own_store_are_told_by_references_and_second_sources(own: Proving) -> None:
    told = Counter(one.noticed for one in own.breaks if one.rule == "entries-dropped")
    assert told[Notice.AGREEMENT] > 0
    assert told[Notice.SCHEMA] > 0
    assert told[Notice.NOTHING] == 0
    assert {one.noticed for one in own.breaks if one.rule == "entries-emptied"} == {Notice.UNSEEN}


def test_every_own_replay_that_hurts_is_noticed_by_an_invariant(own: Proving) -> None:
    names = {"record-inserted", "record-repeated", "unfinished-listed"}
    found = [one for one in own.breaks if one.rule in names]
    assert len(found) >= 20 * SHARE
    assert {one.noticed for one in found} == {Notice.INVARIANT}
    assert all(one.how for one in found)


def test_every_rule_that_leaves_a_legitimate_store_is_a_rule() -> None:
    assert set(LEGITIMATE) <= set(load_rules())
    by: Callable[[str], str] = lambda name: load_rules()[name].aspect  # noqa: E731
    assert {by(name) for name in LEGITIMATE} == {"moment"}
