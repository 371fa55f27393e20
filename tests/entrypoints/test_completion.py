"""What editors and shells ask for: schemas that every file of the project fits, completion that a real shell takes."""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from driftwright.base.errors import InputFault
from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.shells import completion_of
from driftwright.entrypoints.cli.workspace_verbs import SCHEMAS, SHELLS
from driftwright.history.run import as_record, run_of
from driftwright.workspace.contract import load_fact
from kit.program import Program
from kit.shop import write_shop
from kit.stored import read

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parents[1] / "samples"
PATIENCE = 60.0  # seconds in which a shell must say something, on a machine that does much else
FILES = {
    "contract": sorted((ROOT / "contracts").glob("*.toml")),
    "store": sorted((ROOT / "schemas").glob("*/*/store.toml")),
    "target": sorted((ROOT / "probes").glob("*.toml")),
}


def _schema(program: Program, name: str) -> Draft202012Validator:
    done = program("schema", name)
    assert done.code == 0, done.stderr
    schema = json.loads(done.stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_kind_of_file_has_a_schema_that_is_one(program: Program, name: str) -> None:
    assert _schema(program, name).schema["title"]


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_project_fits_its_schema(program: Program, name: str) -> None:
    validator = _schema(program, name)
    assert FILES[name]
    for file in FILES[name]:
        errors = list(validator.iter_errors(_toml(file)))
        assert errors == [], f"{file}: {errors[0].message if errors else ''}"


def _toml(file: Path) -> Any:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_what_init_writes_fits_its_schemas(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    snapshots = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--url", "https://shop.example/")
    assert program("init", "drift", *snapshots, "--readers", "readers.js").code == 0
    for name, pattern in (
        ("contract", "contracts/*.toml"), ("store", "schemas/*/*/store.toml"), ("target", "probes/*.toml")
    ):  # fmt: skip
        files = list((tmp_path / "drift").glob(pattern))
        assert files
        assert [error for file in files for error in _schema(program, name).iter_errors(_toml(file))] == []


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\nphase = "soon"\n[[source]]\nlevel = "full"\nderive = "() => 1"\n',
        'title = "x"\ncolour = "red"\n[[source]]\nlevel = "full"\nderive = "() => 1"\n',
        'title = "x"\n[[source]]\nlevel = "full"\n',
        'title = "x"\nparams = { id = "some keys" }\n[[source]]\nlevel = "full"\nderive = "() => 1"\n',
        'title = "x"\n[[source]]\nlevel = "full"\nderive = "() => 1"\n[[agreement]]\nname = "a"\nbetween = ["b"]\n',
    ],
)
def test_the_contract_schema_refuses_what_the_loader_refuses(tmp_path: Path, program: Program, text: str) -> None:
    file = tmp_path / "fact.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputFault):
        load_fact(file)
    assert not _schema(program, "contract").is_valid(tomllib.loads(text))


def test_the_workspace_schema_names_the_settings_there_are(program: Program) -> None:
    validator = _schema(program, "workspace")
    good = {"contracts": "c", "severity": {"field-added": "warn"}, "promotion": {"derive": {"days": 3}}}
    assert validator.is_valid(good)
    assert not validator.is_valid({"promotion": {"validate": {}}})
    assert not validator.is_valid({"contract": "c"})


def test_a_run_of_a_report_fits_the_run_schema(program: Program) -> None:
    validator = _schema(program, "run")
    for file in sorted(SAMPLES.glob("*.report.json")):
        run = run_of(read(json.loads(file.read_text(encoding="utf-8"))))
        assert list(validator.iter_errors(json.loads(json.dumps(as_record(run))))) == []


PROGRAM = """#!{python}
import os, sys
if sys.argv[1:2] == ["completion"] or sys.argv[3:4] == ["completion"] or sys.argv[2:3] == ["completion"]:
    os.execve(sys.executable, [sys.executable, "-m", "driftwright", *sys.argv[1:]], os.environ)
print("GOT:" + repr(sys.argv[1:]) + ":END")
"""
READY = "ready-to-type"
START = {
    "bash": (".bashrc", "PS1='{ready}> '", 'eval "$(driftwright completion bash)"'),
    "zsh": (".zshrc", "PROMPT='{ready}> '", 'autoload -Uz compinit; compinit -u; eval "$(driftwright completion zsh)"'),
    "fish": (
        ".config/fish/config.fish",
        "function fish_prompt; echo '{ready}> '; end; function fish_greeting; end",
        "driftwright completion fish | source",
    ),
    "tcsh": (".tcshrc", "set prompt='{ready}> '", "driftwright completion tcsh > c.tcsh; source c.tcsh"),
}


