"""Canaries in every place of a store, of a page and of a fault: none of them is in any byte of any output."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from driftwright.base.terms import Area
from driftwright.report.formats import FORMATS, render
from driftwright.snapshot.capture.blindness import REASONS, blind
from driftwright.snapshot.capture.salt import workspace_salt
from driftwright.snapshot.file import write_snapshot
from driftwright.snapshot.model import AreaView, Entry, Redaction, Snapshot
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import needles
from driftwright.snapshot.scan.planting import WRITINGS
from driftwright.snapshot.scan.secrets import Secret, numbered
from driftwright.verdict.reported import blind_report
from driftwright.workspace.schemas.policy import redaction_policy
from kit.canaries import AROUND, NUMBERS, SECRETS, TEXTS, Placed, leaks, placements, redactor_call, redactor_program
from kit.examples import NIGHTLY
from kit.program import Program
from kit.project import ROOT, STORES, WHERE, judged_by_few, moment_of, plain_capture, write_few_facts

SALT = "07" * 32
POLICY: dict[str, Any] = redaction_policy(STORES.values())
RULES: Mapping[str, dict[str, Any]] = {store["name"]: store for store in POLICY["stores"]}
FAULTS = ("throws", "never", "away", "hang", "lost")
ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(redactor_program())
    return engine


def _answer(areas: list[dict[str, Any]], policy: Mapping[str, Any] = POLICY, salt: str = SALT) -> list[dict[str, Any]]:
    answer = _engine().eval(redactor_call({**policy, "salt": salt}, areas))
    assert isinstance(answer, str)
    found = json.loads(answer)["areas"]
    assert isinstance(found, list)
    return found


# ---- in every place of every known-good store


def _documents() -> Iterator[tuple[str, str, Any]]:
    """Yield store, storage key and value of each entry of each known-good store."""
    for name, store in STORES.items():
        for witness in store.versions[-1].witnesses.values():
            if not store.placeholder:
                yield name, store.key, witness
                continue
            for text, value in witness.items():
                yield name, store.key.replace(f"{{{store.placeholder}}}", text), value


def _entries(name: str, key: str, value: Any) -> list[dict[str, Any]]:
    """The area of a store, with canaries as another key and in its value."""
    others = [[TEXTS["storage key"], json.dumps(TEXTS["value"])], [f"x-{TEXTS['key']}", TEXTS["cookie"]]]
    return [{"area": RULES[name]["area"], "entries": [[key, json.dumps(value)], *others]}]


ONE_IN = 1 if NIGHTLY else 40  # of more than twenty thousand: in turn every kind of canary, at most of the places


@cache
def _placed() -> tuple[tuple[str, str, Placed], ...]:
    return tuple(_places())


def _places() -> Iterator[tuple[str, str, Placed]]:
    # Each kind has turns of its own: one count for all would fall in step with the kinds, and never come to some.
    turns = Counter({kind: number for number, kind in enumerate((*TEXTS, *NUMBERS))})
    for name, key, value in _documents():
        for one in placements(value, RULES[name]["rule"]):
            turns[one.kind] += 1
            if turns[one.kind] % ONE_IN == 0:
                yield name, key, one


def test_no_canary_gets_out_of_any_place_of_any_store() -> None:
    lines: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for name, key, one in _placed():
        policy = {**POLICY, "stores": [RULES[name]]}
        (view,) = _answer(_entries(name, key, one.document), policy)
        assert view["others"] == 2
        kinds[one.kind] += 1
        # Each string stands on a line of its own; a line that was met before need not be looked at again.
        for line in json.dumps(view, indent=0, ensure_ascii=False).split("\n"):
            lines.setdefault(line, f"{name}: {one.kind} at {one.place}")
    assert sum(kinds.values()) >= 20_000 / ONE_IN
    assert set(kinds) == {*TEXTS, *NUMBERS}
    seen = {leak.secret for leak in leaks("\n".join(lines).encode("utf-8", "surrogatepass"))}
    guilty = [where for line, where in lines.items() if seen and leaks(line.encode("utf-8", "surrogatepass"))]
    assert (seen, guilty) == (set(), [])


def test_the_same_places_unredacted_give_every_canary_away() -> None:
    found: set[str] = set()
    for name, _, one in random.Random(2).sample(_placed(), 200):  # noqa: S311 - the same every time
        raw = json.dumps(one.document)
        (label,) = (secret.label for secret in SECRETS if secret.label == one.kind.replace(" ", "-"))
        assert label in {leak.secret for leak in leaks(raw.encode())}, f"{name}: {one.kind} at {one.place}"
        found.add(one.kind)
    assert found == {*TEXTS, *NUMBERS}


def test_a_redactor_that_keeps_too_much_is_caught() -> None:
    rule = {"fields": {"note": {"redact": "keep", "types": ["string"]}}}
    policy = {"words": [], "stores": [{"name": "s", "area": "session", "key": "s", "rule": rule}]}
    areas = [{"area": "session", "entries": [["s", json.dumps({"note": TEXTS["value"], "other": TEXTS["value"]})]]}]
    assert {leak.secret for leak in leaks(json.dumps(_answer(areas, policy)).encode())} == {"value", "person"}


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_no_canary_gets_out_of_a_storage_key(kind: str) -> None:
    canary = TEXTS[kind]
    site, session = moment_of("several")["site"], STORES["session"]
    for key in (f"{canary}:{STORES['site'].key}", f"{STORES['site'].key}:{canary}", f"{canary}/x", canary):
        view = _answer([{"area": "local", "entries": [[key, json.dumps(site)]]}])
        assert leaks(json.dumps(view).encode()) == ()
    key = session.key.replace(f"{{{session.placeholder}}}", canary)
    view = _answer([{"area": str(session.area), "entries": [[key, "{}"], [canary, canary]]}])
    assert leaks(json.dumps(view).encode()) == ()


# ---- values that can be guessed

GUESSABLE = ("yes", "male", "1234", "2580", "Poland", "blue", "1987-03-14", "+48601774209", "admin", "true story")


def test_a_guessable_value_has_no_hash_without_a_salt_and_no_length() -> None:
    rule = {"fields": {"name": {"redact": "pseudonym", "types": ["string"]}, "note": {"types": ["string"]}}}
    policy = {"words": [], "stores": [{"name": "s", "area": "session", "key": "s", "rule": rule}]}
    secrets = [Secret(str(number), f"{number:04}") for number in range(0, 10_000, 7)]
    texts = [*(secret.text for secret in secrets), *GUESSABLE]
    documents = [{"name": text, "note": text, text: text} for text in texts]
    area = [{"area": "session", "entries": [["s", json.dumps(documents)]]}]
    policy["stores"][0]["rule"] = {"items": rule}
    one, other = (json.dumps(_answer(area, policy, salt * 32)) for salt in ("07", "08"))
    matcher = Matcher([one for one in needles(numbered(secrets)) if "without a salt" in one.form])
    assert leaks(one.encode(), matcher) == ()
    assert one != other
    plain = [f"{'a' * length} {'b' * length}!" for length in range(1, 60)]
    (entry,) = _answer([{"area": "session", "entries": [["s", json.dumps(plain)]]}], policy)[0]["entries"]
    assert len({len(text) for text in entry["value"]}) == 1


# ---- through the whole story: snapshot, every report, every command


def _everywhere(value: Any, rule: Mapping[str, Any], draw: random.Random) -> Any:
    """Put canaries in many places of a store at once, so that there is much to report."""
    if isinstance(value, dict):
        below = {
            name: _everywhere(held, rule.get("fields", {}).get(name) or rule.get("values") or {}, draw)
            for name, held in value.items()
        }
        return {**below, draw.choice(list(TEXTS.values())): draw.choice([*TEXTS.values(), *NUMBERS.values()])}
    if isinstance(value, list):
        return [_everywhere(held, rule.get("items") or {}, draw) for held in value]
    if rule.get("redact") == "keep" or draw.random() < 0.5:
        return value
    return draw.choice(list(NUMBERS.values() if isinstance(value, int | float) else TEXTS.values()))


def _snapshot(seed: int) -> Snapshot:
    draw = random.Random(seed)  # noqa: S311 - the same every time
    plain = plain_capture(moment_of("several"))
    areas = [
        {
            "area": str(view.area),
            "entries": [
                *(
                    [one.key, json.dumps(_everywhere(one.value, RULES[one.store]["rule"], draw))]
                    for one in view.entries
                ),
                [TEXTS["storage key"], TEXTS["value"]],
            ],
        }
        for view in plain.areas
    ]
    assert leaks(json.dumps(areas).encode())
    views = tuple(
        AreaView(Area(view["area"]), tuple(Entry(**one) for one in view["entries"]), view["others"], view["denied"])
        for view in _answer(areas)
    )
    return Snapshot(WHERE, Redaction("sha256:" + "0" * 64, "sha256:" + "0" * 64), views)


def _planted(output: str, turn: int) -> bytes:
    """The middle of the same output with a leak in it, in turn as each format would write it."""
    output = output[len(output) // 2 :][:AROUND]
    half = len(output) // 2
    ways = ("json", "base64, second place", "percent, upper case", "html, decimal entities", "html, named entities")
    written = WRITINGS[ways[turn % len(ways)]](TEXTS["mail"])
    return output[:half].encode() + b" " + written + b" " + output[half:].encode()


@pytest.mark.parametrize("seed", [1])
def test_no_canary_is_in_a_snapshot_or_in_a_report(seed: int, tmp_path: Path) -> None:
    snapshot = _snapshot(seed)
    write_snapshot(snapshot, tmp_path / "a.snapshot.json")
    report = judged_by_few(snapshot, file="a.snapshot.json", patches=True)
    assert len(report.changes) >= 5
    outputs = {"snapshot": (tmp_path / "a.snapshot.json").read_text(), "repr": repr(snapshot)}
    outputs |= {name: render(report, name) for name in FORMATS}
    for turn, (name, output) in enumerate(outputs.items()):
        assert leaks(output.encode()) == (), name
        assert "mail" in {leak.secret for leak in leaks(_planted(output, seed + turn))}, name


def test_no_canary_is_in_what_the_commands_print_and_leave(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    write_snapshot(_snapshot(7), work / "a.snapshot.json")
    raw = json.dumps({"origins": [], "zofias": TEXTS["value"], TEXTS["key"]: TEXTS["header"]})
    # What is no snapshot is raw: it must not be told back.
    bad = {"raw.json": raw, "cut.json": raw[:-7], "twice.json": f'{{"{TEXTS["key"]}": 1, "{TEXTS["key"]}": 2}}'}
    bad["wrong.json"] = (work / "a.snapshot.json").read_text().replace('"snapshot-v1"', json.dumps(TEXTS["value"]))
    (tmp_path / "raw").mkdir()
    for name, text in bad.items():
        (tmp_path / "raw" / name).write_text(text)
    few = ("--workspace", str(write_few_facts(tmp_path / "few")))
    asked = [
        (*few, "check", "work/a.snapshot.json", "--output", "work/out", *(f"--format={name}" for name in FORMATS)),
        (*few, "check", "work/a.snapshot.json", "--strict"),
        ("report", "work/out", "--format", "markdown"),
        ("doctor", "--json"),
        *(("check", f"raw/{name}") for name in bad),
        *(("report", f"raw/{name}") for name in bad),
        *(("probe", "standin", "--from", f"session=raw/{name}", "--out", f"work/{name}") for name in bad),
    ]
    codes: Counter[int] = Counter()
    for arguments in asked:
        done = program(*arguments)
        codes[done.code] += 1
        printed = f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in printed
        assert leaks(printed.encode()) == (), arguments
        assert leaks(printed[-AROUND:].encode() + WRITINGS["json"](TEXTS["title"]))
    assert codes[2] >= 8
    left = [tmp_path / "work", tmp_path / "temporary", tmp_path / "home"]
    scanned = scan_paths([one for one in left if one.exists()], SECRETS)
    assert (scanned.leaks, scanned.unread) == ((), ())
    assert scanned.files >= 5
    assert scan_paths([tmp_path / "raw"], SECRETS).leaks


def test_no_canary_is_in_the_report_of_a_blind_run() -> None:
    for reason in REASONS if NIGHTLY else REASONS[::6]:  # they differ by their words, which are ours
        fault = blind(reason.word, "probes/album.toml")
        report = blind_report(fault, "album", "worked", "0.1.0")
        for output in (str(fault), *(render(report, name) for name in FORMATS)):
            assert leaks(output.encode()) == ()
            assert leaks(output[-AROUND:].encode() + WRITINGS["utf-8"](TEXTS["exception"]))


# ---- in a failed test of somebody who uses the package

FAILING = """
    from pathlib import Path

    from driftwright.snapshot.capture import CaptureRequest
    from driftwright.snapshot.capture.answer import reading_call
    from driftwright.snapshot.capture.deadline import Deadline
    from driftwright.snapshot.capture.launched.reading import _text
    from driftwright.snapshot.capture.request import AreaReading
    from driftwright.snapshot.capture.salt import workspace_salt
    from driftwright.workspace import load_target
    from driftwright.base.terms import Area

    ROOT = Path({root!r})

    class Silent:
        def evaluate(self, expression, world, milliseconds):
            return None

    def _of(target, salt):
        policy = dict(words=[], stores=[])
        return CaptureRequest(target, policy, salt), lambda: AreaReading(target, policy, salt)

    def test_request_and_reading():
        salt = workspace_salt(Path({state!r}))
        target = load_target(ROOT / "probes" / "standin.toml")
        request, reading = _of(target, salt)
        made = reading()
        held = dict(request=request, reading=made, all=[salt, (request, made)])
        assert held == salt, held

    def test_an_answer_that_is_none():
        salt = workspace_salt(Path({state!r}))
        target = load_target(ROOT / "probes" / "standin.toml")
        _, reading = _of(target, salt)
        _text(Silent(), reading().call([Area.SESSION], frozenset()), dict(), Deadline.after(9, "x"), target)

    def test_an_attached_answer():
        salt = workspace_salt(Path({state!r}))
        call = reading_call(dict(words=[], stores=[]), salt, [Area.SESSION])
        assert Silent().evaluate(call, None, 0) == call

    def test_snapshot():
        from driftwright.snapshot.file import read_snapshot
        snapshot = read_snapshot(Path({snapshot!r}))
        areas = snapshot.areas
        assert snapshot is areas, repr(snapshot)
