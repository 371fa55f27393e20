"""The laws of migrations: the right re-keying keeps all eight, and each wrong one breaks the laws that it should."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from driftwright.authoring.emit.migrating import migrations_script
from driftwright.authoring.migrations.generated import generated_profiles
from driftwright.authoring.migrations.mover import Mover
from driftwright.authoring.migrations.parents import family_of
from driftwright.authoring.migrations.profiles import witness_profiles
from driftwright.authoring.migrations.prove import prove_migration
from driftwright.authoring.migrations.records import Entry, is_copy
from driftwright.authoring.migrations.storage import Keys, Operation, Place, Profile, same
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.workspace.code import Code
from driftwright.workspace.schemas.validation import violations
from kit.examples import usually
from kit.rekeying import broken_laws, made_wrong, proved, right

LAWS = {
    "nothing-lost",
    "copies-are-one",
    "unknown-waits",
    "comes-to-rest",
    "interrupted",
    "quota",
    "way-back",
    "drift",
}
SMALL = 1_000
"""Characters of a smallest profile at most: one or two old records, and what tells their parent."""
MEETING = 2
"""Old records that have to meet for any law to fail."""
WAITS = "else if (parent === undefined) plan.wait.push(key);"
FOUND = "const parent = parentOf(id, parents);"
WRITTEN = "  for (const [key, record] of Object.entries(plan.write)) await keeper.write(key, record);\n"

WRONG: Mapping[str, tuple[set[str], tuple[tuple[str, str], ...]]] = {
    "copies isActive, where the old records say isSessionActive": (
        {"nothing-lost"},
        (('  isSessionActive: "isActive",\n', ""),),
    ),
    "drops what it finds no parent for, for a reason of its own": (
        {"nothing-lost"},
        (
            (
                WAITS,
                (
                    "else if (parent === undefined && site) { plan.remove.push(key);"
                    ' const more = plan as any; more.drop = { ...more.drop, [key]: "old" }; }'
                    " else if (parent === undefined) plan.wait.push(key);"
                ),
            ),
        ),
    ),
    "counts a session twice that lies under two keys": (
        {"copies-are-one"},
        (("  if (textOf(one) === textOf(other)) return true;\n", "  if (one !== other) return false;\n"),),
    ),
    "takes a record for its own parent while the site's store is not there": (
        {"unknown-waits"},
        (
            (WAITS, "else if (parent === undefined && site) plan.wait.push(key);"),
            ("(added[parent] ??= {})", "(added[parent ?? id] ??= {})"),
        ),
    ),
    "takes a record for its own parent at last": (
        {"unknown-waits", "drift"},
        ((FOUND, "const parent = parentOf(id, parents) ?? (parents.has(id) ? undefined : id);"),),
    ),
    "takes preferences in the order of their keys": (
        {"comes-to-rest"},
        (("const keys = Object.keys(originals).sort();", "const keys = Object.keys(originals);"),),
    ),
    "keeps the old records and overwrites the new ones at every start": (
        {"comes-to-rest"},
        (
            ("if (done.has(key)) plan.remove.push(key);\n      else if", "if"),
            ("    plan.remove.push(...Object.keys(originals));\n", ""),
            ("const record: Fields = { ...held };", "const record: Fields = {};"),
        ),
    ),
    "removes before it writes": (
        {"interrupted", "quota"},
        ((WRITTEN, "  for (const key of plan.remove) await keeper.remove(key);\n" + WRITTEN),),
    ),
    "removes what it wrote over without a look back": (
        {"interrupted"},
        (("    if (textOf(await keeper.read(key)) !== textOf(record)) return;\n", ""),),
    ),
    "goes on where a write threw": (
        {"quota"},
        (
            ("await keeper.write(key, record);\n", "await keeper.write(key, record).catch(() => {});\n"),
            (" !== textOf(record)) return;", ' === "") return;'),
        ),
    ),
    "gives each old key the sum on the way back": (
        {"way-back"},
        (
            (
                "...records.map(([, record]) => record.originals)",
                (
                    "...records.map(([, { sourceKeys, originals, ...record }]) =>"
                    " Object.fromEntries((sourceKeys as string[]).map((key) => [key, record])))"
                ),
            ),
        ),
    ),
    "takes a record for its own parent where the site's videos are not where they were": (
        {"drift"},
        (
            (
                FOUND,
                (
                    "const videos = (site as any)?.state?.videoByMediaId;\n"
                    "      const parent = parentOf(id, parents) ?? (site && !videos ? id : undefined);"
                ),
            ),
        ),
    ),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One V8 for all proofs."""
    with Engine() as one:
        yield one


