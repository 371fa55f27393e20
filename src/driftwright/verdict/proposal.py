"""Propose patches of reading code for values that moved, each confirmed by running the patched code."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.forms import may_be_hidden
from driftwright.base.path import EACH_VALUE, Key, Path
from driftwright.base.terms import Verdict
from driftwright.impact import CompiledFact, Detour, Engine, Situation, calls, compile_fact, looking_in_both, situations
from driftwright.report import FactFound, ProposalFound
from driftwright.structure import Change
from driftwright.verdict.case import Case
from driftwright.workspace import Code, Fact, Param, codes_of, repository_of

_HURT = (Verdict.DEGRADED, Verdict.BROKEN)


def propose(
    case: Case, facts: Sequence[CompiledFact], judged: Sequence[FactFound], root: File
) -> tuple[ProposalFound, ...]:
    """Return the confirmed patches for the changes that hurt facts, one for each file and change.

    Args:
        case: The input that the facts were judged by.
        facts: The facts.
        judged: Their judgements.
        root: The folder that holds the contracts folder; paths in a diff start there, or, where code lies outside of
            it, in its repository or the nearest folder that holds both.
    """
    proposals: list[ProposalFound] = []
    for name, change in case.changes.items():
        hurt = {fact.name for fact in judged if fact.verdict in _HURT and name in fact.because and not fact.inherits}
        ways = detours(change)
        # A name that a capture hid is none that the page has.
        are_names_known = not any(may_be_hidden(step) for way in ways for step in way.new)
        if hurt and ways and are_names_known:
            proposals += _propose_patches(_Bench(case, facts, hurt, change), name, ways, root)
    return tuple(proposals)


def detours(change: Change) -> tuple[Detour, ...]:
    """Return for a change the old and new names that patched code looks up; empty when the change moved nothing."""
    name, params = change.path.name, change.params
    named = isinstance(change.path.last, Key)
    match change.rule.operator:
        case "rename" if named:
            return (Detour((name,), (str(params["name"]),)),)
        case "wrap":
            return tuple(Detour((inner,), (str(params["into"]), inner)) for inner in params["names"])
        case "unwrap" if named or "name" in params:
            return (Detour((str(params.get("name", name)),), ()),)
        case "replace-by-child":
            return (Detour((str(params["field"]),), ()),)
        case "list-to-page" if named:
            return (Detour((name,), (str(params["field"]),), inside=True),)
        case "list-to-page" if change.path.last == EACH_VALUE:
            return (Detour((), (str(params["field"]),), inside=True),)
        case "move" if change.to is not None:
            return _detours_of_move(change)
    return ()


def _detours_of_move(change: Change) -> tuple[Detour, ...]:
    old, new = change.path.steps, change.to.steps if change.to else ()
    pairs = enumerate(zip(old, new, strict=False))
    shared = next((at for at, (old_step, new_step) in pairs if old_step != new_step), min(len(old), len(new)))
    names = [[step.name for step in steps[shared:] if isinstance(step, Key)] for steps in (old, new)]
    if [len(steps) + shared for steps in names] != [len(old), len(new)] or not names[0]:
        return ()
    return (Detour(tuple(names[0]), tuple(names[1])),)


@dataclass(frozen=True, slots=True)
class _Confirmed:
    """A patch that was confirmed by running it.

    Args:
        codes: The patched code, by the code that it replaces.
        mends: The facts that answer rightly with the patch.
        leaves: The facts that stay wrong with the patch.
        answers: How many answers of the patched code were right.
    """

    codes: Mapping[Code, Code]
    mends: tuple[str, ...]
    leaves: tuple[str, ...]
    answers: int


@dataclass(frozen=True, slots=True)
class _Bench:
    """The input for trying patches for one change: the case, all facts, the names of the hurt ones, the change."""

    case: Case
    facts: Sequence[CompiledFact]
    hurt: set[str]
    change: Change

    def try_patch(self, rewrite: Callable[[Code], str]) -> _Confirmed | None:
        """Run the patched code before and after the change; None unless some fact gets right and none gets wrong."""
        codes = {code: replace(code, text=rewrite(code)) for code in self._codes()}
        codes = {code: new for code, new in codes.items() if new.text != code.text}
        texts = {(code.file, code.place): new.text for code, new in codes.items()}
        mends: list[str] = []
        leaves: list[str] = []
        answers = 0
        for fact in self.facts if codes else ():
            if not any((code.file, code.place) in texts for code in codes_of(fact.fact)):
                continue
            try:
                patched = compile_fact(_replace_code(fact.fact, texts))
            except InputFault:
                return None
            run = _PatchRun.of(self.case, (fact, patched), self.change)
            if run.harms:
                return None
            if fact.fact.name in self.hurt and run.after:
                (mends if run.mends else leaves).append(fact.fact.name)
            answers += run.count
        leaves += sorted(self.hurt - set(mends) - set(leaves))
        return _Confirmed(codes, tuple(mends), tuple(leaves), answers) if mends else None

    def _codes(self) -> Iterator[Code]:
        """Yield of each hurt fact the code of its best source, its guard and its invariants."""
        for fact in (fact.fact for fact in self.facts if fact.fact.name in self.hurt):
            code = [fact.primary.derive, fact.primary.needs, *(invariant.holds for invariant in fact.invariants)]
            yield from filter(None, code)


_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _PatchRun:
    """The answers of a fact's code on known-good stores before and after a change, unpatched and patched."""

    before: tuple[_Row, ...]
    before_patched: tuple[_Row, ...]
    right: tuple[_Row, ...]
    after: tuple[_Row, ...]
    after_patched: tuple[_Row, ...]

    @classmethod
    def of(cls, case: Case, facts: tuple[CompiledFact, CompiledFact], change: Change) -> _PatchRun:
        fact, patched = facts
        good = situations(fact.fact, case.moments)
        before = _answer_rows(case.engine, fact, good)
        right: list[_Row] = []
        after: list[Situation] = []
        for situation, row in zip(good, before, strict=True):
            changed, missed = situation.after([change])
            ways = () if missed else changed
            after += ways
            right += [row] * len(ways)
        now, mended = _answer_rows(case.engine, fact, after), _answer_rows(case.engine, patched, after)
        return cls(before, _answer_rows(case.engine, patched, good), tuple(right), now, mended)

    @property
    def mends(self) -> bool:
        """Whether every answer of the patched code after the change is right."""
        return self.after_patched == self.right

    @property
    def harms(self) -> bool:
        """Whether the patch changes an answer before the change, or loses a right answer after it."""
        lost = zip(self.right, self.after, self.after_patched, strict=True)
        return self.before != self.before_patched or any(right == now != then for right, now, then in lost)

    @property
    def count(self) -> int:
        """How many answers of the patched code are right."""
        return len(self.before) + sum(right == then for right, then in zip(self.right, self.after_patched, strict=True))