"""


def test_a_failed_test_shows_neither_the_salt_nor_a_raw_value(tmp_path: Path) -> None:
    state, snapshot = tmp_path / "state", tmp_path / "a.snapshot.json"
    write_snapshot(_snapshot(3), snapshot)
    salt = bytes(workspace_salt(state))
    body = textwrap.dedent(FAILING).format(root=str(ROOT), state=str(state), snapshot=str(snapshot))
    (tmp_path / "test_of_a_user.py").write_text(body)
    command = [sys.executable, "-m", "pytest", "-vv", "--showlocals", "--tb=long", "--junitxml=junit.xml"]
    command += ["-p", "no:cacheprovider", "-n0", "-c/dev/null", f"--rootdir={tmp_path}", "test_of_a_user.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    shown = done.stdout + done.stderr
    assert b"4 failed" in shown
    assert b"Salt(hidden)" in shown
    both = (*SECRETS, Secret("salt", salt.hex()), Secret("salt-as-bytes", str(salt)[2:-1]))
    matcher = Matcher(needles(both))
    for output in (shown, (tmp_path / "junit.xml").read_bytes()):
        assert leaks(output, matcher) == ()
        assert "salt" in {leak.secret for leak in leaks(output[-AROUND:] + salt.hex().encode(), matcher)}


# ---- in a real page

TARGET = """
title = "Album"
url = "https://album.test/"
stores = ["site", "session"]
serve = "album"
variant_query = "as"
ready = "() => globalThis.ready()"
deadline = 8
[routes]
"/" = "index.html"
[[state]]
name = "open"
what = "the page is open"
default = true
steps = []
[[state]]
name = "lost"
what = "a button that is not there"
steps = [{ click = "#a-button-that-is-not-there" }]
"""
PAGE = """<!doctype html><meta charset="utf-8"><title></title><script>
const canary = CANARIES;
const role = new URLSearchParams(location.search).get("as") ?? "";
document.title = canary.title;
document.cookie = "session=" + encodeURIComponent(canary.cookie);
history.replaceState(null, "", location.pathname + (role && role !== "away" ? "?as=" + role + "&" : "?")
  + "q=" + encodeURIComponent(canary.token) + "#" + encodeURIComponent(canary.value));
