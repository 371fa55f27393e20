"""What is evidence of another structure, and what other data of the same program may show as well."""

from __future__ import annotations

from typing import Any

import pytest

import driftwright

Document = dict[str, Any]


def judged(before: Any, after: Any, **readers: str) -> dict[str, str]:
    """The verdict on each reader, by its name."""
    module = "\n".join(f"export const {name} = {code};" for name, code in readers.items())
    return {fact.name: str(fact.verdict) for fact in driftwright.diff(before, after, module).facts}


# A reader is weighed by the texts of its own code


def test_what_only_another_reader_names_is_no_loss_of_this_one() -> None:
    before = {"trip": {"legs": [{"ferry": "Aland"}], "notes": ["x", "y"]}, "log": {"opened": 3}}
    after = {"trip": {"legs": [{"boat": "Gotland"}], "notes": []}, "log": {"began": 9}}
    found = judged(
        before, after, notes="(d) => d.trip.notes.length > 0 ? d.trip.notes : []", ferries="(d) => d.trip.legs[0].ferry"
    )
    assert found == {"notes": "unseen", "ferries": "broken"}


def test_a_helper_counts_as_the_code_of_those_who_call_it() -> None:
    known = driftwright.diff(
        {"rows": {"north:1": 4, "north:2": 5}},
        {"rows": {"1|north": 6, "2|north": 7}},
        "const of = (d, side) => Object.keys(d.rows).filter((key) => key.startsWith(`${side}`));\n"
        "const SIDE = 'north:';\nexport const count = (d) => of(d, SIDE).length;",
    )
    assert str(known["count"].verdict) == "broken"


# Words of kinds


def _tree(field: str, names: list[str]) -> Document:
    def member(name: str) -> Document:
        return {"type": field, "key": name, "value": {"type": "Text", "text": name}, "frozen": False, "own": True}

    calls: list[Document] = [
        {"type": "Call", "callee": name, "given": [], "spread": False} for name in ("go", "run", "stop")
    ]
    return {"body": [{"type": "Group", "parts": [member(name) for name in names]}, {"type": "Group", "parts": calls}]}


FIELDS = "(d) => d.body.flatMap((g) => g.parts).filter((p) => p.type === 'GroupField').map((p) => p.key)"


def test_a_kind_whose_records_are_built_as_before_has_another_name() -> None:
    after = _tree("FieldOfGroup", ["q", "r", "s"])
    calls = "(d) => d.body.flatMap((g) => g.parts).filter((p) => p.type === 'Call').length"
    found = judged(_tree("GroupField", ["a", "b"]), after, fields=FIELDS, calls=calls)
    assert found == {"fields": "broken", "calls": "intact"}


def test_a_kind_that_is_not_there_today_is_no_other_kind() -> None:
    after = _tree("GroupField", [])
    after["body"][0]["parts"] = [{"type": "Loop", "from": 1, "to": 3, "step": 1}, {"type": "Loop", "from": 2, "to": 9}]
    assert judged(_tree("GroupField", ["a", "b"]), after, fields=FIELDS)["fields"] == "unseen"


# Names and keys


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("content-type", "Content-Type"),
        ("app.cart.items", "app.2.cart.items"),
        ("last_sign_in", "lastSignIn"),
    ],
)
def test_a_name_in_another_style_is_no_missing_one(old: str, new: str) -> None:
    reader = f"(d) => d.head[{old!r}] ?? 'none'"
    listing = "(d) => Object.keys(d.head).length"
    found = judged(
        {"head": {old: "plain", "size": "big"}}, {"head": {new: "rich", "size": "small"}}, value=reader, count=listing
    )
    assert found == {"value": "broken", "count": "intact"}


def test_a_key_whose_separators_are_others_is_lost_to_who_looks_for_them() -> None:
    before = {"u1-north-token-a": "x1", "u1-north-token-b": "x2"}
    after = {"u2|north|token|c": "x3", "u2|north|token|d": "x4"}
    reader = "(d) => Object.keys(d).filter((key) => /-north-/.test(key)).length"
    assert judged(before, after, tokens=reader)["tokens"] == "broken"