def test_the_right_migration_keeps_every_law(engine: Engine) -> None:
    proof = proved(engine, right(), 16)
    assert broken_laws(proof) == set()
    assert {law.name for law in proof.laws} == LAWS
    assert all(law.tried > 4 for law in proof.laws)
    versions = [len(moved.versions) for moved in right().moved]
    assert proof.witnesses >= versions[0] * versions[1]


@pytest.mark.nightly
def test_the_right_migration_keeps_every_law_on_a_thousand_made_up_profiles(engine: Engine) -> None:
    assert broken_laws(proved(engine, right(), 1000)) == set()


def test_a_session_that_lies_under_two_keys_counts_once_and_two_sessions_count_together(engine: Engine) -> None:
    image, first, second = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
    lines = ["10:00 started", "10:01 moderated"]
    session = {"creditsUsed": 3, "isSessionActive": False, "logs": lines, "lastAttemptTime": 1_770_000_000_000}
    later = {**session, "creditsUsed": 4, "logs": [*lines, "10:02 ready"], "lastAttemptTime": 1_770_000_060_000}
    other = {**session, "creditsUsed": 2, "isSessionActive": True, "logs": ["11:00 started"]}
    item = {"id": image, "mediaUrl": "https://assets.example/fox.jpg"}
    videos = [{"videoId": one, "parentPostId": image, "progress": 100} for one in (first, second)]
    site = {"state": {"imageByMediaId": {image: [item]}, "videoByMediaId": {image: videos}}, "version": 1}
    for held, credits_used in (
        ({image: session, first: session}, 3),
        ({image: later, first: session}, 4),
        ({image: later, first: session, second: other}, 6),
    ):
        profile = Profile("two keys", {"session": held, "post": None, "site": site}, 1_770_000_100_000)
        (done,) = Mover(right(), engine).settle([profile])
        record = done.state["session_by_parent"][image]
        assert record["creditsUsed"] == credits_used
        assert record["isActive"] is (second in held)
        assert done.state["session"] is None
    twice = made_wrong(*WRONG["counts a session twice that lies under two keys"][1])
    profile = Profile("two keys", {"session": {image: session, first: session}, "site": site}, 1_770_000_100_000)
    (done,) = Mover(twice, engine).settle([profile])
    assert done.state["session_by_parent"][image]["creditsUsed"] == 6


@pytest.mark.parametrize(
    "apply",
    [
        "(plan, storage) => storage.write(5, {})",
        "(plan, storage) => storage.write(Symbol('x'), {})",
        "(plan, storage) => storage.write('grokRetryByParent_x', undefined)",
        "() => { throw null; }",
        "(plan, storage) => storage.write('grokRetryByParent_x', 1n)",
    ],
)
def test_whatever_carries_an_answer_out_fails_no_more_than_laws(engine: Engine, apply: str) -> None:
    migration = replace(made_wrong(), apply=Code(apply, "x.toml", "apply", ""))
    proof = prove_migration(migration, engine, (), 2)
    assert "nothing-lost" in broken_laws(proof)


def _first_of_each_law() -> list[str]:
    """Names of wrong migrations, such that each law that one of them breaks is broken by one of these."""
    chosen: dict[str, set[str]] = {}
    for name, (laws, _) in WRONG.items():
        if not laws <= set().union(*chosen.values()):
            chosen[name] = laws
    return list(chosen)