for (const how of ["log", "warn", "error", "debug"]) console[how](canary["console line"], canary);
setTimeout(() => { throw new Error(canary.exception); });
Promise.reject(new TypeError(canary.exception));
for (const held of [localStorage, sessionStorage]) {
  for (const [kind, text] of Object.entries(canary)) { held.setItem(kind, text); held.setItem(text, kind); }
}
sessionStorage.setItem("useMediaStore", JSON.stringify(STORE));
const asked = indexedDB.open(canary.key, 1);
asked.onupgradeneeded = () => asked.result.createObjectStore(canary["storage key"]);
asked.onsuccess = () => asked.result.transaction([canary["storage key"]], "readwrite")
  .objectStore(canary["storage key"]).put({ note: canary.value }, canary.url);
fetch("/", { headers: { Authorization: encodeURIComponent(canary.header) } }).catch(() => {});
globalThis.ready = () => {
  if (role === "throws") throw new Error(canary.exception);
  if (role === "hang") for (;;);
  return role !== "never";
};
if (role === "away") location.href = "https://elsewhere.example/?key=" + encodeURIComponent(canary.token);
alert(canary.value);
</script>"""


def _album(folder: Path) -> None:
    """A workspace of the same contracts, whose page is full of canaries."""
    served = folder / "probes" / "album"
    served.mkdir(parents=True)
    for name in ("contracts", "schemas"):
        (folder / name).symlink_to(ROOT / name)
    roles = "".join(f'[[variant]]\nname = "{name}"\nwhat = "{name}"\nexpect = "drift"\n' for name in FAULTS)
    (folder / "probes" / "album.toml").write_text(TARGET + roles)
    site = {"state": {"videoByMediaId": {ID: [{"videoId": ID, "note": TEXTS["value"], TEXTS["key"]: 1}]}}, "version": 0}
    told = json.dumps(TEXTS).replace("<", "\\u003c")
    (served / "index.html").write_text(PAGE.replace("CANARIES", told).replace("STORE", json.dumps(site)))


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the program leaves what it should take away again; a browser's socket needs a short name."""
    with tempfile.TemporaryDirectory(prefix="dw-") as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


