"""The command about many users: its options and help texts."""

from __future__ import annotations

from collections.abc import Callable

from driftwright.entrypoints.cli.recall_verbs import alert_options
from driftwright.entrypoints.cli.verbs import Add, Verbs


def _cohorts(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "cohorts", "cohorts:cohorts", "tell which shapes many users have, and what each breaks",
               "driftwright cohorts fingerprints.jsonl --by app,country --since 30d --output shapes.html\n"
                 "  driftwright cohorts captures --engine dask://scheduler:8786")  # fmt: skip
    verb.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="snapshots, folders of them, patterns, or addresses that fsspec opens (needs driftwright[remote]); tables "
        "of the fingerprints that an emitted package takes: .jsonl, or .parquet with a column `fingerprint` (need "
        "driftwright[cohorts])",
    )
    verb.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="LABEL",
        help="tell shares by app, country or both: --by app,country",
    )
    verb.add_argument("--since", metavar="DAYS", help="only so many days up to the newest, as 30d (default: all)")
    verb.add_argument(
        "--output",
        metavar="FILE",
        help="a page with pictures (.html), all of it (.json) or shapes by day (.parquet) instead of text",
    )
    verb.add_argument(
        "--engine",
        metavar="ENGINE",
        help="how snapshots are folded: serial, pool (processes here) or dask://HOST[:PORT], which needs "
        "driftwright[dask]; the result is the same (default: pool where it pays)",
    )
    verb.add_argument(
        "--alert-above",
        metavar="PERCENT",
        default="5%",
        help="exit 1 when a shape that is no accepted version has such a share of a day's users (default: 5%%)",
    )
    verb.add_argument("--earlier", metavar="FILE", help="an earlier .json: shapes that it tells of are not new")
    alert_options(
        verb, "One new shape is one alert. Nothing keeps what was sent, save the issues: --earlier says what was told."
    )


COHORT_VERBS: tuple[Callable[[Verbs, Add], None], ...] = (_cohorts,)
