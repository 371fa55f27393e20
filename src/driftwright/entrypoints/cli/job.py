"""What `run` does after judging: record, write and print the report, and send alerts; a late fault undoes nothing."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import Fault, InputFault, MachineFault, visible
from driftwright.entrypoints.cli.output import formats_of_run, show_in_runner, write_reports
from driftwright.entrypoints.cli.terminal import colour
from driftwright.history import (
    FOLDER,
    NAME,
    Channel,
    History,
    Message,
    Sending,
    channel,
    is_history,
    news,
    pending,
    record_report,
    send,
    stores_seen,
)
from driftwright.report import Report, Style, render


@dataclass(frozen=True, slots=True)
class Job:
    """Where a report goes, and which channels get alerts.

    Args:
        folder: Where the reports go.
        history: The folder of the history.
        channels: Whom to tell.
        dry: Whether to print what would be said instead.
        chosen: The formats that were asked for; None for the usual ones.
        summary: Whether to append to the summary of a GitHub Actions step.
        brief: Whether a report is not printed: it is one of several, of which the overview tells.
    """

    folder: File
    history: File
    channels: tuple[Channel, ...] = ()
    dry: bool = False
    chosen: tuple[str, ...] | None = None
    summary: bool = False
    brief: bool = False

    def of_several(self, target: str) -> Job:
        """Return this job for one of several targets: with a folder of its own, and with the one history."""
        return replace(self, folder=self.folder / target, brief=True)


def job_of(options: argparse.Namespace) -> Job:
    """Return what the options ask for.

    Raises:
        InputFault: A channel lacks what it needs; before a browser starts.
    """
    folder = File(options.output)
    return Job(
        folder=folder,
        history=File(options.history) if options.history else folder / FOLDER,
        channels=channels_of(options),
        dry=options.dry_run,
        chosen=tuple(options.format) if options.format else None,
        summary=options.summary,
    )


def finish(report: Report, job: Job, earlier: Sequence[Fault] = ()) -> Report:
    """Write a report, record it, write it again with its history, print it, and send the alerts, in this order.

    Whatever befalls the history, the report is there. A full disk keeps nobody from reading it on the terminal, and a
    channel that fails keeps no run from being recorded: the first fault is raised when all else is done.

    Args:
        report: The report.
        job: What is to be done with it.
        earlier: What failed before without being worth to stop for.

    Returns:
        The report with its past.

    Raises:
        InputFault: The history or the folder is not what it should be.
        MachineFault: The disk is full, or a channel could not be told; the next run tells it.
    """
    faults = [*earlier, *_write(report, job)]
    is_written = len(faults) == len(earlier)
    try:
        with open_history(job.history) as history:
            report = record_report(history, report)
    except Fault as fault:
        faults.append(fault)
    if report.past is not None and is_written:
        faults += _write(report, job)
    if not job.brief:
        print(render(report, "text", Style(colour=colour())), end="")
    print(show_in_runner(report, job.chosen, summary=job.summary), end="")
    if not job.brief:
        print(f"reports and snapshot: {job.folder}")
    if report.past is not None:
        faults += tell(job, report.capture.target, report)
    if faults:
        raise faults[0]
    return report


def _write(report: Report, job: Job) -> list[Fault]:
    try:
        write_reports(report, job.folder, formats_of_run(job.chosen))
    except Fault as fault:
        return [fault]
    return []


def stores_before(job: Job, target: str) -> frozenset[str]:
    """Return the names of the stores that the history has seen on a target; a fault of the history is told later."""
    if not is_history(job.history):
        return frozenset()
    try:
        with open_history(job.history) as history:
            return stores_seen(history, target)
    except Fault:
        return frozenset()  # to record the report fails in the same way, and says so


@contextlib.contextmanager
def open_history(folder: File) -> Iterator[History]:
    """Open a history; when a damaged file was put aside for it, say so, for its runs are then missing.

    Raises:
        InputFault: A file is a symbolic link, or a newer driftwright made it.
        MachineFault: The folder cannot be written to, or the disk is full.
    """
    with History(folder) as history:
        if history.put_aside is not None:
            problem = f"damaged, and put aside as {history.put_aside.name}; a new history begins without its runs"
            print(visible(f"driftwright: {folder / NAME}: {problem}"), file=sys.stderr)
        try:
            yield history
        finally:
            if history.odd:
                rows = ", ".join(map(str, sorted(history.odd)))
                problem = "no record of a run, set aside in the table odd; the history goes on without"
                print(visible(f"driftwright: {folder / NAME}:run {rows}: {problem}"), file=sys.stderr)


def tell(job: Job, target: str, report: Report | None) -> list[Fault]:
    """Send the alerts that were not sent yet, or print them; return the faults, one for each channel that failed."""
    if job.dry:
        print("".join(preview_messages(job.history, job.channels, target, report)), end="")
        return []
    if not job.channels:
        return []
    try:
        outcomes = send(job.history, job.channels, target, report)
    except (InputFault, MachineFault) as fault:
        return [fault]
    print("".join(_format_sent(outcomes)), end="")
    return [outcome.fault for outcome in outcomes if outcome.fault is not None]


def tell_messages(messages: Sequence[Message], channels: Sequence[Channel], *, dry: bool) -> None:
    """Send messages of which no history keeps what was sent, or print them.

    Raises:
        MachineFault: A channel could not be told; the others were.
    """
    faults = list[Fault]()
    for receiver in channels:
        if dry:
            print("".join(_would_send(receiver, messages)), end="")
            continue
        sent = list[Message]()
        try:
            sent += receiver.send(messages)
        except MachineFault as fault:
            faults.append(fault)
        print("".join(_format_sent([Sending(receiver.name, tuple(sent))])), end="")
    if faults:
        raise faults[0]


def preview_messages(folder: File, channels: Sequence[Channel], target: str, report: Report | None) -> Iterator[str]:
    """Yield the messages that each channel would get; nothing is sent and nothing is recorded."""
    with open_history(folder) as history:
        for channel in channels:
            messages = news(pending(history.runs(target), history.sent(channel.name), report), channel)
            yield from _would_send(channel, messages)


def _would_send(channel: Channel, messages: Sequence[Message]) -> Iterator[str]:
    yield f"would tell {visible(channel.name)}: {len(messages)} message{'' if len(messages) == 1 else 's'}\n"
    for message in messages:
        body = message.body if channel.edits else message.text
        yield f"  event: {message.happening}\n  title: {visible(message.title)}\n  body:\n"
        # Behind a mark that no line of foreign text can leave: a runner obeys lines that begin as commands do.
        yield "".join(f"  | {visible(line)}\n" for line in body.split("\n"))


def _format_sent(outcomes: Sequence[Sending]) -> Iterator[str]:
    for outcome in outcomes:
        for message in outcome.sent:
            yield f"told {visible(outcome.channel)}: {message.happening}: {visible(message.title)}\n"


@dataclass(frozen=True, slots=True)
class _NamedChannel:
    """A channel for a dry run, which sends nothing."""

    name: str
    edits: bool

    def send(self, _: Sequence[Any]) -> Iterator[Any]:
        """Send nothing."""
        yield from ()


def channels_of(options: argparse.Namespace) -> tuple[Channel, ...]:
    """Return the channels that the options name; for a dry run without one, that of GitHub issues.

    Raises:
        InputFault: A channel lacks what it needs.
    """
    named = tuple(dict.fromkeys(options.alert or ()))
    if not options.dry_run:
        return tuple(channel(name, os.environ, options.repo) for name in named)
    repo = options.repo or os.environ.get("GITHUB_REPOSITORY", "")
    return tuple(
        _NamedChannel(f"github:{repo}" if name == "github" and repo else name, edits=name == "github")
        for name in named or ("github",)
    )
