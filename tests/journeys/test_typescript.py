"""Readers as a project in TypeScript has them: judged, made a workspace of, and mended in the user's own file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kit.bundling import write_project
from kit.program import Program

READERS = "src/readers.ts"
PROJECT = {
    "src/types.ts": "export interface Cart {\n  lines: { id: string; isPaid: boolean; price: number }[];\n}\n"
    "export enum Unit { Cents = 100 }\n",
    READERS: 'import { Unit, type Cart } from "./types";\n\n'
    "const paid = (cart: Cart) => cart.lines.filter((line) => line.isPaid);\n\n"
    "export const paidLines = (cart: Cart): number => paid(cart)!.length;\n"
    "export function total(cart: Cart, digits = 2): string {\n"
    "  return (cart.lines.reduce((sum, line) => sum + line.price!, 0) / Unit.Cents).toFixed(digits);\n}\n",
}

INIT = (
    "init",
    "drift",
    "--snapshot",
    "monday.json",
    "--snapshot",
    "friday.json",
    "--readers",
    READERS,
    "--key",
    "cart",
)


def cart(**renamed: str) -> dict[str, Any]:
    """A cart, with fields of its lines renamed."""
    lines = [{"id": f"{n:08x}-0000-4000-8000-000000000000", "isPaid": n % 3 == 0, "price": 100 + n} for n in range(12)]
    return {"lines": [{renamed.get(name, name): value for name, value in line.items()} for line in lines]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, PROJECT)
    carts = {"monday": cart(), "friday": {"lines": cart()["lines"][3:]}, "renamed": cart(isPaid="isSettled")}
    for name, document in carts.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    return tmp_path


@pytest.mark.usefixtures("project")
def test_a_diff_judges_typescript_as_it_stands(program: Program) -> None:
    done = program("diff", "monday.json", "renamed.json", "--consumer", READERS, "--format", "json")
    readers = json.loads(done.stdout)["readers"]
    assert (done.code, {name: found["verdict"] for name, found in readers.items()}) == (
        1,
        {"paidLines": "broken", "total": "intact"},
    )


def test_a_workspace_names_the_users_own_file_and_a_patch_mends_it(project: Path, program: Program) -> None:
    (project / ".git").mkdir()
    started = program(*INIT)
    assert started.code == 0, started.stderr
    assert (
        'derive = "../../src/readers.ts#paidLines(cart)"' in (project / "drift/contracts/paid_lines.toml").read_text()
    )
    check = ("--workspace", "drift", "check", "--store", "cart=renamed.json", "--format", "json")
    report = json.loads(program(*check).stdout)
    assert {fact["name"]: fact["verdict"] for fact in report["facts"]} == {"paid_lines": "broken", "total": "intact"}
    diffs = {proposal["file"]: proposal["diff"] for proposal in report["proposals"]}
    assert sorted(diffs) == ["drift/contracts/paid_lines.toml", READERS]
    patch = ("patch", "-p1", "--batch", "--quiet")
    subprocess.run(patch, input="".join(diffs.values()).encode(), cwd=project, check=True, timeout=60)
    assert "(line) => line.isSettled ?? line.isPaid)" in (project / READERS).read_text()
    mended = json.loads(program(*check).stdout)
    assert {fact["name"]: fact["verdict"] for fact in mended["facts"]} == {"paid_lines": "intact", "total": "intact"}


def test_a_name_that_was_hidden_is_never_patched_in(project: Path, program: Program) -> None:
    (project / "hidden.json").write_text(json.dumps(cart(isPaid="x_3fa9c2d1e4")))
    program(*INIT)
    check = ("--workspace", "drift", "check", "--store", "cart=hidden.json", "--format", "json")
    report = json.loads(program(*check).stdout)
    assert {fact["name"]: fact["verdict"] for fact in report["facts"]}["paid_lines"] == "broken"
    assert report["proposals"] == []


def test_accepting_finds_reading_code_outside_of_the_workspace(project: Path, program: Program) -> None:
    program(*INIT)
    done = program("--workspace", "drift", "accept", "--store", "cart=renamed.json")
    assert (done.code, done.stderr) == (1, "")
    assert "paid_lines: the reader" in done.stdout
    assert (project / READERS).read_text() == PROJECT[READERS]


def test_a_workspace_of_hooks_that_ask_the_storage_themselves(project: Path, program: Program) -> None:
    (project / "src" / "hooks.ts").write_text(
        'import { useMemo } from "react";\nimport type { Cart } from "./types";\n\n'
        'const load = (): Cart => JSON.parse(localStorage.getItem("cart") ?? "null");\n'
        "export const useCount = (): number => useMemo(() => load().lines.filter((line) => line.isPaid).length, []);\n"
        "export function usePrice(id: string): number | null {\n"
        "  return load().lines.find((line) => line.id === id)?.price ?? null;\n}\n"
    )
    words = [word.replace(READERS, "src/hooks.ts") for word in INIT]
    started = program(*words, "--area", "local")
    assert started.code == 0, started.stderr
    contracts = "".join(file.read_text() for file in sorted((project / "drift/contracts").glob("*.toml")))
    assert 'derive = "../../src/hooks.ts#useCount()"' in contracts
    assert 'derive = "../../src/hooks.ts#usePrice(id)"' in contracts
    check = ("--workspace", "drift", "check", "--format", "json", "--store")
    verdicts = [
        {fact["name"]: fact["verdict"] for fact in json.loads(program(*check, f"cart={name}.json").stdout)["facts"]}
        for name in ("friday", "renamed")
    ]
    assert verdicts == [
        {"use_count": "intact", "use_price": "intact"},
        {"use_count": "broken", "use_price": "intact"},
    ]


@pytest.mark.usefixtures("project")
def test_a_diff_judges_code_that_asks_the_storage_itself(project: Path, program: Program) -> None:
    (project / "hook.ts").write_text(
        "export const useCount = () =>\n"
        '  (JSON.parse(sessionStorage.getItem("any")!) as any).lines.filter((line: any) => line.isPaid).length;\n'
    )
    same = program("diff", "monday.json", "friday.json", "--consumer", "hook.ts")
    changed = program("diff", "monday.json", "renamed.json", "--consumer", "hook.ts")
    assert (same.code, changed.code) == (0, 1)
    assert "/lines/[]/isPaid" in changed.stdout
