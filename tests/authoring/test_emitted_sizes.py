"""How large the emitted package is once a consumer's bundler has minified it: the whole, and each fact alone."""

from __future__ import annotations

import re
from pathlib import Path

from kit.emitted import ROOT, bundled

KB = 1024


def _functions(consumer: Path) -> list[str]:
    return re.findall(r"^export declare const (\w+): Fact<", _text(consumer, "facts.d.ts"), re.MULTILINE)


def _text(consumer: Path, name: str) -> str:
    return (consumer / "node_modules" / "my-contracts" / name).read_text("utf-8")


def _size(consumer: Path, script: str) -> int:
    return len(bundled(consumer, script).encode())


def test_what_is_shipped_is_small(consumer: Path) -> None:
    def size(what: str) -> int:
        return _size(consumer, f"export {what}")

    assert size('{ resolve } from "./node_modules/my-contracts/resolver.js"') <= 1.6 * KB
    assert size('* from "my-contracts/facts"') <= 18 * KB
    assert size('* from "my-contracts/fingerprint"') <= 12 * KB
    assert size('{ siteV1 } from "my-contracts/guards"') <= 4.6 * KB
    assert size('* from "my-contracts/guards"') <= 13 * KB


def _reading_code(consumer: Path, fact: str) -> str:
    """Return a script that exports the functions of a fact, and nothing else of it."""
    text = _text(consumer, "facts.js")
    taken = {
        local: (name, part)
        for names, part in re.findall(r'^import \{ (.*) \} from "\./(readers/.*)";$', text, re.MULTILINE)
        for name, local in re.findall(r"(\w+) as (\$\w+)", names)
    }
    (definition,) = re.findall(rf"^const \$f_{fact} = .*?^\);$", text, re.MULTILINE | re.DOTALL)
    asked = [taken[local] for local in sorted(set(re.findall(r"\$r_\w+", definition)))]
    return "".join(f'export {{ {name} }} from "./node_modules/my-contracts/{part}";' for name, part in asked)


def test_one_fact_alone_is_small_as_far_as_its_own_reading_code_is(consumer: Path) -> None:
    """What is above 4 kB is above it by the resolver and that fact's reading code, whatever else were spared."""
    facts = _functions(consumer)
    assert len(facts) == len(list((ROOT / "contracts").glob("*.toml")))
    common = _size(consumer, 'export { fact } from "./node_modules/my-contracts/fact.js"')
    assert common <= 2 * KB
    for fact in facts:
        alone = _size(consumer, f'export {{ {fact} }} from "my-contracts/facts"')
        least = common + _size(consumer, _reading_code(consumer, fact))
        assert alone <= max(4 * KB, least + 0.35 * KB), (fact, alone, least)
