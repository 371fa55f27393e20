"""The commands that maintain a workspace: their options and help texts."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from driftwright.entrypoints.cli.verbs import Add, Verbs

AREAS = (
    *("session", "local", "indexed-db", "extension-local", "extension-sync", "extension-session"),
    *("page-json", "window", "response", "file"),
)
SCHEMAS = {
    **{name: ("workspace", name) for name in ("contract", "migration", "store", "target", "workspace")},
    "overview": ("report", "overview-v1"),
    "report": ("report", "report-v1"),
    "run": ("history", "run-v1"),
    "snapshot": ("snapshot", "snapshot-v1"),
    "watch": ("snapshot", "watch-v1"),
}
"""The kinds of files that have a schema, each with its room and the name of its schema's file."""

SHELLS = ("bash", "zsh", "fish", "tcsh")
NAMES = ("targets", "facts", "rules")
PROOF_FORMATS = ("text", "json", "html")


def prove_options(verb: argparse.ArgumentParser) -> None:
    """Add the options of `prove`."""
    verb.add_argument(
        "--format", action="append", choices=PROOF_FORMATS, help="may be given several times (default: text)"
    )
    verb.add_argument("--output", metavar="DIR", help="write each format to DIR/prove.* instead of standard output")
    verb.add_argument(
        "--write-lock",
        action="store_true",
        help="write contracts/reads.lock.json anew, and add new versions to schemas/versions.lock.json",
    )
    verb.add_argument(
        "--accept",
        action="append",
        metavar="ID",
        help="accept what fails: by the id that stands behind it, by a fact's name, or `all`; may be repeated. It is "
        "written into the contracts as [[accepted]]",
    )
    verb.add_argument("--reason", metavar="TEXT", help="with --accept: why that may be")
    verb.add_argument(
        "--profiles",
        action="extend",
        nargs="+",
        metavar="FILE",
        help="prove on these profiles too, beside those in profiles/: snapshots, storage states, or objects of areas "
        '({"session": {KEY: TEXT}, "extension-local": ...}), whose values stay in memory',
    )
    verb.add_argument(
        "--made-up",
        metavar="N",
        type=int,
        default=40,
        help="how many profiles to make up for each of migrations/, beside those of its witnesses (default: 40)",
    )


def _init(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "init", "init:init", "start a workspace from saved stores and reader functions",
               "driftwright init drift --snapshot a.json --snapshot b.json --readers r.js --key cart")  # fmt: skip
    verb.add_argument("folder", metavar="DIR", help="folder to start it in; what is there is never overwritten")
    verb.add_argument(
        "--snapshot",
        action="append",
        metavar="FILE",
        required=True,
        help="JSON file of the store as it was; at least twice, and the more they differ the better. It may hold "
        "several stores: a dump of localStorage (texts by their keys), a storage state of Playwright, or a HAR, whose "
        "JSON bodies go by the path of their address. Values are made up before anything is written",
    )
    verb.add_argument(
        "--readers",
        "--consumer",
        metavar="FILE",
        required=True,
        help="module (JavaScript, TypeScript or Python) of functions of the parsed store, and perhaps of one id in it; "
        "of several stores, of that whose name its argument bears. Contracts name this very file",
    )
    verb.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="storage key of the store (default: its name, or all keys that the readers read); may be repeated",
    )
    verb.add_argument(
        "--area",
        choices=AREAS,
        help="where it lies: a storage area, or page-json, window, response, file (default: what the file or the "
        "readers say, else session, with a note)",
    )
    verb.add_argument(
        "--store",
        action="append",
        metavar="NAME",
        help="what readers call it (default: from the key); once for each key",
    )
    verb.add_argument("--url", metavar="URL", help="address of the page; makes a probe's target of it")


