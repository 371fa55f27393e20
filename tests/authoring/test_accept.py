"""Adopting a drift: the next version with all that belongs to it, or nothing at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.accept.adoption import Adopted, accept_snapshot
from driftwright.authoring.accept.changelog import with_entry
from driftwright.authoring.accept.patched import patched
from driftwright.base.errors import MachineFault
from driftwright.base.files import write_together
from driftwright.base.forms import is_hidden, may_be_hidden
from driftwright.impact.javascript.engine import Engine
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.plain import plain_snapshot, throwaway_salt
from driftwright.workspace.contract import load_facts
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.validation import violations
from kit.examples import NIGHTLY, usually
from kit.once import Made
from kit.program import Done, Program, run_here
from kit.shop import FACTS, renamed, shop, texts_below, write_shop

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).parents[1] / "standin.snapshot.json"


def _make(folder: Path) -> None:
    write_shop(folder)
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json")
    assert run_here(folder, "init", "drift", "--key", "shop", "--readers", "readers.js", *days).code == 0


@pytest.fixture(scope="module")
def made(made_once: Made) -> Path:
    """A shop's workspace, made once."""
    return made_once("workspace of a shop", _make) / "drift"


@pytest.fixture
def drift(made: Path, tmp_path: Path) -> Path:
    """A copy of the shop's workspace, beside what its store is today."""
    write_shop(tmp_path)
    shutil.copytree(made, tmp_path / "drift")
    return tmp_path / "drift"


def _accept(program: Program, *arguments: str) -> Done:
    return program("--workspace", "drift", "accept", *arguments)


def _save(folder: Path, document: Any) -> str:
    (folder / "today.json").write_text(json.dumps(document), encoding="utf-8")
    return "shop=today.json"


def test_a_drift_that_breaks_a_reader_is_refused_with_the_patch_that_mends_it(drift: Path, program: Program) -> None:
    before = texts_below(drift)
    done = _accept(program, "--store", "shop=renamed.json")
    assert done.code == 1, done.stderr
    assert "refused, nothing was written" in done.stdout
    assert "shipped_orders: the reader answers otherwise" in done.stdout
    assert (
        '+  return Object.values(shop.orders).filter((order) => (order.state ?? order.status) === "shipped")'
        in done.stdout
    )
    assert texts_below(drift) == before


def test_with_its_patches_the_drift_is_adopted_whole(drift: Path, program: Program) -> None:
    before, readers = texts_below(drift), drift.parent / "readers.js"
    done = _accept(program, "--store", "shop=renamed.json", "--apply")
    assert done.code == 0, done.stdout + done.stderr
    after = texts_below(drift)
    written = {name for name in after if after[name] != before.get(name)}
    folder = "schemas/site/shop"
    assert written == {
        "contracts/reads.lock.json", "contracts/shipped_orders.toml",
        "contracts/statuses.toml", "schemas/versions.lock.json", f"{folder}/CHANGELOG.md",
        f"{folder}/v2.schema.json", f"{folder}/v2.shape.json", f"{folder}/v2/first.witness.json",
        f"{folder}/v2/second.witness.json",
    }  # fmt: skip
    assert '(order.state ?? order.status) === "shipped"' in readers.read_text(), "the user's own file is patched"
    assert after[f"{folder}/v1.schema.json"] == before[f"{folder}/v1.schema.json"]
    assert "field-renamed: /orders/{}/status is now called /orders/{}/state" in after[f"{folder}/CHANGELOG.md"]
    assert "After v1, breaking for its readers." in after[f"{folder}/CHANGELOG.md"]
    assert '"site/shop/v2": "sha256:' in after["schemas/versions.lock.json"]
    assert "shop:/orders/{}/state" in after["contracts/reads.lock.json"]
    for name, verdict in (("renamed", "intact"), ("friday", "intact")):
        report = program("--workspace", "drift", "check", "--store", f"shop={name}.json", "--format", "json")
        assert json.loads(report.stdout)["verdict"] == verdict
    proven = json.loads(program("--workspace", "drift", "prove", "--format", "json").stdout)
    assert proven["summary"]["lock_is_fresh"] is True
    again = _accept(program, "--store", "shop=renamed.json")
    assert (again.code, again.stdout) == (
        0,
        "nothing to accept: every store is as its newest version says, and was counted before\n",
    )


