"""The changelog of a store: the changes of each version, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from driftwright.report import CaptureFacts
from driftwright.workspace import Store


def entry(number: int, before: str, kind: str, changes: Sequence[str], capture: CaptureFacts) -> str:
    """Return the Markdown entry of one version.

    Args:
        number: Its number.
        before: The name of the version before it.
        kind: `breaking` or `compatible`, for a reader of that version.
        changes: One clause for each change.
        capture: The capture that showed the changes.
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


def with_entry(text: str | None, store: Store, new_entry: str) -> str:
    """Return the changelog with a further entry above the others."""
    if text is None:
        return f"# Changelog of {store.name}\n\n{new_entry}"
    head, mark, rest = text.partition("\n## ")
    return f"{head.rstrip()}\n\n{new_entry}{mark}{rest}" if mark else f"{head.rstrip()}\n\n{new_entry}"


def _plain(text: str) -> str:
    """Escape Markdown in text that comes from a page."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|!" else letter for letter in text if letter >= " ")
