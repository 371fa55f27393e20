"""The templates as copied: their steps run in a fresh repository of somebody else's, as a runner would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kit.program import Program, environment
from kit.project import ROOT
from kit.runner import Runner, Step, path_with
from kit.shop import shop, write_shop

TEMPLATES = ROOT / "ci" / "templates"
GITHUB = TEMPLATES / "github"
INSTALL = "Install, at one commit and by hashes"
PAGE = """<!doctype html><meta charset="utf-8"><title>Shop</title>
<script type="module">
sessionStorage.setItem('shop', await (await fetch('/shop.json')).text());
document.documentElement.dataset.ready = 'yes';
</script>
"""


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, with nothing of this machine's settings."""
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    named = ("-c", "user.name=a", "-c", "user.email=a@example.test", "-c", "init.defaultBranch=main")
    command = ["git", *named, *words]
    return subprocess.run(command, cwd=folder, env=known, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def elsewhere(program: Program, tmp_path: Path) -> Path:
    """A repository with an app's page and a workspace in a folder that `driftwright.toml` names."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write_shop(tmp_path)
    (tmp_path / "readers.js").rename(folder / "readers.js")  # it is named where it lies: in the repository
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "elsewhere/readers.js")
    made = program("init", "elsewhere/drift", *days, "--key", "shop", "--url", "https://shop.test/")
    assert made.code == 0, made.stderr
    named = (f'{part} = "drift/{part}"\n' for part in ("contracts", "schemas", "probes"))
    (folder / "driftwright.toml").write_text("".join(named))
    site = folder / "drift" / "probes" / "site"
    site.mkdir()
    (site / "index.html").write_text(PAGE)
    (site / "shop.json").write_text(json.dumps(shop(4)))
    target = folder / "drift" / "probes" / "shop.toml"
    ready = 'serve = "site"\nready = "() => document.documentElement.dataset.ready === \'yes\'"\n'
    target.write_text(f'{ready}{target.read_text()}\n[routes]\n"/" = "index.html"\n')
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Commit all of a folder and return the commit."""
    if not (folder / ".git").is_dir():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def source(tmp_path: Path) -> tuple[Path, str]:
    """A repository from which driftwright is taken, and its commit; it holds what the steps ask for by name."""
    folder = tmp_path / "source"
    folder.mkdir()
    for lock in ("requirements.lock", "requirements-build.lock", "pyproject.toml"):
        shutil.copy(ROOT / lock, folder)
    return folder, commit(folder)


SHIM = """#!{python}
import os, pathlib, sys
words = sys.argv[1:]
if words[:2] != ["-m", "venv"]:
    os.execv("{python}", ["{python}", *words])
folder = pathlib.Path(words[2]) / "bin"
folder.mkdir(parents=True, exist_ok=True)
for name, line in (("pip", 'echo "pip $*" >>"{asked}"'), ("driftwright", 'exec "{python}" -m driftwright "$@"')):
    (folder / name).write_text("#!/bin/sh\\n" + line + "\\n")
    (folder / name).chmod(0o755)
"""


@pytest.fixture
def runner(tmp_path: Path, elsewhere: Path, source: tuple[Path, str]) -> Runner:
    """A runner whose `pip` writes down what it is asked, for the packages are those of this environment."""
    programs = tmp_path / "programs"
    programs.mkdir()
    shim = programs / "python"
    shim.write_text(SHIM.format(python=sys.executable, asked=tmp_path / "asked"))
    shim.chmod(0o755)
    known = {
        "vars.DRIFTWRIGHT_SOURCE": str(source[0]),
        "vars.DRIFTWRIGHT_COMMIT": source[1],
        "vars.DRIFTWRIGHT_TARGET": "shop",
        "github.token": "a-token-of-the-runner",
        "github.event.pull_request.number": "7",
    }
    about = {**environment(tmp_path), "PATH": path_with(programs), "GITHUB_REPOSITORY": "somebody/elsewhere"}
    return Runner(tmp_path / "runner", elsewhere, known, about)


def _said(steps: list[Step]) -> str:
    return "\n".join(f"{step.name}: {step.code}\n{step.output}" for step in steps)


@pytest.mark.browser("shared")
def test_the_scheduled_job_works_in_a_repository_of_somebody_else(runner: Runner, tmp_path: Path) -> None:
    steps = runner.job(GITHUB / "drift.yml", "capture", without=("Browser",))
    assert [step.code for step in steps] == [0, 0, 0], _said(steps)
    assert "INTACT" in steps[1].output
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[-1] for line in asked] == ["requirements-build.lock", "."]
    assert "--require-hashes" in asked[0]
    assert (tmp_path / "runner" / "summary.md").is_file()
    told = runner.job(GITHUB / "drift.yml", "alert", without=(INSTALL,))
    assert [step.code for step in told] == [0, 0], _said(told)
    beat = runner.job(GITHUB / "heartbeat.yml", "heartbeat", without=(INSTALL,))
    assert [step.code for step in beat] == [0], _said(beat)


