"""Run a migration: its functions in V8, each answer carried out on a storage that notes every step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any

from driftwright.authoring.migrations.storage import Keys, Operation, Profile, State, same
from driftwright.base.jsontext import json_text, parse_json
from driftwright.impact import Answer, Argument, Call, Engine, Program, Reader, compile_code
from driftwright.workspace import Migration


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8").strip()


USUAL_ORDER = _part("usual.js")
"""The function that carries an answer out unless a migration has its own."""
_CARRYING = _part("carrying.js")
_STEP = "step"
_MOST_ROUNDS = 6
"""So many times a migration may be run until it changes nothing more; a right one needs two."""
_FORMS: Mapping[str, type] = {"write": dict, "remove": list, "wait": list, "drop": dict}


@dataclass(frozen=True, slots=True)
class Round:
    """One run of a migration.

    Args:
        wait: The keys that it leaves for later.
        drop: The keys that it drops, each with the word for the reason.
        operations: What was done to the storage, in order.
        threw: The name of the error that ended carrying it out; empty when it was carried out.
        fault: Why there is no answer, in words; empty when there is one.
    """

    wait: frozenset[str] = frozenset()
    drop: Mapping[str, str] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()
    threw: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of running a migration until it changed nothing more.

    Args:
        state: The state at the end.
        rounds: Every run.
        fault: Why it did not come to rest, in words; empty when it did.
    """

    state: State
    rounds: tuple[Round, ...]
    fault: str

    @property
    def wait(self) -> frozenset[str]:
        """The keys that wait at the end."""
        return self.rounds[-1].wait

    @property
    def drop(self) -> Mapping[str, str]:
        """The keys that any run dropped, each with the word for the reason."""
        return {key: word for done in self.rounds for key, word in done.drop.items()}

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Everything that was done, in order."""
        return tuple(operation for done in self.rounds for operation in done.operations)


class Mover:
    """Runs the functions of one migration.

    Args:
        migration: The migration.
        engine: V8.

    Raises:
        InputFault: A function does not parse, or its module has no such export.
    """

    def __init__(self, migration: Migration, engine: Engine) -> None:
        self.migration = migration
        self.keys = Keys(migration.own)
        self.move = compile_code(migration.move)
        self.engine = engine

    @cached_property
    def _forward(self) -> Program:
        return self._carried(self.move)

    @cached_property
    def _backward(self) -> Program:
        assert self.migration.back is not None  # noqa: S101 - asked for by the law of the way back alone
        return self._carried(compile_code(self.migration.back))

    def _carried(self, function: Reader) -> Program:
        own = self.migration.apply
        apply = _called(compile_code(own)) if own is not None else f"({USUAL_ORDER})"
        arguments = ", ".join([_called(function), apply, self.keys.described()])
        script = f'({{"__proto__": null, "{_STEP}": ({_CARRYING})({arguments})}})'
        return Program(function.program.file, (_STEP,), script, function.literals, function.program.place)

    def rounds(self, profiles: Sequence[Profile], *, back: bool = False, failing: Sequence[int] = ()) -> list[Round]:
        """Run it once on each profile.

        Args:
            profiles: The profiles.
            back: Whether to run the way back.
            failing: For each profile the number, from 1, of the write that throws; 0 for none.
        """
        program = self._backward if back else self._forward
        numbers = failing or [0] * len(profiles)
        calls = [
            Call(_STEP, self._argument(profile, number)) for profile, number in zip(profiles, numbers, strict=True)
        ]
        return [_round(outcome.answer) for outcome in self.engine.run(program, calls)] if calls else []

    def _argument(self, profile: Profile, failing: int) -> Argument:
        return Argument(stores=self.texts(profile.state), params={"now": profile.now, "$failing": failing})

    def texts(self, state: State) -> Mapping[str, str | None]:
        """Return the JSON texts of the stores that its function is given."""
        documents = {store.name: state.get(store.name) for store in self.migration.stores}
        return {name: None if document is None else json_text(document) for name, document in documents.items()}

    def settle(self, profiles: Sequence[Profile]) -> list[Settled]:
        """Run it on each profile until it changes nothing more."""
        states: list[State] = [profile.state for profile in profiles]
        rounds: list[list[Round]] = [[] for _ in profiles]
        faults, moving = [""] * len(profiles), [True] * len(profiles)
        active = list(range(len(profiles)))
        for _ in range(_MOST_ROUNDS):
            now = [Profile(profiles[number].name, states[number], profiles[number].now) for number in active]
            results = self.rounds(now)
            for number, done in zip(active, results, strict=True):
                rounds[number].append(done)
                before, states[number] = states[number], self.keys.after(states[number], done.operations)
                moving[number] = not same(before, states[number])
                faults[number] = done.fault or (f"carrying it out throws {done.threw}" if done.threw else "")
            active = [number for number in active if not faults[number] and moving[number]]
            if not active:
                break
        for number in active:
            faults[number] = f"it still changes something when it is run for the {_MOST_ROUNDS}th time"
        return [Settled(*parts) for parts in zip(states, map(tuple, rounds), faults, strict=True)]


def _called(reader: Reader) -> str:
    return f"({reader.program.script})[{json.dumps(reader.function)}]"


def _round(answer: Answer) -> Round:
    if answer.kind == "throws":
        return Round(fault=f"it throws {answer.text.partition(':')[0]}")
    if answer.kind != "value" or answer.type != "string":
        return Round(fault=f"it does not end ({answer.preview})" if answer.kind == "stopped" else "it answers nothing")
    record = parse_json(str(json.loads(answer.text)).encode("utf-8", "surrogatepass"), "the answer of a migration")
    plan = record["plan"]
    fault = _malformed(plan)
    if fault:
        return Round(fault=fault)
    operations = tuple(Operation(*step) for step in record["steps"])
    return Round(frozenset(plan.get("wait", ())), plan.get("drop", {}), operations, record["threw"])


def _malformed(plan: Any) -> str:
    """Return what is wrong with the form of an answer, in words; empty when nothing is."""
    if not isinstance(plan, dict):
        return "it does not answer {write, remove, wait}"
    for name, kind in _FORMS.items():
        part = plan.get(name, kind())
        texts = part if name in ("remove", "wait") else part.values() if name == "drop" else ()
        if not isinstance(part, kind) or not all(isinstance(text, str) for text in texts):
            return f"its {name!r} is not a {'list of storage keys' if kind is list else 'record by storage keys'}"
    return ""
