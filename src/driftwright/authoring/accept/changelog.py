"""The changelog of a store: what became otherwise in each version, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from driftwright.report import CaptureFacts
from driftwright.workspace import Store


def entry(number: int, before: str, kind: str, changes: Sequence[str], capture: CaptureFacts) -> str:
    """Return the entry of one version.

    Args:
        number: Its number.
        before: The version it follows.
        kind: `breaking` or `compatible`, for a reader of that version.
        changes: What changed, a clause each.
        capture: Where it was seen.
    """
    where = " ".join(part for part in (capture.target, f"({capture.state})" if capture.state else "") if part)
    lines = [
        f"## v{number} - {capture.taken_at[:10]}",
        "",
        f"After {before}, {kind} for its readers. Seen at {_plain(where)}, {capture.digest[:19]}.",
        "",
        *(f"- {_plain(change)}" for change in changes),
    ]
    return "\n".join(lines) + "\n"


def with_entry(text: str | None, store: Store, told: str) -> str:
    """Return the changelog with a further entry above the others."""
    if text is None:
        return f"# Changelog of {store.name}\n\n{told}"
    head, mark, rest = text.partition("\n## ")
    return f"{head.rstrip()}\n\n{told}{mark}{rest}" if mark else f"{head.rstrip()}\n\n{told}"


def _plain(text: str) -> str:
    """Keep foreign names from being Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|!" else letter for letter in text if letter >= " ")