def _answer_rows(engine: Engine, fact: CompiledFact, chosen: Sequence[Situation]) -> tuple[_Row, ...]:
    """Return one row for each situation: the served source and answer, the best source's answer, each invariant's."""
    if not chosen:
        return ()
    readers = (fact.primary, *fact.holds.values())
    columns = [engine.run(reader.program, calls(reader.function, chosen)) for reader in readers]
    walked = engine.resolve(fact.program, [situation.argument() for situation in chosen])
    return tuple(
        (
            served.source,
            served.answer.kind,
            served.answer.text,
            *(part for outcome in row for part in _comparable_answer(outcome.answer)),
        )
        for served, *row in zip(walked, *columns, strict=True)
    )


def _comparable_answer(answer: Any) -> tuple[str, str]:
    # The message of an error quotes the code, which a patch changes.
    return answer.kind, answer.text.partition(":")[0] if answer.kind == "throws" else answer.text


def _replace_code(fact: Fact, texts: Mapping[tuple[str, str], str]) -> Fact:
    """Return a contract with its code replaced by the patched code."""

    def new(code: Code) -> Code:
        return replace(code, text=texts.get((code.file, code.place), code.text))

    sources = tuple(
        replace(
            source,
            derive=new(source.derive) if source.derive else None,
            needs=new(source.needs) if source.needs else None,
        )
        for source in fact.sources
    )
    invariants = tuple(replace(invariant, holds=new(invariant.holds)) for invariant in fact.invariants)
    return replace(fact, sources=sources, invariants=invariants)