def test_the_next_version_is_the_old_one_but_for_what_changed(drift: Path, program: Program) -> None:
    assert _accept(program, "--store", "shop=renamed.json", "--apply").code == 0
    store = load_stores(drift / "schemas")["shop"]
    old, new = (version.schema["properties"] for version in store.versions)
    assert new["carts"] == old["carts"]
    old_order, new_order = (one["orders"]["additionalProperties"] for one in (old, new))
    assert (
        new_order["properties"]["state"] == old_order["properties"]["status"] == {"type": "string", "x-redact": "keep"}
    )
    assert {*new_order["required"]} == {*old_order["required"]} - {"status"} | {"state"}
    first, second = (version.witnesses["first"] for version in store.versions)
    for name, order in first["orders"].items():
        assert second["orders"][name] == {**{k: v for k, v in order.items() if k != "status"}, "state": order["status"]}
    assert violations(second, store.latest) == ()


def test_a_dry_run_shows_the_diff_and_writes_nothing(drift: Path, program: Program) -> None:
    before = texts_below(drift)
    done = _accept(program, "--store", "shop=renamed.json", "--apply", "--dry-run")
    assert done.code == 0, done.stderr
    assert "--- readers.js" in done.stdout
    assert "+++ drift/schemas/site/shop/v2.schema.json" in done.stdout
    assert "would accept shop: v2" in done.stdout
    assert texts_below(drift) == before


def test_a_drift_that_no_reader_notices_needs_no_patch(drift: Path, program: Program) -> None:
    document = shop(5)
    for order in document["orders"].values():
        order["priority"] = 3
        del order["customer"]
    done = _accept(program, "--store", _save(drift.parent, document))
    assert done.code == 0, done.stdout + done.stderr
    order = load_stores(drift / "schemas")["shop"].latest.schema["properties"]["orders"]["additionalProperties"]
    assert order["properties"]["priority"] == {"type": "integer"}
    assert "priority" in order["required"]
    assert "customer" not in order["properties"]
    report = program("--workspace", "drift", "check", "--store", "shop=today.json", "--format", "json")
    assert [change["rule"] for change in json.loads(report.stdout)["changes"]] == []


def _map_renamed(document: Any) -> None:
    document["ordersById"] = document.pop("orders")


def _wrapped(document: Any) -> None:
    inner = dict(document)
    document.clear()
    document["state"] = inner


def _paged(document: Any) -> None:
    for order in document["orders"].values():
        order["items"] = {"items": order["items"], "next": None}


def _moved(document: Any) -> None:
    document["carts"]["ids"] = {"orderIds": document["carts"]["current"].pop("orderIds")}


def _numbered(document: Any) -> None:
    for order in document["orders"].values():
        for item in order["items"]:
            item["gift"] = int(item["gift"])


@pytest.mark.parametrize(
    "change", usually([_map_renamed, _wrapped, _paged, _moved, _numbered], [_map_renamed, _numbered])
)
def test_what_was_adopted_is_intact_from_then_on(drift: Path, program: Program, change: Callable[[Any], None]) -> None:
    document = shop(5)
    change(document)
    given = _save(drift.parent, document)
    done = _accept(program, "--store", given, "--apply")
    assert done.code == 0, done.stdout + done.stderr
    version = load_stores(drift / "schemas")["shop"].latest
    assert [error for one in version.witnesses.values() for error in violations(one, version)] == []
    report = json.loads(program("--workspace", "drift", "check", "--store", given, "--format", "json").stdout)
    assert (report["verdict"], [store["resolved"] for store in report["stores"]]) == ("intact", ["v2"])
    old = program("--workspace", "drift", "check", "--store", "shop=friday.json", "--format", "json")
    assert json.loads(old.stdout)["verdict"] == "intact", "users who still have the old store"