def _typed(shell: str, folder: Path, lines: Sequence[str]) -> list[list[str]]:
    """Type lines, each with a tab at its end, into an interactive shell; return what the program then gets of each."""
    name, prompt, start = START[shell]
    home = folder / "home"
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(f"{prompt.format(ready=READY)}\ncd {folder}\n{start}\n", "utf-8")
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "driftwright"
    program.write_text(PROGRAM.format(python=sys.executable), "utf-8")
    program.chmod(0o755)
    environment = {
        "HOME": str(home),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    ours, theirs = pty.openpty()
    read = partial(_read_until, ours, bytearray())
    command = ["setsid", "--ctty", shell, *(("--rcfile", name) if shell == "bash" else ()), "-i"]
    process = subprocess.Popen(command, cwd=home, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    got = list[list[str]]()
    try:
        for line in lines:
            read(f"{READY}> ")
            os.write(ours, f"driftwright {line}\t\r".encode())
            said = read(":END")
            arguments = re.search(r"GOT:(\[.*?\]):END", said)
            assert arguments, said
            got.append(ast.literal_eval(arguments[1]))
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return got


def _read_until(handle: int, waiting: bytearray, mark: str) -> str:
    """Return what a terminal says up to a mark; what it says behind it goes on waiting."""
    until = time.monotonic() + PATIENCE
    while (end := waiting.find(mark.encode())) < 0:
        ready, _, _ = select.select([handle], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"no {mark!r} after {waiting!r}"
        waiting += os.read(handle, 1 << 16)
    said = waiting[: end + len(mark)].decode(errors="replace")
    del waiting[: end + len(mark)]
    return said


@pytest.fixture
def drift(tmp_path: Path) -> Path:
    """A workspace in a folder of its own, with names that no other has, and files that are called as a command is."""
    for file in ("contracts/boats_counted.toml", "contracts/$(touch owned).toml", "contracts/`touch owned`.toml",
                 "contracts/;touch owned.toml", "probes/harbour.toml", "schemas/x"):  # fmt: skip
        path = tmp_path / "drift" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "saved.json").write_text("{}", "utf-8")
    return tmp_path


LINES = {
    "explain field-rena": ["explain", "field-renamed"],
    "explain moderated_c": ["explain", "moderated_count"],
    "probe stan": ["probe", "standin"],
    "history --target stan": ["history", "--target", "standin"],
    "check --fail-on brok": ["check", "--fail-on", "broken"],
    "check sav": ["check", "saved.json"],
    "scan --secrets sav": ["scan", "--secrets", "saved.json"],
}
IN_ANOTHER_WORKSPACE = {
    "--workspace drift explain boats_c": ["--workspace", "drift", "explain", "boats_counted"],
    "--workspace drift probe ": ["--workspace", "drift", "probe", "harbour"],
    "--workspace=drift probe ": ["--workspace=drift", "probe", "harbour"],
}


@pytest.mark.skipif(not shutil.which("setsid"), reason="what gives a shell a terminal of its own is not installed")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_names_as_they_are_when_it_asks_and_files(shell: str, drift: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    # A tcsh cannot look at the line, so it knows the names of the workspace in the current folder alone.
    lines = {**LINES, **(IN_ANOTHER_WORKSPACE if shell != "tcsh" else {})}
    if shell == "zsh":
        del lines["--workspace=drift probe "]  # shtab tells zsh of no option that is written with its value
    assert dict(zip(lines, _typed(shell, drift, list(lines)), strict=True)) == lines
    assert not list(drift.rglob("owned"))


@pytest.mark.usefixtures("drift")
def test_names_are_printed_one_a_line_and_none_that_a_shell_would_run(program: Program) -> None:
    assert program("--workspace", "drift", "completion", "--names", "facts").stdout == "boats_counted\n"
    assert program("--workspace", "drift", "completion", "--names", "targets").stdout == "harbour\n"
    assert "standin" in program("completion", "--names", "targets").stdout.splitlines()
    both = program("completion", "--names", "rules", "--names", "facts").stdout.splitlines()
    assert {"field-renamed", "moderated_count"} <= set(both)
    assert program("completion").code == program("completion", "bash", "--names", "rules").code == 2


def _completed(program: Program, folder: Path, *words: str) -> list[str]:
    """Complete a command line in a real bash."""
    (folder / "c.bash").write_text(program("completion", "bash").stdout, encoding="utf-8")
    listed = " ".join(f"'{word}'" for word in ("driftwright", *words))
    script = (
        f"source ./c.bash\nCOMP_WORDS=({listed})\nCOMP_CWORD={len(words)}\n_shtab_driftwright\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\ncomplete -p driftwright\n'
    )
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    *found, registered = done.stdout.splitlines()
    assert registered.endswith("-F _shtab_driftwright driftwright")
    return [word for word in found if word]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ini",), {"init"}),
        (("check", "--fail-on", ""), {"degraded", "broken"}),
        (("--workspace", "drift", "accept", "--dr"), {"--dry-run"}),
        (("completion", ""), {"bash", "zsh", "fish", "tcsh"}),
        (("check", "--store", "sav"), {"saved.json"}),
        (("check", "sav"), {"saved.json"}),
        (("schema", "wor"), {"workspace"}),
    ],
)
def test_bash_completes(tmp_path: Path, program: Program, words: tuple[str, ...], expected: set[str]) -> None:
    (tmp_path / "saved.json").write_text("{}", encoding="utf-8")
    assert set(_completed(program, tmp_path, *words)) - {"home"} == expected


def test_every_command_is_completed_in_every_shell() -> None:
    parser = build_parser()
    for name in SHELLS:
        text = completion_of(parser, name)
        for verb in ("init", "accept", "readiness", "check", "run", "schema", "completion", "doctor"):
            assert verb in text, f"{verb} in {name}"
        for option in ("fail-on", "dry-run", "write-lock"):
            assert option in text, f"{option} in {name}"
        assert "$(rm" not in text


@pytest.mark.parametrize("shell", [name for name in SHELLS if shutil.which(name)])
def test_the_shell_reads_its_completion(tmp_path: Path, program: Program, shell: str) -> None:
    file = tmp_path / "completion"
    file.write_text(program("completion", shell).stdout, encoding="utf-8")
    subprocess.run([shell, "-n", str(file)], check=True, capture_output=True)
