"""The scripted life as a table: `ci/life` prints it and leaves the page of each run."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from driftwright.entrypoints.cli import main as driftwright
from driftwright.history.run import Run
from driftwright.history.runs import History
from kit.github_site import REPO, TOKEN, Site, github_site
from kit.life import SCRIPT, TARGET, Step, news_by_run, workspaces


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _environment(site: Site, folder: Path) -> Iterator[None]:
    ours = {"GITHUB_API_URL": site.url, "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPO, "XDG_STATE_HOME": str(folder)}
    before = dict(os.environ)
    os.environ.update(ours)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(step: Step, places: dict[str, Path], out: Path) -> int:
    command = ["--workspace", str(places[step.workspace]), "run", TARGET, "--output", str(out / "job")]
    if step.release:
        command += ["--drift", step.release]
    with contextlib.redirect_stdout(io.StringIO()):
        return driftwright([*command, "--alert", "github"])


def _row(number: int, step: Step, run: Run, happenings: tuple[tuple[str, str], ...], issues: str) -> str:
    news = ", ".join(" ".join(happening) for happening in happenings) or "-"
    saw = f"{run.verdict} ({run.blind})" if run.blind else run.verdict
    return (
        f"| {number} | {step.release or 'today'} | {step.workspace} | {saw} | {len(run.findings)} | {news} | {issues} |"
    )


def _live(out: Path, site: Site, places: dict[str, Path]) -> bool:
    good = True
    _tell("| run | release | workspace | verdict | findings | told | open issues, comments |")
    _tell("| --- | --- | --- | --- | --- | --- | --- |")
    for number, step in enumerate(SCRIPT, 1):
        code = _run(step, places, out)
        if code not in (0, 1, 3):
            return False
        shutil.copy(out / "job" / "report.html", out / f"{number:02}.html")
        with History(out / "job" / "history") as history:
            runs = history.runs(TARGET)
        happenings = news_by_run(runs)[-1]
        still_open = [issue["number"] for issue in site.issues if issue["state"] == "open"]
        right = (runs[-1].verdict, happenings) == (step.verdict, step.news)
        good &= right
        issues = f"{still_open}, {len(site.comments)}"
        _tell(
            _row(number, step, runs[-1], happenings, issues)
            + ("" if right else f" expected {step.verdict} {step.news}")
        )
    return good and len(runs) == len(SCRIPT)


def main() -> int:
    """Live the life in a real browser; 0 if exactly what is expected was told."""
    out = Path(sys.argv[1])
    shutil.rmtree(out / "job", ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, github_site() as site, _environment(site, Path(folder)):
        good = _live(out, site, workspaces(Path(folder)))
    for issue in site.issues:
        _tell(f"issue {issue['number']}: {issue['state']}: {issue['title']}")
    for number, text in site.comments:
        _tell(f"comment on {number}: {text}")
    _tell(f"pages: {out}/01.html to {out}/{len(SCRIPT)}.html")
    _tell("as expected" if good else "NOT as expected")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