def test_ids_that_both_sides_hold_as_values_are_no_renames() -> None:
    def store(who: str) -> Document:
        return {"root": {"viewer": {"ref": who}}, who: {"name": f"name of {who}"}, "page": {"open": True}}

    reader = "(d) => d[d.root.viewer.ref].name.length > 3"
    assert judged(store("u-31"), store("u-77"), known=reader)["known"] == "intact"


# Content that stands elsewhere


def test_what_a_stored_text_holds_is_found_under_another_key() -> None:
    held = '{"session": {"access": "a1", "refresh": "r1", "person": {"mail": "m@x.test"}}}'
    moved = '{"access": "a2", "refresh": "r2", "person": {"mail": "n@x.test"}}'
    before = {"app.theme": "dark", "shop.auth.token": held}
    reader = "(d) => { try { return JSON.parse(d['shop.auth.token']).session.person.mail; } catch { return 'guest'; } }"
    renamed = judged(before, {"app.theme": "light", "sb-boats-token": moved}, mail=reader)
    signed_out = judged(before, {"app.theme": "light"}, mail=reader)
    assert (renamed["mail"], signed_out["mail"]) == ("broken", "unseen")


def test_names_that_stand_beside_what_is_gone_do_not_show_where_it_went() -> None:
    def field(text: str) -> Document:
        return {"initial": text, "value": text, "touched": True}

    before = {"form": {"name": field("Ada"), "city": field("Vigo")}}
    after = {"form": {"name": field("Ben")}}
    assert judged(before, after, city="(d) => d.form.city?.value ?? 'nowhere'")["city"] == "unseen"


def test_fields_that_went_a_level_down_are_lost_to_who_lists_them() -> None:
    before = {"form": {"name": {"value": "Ada"}, "size": {"value": 4}}}
    after = {"form": {"values": {"name": "Ben", "size": 2}, "initial": {"name": "Ben", "size": 2}}}
    reader = "(d) => Object.keys(d.form).filter((name) => d.form[name].value !== undefined)"
    assert judged(before, after, filled=reader)["filled"] == "broken"


# What few values show


def test_a_state_that_is_a_record_today_and_was_a_word_is_no_other_type() -> None:
    reader = "(d) => typeof d.state.order === 'string' ? d.state.order : Object.keys(d.state.order)[0]"
    found = judged({"state": {"order": "idle"}}, {"state": {"order": {"paying": "card"}}}, order=reader)
    assert found["order"] == "intact"


def test_a_word_that_the_reader_names_and_that_is_in_a_record_now_is_another_structure() -> None:
    before, after = {"plan": "tin"}, {"plan": {"name": "gold", "seats": 2}}
    assert judged(before, after, seats="(d) => d.plan === 'gold' ? 9 : 1")["seats"] == "broken"


@pytest.mark.parametrize(("empty", "verdict"), [(False, "intact"), (True, "broken")])
def test_null_for_a_list_is_other_data_unless_an_empty_list_was_written_so(*, empty: bool, verdict: str) -> None:
    before: Document = {"calls": [{"id": n, "errors": [{"at": n}]} for n in range(4)]}
    if empty:
        before["calls"] += [{"id": n, "errors": []} for n in range(4, 24)]
    after = {"calls": [{"id": 31, "errors": [{"at": 1}]}, {"id": 32, "errors": None}, {"id": 33, "errors": None}]}
    reader = "(d) => d.calls.filter((call) => call.errors).length"
    assert (judged(before, after, failed=reader)["failed"] in ("broken", "degraded")) is (verdict == "broken")


def test_a_flag_of_some_records_is_no_word_of_all() -> None:
    before = {"notes": [{"text": "a", "fatal": True}, {"text": "b"}, {"text": "c"}]}
    after = {"notes": [{"text": "d", "rule": "semi"}, {"text": "e", "rule": "quotes"}, {"text": "f", "rule": "semi"}]}
    found = driftwright.diff(before, after, "export const fatal = (d) => d.notes.filter((n) => n.fatal).length")
    assert "flag-became-enum" not in [change.rule for change in found.changes]
