"""One known session that lacks a thing explains that it is missing, but not that it stands there under another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.jsontext import json_text
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from kit.trials import judged


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


# ---- a key that the signed-out session lacks


def _token(user: str, roles: list[str]) -> dict[str, Any]:
    return {"access": f"a-{user}", "refresh": f"r-{user}", "kind": "bearer", "user": {"mail": user, "roles": roles}}


def _signed_in(user: str, *roles: str) -> dict[str, str]:
    return {"skin": "dark", "club.token": json_text({"session": _token(user, list(roles)), "until": 1_700_000_000})}


def test_a_token_under_another_key_without_its_envelope_is_no_signed_out_user(engine: Engine) -> None:
    known = (_signed_in("bo", "writer"), {"skin": "light"})
    later = {"skin": "dark", "cb-main-token": json_text(_token("cy", ["reader"]))}
    reader = "(d) => 'club.token' in d"
    assert judged(engine, reader, _signed_in("ada", "editor"), later, *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, _signed_in("ada", "editor"), {"skin": "dark"}, *known).verdict is Verdict.INTACT


def _types(**models: list[str]) -> dict[str, Any]:
    return {name: {"title": name, "type": "object", "must": fields} for name, fields in models.items()}


def test_a_map_with_words_as_keys_is_called_otherwise_whatever_its_entries_are_called(engine: Engine) -> None:
    known = ({"title": "B", "models": _types(Order=["id"], Row=["sku"])}, {"title": "C"})
    before, entries = {"title": "A", "models": _types(User=["name"], Team=["lead"])}, _types(Ship=["to"])
    reader = "(d) => Object.keys(d.models ?? {}).sort()"
    assert judged(engine, reader, before, {"title": "D", "$models": entries}, *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, {"title": "D"}, *known).verdict is not Verdict.BROKEN


def _machine(**more: Any) -> dict[str, Any]:
    return {
        "value": "open",
        "context": {"n": 3},
        "event": "x",
        "actions": [],
        "meta": {},
        "done": False,
        "tags": ["a"],
        **more,
    }


def test_a_record_written_anew_has_not_by_chance_lost_what_only_some_had(engine: Engine) -> None:
    known = (_machine(past={"value": "shut"}), _machine())
    later = {"value": "open", "context": {"n": 5}, "tags": ["b"], "status": "active", "children": {}}
    reader = "(d) => d.past?.value ?? null"
    assert judged(engine, reader, _machine(past={"value": "new"}), later, *known).verdict is Verdict.BROKEN
    other = _machine() | {"context": {"n": 5}}
    assert judged(engine, reader, _machine(past={"value": "new"}), other, *known).verdict is not Verdict.BROKEN


def test_keys_written_anew_have_not_by_chance_lost_what_only_some_had(engine: Engine) -> None:
    def store(mark: str, user: str = "") -> dict[str, str]:
        shared = {f"[App]{mark}cart": '{"rows":[1]}', f"[App]{mark}look": '{"dark":true}', f"[App]{mark}tabs": "[1]"}
        return {**shared, **({f"[App]{mark}user": json_text({"data": {"name": user}})} if user else {})}

    reader = "(d) => JSON.parse(d['[App]@user'] ?? '{}').data?.name ?? 'guest'"
    known = (store("@", "Bo"), store("@"))
    assert judged(engine, reader, store("@", "Ada"), store("#", "Cy"), *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, store("@", "Ada"), store("@"), *known).verdict is Verdict.INTACT


def test_a_null_that_another_known_session_gave_is_no_break(engine: Engine) -> None:
    def queue(prefix: str, *mails: str) -> dict[str, str]:
        jobs: list[dict[str, Any]] = [{"begin": 1}, *({"who": {"mail": mail}} for mail in mails)]
        return {f"{prefix}id": "7", f"{prefix}queue": json_text(jobs)}

    reader = """(d) => { const key = Object.keys(d).find((k) => k.includes('queue'));
        return JSON.parse(d[key]).find((job) => job.who)?.who.mail ?? null; }"""
    known = (queue("", "bo@x.test"), queue(""))
    assert judged(engine, reader, queue("", "ada@x.test"), queue("app/"), *known).verdict is not Verdict.BROKEN


# ---- kinds of records that have another name


def _outline(*kinds: str) -> dict[str, Any]:
    built: dict[str, dict[str, Any]] = {
        "para": {"text": "t"},
        "rule": {},
        "list_start": {"ordered": True, "start": 3},
        "list": {"raw": "1. t", "ordered": True, "start": 3, "loose": False, "items": []},
        "import": {"names": ["a"], "source": "b"},
        "export": {"names": ["a"], "source": "b", "value": None},
    }
    return {"parts": [{"kind": kind, **built[kind]} for kind in kinds]}


_NUMBERED = "(d) => d.parts.filter((p) => p.kind === 'list_start' && p.ordered).map((p) => p.start)"


def test_a_kind_is_called_otherwise_where_its_own_fields_stand_in_a_new_kind_of_a_like_name(engine: Engine) -> None:
    before = _outline("para", "list_start", "para", "rule", "list_start", "para")
    known = (_outline("para", "rule", "list_start", "para"), _outline("para", "rule", "para", "rule"))
    after = _outline("para", "list", "para", "rule", "list", "rule")
    assert judged(engine, _NUMBERED, before, after, *known).verdict is Verdict.BROKEN
    assert judged(engine, _NUMBERED, before, after).verdict is Verdict.BROKEN
    other = _outline("para", "rule", "para", "rule")
    assert judged(engine, _NUMBERED, before, other, *known).verdict is Verdict.INTACT


def test_another_kind_that_has_the_same_fields_and_more_is_one_that_other_data_hold(engine: Engine) -> None:
    reader = "(d) => d.parts.filter((p) => p.kind === 'import').map((p) => p.source)"
    before = _outline("para", "import", "para", "rule", "import", "rule")
    known = (_outline("para", "rule", "para", "rule"),)
    assert (
        judged(engine, reader, before, _outline("para", "export", "para", "export"), *known).verdict is Verdict.INTACT
    )


# ---- what is listed, and what is left


def test_an_entry_whose_key_has_a_mark_is_none_of_those_that_are_listed(engine: Engine) -> None:
    reader = "(d) => Object.keys(JSON.parse(d.shelves)).sort()"

    def store(*names: str) -> dict[str, str]:
        return {"shelves": json_text({name: {"rows": {"1": {"n": 1}}} for name in names})}

    before = store("books", "maps")
    assert judged(engine, reader, before, store("$cache", "books", "maps")).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, store("books", "maps", "tools")).verdict is Verdict.INTACT
    assert judged(engine, reader, store("$a", "books"), store("$a", "$b", "books")).verdict is Verdict.INTACT
    assert judged(engine, reader, before, store("books", "maps", "@shop/tools")).verdict is Verdict.INTACT


def test_a_map_that_a_record_in_a_list_holds_now_is_counted_no_more(engine: Engine) -> None:
    before = {"src/geo.js": 120, "src/lib/pen.js": 40, "src/main.js": 900}
    after = {
        "results": [
            {"bundle": "main.js", "total": 500, "files": {"src/a.js": {"size": 300}, "src/b.js": {"size": 200}}}
        ]
    }
    reader = "(d) => Object.keys(d).length"
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, {"src/a.js": 300}).verdict is Verdict.INTACT


def test_who_finds_nothing_of_what_he_reads_answers_as_before_by_chance(engine: Engine) -> None:
    def program(name: str, *extra: str) -> dict[str, Any]:
        rows = [{"op": "put", "row": n} for n in range(4)] + [{"op": "if", "other": [1], "row": 9} for _ in extra]
        return {"type": "program", name: rows, "path": "a.hb"}

    reader = "(d) => (d.statements ?? []).filter((row) => row.other).length"
    assert judged(engine, reader, program("statements"), program("body", "x")).verdict is Verdict.BROKEN
    assert judged(engine, reader, program("statements"), program("statements")).verdict is Verdict.INTACT
    both = "(d) => (d.statements ?? d.body ?? []).filter((row) => row.other).length"
    assert judged(engine, both, program("statements"), program("body")).verdict is Verdict.INTACT


def test_a_flag_that_is_a_record_now_is_never_true_though_it_was_not_before(engine: Engine) -> None:
    reader = "(d) => d.flags['new-nav'] === true"

    def store(flags: list[Any]) -> dict[str, Any]:
        return {"flags": dict(zip(("new-nav", "beta", "hints"), flags, strict=True))}

    records = [{"value": value, "version": 2} for value in (False, True, False)]
    assert judged(engine, reader, store([False, True, True]), store(records)).verdict is Verdict.BROKEN
    assert judged(engine, reader, store([False, True, True]), store([False, False, True])).verdict is Verdict.INTACT


def test_a_stand_in_is_no_answer_where_all_records_lack_what_they_had(engine: Engine) -> None:
    def log(*states: Any) -> dict[str, str]:
        return {f"job.{n:04x}{n:04x}": json_text({"id": n, **({"mode": s} if s else {})}) for n, s in enumerate(states)}

    reader = """(d) => Object.values(d).map((text) => JSON.parse(text))
        .reduce((counts, job) => ({ ...counts, [job.mode ?? 'none']: (counts[job.mode ?? 'none'] ?? 0) + 1 }), {})"""
    known: tuple[Any, ...] = (log("fast", "fast", "slow"), {})
    assert judged(engine, reader, log("fast", "fast"), log(None, None, None), *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, log("fast", "fast"), log("slow", "fast"), *known).verdict is Verdict.INTACT


def test_the_effect_that_the_replay_foretells_is_no_other_branch_of_the_reader(engine: Engine) -> None:
    def base(*sizes: int | None) -> dict[str, Any]:
        rows = [
            {"name": f"n{n}", "index": None if s is None else list(range(s)), "data": [0] * (s or 2)}
            for n, s in enumerate(sizes)
        ]
        return {"lists": rows}

    reader = "(d) => d.lists.filter((row) => row.index?.length !== row.data.length).map((row) => row.name)"
    assert judged(engine, reader, base(3, 2, 5), base(None, None, None), base(2, 4, 3)).verdict is Verdict.BROKEN
    assert judged(engine, reader, base(3, 2, 5), base(4, 1, 2), base(2, 4, 3)).verdict is Verdict.INTACT


# ---- one session that tells enough


def test_nulls_that_are_too_many_to_stand_for_empty_texts_alone_hide_the_texts(engine: Engine) -> None:
    def films(*places: str | None) -> dict[str, Any]:
        return {"films": [{"id": f"f{n}", "url": url} for n, url in enumerate(places)]}

    reader = "(d) => d.films.filter((film) => film.url).length"
    before = films("https://a.test/1", "", "https://a.test/2", "", "", "https://a.test/3")
    assert judged(engine, reader, before, films(*[None] * 6)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, films(None, "https://a.test/7", None)).verdict is Verdict.INTACT


def test_all_records_of_a_kind_have_another_name_in_place_of_their_own(engine: Engine) -> None:
    def runs(name: str, *states: str) -> dict[str, Any]:
        return {
            "runs": [
                {"title": f"t{n}", "state": state, "error": {name: f"no {n}"} if state == "failed" else {}}
                for n, state in enumerate(states)
            ]
        }

    reader = "(d) => d.runs.filter((run) => run.error.message).map((run) => run.error.message)"
    before = runs("message", "failed", "passed", "passed", "failed", "passed", "passed", "passed", "passed")
    after = ["passed", "failed", "failed", "passed", "failed", "passed", "passed"]
    assert judged(engine, reader, before, runs("text", *after)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, runs("message", *after)).verdict is Verdict.INTACT


def test_who_asks_for_the_words_as_well_as_for_the_flag_is_not_called_broken(engine: Engine) -> None:
    def jobs(*states: Any) -> dict[str, Any]:
        return {"jobs": [{"id": n, "state": state} for n, state in enumerate(states)]}

    busy = [{"isBusy": value} for value in (True, False, True, False, False)]
    idle = [{"work": "idle"}] * 6
    both = "(d) => d.jobs.filter((job) => job.state.work === 'running' || job.state.isBusy).length"
    assert judged(engine, both, jobs(*busy), jobs(*idle)).verdict is not Verdict.BROKEN
    flag = "(d) => d.jobs.filter((job) => job.state.isBusy).length"
    assert judged(engine, flag, jobs(*busy), jobs(*idle)).verdict is Verdict.BROKEN


def test_fields_that_records_in_a_new_list_have_now_are_there_no_more(engine: Engine) -> None:
    def hints(*texts: str, listed: bool = False) -> list[dict[str, Any]]:
        fixes = [{"text": text, "row": n + 1, "note": "Remove"} for n, text in enumerate(texts)]
        if listed:
            fixes = [{"edits": [{"text": fix["text"], "row": fix["row"]}], "note": fix["note"]} for fix in fixes]
        return [{"code": f"E{n}", "fix": fix} for n, fix in enumerate(fixes)]

    reader = "(d) => d.filter((hint) => hint.fix && hint.fix.text === '').length"
    assert (
        judged(engine, reader, hints("", "==", "", "", ""), hints("", "", "is", listed=True)).verdict is Verdict.BROKEN
    )
    assert judged(engine, reader, hints("", "==", "", "", ""), hints("!=", "is", "")).verdict is Verdict.INTACT


def test_a_flag_that_three_sessions_have_throughout_is_not_left_out_by_chance(engine: Engine) -> None:
    def scene(count: int, **more: Any) -> dict[str, Any]:
        return {"materials": [{"id": f"m{n}", "colour": n, **more} for n in range(count)]}

    reader = "(d) => d.materials.filter((material) => material.lit).length"
    known = (scene(4, lit=True), scene(1, lit=True))
    assert judged(engine, reader, scene(3, lit=True), scene(1), *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, scene(3, lit=True), scene(1)).verdict is not Verdict.BROKEN
    assert judged(engine, reader, scene(3, lit=True), scene(1, lit=False), *known).verdict is not Verdict.BROKEN


def test_what_befalls_all_entries_of_a_map_befalls_the_one_that_is_asked_for_by_name(engine: Engine) -> None:
    def boxes(field: str, first: int, *named: str) -> dict[str, Any]:
        ids = [*named, *(f"box:{n:04d}" for n in range(first, first + 9))]
        return {"boxes": {key: {"kind": "box", field: n + 3} for n, key in enumerate(ids)}}

    reader = "(d) => d.boxes['main']?.size ?? 0"
    before, known = boxes("size", 10, "main"), (boxes("size", 30), boxes("size", 50, "main"))
    assert judged(engine, reader, before, boxes("width", 70), *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, boxes("size", 70), *known).verdict is not Verdict.BROKEN


def test_a_key_with_one_part_more_holds_what_one_session_merely_lacked(engine: Engine) -> None:
    def area(key: str, *titles: str) -> dict[str, str]:
        columns = [{"field": title.lower(), "title": title, "shown": n % 2 == 0} for n, title in enumerate(titles)]
        return {"theme": "dark", **({key: json_text(columns)} if titles else {})}

    reader = (
        "(d) => JSON.parse(d['grid-orders'] ?? '[]').filter((column) => !column.shown).map((column) => column.title)"
    )
    before, known = area("grid-orders", "Id", "Name", "Sum"), (area("grid-orders", "Id", "Mail"), area("grid-orders"))
    later = area("grid-orders-columns", "Id", "Name")
    assert judged(engine, reader, before, later, *known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, area("grid-orders"), *known).verdict is Verdict.INTACT


# ---- what data alone explain


def test_what_somebody_typed_in_may_be_a_number_or_a_text(engine: Engine) -> None:
    def area(*values: Any) -> dict[str, Any]:
        return {"filters": [{"field": f"f{n}", "value": value} for n, value in enumerate(values)]}

    reader = "(d) => d.filters.map((filter) => `${filter.field} ${filter.value}`)"
    assert judged(engine, reader, area("admin", "ben"), area(10)).verdict is not Verdict.BROKEN
    many = area(*(f"w{n}" for n in range(9)))
    assert judged(engine, "(d) => d.filters.map(({ value }) => value.trim())", many, area(*range(8))).verdict is (
        Verdict.BROKEN
    )


def test_a_code_of_a_family_is_not_called_by_another_code(engine: Engine) -> None:
    def findings(*codes: str) -> dict[str, Any]:
        return {f"doc{n}.md": {code: [n + 3]} for n, code in enumerate(codes)}

    reader = "(d) => Object.values(d).filter((rules) => rules.MD034).length"
    before = findings("MD034", "MD009", "MD012", "MD034", "MD009", "MD012", "MD047")
    after = findings("MD033", "MD009", "MD012", "MD033", "MD009", "MD012")
    assert judged(engine, reader, before, after).verdict is not Verdict.BROKEN
