"""The parser of the command line: commands, options and help texts. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache
from importlib import import_module

from driftwright import __version__
from driftwright.base.terms import STORAGE
from driftwright.entrypoints.cli.cohort_verbs import COHORT_VERBS
from driftwright.entrypoints.cli.recall_verbs import RECALL_VERBS, alert_options
from driftwright.entrypoints.cli.usage import Parser
from driftwright.entrypoints.cli.verbs import Verbs
from driftwright.entrypoints.cli.workspace_verbs import WORKSPACE_VERBS, prove_options

_EPILOG = """\
exit codes:
  0  intact: every derived fact is as it was
  1  drift at or above --fail-on
  2  bad input, contract or usage; one line says where and how to mend it
  3  unseen or blind: the capture shows too little to say anything
  4  a fault of this program or of the machine
  130  interrupted, as by Ctrl-C

first steps:
  driftwright diff before.json after.json --consumer readers.js    no set-up at all
  driftwright run standin --drift rename-moderated                 a real browser, a drifting site, a report
  driftwright explain field-renamed                                what a rule means
"""

# As `render.FORMATS`, which is not imported here: `--help` answers at once.
REPORT_FORMATS = ("text", "concise", "json", "jsonl", "markdown", "html", "junit", "sarif", "github", "ctrf")
_ALL_FORMATS = f"one of {', '.join(REPORT_FORMATS)}"


@cache  # for whoever runs several commands in one process
def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser: argparse.ArgumentParser = Parser(
        prog="driftwright",
        description="Contract tests for storage you don't own: which derived fact breaks when a site's store changes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"driftwright {__version__}")
    parser.add_argument(
        "--workspace",
        metavar="DIR",
        help="folder that holds contracts/, schemas/ and probes/; may stand behind the command as well "
        "(default: here, or as driftwright.toml here or above says; else built in)",
    )
    _loudness_options(parser, default=False)
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (_probe, _check, _diff, _run, _report, _prove, _trace, _scan, _explain, _doctor):
        add(verbs)
    for add_more in (*COHORT_VERBS, *RECALL_VERBS, *WORKSPACE_VERBS):
        add_more(verbs, _verb)
    return parser


def _verb(verbs: Verbs, name: str, handler: str, text: str, example: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # The folder may be named on either side of the command; what is not said here leaves what was said before.
    verb.add_argument("--workspace", metavar="DIR", default=argparse.SUPPRESS, help="folder of the workspace")
    _loudness_options(verb, default=argparse.SUPPRESS)
    verb.set_defaults(run=_lazily(handler), parser=verb)
    return verb


def _loudness_options(parser: argparse.ArgumentParser, default: object) -> None:
    """Add how much to say; on either side of the command, as the workspace."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "-q", "--quiet", action="store_true", default=default, help="print nothing but faults: the exit code tells"
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=default,
        help="say on standard error what is done and how long it takes, and of a fault where in the program it arose",
    )


def _lazily(handler: str) -> Callable[[argparse.Namespace], int]:
    """Import a command's module only when it runs, so that `--help` answers at once."""

    def run(options: argparse.Namespace) -> int:
        module, _, function = handler.partition(":")
        return int(getattr(import_module(f"driftwright.entrypoints.cli.{module}"), function)(options))

    return run


def _capture_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--drift", metavar="NAME", help="release that the target's page plays (see the target's variants)"
    )
    verb.add_argument("--state", metavar="NAME", help="page state to reach (default: the target's own)")


def _judge_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--fail-on",
        choices=("degraded", "broken"),
        default="degraded",
        help="least verdict that exits 1 (default: degraded: a fallback has to serve)",
    )
    verb.add_argument(
        "--strict",
        action="store_true",
        help="ignore who reads: every change of level break exits 1, even when no derived fact notices it",
    )


def _several_formats(verb: argparse.ArgumentParser, purpose: str) -> None:
    """Let a command tell its report in several formats at once."""
    verb.add_argument(
        "--format", action="append", choices=REPORT_FORMATS, metavar="NAME", help=f"{purpose}: {_ALL_FORMATS}"
    )


def _one_format(verb: argparse.ArgumentParser) -> None:
    """Let a command tell its report in one format."""
    verb.add_argument("--format", choices=REPORT_FORMATS, default="text", metavar="NAME", help=_ALL_FORMATS)


