#!/usr/bin/env python3
"""Prints the outputs of the action from the report that a run left.

usage: outputs.py OUTPUT_FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

VERDICTS = ("intact", "degraded", "broken", "unseen", "blind")
COUNTS = ("facts", "intact", "degraded", "broken", "unseen", "suppressed")


def main(folder: Path) -> int:
    """Print one `name=value` a line; nothing of the page gets there, for each value is a known word or a number."""
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        status = VERDICTS[VERDICTS.index(report["verdict"])]
        counts = {name: int(report["summary"].get(name, 0)) for name in COUNTS}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        print("status=fault")
        return 0
    print(f"status={status}")
    print(f"counts={json.dumps(counts)}")
    page = str(folder / "report.html")
    if page.isprintable() and Path(page).is_file():
        print(f"report={page}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
