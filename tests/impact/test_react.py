"""Hooks of React as plain functions: rendered until nothing moves any more, with their effects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from kit.bundling import write_project

SECONDS = 30.0  # tests run beside others

# The bodies of a hook `f(d)` that answers 4 to {"n": 4}.
HOOKS = {
    "state from the argument": "const [n] = useState(() => d.n); return n;",
    "state from an effect": """
      const [n, set] = useState(0);
      useEffect(() => set(d.n), [d]);
      return n;
    """,
    "state that is set while it is rendered": """
      const [n, set] = useState(0);
      if (n < 4) set((old) => old + 1);
      return n;
    """,
    "an effect after each rendering": """
      const [n, set] = useState(0);
      useEffect(() => { if (n < 4) set(n + 1); });
      return n;
    """,
    "a reducer": """
      const [n, add] = useReducer((old, more) => old + more, 1);
      useEffect(() => add(3), []);
      return n;
    """,
    "a reducer with a start": """
      const [n] = useReducer((old) => old, d, (given) => given.n);
      return n;
    """,
    "what is kept": """
      const [, set] = useState(0);
      const kept = useRef(0);
      kept.current += 1;
      useEffect(() => set(1), []);
      return kept.current + 2;
    """,
    "what is remembered": """
      const [n, set] = useState(0);
      const made = useRef(0);
      useMemo(() => (made.current += 1), [d]);
      useEffect(() => set(3), []);
      return made.current + n;
    """,
    "an effect that is cleaned up": """
      const [n, set] = useState(0);
      const [cleaned, count] = useReducer((old, more) => old + more, 0);
      useEffect(() => { set(2); return () => count(1); }, [n === 0]);
      return n + cleaned + 1;
    """,
    "a promise of an effect": """
      const [n, set] = useState(0);
      useEffect(() => { Promise.resolve(d.n).then(async (n) => { await null; set(n); }); }, []);
      return n;
    """,
    "an area of an extension": """
      const [n, set] = useState(0);
      useEffect(() => { chrome.storage.local.get("any", ({ any }) => set(any.n)); }, []);
      return n;
    """,
    "an interval that polls": """
      const [n, set] = useState(d.n);
      useEffect(() => { const timer = setInterval(() => set(9), 250); return () => clearInterval(timer); }, []);
      return n;
    """,
    "a store outside": "return useSyncExternalStore(() => () => {}, () => d.n);",
    "a context": "return useContext(React.createContext(d)).n;",
    "a hook of one's own": "return useDouble(d.n) / 2;",
}
HEAD = """import React, {
  useContext, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore,
} from "react";
const useDouble = (n) => { const [held, set] = useState(0); useEffect(() => set(n * 2), [n]); return held; };
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


def answers(engine: Engine, folder: Path, text: str, times: int = 1) -> list[str]:
    write_project(folder, {"hook.jsx": text})
    program = module(text, str(folder / "hook.jsx"))
    calls = [Call("f", Argument(document='{"n": 4}'))] * times
    return [outcome.answer.text for outcome in engine.run(program, calls)]


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_answers_what_a_page_would_show_in_the_end(engine: Engine, tmp_path: Path, name: str) -> None:
    text = f"{HEAD}export function f(d) {{ {HOOKS[name]} }}"
    assert answers(engine, tmp_path, text, 2) == ["4", "4"]


def test_a_hook_within_a_reader_is_rendered_with_it(engine: Engine, tmp_path: Path) -> None:
    text = f"{HEAD}export const f = (d) => [useDouble(d.n), useDouble(1)].join();"
    assert answers(engine, tmp_path, text) == ['"8,2"']


def test_a_hook_that_never_comes_to_rest_ends_all_the_same(engine: Engine, tmp_path: Path) -> None:
    text = (
        f"{HEAD}export const f = () => {{ const [n, set] = useState(0); useEffect(() => set(n + 1)); return n > 4; }};"
    )
    assert answers(engine, tmp_path, text) == ["true"]


def test_what_a_hook_throws_is_thrown(engine: Engine, tmp_path: Path) -> None:
    body = "const [held, set] = useState(d); useEffect(() => set(null), []); return held.n;"
    text = f"{HEAD}export const f = (d) => {{ {body} }};"
    assert answers(engine, tmp_path, text)[0].startswith("TypeError")


def test_a_function_keeps_its_number_of_arguments(engine: Engine, tmp_path: Path) -> None:
    text = f"{HEAD}export function g(a, b) {{ return a; }}\nexport const f = () => g.length;"
    assert answers(engine, tmp_path, text) == ["2"]


def test_the_words_of_what_stands_for_react_are_not_those_of_the_reader(tmp_path: Path) -> None:
    text = (
        'import { useMemo } from "react";\nimport { name } from "./name";\n'
        "export const f = (d) => useMemo(() => d[name], []);"
    )
    write_project(tmp_path, {"hook.jsx": text, "name.js": 'export const name = "lengthOfIt";'})
    literals = module(text, str(tmp_path / "hook.jsx")).literals
    assert "lengthOfIt" in literals
    assert not literals & {"dispatch", "needs", "current", "driftwright.rendered"}
