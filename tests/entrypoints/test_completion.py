"""What editors and shells ask for: schemas that every file of the project fits, completion that a real shell takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from driftwright.base.errors import InputFault
from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.shells import SHELLS
from driftwright.entrypoints.cli.workspace_verbs import SCHEMAS
from driftwright.history.run import as_record, run_of
from driftwright.workspace.contract import load_fact
from kit.program import Program
from kit.shop import write_shop

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parents[1] / "samples"
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
        run = run_of(json.loads(file.read_text(encoding="utf-8")))
        assert list(validator.iter_errors(json.loads(json.dumps(as_record(run))))) == []


def _completed(program: Program, folder: Path, *words: str) -> list[str]:
    """Complete a command line in a real bash."""
    (folder / "c.bash").write_text(program("completion", "bash").stdout, encoding="utf-8")
    listed = " ".join(f"'{word}'" for word in ("driftwright", *words))
    script = (
        f"source ./c.bash\nCOMP_WORDS=({listed})\nCOMP_CWORD={len(words)}\n_driftwright\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\ncomplete -p driftwright\n'
    )
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    *found, registered = done.stdout.splitlines()
    assert registered.endswith("-F _driftwright driftwright")
    return [word for word in found if word]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ini",), {"init"}),
        (("check", "--fail-on", ""), {"degraded", "broken"}),
        (("--workspace", "drift", "accept", "--dr"), {"--dry-run"}),
        (("completion", ""), {"bash", "zsh", "fish", "c.bash", "saved.json"}),
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
    for name, make in SHELLS.items():
        text = make(parser)
        for verb in ("init", "accept", "readiness", "check", "run", "schema", "completion", "doctor"):
            assert verb in text, f"{verb} in {name}"
        for option in ("--fail-on", "--dry-run", "--write-lock") if name != "fish" else ("-l fail-on", "-l dry-run"):
            assert option in text, f"{option} in {name}"
        assert "`" not in text
        assert "$(rm" not in text


@pytest.mark.parametrize("shell", [name for name in SHELLS if shutil.which(name)])
def test_the_shell_reads_its_completion(tmp_path: Path, program: Program, shell: str) -> None:
    file = tmp_path / "completion"
    file.write_text(program("completion", shell).stdout, encoding="utf-8")
    subprocess.run([shell, "-n", str(file)], check=True, capture_output=True)
