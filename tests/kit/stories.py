"""Made-up runs of one target, for tests of what is told of them."""

from __future__ import annotations

from driftwright.history.run import FactState, FindingState, Run
from driftwright.report.model import fingerprint

FACTS = ("count", "outcome", "title")
CAUSE = ("field-renamed", "site", "/videos/{}/flag")
KEY = fingerprint("shop", *CAUSE)
BLIND_KEY = fingerprint("shop", "blind")

# What a run may say: the facts hurt (each with verdict and effect), `unseen`, `suppressed`, or a reason of blindness.
Say = dict[str, tuple[str, str]] | str
GOOD: Say = {}
HURT: Say = {"count": ("degraded", "silent")}
MORE: Say = {"count": ("degraded", "silent"), "outcome": ("degraded", "silent")}
GRAVE: Say = {"count": ("broken", "silent")}
OTHER: Say = {"outcome": ("degraded", "silent")}
THROWS: Say = {"count": ("degraded", "throws")}
BLIND: Say = "blind:bot-wall"


def a_run(number: int, says: Say, cause: tuple[str, str, str] = CAUSE) -> Run:
    when = f"2026-03-{1 + number // 24:02}T{number % 24:02}:00:00.000000Z"
    blind = says.partition(":")[2] if isinstance(says, str) and says.startswith("blind") else ""
    hurt = says if isinstance(says, dict) else {}
    states = tuple(
        FactState(
            name,
            "unseen" if says == "unseen" else hurt.get(name, ("broken" if says == "suppressed" else "intact", ""))[0],
            hurt.get(name, ("", "same"))[1],
            "full",
            says == "suppressed",
        )
        for name in FACTS
    )
    findings = tuple(
        FindingState(fingerprint(*cause, name), name, *cause, verdict, effect)
        for name, (verdict, effect) in hurt.items()
    )
    verdict = (
        "blind" if blind else "unseen" if says == "unseen" else max((v for v, _ in hurt.values()), default="intact")
    )
    facts = () if blind else states
    return Run(f"{number:032x}", when, "shop", "worked", verdict, "", "1", blind, facts, findings, (), number)


def story(*says: Say) -> list[Run]:
    return [a_run(number, answers) for number, answers in enumerate(says, 1)]