def test_what_is_not_set_is_told_in_one_line(runner: Runner) -> None:
    bare = Runner(runner.box, runner.repository, {}, runner.environment)
    (step,) = bare.job(GITHUB / "heartbeat.yml", "heartbeat")
    assert step.code != 0
    assert "DRIFTWRIGHT_SOURCE: set the variable" in step.output


GH = """#!{python}
import json, pathlib, sys
words, store = sys.argv[1:], pathlib.Path("{store}")
comments = json.loads(store.read_text()) if store.is_file() else []
if "--method" not in words:
    asked = next(word for word in words if word.startswith(".["))
    assert "github-actions[bot]" in asked and "driftwright:pull-request" in asked
    for number, body in enumerate(comments):
        if body.startswith("<!-- driftwright:pull-request -->"):
            print(number)
    sys.exit(0)
name, _, file = words[words.index("--field") + 1].partition("=@")
body = pathlib.Path(file).read_text()
way = words[words.index("--method") + 1]
where = next(word for word in words if word.startswith("repos/somebody/elsewhere/issues/"))
if way == "PATCH":
    comments[int(where.rpartition("/")[2])] = body
else:
    assert where == "repos/somebody/elsewhere/issues/7/comments"
    comments.append(body)
store.write_text(json.dumps(comments))
"""


def test_a_pull_request_has_one_comment_which_is_edited(runner: Runner, elsewhere: Path, tmp_path: Path) -> None:
    gh = tmp_path / "programs" / "gh"
    store = tmp_path / "comments.json"
    gh.write_text(GH.format(python=sys.executable, store=store))
    gh.chmod(0o755)
    store.write_text(json.dumps(["somebody else's comment"]))
    workflow = GITHUB / "pull-request.yml"
    checked = runner.job(workflow, "check")
    assert checked[0].code == 0, _said(checked)
    assert [step.code for step in runner.job(workflow, "comment")] == [0]
    first = json.loads(store.read_text())
    (elsewhere / "drift" / "contracts" / "shipped_orders.toml").write_text("title = 1\n")
    commit(elsewhere)
    failed = runner.job(workflow, "check", without=(INSTALL,))
    assert [step.code for step in failed] == [2], _said(failed)
    assert [step.code for step in runner.job(workflow, "comment")] == [0]
    second = json.loads(store.read_text())
    assert len(first) == len(second) == 2
    assert first[1] != second[1]
    assert "shipped_orders.toml" in second[1]
    assert all(line.startswith("    ") for line in second[1].split("\n") if "shipped_orders.toml" in line), "as code"


def test_every_workflow_installs_in_the_same_way() -> None:
    texts = {
        step["run"]
        for file in GITHUB.glob("*.yml")
        for job in yaml.safe_load(file.read_text())["jobs"].values()
        for step in job["steps"]
        if step.get("name") == INSTALL
    }
    assert len(texts) == 1


def test_no_template_needs_a_file_of_this_repository() -> None:
    for file in (*GITHUB.glob("*.yml"), *(TEMPLATES / "gitlab").iterdir()):
        text = file.read_text()
        assert "./ci/" not in text, file.name
        assert "standin" not in text, file.name
        assert ". ci/setup" not in text, file.name


def test_the_scripts_for_gitlab_work_in_a_repository_of_somebody_else(
    runner: Runner, elsewhere: Path, source: tuple[Path, str], tmp_path: Path
) -> None:
    jobs = yaml.safe_load((TEMPLATES / "gitlab" / "drift.gitlab-ci.yml").read_text())
    work = tmp_path / "gitlab"
    git(tmp_path, "clone", "--quiet", str(elsewhere), str(work))
    about = {"DRIFTWRIGHT_SOURCE": str(source[0]), "DRIFTWRIGHT_COMMIT": source[1], "DRIFTWRIGHT_TARGET": "shop"}
    saved = work / "saved.json"
    saved.write_text(json.dumps({"shop": json.dumps(shop(4))}))
    lines = [line for line in jobs["drift"]["before_script"] if not line.startswith("apt-get")]
    lines += [line.replace("--output", "--from session=saved.json --output") for line in jobs["drift"]["script"]]
    lines += jobs["heartbeat"]["script"]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=work, env={**runner.environment, **about}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INTACT" in done.stdout
    assert (work / "driftwright-out" / "report.junit.xml").is_file()


@pytest.mark.nightly
@pytest.mark.browser("shared")
def test_the_steps_install_from_the_locks_for_real(runner: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    git(tmp_path, "clone", "--quiet", "--no-local", str(ROOT), str(folder))
    commit = git(folder, "rev-parse", "HEAD")
    known = {**runner.known, "vars.DRIFTWRIGHT_SOURCE": str(folder), "vars.DRIFTWRIGHT_COMMIT": commit}
    about = {**runner.environment, "PATH": os.environ["PATH"], "HOME": str(Path.home())}
    del about["PYTHONPATH"]
    steps = Runner(runner.box, runner.repository, known, about).job(GITHUB / "drift.yml", "capture", ("Browser",))
    assert [step.code for step in steps] == [0, 0, 0], _said(steps)