@pytest.mark.browser("shared")
def test_no_canary_of_a_page_is_in_any_output_whatever_happens(
    tmp_path: Path, program: Program, temporary: Path
) -> None:
    _album(tmp_path / "workspace")
    before = ("--workspace", "workspace", "run", "album", "--output")
    runs: dict[str, tuple[str, ...]] = {"": (*before, "work/seen")}
    # One that is blind as well, at night; every fault there is has its turn in test_canary_faults.py.
    if NIGHTLY:
        runs["lost"] = (*before, "work/lost", "--state", "lost")
    for name, arguments in runs.items():
        done = program(*arguments)
        printed = f"{done.stdout}\n{done.stderr}"
        assert leaks(printed.encode()) == (), name
        if not name:
            assert done.code in (0, 1), printed
            shown = (tmp_path / "work" / "seen" / "album.snapshot.json").read_text()
            assert "videoByMediaId" in shown
            assert '"others": 50' in shown  # so many further keys were there, and were only counted
            continue
        assert done.code == 3, printed
        report = json.loads((tmp_path / "work" / name / "report.json").read_text())
        assert report["capture"]["blind"]["reason"] in {reason.word for reason in REASONS}
    scanned = scan_paths([tmp_path / "work", temporary, tmp_path / "home"], SECRETS)
    assert (scanned.leaks, scanned.unread) == ((), ())
    assert scanned.files >= 3 * len(runs)
    for sink in sorted((tmp_path / "work").rglob("*.*")):
        sink.write_bytes(sink.read_bytes()[-AROUND:] + WRITINGS["html, decimal entities"](TEXTS["cookie"]))
        assert {leak.secret for leak in scan_paths([sink], SECRETS).leaks} >= {"cookie"}, sink.name