@pytest.mark.parametrize("name", usually(WRONG, _first_of_each_law()))
def test_a_wrong_migration_breaks_its_law_and_no_other(engine: Engine, name: str) -> None:
    laws, changes = WRONG[name]
    proof = proved(engine, made_wrong(*changes))
    assert broken_laws(proof) == laws
    for law in proof.failed:
        assert law.shown is not None
        assert law.shown.says
        assert len(json.dumps(law.shown.before)) < SMALL
        entries = [entry for name in ("session", "post") for entry in law.shown.before.get(name, {}).values()]
        assert len(entries) <= MEETING


def test_made_up_profiles_are_valid_the_same_again_and_hold_what_is_hard() -> None:
    migration = right()
    profiles = list(generated_profiles(migration, 60))
    assert [profile.state for profile in profiles] == [profile.state for profile in generated_profiles(migration, 60)]
    known = {moved.store.name: moved.versions for moved in migration.moved}
    waiting = copies = strange = 0
    for profile in profiles:
        family = family_of(migration, profile.state)
        for store, versions in known.items():
            document = profile.state[store]
            if document is None:
                continue
            assert any(not violations(document, version) for version in versions), profile.name
            entries = [Entry(Place(store, id_), value) for id_, value in document.items()]
            waiting += sum(1 for entry in entries if not family.of(entry.place, entry.value))
            strange += sum(1 for entry in entries if family.parents_in_others(entry.place) - {entry.place.id})
            copies += sum(
                1 for number, one in enumerate(entries) for other in entries[:number] if is_copy(migration, one, other)
            )
    assert min(waiting, copies, strange) > 10
    assert any(profile.state["site"] is None for profile in profiles)


def test_every_witness_of_every_old_version_is_in_a_profile() -> None:
    migration = right()
    profiles = witness_profiles(migration)
    for moved in migration.moved:
        for version in moved.versions:
            for document in version.witnesses.values():
                assert any(profile.state[moved.store.name] == document for profile in profiles)


def test_storage_keys_tell_their_entries_and_back() -> None:
    keys = Keys(right().own)
    for key in ("grokRetrySession_1", "grokRetryPost_1", "grokRetryByParent_1"):
        place = keys.place(key)
        assert place is not None
        assert place.id == "1"
        assert keys.key(place) == key
    assert keys.place("grokRetryPost_") is None
    assert keys.place("useMediaStore") is None
    written = keys.after({"post": None}, [Operation("write", "grokRetryPost_1", '{"videoGoal": 3}')])
    assert written["post"] == {"1": {"videoGoal": 3}}
    assert same(keys.after(written, [Operation("remove", "grokRetryPost_1")]), {"post": None})


def test_what_was_proved_is_what_ships(engine: Engine) -> None:
    migration = right()
    profile = next(one for one in witness_profiles(migration) if "two-parents" in one.name)
    script = migrations_script([migration])
    shipped = module(
        f"{script}\nexport const plan = (given) =>"
        " JSON.stringify(globalThis.driftwrightMigrations.session_by_parent.move(given));",
        "shipped.js",
    )
    texts = Mover(migration, engine).texts(profile.state)
    (outcome,) = engine.run(shipped, [Call("plan", Argument(stores=texts, params={"now": profile.now}))])
    plan = json.loads(json.loads(outcome.answer.text))
    settled = Mover(migration, engine).settle([profile])[0]
    assert {key.removeprefix("grokRetryByParent_"): record for key, record in plan["write"].items()} == settled.state[
        "session_by_parent"
    ]
    assert (
        '"session_by_parent": { move: $code0["toParent"], apply: $code0["carryOut"], back: $code0["toPosts"] },'
        in script
    )
    assert "apply: $usual" in migrations_script([replace(migration, apply=None)])
