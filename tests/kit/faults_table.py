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
    found = []
    for _ in range(runs):
        # A browser of the case that was just ended may still be writing to its profile.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            before, tempfile.tempdir = tempfile.tempdir, folder
            try:
                found.append(run(case, Path(folder), ports))
            finally:
                tempfile.tempdir = before
    return found


def _row(case: FaultCase, found: list[Outcome], ports: tuple[int, int]) -> tuple[str, bool]:
    allowed = {f"0100007F:{port:04X}" for port in ports}
    right = sum((one.reason, one.exit) == (case.reason, "BlindFault") for one in found)
    orphans = sum(one.orphans for one in found)
    listening = sum(len(one.traffic.listening) for one in found)
    strangers = sum(len(one.traffic.peers - allowed) for one in found)
    storms = sum(one.requests > case.requests for one in found)
    latest = max(one.seconds for one in found)
    good = right == len(found) and latest <= case.deadline + 2 and not orphans + listening + strangers + storms
    wrong = ", ".join(sorted({one.reason for one in found if one.reason != case.reason}))
    cells = (
        case.name,
        case.reason,
        f"{right}/{len(found)}",
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
