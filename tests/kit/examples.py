"""How many examples a law is tried on: so many in every check, ten times as many at night."""

from __future__ import annotations

import os

NIGHTLY = bool(os.environ.get("DRIFTWRIGHT_NIGHTLY"))
USUAL = 100  # where a test names no number, which is Hypothesis' own


def examples(usual: int) -> int:
    """Return the number of examples for a law that takes `usual` of them in every check."""
    return usual * 10 if NIGHTLY else usual