def _accept(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "accept", "accept:accept", "adopt a drift: next schema version, witnesses, locks, changelog",
               "driftwright accept out/standin.snapshot.json --apply --dry-run")  # fmt: skip
    verb.add_argument("snapshots", nargs="*", metavar="SNAPSHOT", help="*.snapshot.json file that shows the drift")
    verb.add_argument("--store", action="append", metavar="STORE=FILE", help="a store in a plain JSON file instead")
    verb.add_argument(
        "--apply",
        action="store_true",
        help="take over the proposed patches of the reading code; without it, a reader that the drift breaks refuses",
    )
    verb.add_argument("--dry-run", action="store_true", help="show the diff, write nothing")


def _emit(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "emit", "emit:emit", "compile the contracts into the package that their consumer ships",
               "driftwright emit --out src/contracts --name my-contracts\n"
               "  driftwright emit --out src/contracts --check")  # fmt: skip
    verb.add_argument(
        "--out",
        metavar="DIR",
        required=True,
        help="folder of the package: a new one, or one that emit wrote, in which only its own files are changed",
    )
    verb.add_argument("--name", metavar="NAME", help="name of the package (default: driftwright-contracts)")
    verb.add_argument("--target", metavar="NAME", help="probe whose name a fingerprint bears (default: the only one)")
    verb.add_argument(
        "--script",
        action="store_true",
        help="emit one plain script alone, content-script.js, for an extension without a bundler. "
        "What is said of a package once is kept in its package.json",
    )
    verb.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when a file is not as it would be written"
    )


def _suppress(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "suppress", "suppress:suppress", "let one finding be until a day, with a reason",
               'driftwright suppress 93c3e2671f5d --reason "the panel no longer shows this"')  # fmt: skip
    verb.add_argument("fingerprint", metavar="FINGERPRINT", help="of a finding, of a fact (all of its) or of a change")
    _mark_options(verb)


def _baseline(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "baseline", "suppress:baseline", "let all present findings be until a day, with a reason",
               'driftwright baseline --reason "known when the checks began" --expires 2030-06-30')  # fmt: skip
    _mark_options(verb)


def _mark_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--reason", metavar="TEXT", required=True, help="why it need not be mended now")
    verb.add_argument(
        "--expires", metavar="DAY", help="last day on which it holds, as 2030-06-30 (default: in 90 days)"
    )
    verb.add_argument(
        "--report",
        metavar="DIR",
        default="driftwright-out",
        help="output folder of a run, or a report.json, that has the findings (default: %(default)s)",
    )


def _readiness(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "readiness", "readiness:readiness", "say which derived facts may move on to their next phase",
               "driftwright readiness --history out --format json")  # fmt: skip
    verb.add_argument(
        "--history",
        metavar="DIR",
        default="driftwright-out",
        help="output folder of a run, or its history folder (default: %(default)s)",
    )
    verb.add_argument("--target", metavar="NAME", help="only the runs of this target")
    verb.add_argument(
        "--profiles",
        action="extend",
        nargs="+",
        metavar="FILE",
        help="ask these profiles and those in profiles/ instead: each fact's verdict, and for each session whether own "
        "counters and first sources agree, and why not; values stay in memory",
    )
    verb.add_argument("--format", choices=("text", "json"), default="text")


def _schema(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "schema", "completing:schema", "print the JSON Schema of a kind of file, for editors",
               "driftwright schema contract > contract.schema.json")  # fmt: skip
    verb.add_argument("name", metavar="NAME", choices=tuple(SCHEMAS), help=f"one of {', '.join(SCHEMAS)}")


def _completion(verbs: Verbs, add: Add) -> None:
    verb = add(verbs, "completion", "completing:completion", "print the completion of this command line for a shell",
               'eval "$(driftwright completion bash)"')  # fmt: skip
    group = verb.add_mutually_exclusive_group(required=True)
    group.add_argument("shell", nargs="?", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")
    group.add_argument(
        "--names",
        action="append",
        choices=NAMES,
        help="print names of the workspace instead, one a line, as a shell asks for them; may be repeated",
    )


WORKSPACE_VERBS: tuple[Callable[[Verbs, Add], None], ...] = (
    _init,
    _accept,
    _emit,
    _suppress,
    _baseline,
    _readiness,
    _schema,
    _completion,
)