def test_a_broken_reader_without_a_patch_is_refused_even_with_apply(drift: Path, program: Program) -> None:
    document = shop(5)
    for order in document["orders"].values():
        for item in order["items"]:
            del item["qty"]
    before = texts_below(drift)
    done = _accept(program, "--store", _save(drift.parent, document), "--apply")
    assert done.code == 1
    assert "item_count" in done.stdout
    assert texts_below(drift) == before


def test_a_fallback_that_is_no_longer_proven_refuses(drift: Path, program: Program) -> None:
    file = drift / "contracts" / "revenue.toml"
    text = file.read_text(encoding="utf-8")
    # The guard vouches for a total wherever there is one; on the next version there may be none.
    head, _, rest = text.partition("needs  = '''")
    guard = 'needs  = "({ shop }) => Object.values(shop.orders).every((o) => o.total === undefined || o.total > 0)"'
    file.write_text(head + guard + rest.partition("'''")[2], encoding="utf-8")
    source = drift.parent / "readers.js"
    code = source.read_text(encoding="utf-8")
    source.write_text(code.replace("sum + order.total", "sum + (order.total ?? 5)"), encoding="utf-8")
    document = renamed(5, "total", "totals")
    before = texts_below(drift)
    done = _accept(program, "--store", _save(drift.parent, document))
    assert done.code == 1
    assert "revenue" in done.stdout
    assert texts_below(drift) == before


def test_a_store_that_lies_elsewhere_is_not_made_a_version(tmp_path: Path, program: Program, made: Path) -> None:
    shutil.copytree(made, tmp_path / "drift")
    write_shop(tmp_path)
    toml = tmp_path / "drift" / "schemas" / "site" / "shop" / "store.toml"
    snapshot = tmp_path / "s.snapshot.json"
    _plain_snapshot(tmp_path, snapshot)
    toml.write_text(toml.read_text().replace('area   = "session"', 'area   = "local"'), encoding="utf-8")
    done = _accept(program, "s.snapshot.json")
    assert done.code == 1, done.stdout + done.stderr
    assert "was found elsewhere: change its store.toml" in done.stdout


@dataclass(slots=True)
class _FullDisk:
    """Lets files be put in place until the disk is full."""

    at: int
    dies: bool = False
    calls: int = 0

    @property
    def replace(self) -> Callable[[Path, Path], Path]:
        def replaced(source: Path, target: Path) -> Path:
            if "drift" in Path(target).parts or Path(target).name == "readers.js":
                self.calls += 1
                if self.calls == self.at and self.dies:
                    os._exit(9)
                if self.calls == self.at:
                    raise OSError(28, "No space left on device")
            os.replace(source, target)  # noqa: PTH105 - the method is what is replaced here
            return target

        return replaced


def _plain_snapshot(folder: Path, file: Path) -> None:
    stores = {"shop": folder / "friday.json"}
    write_snapshot(plain_snapshot(stores, find_workspace(str(folder / "drift")), throwaway_salt()), file)


def test_a_failure_to_write_leaves_everything_as_it_was(
    drift: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from driftwright.entrypoints.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = texts_below(drift)
    full = _FullDisk(5)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full.replace)
        assert main(["--workspace", "drift", "accept", "--store", "shop=renamed.json", "--apply"]) == 4
    assert full.calls == 5
    assert texts_below(drift) == before
    assert "nothing was changed" in capsys.readouterr().err


