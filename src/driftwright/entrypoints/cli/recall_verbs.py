"""The commands of the history and of alerts: their options and help texts."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from driftwright.entrypoints.cli.verbs import Add, Verbs

CHANNELS = ("github", "webhook", "apprise")
_OUTPUT = "driftwright-out"
_WHERE = f"output folder of a run, or its history folder (default: {_OUTPUT})"


_OF_CAUSES = (
    "One cause is one alert: told when a second capture agrees, when it gets worse or changes,\n"
    "and when two captures found its facts intact again. A blind capture is an alert of its own, never a recovery."
)


def alert_options(verb: argparse.ArgumentParser, about: str = _OF_CAUSES) -> None:
    """Add the options of who is told; `about` says of what, and when."""
    group = verb.add_argument_group("alerts", about)
    group.add_argument(
        "--alert",
        action="append",
        choices=CHANNELS,
        help="whom to tell; may be repeated. github: issues, with GITHUB_TOKEN or as gh is signed in; webhook: JSON to "
        "DRIFTWRIGHT_WEBHOOK_URL; apprise: DRIFTWRIGHT_APPRISE_URLS, needs driftwright[notify]",
    )
    group.add_argument("--repo", metavar="OWNER/NAME", help="where the issues are (default: GITHUB_REPOSITORY)")
    group.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, word by word, and send nothing"
    )


def _history(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "history", "history:history", "list the runs that were recorded",
               "driftwright history driftwright-out --target standin --limit 50")  # fmt: skip
    verb.add_argument("where", nargs="?", default=_OUTPUT, metavar="DIR", help=_WHERE)
    verb.add_argument("--target", metavar="NAME", help="only the runs of this target")
    verb.add_argument("--limit", metavar="N", type=int, help="at most so many, the newest (default: 20; json: all)")
    verb.add_argument(
        "--format", choices=("text", "json"), default="text", help="json holds all that is kept, and what was sent"
    )


def _alert(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "alert", "history:alert", "tell what is not told yet, from a job of its own",
               "driftwright alert --history driftwright-out --alert github --dry-run")  # fmt: skip
    verb.add_argument("--history", metavar="DIR", default=_OUTPUT, help=_WHERE)
    verb.add_argument("--target", metavar="NAME", help="only the alerts of this target")
    verb.add_argument(
        "--report", metavar="FILE", help="report.json of the newest run (default: the one beside history)"
    )
    alert_options(verb)


def _heartbeat(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "heartbeat", "history:heartbeat", "exit 1 when the scheduled job has stopped running",
               "driftwright heartbeat driftwright-out --max-age 36h")  # fmt: skip
    verb.add_argument("where", nargs="?", default=_OUTPUT, metavar="DIR", help=_WHERE)
    verb.add_argument(
        "--max-age", metavar="TIME", required=True, help="oldest that the newest run may be: 90m, 36h, 2d"
    )
    verb.add_argument("--target", metavar="NAME", help="only this target (default: each that was ever run)")
    verb.add_argument("--seeing", action="store_true", help="count only runs that saw the page, not blind ones")


RECALL_VERBS: tuple[Callable[[Verbs, Add], None], ...] = (_history, _alert, _heartbeat)
