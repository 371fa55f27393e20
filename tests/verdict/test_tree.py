"""The tree of a store: what it tells of each position, and what it never tells."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.path import Path
from driftwright.report.formats.storetree import rows_of
from driftwright.report.store import NodeFound, Presence, TreeFound
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.model import Layout, shape_rows
from driftwright.verdict.tree import MOST_NODES, grouped, tree_of
from kit.pages import full
from kit.stored import read

MAP = Layout(kind="map", values=Layout(kind="record", fields={"flag": Layout(), "late": Layout()}))


def made(before: Any, now: Any, layout: Layout = MAP, changes: tuple[tuple[str, str], ...] = ()) -> TreeFound:
    return tree_of((fold([before], layout), fold([now], layout)), layout, grouped(changes), {})


def nodes(tree: TreeFound) -> dict[str, NodeFound]:
    return {node.path: node for node in tree.nodes}


def test_a_position_tells_how_often_it_was_there() -> None:
    before = {"a": {"flag": True}, "b": {"flag": False}, "c": {}}
    found = nodes(made(before, {"d": {"flag": 1}, "e": {}}, changes=(("/{}/flag", "c1"),)))
    flag = found["/{}/flag"]
    assert (flag.before, flag.now) == (Presence(2, 3), Presence(1, 2))
    assert (flag.types_before, flag.types_now, flag.changes) == (("boolean",), ("integer",), ("c1",))
    assert flag.depth == 2
    assert list(found) == ["/", "/{}", "/{}/flag"]


def test_what_is_gone_is_told_among_what_could_hold_it() -> None:
    gone = nodes(made({"a": {"flag": True}}, {"b": {}, "c": {}}))["/{}/flag"]
    assert (gone.before, gone.now, gone.types_now) == (Presence(1, 1), Presence(0, 2), ())


def test_no_key_of_a_map_and_no_undeclared_name_is_told() -> None:
    tree = made({"secret-1": {"flag": True}}, {"secret-2": {"flag": True, "secret-3": {"secret-4": 1}, "late": 1}})
    assert "secret" not in repr(tree)
    assert "/{}/late" in nodes(tree)
    assert tree.left_out == 2
    told = made({"a": {"flag": True}}, {"b": {"new": {"secret": 1}}}, changes=(("/{}/new", "c1"),))
    assert "/{}/new" in nodes(told)
    assert "secret" not in repr(told)


def test_what_changed_stays_where_not_all_has_room() -> None:
    names = {f"field{number}": number for number in range(2 * MOST_NODES)}
    last = f"/field{2 * MOST_NODES - 1}"
    tree = made(names, names, Layout(kind="record", fields=dict.fromkeys(names, Layout())), ((last, "c1"),))
    assert len(tree.nodes) == MOST_NODES
    assert tree.left_out == 2 * MOST_NODES + 1 - MOST_NODES
    assert [node.path for node in tree.nodes][-1] == last
    assert tree.nodes[0].path == "/"


@given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=4), max_leaves=9))
def test_a_store_beside_itself_has_every_position_once(document: Any) -> None:
    layout = layout_of(fold([document], Layout()))
    shape = fold([document], layout)
    tree = tree_of((shape, shape), layout, {}, {})
    paths = [node.path for node in tree.nodes]
    assert len(paths) == len(set(paths)) == len(list(shape_rows(shape))) - tree.left_out
    assert all(node.before == node.now and node.types_before == node.types_now for node in tree.nodes)
    assert all(len(Path.parse(node.path).steps) == node.depth for node in tree.nodes)


def test_another_name_is_told_on_both_sides() -> None:
    record = full("broken")
    others = {row.name: row.other for row in rows_of(read(record), 0) if row.other}
    assert others == {"moderated": "now isModerated", "isModerated": "was moderated"}
    record["changes"][0]["to"] = "/state/flags"
    assert {row.other for row in rows_of(read(record), 0)} == {"", "now /state/flags"}
    assert json.dumps(record["stores"][0]["tree"]).count('"path"') == len(rows_of(read(record), 0))