def test_a_failure_or_a_kill_at_any_file_leaves_a_workspace_that_loads(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shop(tmp_path)
    shutil.copytree(made, tmp_path / "drift")
    salt, workspace = throwaway_salt(), find_workspace(str(tmp_path / "drift"))
    snapshot = plain_snapshot({"shop": tmp_path / "renamed.json"}, workspace, salt)
    with Engine() as engine:
        found = accept_snapshot(snapshot, workspace, engine, lambda _: None, patch=True)
    assert isinstance(found, Adopted)
    files = {file: new for file, (_, new) in found.files.items()}
    assert tmp_path / "readers.js" in files
    before = texts_below(tmp_path)
    for at in range(1, len(files) + 1):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", _FullDisk(at).replace)
            with pytest.raises(MachineFault, match="nothing was changed"):
                write_together(files)
        assert texts_below(tmp_path) == before
    for at in range(1, len(files) + 2):
        child = os.fork()
        if child == 0:  # the child of this test alone
            full = _FullDisk(at, dies=True)
            Path.replace = full.replace  # type: ignore[method-assign,assignment]
            write_together(files)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == (9 if at <= len(files) else 0)
        stores = load_stores(workspace.schemas)
        assert len(load_facts(workspace.contracts)) == len(FACTS)
        # A version is there with all its known-good stores, or not at all.
        assert all(sorted(version.witnesses) == ["first", "second"] for version in stores["shop"].versions)
        shutil.rmtree(tmp_path / "drift")
        shutil.copytree(made, tmp_path / "drift")
        write_shop(tmp_path)


def test_the_workspace_that_came_along_is_not_written_to(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    done = _accept_here(program, "--store", "shop=renamed.json")
    assert done.code == 2
    assert "no workspace here" in done.stderr


def _accept_here(program: Program, *arguments: str) -> Done:
    return program("accept", *arguments)


@pytest.mark.parametrize("arguments", [(), ("a.json", "b.json"), ("missing.snapshot.json",)])
def test_it_takes_one_snapshot(drift: Path, program: Program, arguments: tuple[str, ...]) -> None:
    done = _accept(program, *arguments)
    assert done.code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert drift.is_dir()


def test_the_workspace_of_the_project_adopts_a_renamed_flag(tmp_path: Path, program: Program) -> None:
    """With all its facts at night, since each is proven twice over; else with one that reads the flag."""
    for name in ("contracts", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "drift" / name)
    for file in (tmp_path / "drift" / "contracts").glob("*.toml"):
        if not NIGHTLY and file.stem != "moderated_count":
            file.unlink()
    _drifted(tmp_path / "drifted.snapshot.json")
    done = _accept(program, "drifted.snapshot.json")
    assert done.code == 1
    assert "moderated_count" in done.stdout
    done = _accept(program, "drifted.snapshot.json", "--apply")
    assert done.code == 0, done.stdout + done.stderr
    store = load_stores(tmp_path / "drift" / "schemas")["site"]
    assert store.latest.name == "v2"
    assert sorted(store.latest.witnesses) == sorted(store.versions[0].witnesses)
    assert store.latest.schema["title"].endswith("version 2")
    assert load_facts(tmp_path / "drift" / "contracts")
    report = program("--workspace", "drift", "check", "drifted.snapshot.json", "--format", "json")
    assert json.loads(report.stdout)["summary"]["broken"] == json.loads(report.stdout)["summary"]["degraded"] == 0


def _drifted(file: Path) -> None:
    """Write the stand-in's snapshot as a release leaves it that calls the flag of a video otherwise."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {("isModerated" if name == "moderated" else name): walk(part) for name, part in value.items()}
        return [walk(item) for item in value] if isinstance(value, list) else value

    snapshot = read_snapshot(SNAPSHOT)
    areas = tuple(
        replace(
            area,
            entries=tuple(
                replace(entry, value=walk(entry.value)) if entry.store == "site" else entry for entry in area.entries
            ),
        )
        for area in snapshot.areas
    )
    write_snapshot(replace(snapshot, areas=areas), file)


def test_a_name_that_a_capture_hides_is_told_from_one_that_it_shows() -> None:
    assert all(map(is_hidden, ("x_ef39dd96", "x-46276e462d", "masked text a87fbd913a")))
    shown = ("state", "x_axis", "orderIds", "xPosition", "id", "isSettled", "video2", "utm_source")
    assert not any(map(is_hidden, shown))
    assert not any(map(may_be_hidden, shown))
    assert all(map(may_be_hidden, ("x_ef39dd96", "_x_ef39dd96", "n_2fd9d8a3e3", "q7", "b")))


def test_diffs_are_applied_exactly_or_not_at_all() -> None:
    text = "a\nb\nc\nd\n"
    diff = "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n+bb\n c\n@@ -4 +5 @@\n-d\n+D\n"
    assert patched(text, diff) == "a\nB\nbb\nc\nD\n"
    assert patched(text.replace("b", "x"), diff) is None


def test_the_newest_entry_of_a_changelog_comes_first(made: Path) -> None:
    store = load_stores(made / "schemas")["shop"]
    one = with_entry(None, store, "## v2 - 2026-01-01\n\nA.\n")
    assert with_entry(one, store, "## v3 - 2026-02-01\n\nB.\n") == (
        "# Changelog of shop\n\n## v3 - 2026-02-01\n\nB.\n\n## v2 - 2026-01-01\n\nA.\n"
    )


def test_a_capture_without_drift_is_counted_once(drift: Path, program: Program) -> None:
    before = texts_below(drift)
    orders = json.loads(before["schemas/site/shop/v1.shape.json"])["shape"]["fields"]["orders"]
    assert orders["values"]["types"]["object"] == 3 + 5
    done = _accept(program, "--store", _save(drift.parent, shop(8)))
    assert done.code == 0, done.stdout + done.stderr
    assert "shop: v1 (site/shop), its records are counted as known to be good" in done.stdout
    after = texts_below(drift)
    assert {name for name in after if after[name] != before.get(name)} == {"schemas/site/shop/v1.shape.json"}
    orders = json.loads(after["schemas/site/shop/v1.shape.json"])["shape"]["fields"]["orders"]
    assert orders["values"]["types"]["object"] == 3 + 5 + 8
    assert "counted before" in _accept(program, "--store", "shop=today.json").stdout
    assert texts_below(drift) == after


def test_a_confirmed_capture_that_lacks_something_is_kept_and_hides_no_drift(drift: Path, program: Program) -> None:
    quiet = shop(5)
    quiet["orders"] = {}
    quiet["carts"]["current"]["orderIds"] = []
    given = _save(drift.parent, quiet)

    def verdict(*, of: str = given) -> str:
        report = program("--workspace", "drift", "check", "--store", of, "--format", "json")
        return str(json.loads(report.stdout)["verdict"])

    assert verdict() == "unseen"
    assert _accept(program, "--store", given).code == 0
    assert "schemas/site/shop/v1/confirmed-1.witness.json" in texts_below(drift)
    assert verdict() == "unseen", "no order shows nothing of an order, however often that was so"
    assert verdict(of="shop=friday.json") == "intact"
    assert verdict(of="shop=renamed.json") == "broken"


def test_a_capture_on_which_a_fact_is_wrong_is_not_counted(drift: Path, program: Program) -> None:
    broken = shop(5)
    broken["carts"]["current"]["orderIds"] = ["gone"]
    before = texts_below(drift)
    done = _accept(program, "--store", _save(drift.parent, broken))
    assert done.code == 1, done.stdout
    assert "statuses: " in done.stdout
    assert texts_below(drift) == before


def test_a_file_of_counts_that_was_edited_is_refused_by_name(drift: Path, program: Program) -> None:
    file = drift / "schemas" / "site" / "shop" / "v1.shape.json"
    file.write_text(file.read_text().replace('"object": 8', '"object": -8'), encoding="utf-8")
    done = program("--workspace", "drift", "check", "--store", "shop=friday.json")
    assert done.code == 2
    assert "v1.shape.json" in done.stderr
    assert "/shape/fields/orders/values/types" in done.stderr
