"""The limits of a capture are not drift: up to them everything is seen, and past them a store is unseen by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.program import run_here
from kit.shop import begin_shop, renamed, shop

DEEP, MANY = 128, 2_000_000


def _nested(levels: int, *, lists: bool = False) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if lists else {f"n{level % 3}": value}
    return value


@pytest.fixture(scope="module")
def shop_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that is only looked at: each test writes the store of its own beside it."""
    folder = tmp_path_factory.mktemp("shop")
    begin_shop(folder)
    return folder


def _write(folder: Path, document: Any) -> tuple[list[str], list[str]]:
    """Write a store as a file of one's own and as saved storage; return how each is judged."""
    (folder / "today.json").write_text(json.dumps(document))
    (folder / "saved.json").write_text(json.dumps({"shop": json.dumps(document)}))
    return (
        ["--workspace", "drift", "check", "--store", "shop=today.json"],
        ["--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out"],
    )


@pytest.mark.parametrize("lists", [False, True])
def test_up_to_the_limit_of_depth_all_is_seen(shop_here: Path, *, lists: bool) -> None:
    # Its own level, and that of the value within the innermost.
    tree = _nested(DEEP - 2, lists=lists)
    for command in _write(shop_here, {**shop(5), "tree": tree}):
        done = run_here(shop_here, *command)
        assert (done.code, "than a capture looks" in done.stdout) == (0, False), done
    for command in _write(shop_here, {**renamed(5), "tree": tree}):
        done = run_here(shop_here, *command)
        assert (done.code, "(was status)" in done.stdout) == (1, True), done


@pytest.mark.parametrize(
    "more",
    [
        {"tree": _nested(DEEP - 1)},
        {"tree": _nested(DEEP, lists=True)},
        {"tree": [0] * MANY},
        {"tree": json.dumps(_nested(DEEP))},
    ],
    ids=["deep", "deep lists", "many values", "deep in a text"],
)
def test_past_a_limit_a_store_is_unseen_by_name_and_no_drift(shop_here: Path, more: dict[str, Any]) -> None:
    for command in _write(shop_here, {**renamed(5), **more}):
        done = run_here(shop_here, *command)
        assert done.code == 3, done
        assert "BROKEN" not in done.stdout
        assert "shop: nested deeper, or larger, than a capture looks" in done.stdout
