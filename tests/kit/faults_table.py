"""Every fault several times, as a table: `ci/faults` prints it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from kit.faults import CASES, FaultCase, Outcome, closed_port, run, site


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _several(case: FaultCase, runs: int, ports: tuple[int, int]) -> list[Outcome]:
    outcomes = []
    for _ in range(runs):
        # A browser of the case that was just ended may still be writing to its profile.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            before, tempfile.tempdir = tempfile.tempdir, folder
            try:
                outcomes.append(run(case, Path(folder), ports))
            finally:
                tempfile.tempdir = before
    return outcomes


def _row(case: FaultCase, outcomes: list[Outcome], ports: tuple[int, int]) -> tuple[str, bool]:
    allowed = {f"0100007F:{port:04X}" for port in ports}
    right = sum((outcome.reason, outcome.exit) == (case.reason, "BlindFault") for outcome in outcomes)
    orphans = sum(outcome.orphans for outcome in outcomes)
    listening = sum(len(outcome.traffic.listening) for outcome in outcomes)
    strangers = sum(len(outcome.traffic.peers - allowed) for outcome in outcomes)
    storms = sum(outcome.requests > case.requests for outcome in outcomes)
    latest = max(outcome.seconds for outcome in outcomes)
    good = right == len(outcomes) and latest <= case.deadline + 2 and not orphans + listening + strangers + storms
    wrong = ", ".join(sorted({outcome.reason for outcome in outcomes if outcome.reason != case.reason}))
    cells = (
        case.name,
        case.reason,
        f"{right}/{len(outcomes)}",
        wrong or "-",
        f"{latest:.2f} of {case.deadline:.0f}",
        orphans,
        listening,
        strangers,
    )
    return "| " + " | ".join(map(str, cells)) + " |", good


def main() -> int:
    """Print the table, of all reasons or of those that are named; 0 if every run was told right."""
    runs, only = int(sys.argv[1]), sys.argv[2:]
    _tell("| fault | reason | right | told else | latest s of deadline | orphans | listening ports | other hosts |")
    _tell("| --- | --- | --- | --- | --- | --- | --- | --- |")
    good = True
    with site() as port:
        ports = (port, closed_port())
        for case in (case for case in CASES if not only or case.reason in only):
            row, held = _row(case, _several(case, runs, ports), ports)
            good = good and held
            _tell(row)
    _tell(f"\n{runs} runs of each fault; every run must end 2 s after its deadline at the latest")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