def _propose_patches(bench: _Bench, name: str, ways: Iterable[Detour], root: File) -> Iterator[ProposalFound]:
    """Yield the patch of each file, in the short form where that mends all hurt facts, else in the better form."""
    best = bench.try_patch(lambda code: _rewrite(code, ways, exact=False))
    if best is None or best.leaves:
        exact = bench.try_patch(lambda code: _rewrite(code, ways, exact=True))
        best = max(filter(None, (best, exact)), key=lambda confirmed: len(confirmed.mends), default=None)
    edits: dict[str, dict[str, str]] = {}
    for code, new in best.codes.items() if best else ():
        edits.setdefault(code.file, {})[code.text] = new.text
    for fact in (fact.fact for fact in bench.facts) if best else ():
        for old, widened in params_after(fact, bench.change):
            edits.setdefault(fact.file, {})[str(old)] = str(widened)
    root = _top_of(root, [File(file).resolve() for file in edits])
    for file, codes in sorted(edits.items()):
        assert best is not None  # noqa: S101 - there are no edits without it
        diff = _diff_file(File(file), codes, root)
        if diff is None:
            return  # only the whole patch was confirmed
        then = _say_next_step(bench.case, bench.change)
        path = _relative_path(File(file), root)
        yield ProposalFound(name, path, diff, best.answers, best.mends, best.leaves, then)


def params_after(fact: Fact, change: Change) -> Iterator[tuple[Param, Param]]:
    """Yield each parameter that is taken from a moved path, with one that takes it from the new and the old path."""
    if change.to is None:
        return
    for param in fact.params:
        moved = [
            Path((*change.to.steps, *path.steps[len(change.path.steps) :]))
            for path in param.paths
            if param.store == change.store and path.within(change.path)
        ]
        if moved:
            yield param, replace(param, path=moved[0], others=(*moved[1:], *param.paths))


def _rewrite(code: Code, ways: Iterable[Detour], *, exact: bool) -> str:
    text = code.text
    for way in ways:
        text = looking_in_both(text, way, code.file if code.export else "", exact=exact)
    return text


def _say_next_step(case: Case, change: Change) -> str:
    store = case.observed[change.store].store
    number = int(store.latest.name[1:]) + 1
    return f"publish v{number} of {store.owner} in which {change.message}, with witnesses; then the old place can go"


def _top_of(root: File, files: Sequence[File]) -> File:
    """Return where the paths of a diff start: the workspace, its repository, or the folder above all that is edited."""
    tops = (root.resolve(), repository_of(root / "contracts"))
    for top in tops:
        if all(file.is_relative_to(top) for file in files):
            return top
    try:
        above = File(os.path.commonpath([tops[0], *files]))
    except ValueError:
        return root  # another drive
    # A path that leads through the user's home would tell its name to whoever reads the report.
    home = File(os.path.expanduser("~")).resolve()  # noqa: PTH111 - which fails for whoever has no home
    would_show_home = above in home.parents and any(file.is_relative_to(home) for file in files)
    return root if would_show_home else above


def _relative_path(file: File, root: File) -> str:
    return File(os.path.relpath(file.resolve(), root.resolve())).as_posix()


def _diff_file(file: File, texts: Mapping[str, str], root: File) -> str | None:
    """Return the unified diff of a file; None when the code cannot be replaced in it."""
    raw = file.read_bytes().decode("utf-8")
    new = raw
    for old, patched in texts.items():
        if "\r\n" in raw:
            old, patched = old.replace("\n", "\r\n"), patched.replace("\n", "\r\n")  # noqa: PLW2901
        if new.count(old) != 1:
            return None
        new = new.replace(old, patched)
    path = _relative_path(file, root)
    if path.startswith("..") or (file.suffix == ".toml" and not _contains_texts(new, texts.values())):
        return None
    lines = difflib.unified_diff(_split_lines(raw), _split_lines(new), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _split_lines(text: str) -> list[str]:
    """Return the lines as `patch` counts them: only a line feed ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _contains_texts(toml: str, texts: Iterable[str]) -> bool:
    """Whether a contract is still TOML after its inline functions were replaced, and contains the tried texts."""
    try:
        contained = {text.strip() for text in _texts(tomllib.loads(toml))}
    except tomllib.TOMLDecodeError:
        return False
    return contained.issuperset(texts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
