"""One judge: `diff` and a workspace made by `init` hold the same evidence, whatever known-good documents are like."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.authoring import init_request, init_workspace
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.impact.javascript.program import module
from driftwright.snapshot import plain_snapshot
from driftwright.verdict import check_snapshot
from driftwright.verdict.diff import diff_documents
from driftwright.workspace import find_workspace


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


@pytest.fixture
def folder(tmp_path: File, monkeypatch: pytest.MonkeyPatch) -> File:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def _verdicts(
    reader: str, known: Sequence[Any], later: Any, engine: Engine, folder: File
) -> tuple[Verdict, Verdict | None]:
    """The verdict of `diff`, and that of `check` in a workspace of the same documents; None without a contract."""
    source = f"export const answer = {reader};\n"
    (folder / "readers.js").write_text(source)
    (judged,) = diff_documents(known[0], later, module(source, "readers.js"), engine, known[1:]).readers
    init_workspace(folder / "drift", init_request(known, folder / "readers.js", key="store"))
    workspace = find_workspace(str(folder / "drift"))
    report = check_snapshot(plain_snapshot({"store": later}, workspace, None), workspace, engine=engine)
    return judged.verdict, next((fact.verdict for fact in report.facts), None)


def _texts(*names: str, hint: bool = True) -> dict[str, Any]:
    return {"page": {**{name: f"The {name}" for name in names}, **({"hint": ""} if hint else {})}}


def _slices(*on: str, names: Sequence[str]) -> dict[str, str]:
    return {
        "app:basket": json.dumps({"sku_17a": 2, "sku_98c": 1}),
        "app:switches": json.dumps({name: name in on for name in names}),
    }


def _settings(seed: int, ending: str) -> dict[str, str]:
    others = {f"user_{seed}{n:02}x.visited.page{n:02}": json.dumps(f"page {n:02}") for n in range(16)}
    return {**others, f"user_{seed}99x.settings.{ending}": json.dumps("dark" if seed % 2 else "plain")}


def _profile(*, nick: bool = True) -> dict[str, Any]:
    return {"profile": {"name": "Mira Olmen", **({"nick": "Zedo Kast"} if nick else {})}}


def _orders(seed: int) -> dict[str, Any]:
    people = {f"usr_{seed}{n}kq8": {"name": f"Person {chr(65 + n)}{seed}", "age": 20 + n} for n in range(3)}
    return {"people": people, "orders": [{"buyer": key, "total": 1000 + seed} for key in people]}


THEME = "(data) => JSON.parse(data[Object.keys(data).find((key) => key.includes('.settings.theme'))] ?? 'null')"


@pytest.mark.parametrize(
    ("reader", "known", "later", "verdict"),
    [
        (
            "(data) => Object.values(data.page).length",
            [_texts("river", "stone"), _texts("river", "stone", "cloud")],
            _texts("river", "stone", hint=False),
            Verdict.UNSEEN,
        ),
        (
            "(data) => Object.entries(JSON.parse(data['app:switches'])).filter(([, on]) => on).map(([name]) => name)",
            [_slices("fast", names=["fast", "wide"]), _slices("fast", "wide", names=["fast", "wide"])],
            _slices("fast", names=["fast"]),
            Verdict.UNSEEN,
        ),
        ("(data) => data.profile.nick ?? data.profile.name", [_profile()] * 2, _profile(nick=False), Verdict.UNSEEN),
        (
            "(data) => data.orders.map((order) => data.people[order.buyer].name)",
            [_orders(1)] * 2,
            _orders(2),
            Verdict.INTACT,
        ),
        (THEME, [_settings(1, "theme"), _settings(2, "theme")], _settings(3, "theme"), Verdict.INTACT),
        (THEME, [_settings(1, "theme"), _settings(2, "theme")], _settings(3, "scheme"), Verdict.UNSEEN),
    ],
    ids=[
        "an empty text is left out",
        "a switch is left out of a slice",
        "another field stands in, with a value that is known",
        "one known-good store is given twice",
        "a key is chosen by a part of its name",
        "no key has that part any more",
    ],
)
def test_both_say_the_same(  # noqa: PLR0913 - two fixtures beside the case
    reader: str, known: list[Any], later: Any, verdict: Verdict, *, engine: Engine, folder: File
) -> None:
    assert _verdicts(reader, known, later, engine, folder) == (verdict, verdict)
