"""The command that looks for secrets: scan."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path as File

from driftwright.base.errors import InputFault, visible
from driftwright.base.files import check_size, read_bounded
from driftwright.entrypoints.cli.exits import BAD_INPUT, DRIFT, INTACT, MACHINE
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.snapshot import (
    Leak,
    Scanned,
    Secret,
    numbered,
    scan_paths,
    secret_from_environment,
    secrets_from_text,
    self_test,
)

_MOST = 16 * 1024 * 1024  # bytes of a list of secrets


def scan_files(options: argparse.Namespace) -> int:
    """Look for the given secrets, and say where they are but not what they are."""
    if options.self_test:
        return _self_test()
    if not options.paths:
        raise InputFault("nothing to look through", "PATH", "", "name files or folders, or use --self-test")
    secrets = [*_read_secrets(options.secrets), *map(secret_from_environment, options.secret_env or ())]
    if not secrets:
        problem = "no secret to look for"
        raise InputFault(problem, "--secrets", "", "give a file, - for standard input, or --secret-env NAME")
    besides = frozenset({File(options.secrets)} if options.secrets not in (None, "-") else ())
    labelled = numbered(secrets)
    scanned = scan_paths([File(path) for path in options.paths], labelled, besides)
    print(_record(scanned, labelled) if options.format == "json" else _text(scanned, labelled), end="")
    return DRIFT if scanned.leaks else BAD_INPUT if scanned.unread else INTACT


def _read_secrets(file: str | None) -> tuple[Secret, ...]:
    if file is None:
        return ()
    mend = "give fewer secrets"
    data = sys.stdin.buffer.read(_MOST + 1) if file == "-" else read_bounded(File(file), _MOST, mend)
    check_size(data, _MOST, file, mend)
    try:
        return secrets_from_text(data.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        raise InputFault("is not UTF-8", file, f"byte {error.start}", "save it as UTF-8") from None


def _text(scanned: Scanned, secrets: tuple[Secret, ...]) -> str:
    lines = [_line(leak) for leak in scanned.leaks]
    lines += [f"not looked into: {unread.file}: {unread.why}" for unread in scanned.unread]
    files = f"{scanned.files} file{'s' * (scanned.files != 1)}, {scanned.size} bytes"
    sought = f"{len(secrets)} secret{'s' * (len(secrets) != 1)}"
    count = len({leak.secret for leak in scanned.leaks})
    answer = f"{count} found in {len({leak.file for leak in scanned.leaks})} of them" if count else "none found"
    return "".join(f"{visible(line)}\n" for line in (*lines, f"{files}, looked through for {sought}: {answer}"))


def _line(leak: Leak) -> str:
    how = " > ".join((*leak.inside, leak.form))
    times = f", {leak.times} times" if leak.times > 1 else ""
    return f"leak: {leak.file}: byte {leak.offset}: secret {leak.secret} as {how}{times}"


def _record(scanned: Scanned, secrets: tuple[Secret, ...]) -> str:
    record = {"format": "scan-v1", "secrets": [secret.label for secret in secrets], **asdict(scanned)}
    return json.dumps(record, indent=2, ensure_ascii=True) + "\n"


def _self_test() -> int:
    try:
        result = self_test(progress("scan"))
    finally:
        progress_done()
    for writing, holder in result.missed:
        print(f"missed: {writing} in {holder}")
    for writing, holder in result.alarms:
        print(f"false alarm: {writing} in {holder}")
    count = result.planted - len(result.missed)
    print(
        f"{result.writings} ways of writing, {result.holders} holders: {count} of {result.planted} planted leaks found"
    )
    return MACHINE if result.missed or result.alarms else INTACT