def _probe(verbs: Verbs) -> None:
    verb = _verb(verbs, "probe", "probe:probe", "capture a redacted snapshot in a real browser",
                 "driftwright probe standin --out standin.snapshot.json")  # fmt: skip
    verb.add_argument("target", help="name of a probe: probes/<target>.toml")
    _capture_options(verb)
    verb.add_argument("--out", metavar="FILE", help="where to write it (default: <target>.snapshot.json)")
    _by_hand_options(_way_options(verb))
    verb.add_argument(
        "--watch",
        metavar="SECONDS",
        type=float,
        help="look again and again for so long while something is made on the page, and write <target>.watch.json, "
        "which check judges by the contracts in time; example: driftwright probe standin --watch 10",
    )
    verb.add_argument("--every", metavar="MS", type=int, help="with --watch: milliseconds between two looks (100)")


def _way_options(verb: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    group = verb.add_argument_group("other ways in", "Without one of these, a fresh browser is launched.")
    ways = group.add_mutually_exclusive_group()
    ways.add_argument(
        "--attach",
        metavar="WHERE",
        help="read one open tab of a browser that runs on this machine, and change nothing there: a port, "
        "http://127.0.0.1:PORT, or auto; example: driftwright probe standin --attach 9222",
    )
    ways.add_argument("--profile", action="store_true", help="launch the browser with the profile that --login made")
    ways.add_argument(
        "--from",
        dest="dumps",
        nargs="+",
        metavar="[AREA=]FILE",
        help="redact saved storage: Playwright's storage state, or copy(JSON.stringify(sessionStorage)); "
        "without AREA, a dump is of the area in which the stores are declared; "
        "example: --from session=s.json local=l.json",
    )
    group.add_argument("--tab", type=int, metavar="N", help="with --attach: which of several tabs of the page")
    group.add_argument("--extension", metavar="ID", help="with --attach: id of the installed extension")
    return ways


def _by_hand_options(ways: argparse._MutuallyExclusiveGroup) -> None:
    """Add the ways that end with something for a person to do."""
    ways.add_argument("--login", action="store_true", help="open a window and wait while you sign in by hand, once")
    ways.add_argument(
        "--snippet",
        action="store_true",
        help="print code for the console of your own DevTools; `driftwright check -` takes its answer",
    )
    ways.add_argument(
        "--fingerprint",
        action="store_true",
        help="print a function that an extension can ship: it tells the stores' shapes, and no value",
    )


def _check(verbs: Verbs) -> None:
    verb = _verb(verbs, "check", "check:check", "judge saved snapshots, offline",
                 "driftwright check standin.snapshot.json --format text --format html --output out")  # fmt: skip
    verb.add_argument(
        "snapshots",
        nargs="*",
        metavar="SNAPSHOT",
        help="*.snapshot.json or *.watch.json file, or - to paste what a snippet printed",
    )
    verb.add_argument(
        "--store",
        action="append",
        metavar="STORE=FILE",
        help="judge a store that lies in a plain JSON file; once for each store of one moment. "
        "It is redacted in memory, as in a page; example: --store cart=cart.json",
    )
    _judge_options(verb)
    _several_formats(verb, "how to tell it; may be given several times with --output (default: text)")
    verb.add_argument("--output", metavar="DIR", help="write each format to DIR/report.* instead of standard output")


def _diff(verbs: Verbs) -> None:
    verb = _verb(verbs, "diff", "diff:diff", "compare two JSON files; with readers, say which function breaks",
                 "driftwright diff before.json after.json --consumer readers.js --format json")  # fmt: skip
    verb.add_argument("before", metavar="BEFORE", help="JSON file that the readers are right on")
    verb.add_argument("after", metavar="AFTER", help="later JSON file")
    verb.add_argument(
        "--schemas", action="store_true", help="both files are JSON Schemas: does AFTER admit what BEFORE did not?"
    )
    verb.add_argument(
        "--consumer",
        "--readers",
        metavar="FILE",
        help="module (JavaScript, TypeScript or Python) whose exports are functions of the parsed document",
    )
    verb.add_argument(
        "--known",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="further JSON files that the readers are right on: what only some of them hold may be missing",
    )
    verb.add_argument("--format", choices=("text", "json"), default="text")
    _judge_options(verb)


def _run(verbs: Verbs) -> None:
    verb = _verb(verbs, "run", "run:run", "probe, check and report: the scheduled job",
                 "driftwright run standin --drift rename-moderated --output out")  # fmt: skip
    verb.add_argument("targets", nargs="*", metavar="TARGET", help="name of a probe: probes/<target>.toml; or several")
    verb.add_argument("--all", action="store_true", help="look at all targets of the workspace")
    _capture_options(verb)
    _way_options(verb)
    _judge_options(verb)
    verb.add_argument("--output", metavar="DIR", default="driftwright-out", help="folder for snapshot and reports")
    _several_formats(
        verb,
        "what to leave there; may be given several times (default: html, markdown and json). "
        "github also prints annotations for the contracts' lines",
    )
    verb.add_argument(
        "--summary", action="store_true", help="append the report to the summary of the GitHub Actions step"
    )
    verb.add_argument("--history", metavar="DIR", help="folder to record every run in (default: history in --output)")
    alert_options(verb)


def _report(verbs: Verbs) -> None:
    verb = _verb(verbs, "report", "report:report", "show a report that a run left, in any format",
                 "driftwright report out --format markdown")  # fmt: skip
    verb.add_argument("where", nargs="?", default="driftwright-out", help="output folder of a run, or a report.json")
    _one_format(verb)


def _prove(verbs: Verbs) -> None:
    verb = _verb(verbs, "prove", "prove:prove",
                 "replay every rule on every known-good store: the mutation score, and the laws of migrations/",
                 "driftwright prove --format text --format html --output out")  # fmt: skip
    prove_options(verb)


def _trace(verbs: Verbs) -> None:
    verb = _verb(verbs, "trace", "trace:trace", "run a built extension and list what its own code reads",
                 "driftwright trace dist --target standin --check --out dist.reads.json\n"
                 "  driftwright trace dist --target standin --path /imagine/post/1\n"
                 "  driftwright trace dist --store saved.json --key cart --area local --seconds 10")  # fmt: skip
    verb.add_argument("extension", metavar="EXTENSION_DIR", help="folder of a built MV3 extension; a copy of it runs")
    page = verb.add_mutually_exclusive_group()
    page.add_argument("--target", metavar="NAME", help="probe target served from a folder (default: standin)")
    page.add_argument("--store", metavar="FILE", help="JSON file: the store as an empty page shall hold it")
    verb.add_argument(
        "--path",
        metavar="/PATH",
        help="path of the page's origin to open, where the extension starts on some alone; no step is taken then, "
        "unless --state asks for it",
    )
    verb.add_argument("--state", metavar="NAME", help="page state of the target to reach (default: the target's own)")
    verb.add_argument("--key", metavar="KEY", help="with --store: its key; in indexed-db, database/object store/key")
    verb.add_argument("--area", choices=tuple(STORAGE), default="session", help="with --store (default: session)")
    verb.add_argument(
        "--seconds", type=float, metavar="N", default=3.0, help="how long to listen once the page is there (default: 3)"
    )
    verb.add_argument("--out", metavar="FILE", help="write the reads as JSON")
    verb.add_argument(
        "--check",
        action="store_true",
        help="compare with contracts/reads.lock.json: a read that no contract declares exits 1",
    )


def _scan(verbs: Verbs) -> None:
    verb = _verb(verbs, "scan", "scan:scan_files", "look for secrets in every byte of files, folders and archives",
                 "driftwright scan driftwright-out --secrets canaries.txt\n"
                 "  pass show site | driftwright scan out report.zip --secrets -")  # fmt: skip
    verb.add_argument("paths", nargs="*", metavar="PATH", help="file or folder; archives and databases are opened")
    verb.add_argument(
        "--secrets",
        metavar="FILE",
        help="what to look for, one a line, perhaps after a label and a tab; - for standard input. "
        "Secrets are never an argument: other users can see those",
    )
    verb.add_argument(
        "--secret-env", metavar="NAME", action="append", help="environment variable that holds one; may be repeated"
    )
    verb.add_argument("--format", choices=("text", "json"), default="text")
    verb.add_argument(
        "--self-test",
        action="store_true",
        help="plant a leak in every way of writing in every kind of file, and show that each is found",
    )


def _explain(verbs: Verbs) -> None:
    verb = _verb(verbs, "explain", "doctor:explain", "explain a rule, a derived fact, a migration or a finding",
                 "driftwright explain flag-became-number\n"
                 "  driftwright explain 93c3e2671f5d --report driftwright-out")  # fmt: skip
    verb.add_argument(
        "name",
        nargs="?",
        help="rule id, fact name, or fingerprint of a finding; without one, rules and facts are listed",
    )
    verb.add_argument(
        "--report",
        metavar="DIR",
        default="driftwright-out",
        help="report that a fingerprint is looked up in (default: %(default)s)",
    )


def _doctor(verbs: Verbs) -> None:
    verb = _verb(verbs, "doctor", "doctor:doctor", "show browser, workspace and versions, with nothing private",
                 "driftwright doctor --json")  # fmt: skip
    verb.add_argument("--json", action="store_true", help="as JSON")
