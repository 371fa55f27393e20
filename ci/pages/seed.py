"""The integration plan row by row, as Markdown: what answers for each sentence of it, looked up where it stands."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key
from driftwright.base.path import Path as Place
from driftwright.workspace import Node, Store, follow_reference, load_facts, load_rules, load_stores

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "docs" / "seed.toml"
PROOF = ROOT / "docs" / "seed.proof.json"


class NoAnswerError(LookupError):
    """A row names an answer that there is not, or none at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of the plan.

    Args:
        id: What it is called.
        kind: `opportunity`, `consideration`, `phase`, `field`, `risk` or `read`.
        what: What the plan says, in words of our own.
        answers: What answers for it, as `contract:NAME`, `schema:STORE:/path`, `law:FILE::TEST`, `time:RULE`,
            `migration:NAME` or `page:FILE`.
        why: Why nothing does, or what is to be known besides.
    """

    id: str
    kind: str
    what: str
    answers: tuple[str, ...]
    why: str = ""


def rows(file: Path = ROWS) -> tuple[Row, ...]:
    """Return the rows of the plan, in their order.

    Raises:
        NoAnswerError: A row has neither an answer nor a reason why not.
    """
    held = tomllib.loads(file.read_text(encoding="utf-8"))["row"]
    found = tuple(Row(**{**row, "answers": tuple(row.get("answers", ()))}) for row in held)
    for row in found:
        if not row.answers and not row.why:
            raise NoAnswerError(f"{row.id}: has neither an answer nor a reason why not")
    return found


def table(kind: str) -> Iterator[str]:
    """Yield a Markdown table of the rows of one kind.

    Raises:
        NoAnswerError: A row names an answer that there is not.
    """
    yield "| | what the plan says | what answers for it | state |"
    yield "| --- | --- | --- | --- |"
    for row in (row for row in rows() if row.kind == kind):
        told = [answer(row.id, text) for text in row.answers]
        links = "<br>".join(link for link, _ in told) or "nothing"
        states = "<br>".join(state for _, state in told)
        state = "<br>".join(filter(None, (states, row.why)))
        yield f"| `{row.id}` | {row.what} | {links} | {state} |"


def summary() -> str:
    """Return in a line what the last proof said of all contracts together."""
    held = proof()["summary"]
    return (
        f"As of the last proof: {held['mutations']} mutations, {held['breaks']} of which break an answer; mutation"
        f" score {held['score']:.2f}, {held['wrong_fallbacks']} wrong fallbacks,"
        f" {held['laws_failed']} laws of migrations failed."
    )


def answer(row: str, text: str) -> tuple[str, str]:
    """Return a link to what answers for a row, and its state.

    Raises:
        NoAnswerError: There is no such thing.
    """
    kind, _, name = text.partition(":")
    if kind not in _ANSWERS:
        raise NoAnswerError(f"{row}: {text!r} is no kind of answer; kinds: {', '.join(_ANSWERS)}")
    try:
        return _ANSWERS[kind](name)
    except NoAnswerError as error:
        raise NoAnswerError(f"{row}: {error}") from None


@cache
def proof() -> Mapping[str, Any]:
    """Return what `ci/proved` kept of the last proof."""
    held: Mapping[str, Any] = json.loads(PROOF.read_text(encoding="utf-8"))
    return held


@cache
def facts() -> frozenset[str]:
    """Return the names of all contracts."""
    return frozenset(fact.name for fact in load_facts(ROOT / "contracts"))


@cache
def _stores() -> Mapping[str, Store]:
    return load_stores(ROOT / "schemas")


@cache
def _reads() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    held: Mapping[str, Any] = json.loads((ROOT / "contracts" / "reads.lock.json").read_text(encoding="utf-8"))
    return held["facts"]  # type: ignore[no-any-return]


def _contract(name: str) -> tuple[str, str]:
    if name not in facts():
        raise NoAnswerError(f"there is no contract {name!r}")
    held = proof()["facts"].get(name)
    if held is None:
        raise NoAnswerError(f"the last proof does not know the contract {name!r}; run ci/proved")
    served = ", ".join(f"{count} {level}" for level, count in held["fallbacks"].items())
    shown = f"{held['noticed']} of {held['breaks'] - held['unshowable']} breaks noticed; {served}"
    return f"[`{name}`](../contracts/{name}.toml)", shown


def _schema(name: str) -> tuple[str, str]:
    store_name, _, text = name.partition(":")
    store = _stores().get(store_name)
    if store is None:
        raise NoAnswerError(f"there is no store {store_name!r}")
    version = store.latest
    node = _declared(Node(version.schema, version.schema, version.file), Place.parse(text), name)
    readers = sorted(
        fact
        for fact, sources in _reads().items()
        if any(_same(read, name, store) for reads in sources.values() for read in reads)
    )
    known = "; ".join(node.schema.get("x-source", ())) or "declared"
    read = f"read by {len(readers)} contracts" if readers else "read by no contract"
    file = f"../schemas/{store.owner}/{version.name}.schema.json"
    return f"[`{name}`]({file})", f"{read}; {known}"


def _same(read: str, name: str, store: Store) -> bool:
    """Whether a read is at a place; readers are given one entry of a store of many keys."""
    if not store.placeholder:
        return read == name
    place, _, path = name.partition(":")
    return read == f"{place}:{path.removeprefix('/{}') or '/'}"


def _declared(node: Node, place: Place, name: str) -> Node:
    node = follow_reference(node)
    for step in place.steps:
        below: Node | None
        if isinstance(step, Key):
            below = node.fields().get(step.name)
        else:
            below = {EACH_ITEM: node.items, EACH_VALUE: node.values}[step]()
        if below is None:
            raise NoAnswerError(f"no schema declares {name!r}")
        node = below
    return node


def _law(name: str) -> tuple[str, str]:
    file, _, test = name.partition("::")
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    if not any(isinstance(part, ast.FunctionDef) and part.name == test for part in tree.body):
        raise NoAnswerError(f"there is no test {name!r}")
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../{file})", "tested"


def _time(name: str) -> tuple[str, str]:
    if name not in {rule.name for rule in load_rules(ROOT / "contracts" / "temporal")}:
        raise NoAnswerError(f"there is no rule of time {name!r}")
    return f"[{name}](../contracts/temporal/site.toml)", "watched over time"


def _migration(name: str) -> tuple[str, str]:
    laws = proof()["migrations"].get(name)
    if laws is None or not (ROOT / "migrations" / f"{name}.toml").is_file():
        raise NoAnswerError(f"there is no migration {name!r}")
    holding = sum(1 for holds in laws.values() if holds)
    return f"[`{name}`](../migrations/{name}.toml)", f"{holding} of {len(laws)} laws hold"


def _page(name: str) -> tuple[str, str]:
    if not (ROOT / name.partition("#")[0]).is_file():
        raise NoAnswerError(f"there is no page {name!r}")
    return f"[{Path(name).name}](../{name})", ""


_ANSWERS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "contract": _contract,
    "schema": _schema,
    "law": _law,
    "time": _time,
    "migration": _migration,
    "page": _page,
}


def lock_digest() -> str:
    """Return the digest of the lock of reads, by which a proof of other contracts is told."""
    text = (ROOT / "contracts" / "reads.lock.json").read_text(encoding="utf-8")
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def kept(record: Mapping[str, Any], lock: str) -> dict[str, Any]:
    """Return what is kept of a proof: per contract how many breaks were noticed and what then served.

    Args:
        record: What `prove --format json` printed.
        lock: The digest of the lock of reads that it was made with.
    """
    cells: Sequence[Mapping[str, Any]] = record["cells"]
    summary_ = record["summary"]
    return {
        "reads": lock,
        "summary": {
            name: summary_[name] for name in ("mutations", "breaks", "score", "wrong_fallbacks", "laws_failed")
        },
        "facts": {
            name: _of_fact([c for c in cells if c["fact"] == name]) for name in sorted({c["fact"] for c in cells})
        },
        "migrations": {
            migration["name"]: {law["name"]: law["holds"] for law in migration["laws"]}
            for migration in record["migrations"]
        },
    }


def _of_fact(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    breaks = [cell for cell in cells if cell["breaks"]]
    levels = [cell["fallback"] for cell in breaks]
    unshowable = sum(1 for cell in breaks if cell["noticed"] == "unshowable")
    unnoticed = sum(1 for cell in breaks if cell["noticed"] == "nothing")
    return {
        "breaks": len(breaks),
        "noticed": len(breaks) - unshowable - unnoticed,
        "unshowable": unshowable,
        "fallbacks": {level: levels.count(level) for level in sorted(set(levels))},
    }


if __name__ == "__main__":
    made = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    PROOF.write_text(json.dumps(kept(made, lock_digest()), indent=2) + "\n", encoding="utf-8")
