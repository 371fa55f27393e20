"""The commands explain and doctor."""

from __future__ import annotations

import argparse
import json
import platform
from importlib import metadata
from pathlib import Path as File
from typing import Any

from driftwright import __version__
from driftwright.base.errors import Fault, InputFault, visible
from driftwright.base.toml import suggestion
from driftwright.entrypoints.cli.explain import finding, is_fingerprint
from driftwright.entrypoints.cli.laws import migration_lines
from driftwright.structure import Rule, load_rules
from driftwright.workspace import (
    START,
    Fact,
    Migration,
    Workspace,
    find_workspace,
    load_facts,
    load_migrations,
    load_stores,
)

_PACKAGES = ("jsonschema", "jsonschema-rs", "deepdiff", "playwright", "mini-racer", "orjson", "jinja2", "tree-sitter")


def explain(options: argparse.Namespace) -> int:
    """Explain a rule, a derived fact, a migration or a finding of a report; without a name, list what there is."""
    rules = load_rules()
    workspace = find_workspace(options.workspace)
    facts = {fact.name: fact for fact in load_facts(workspace.contracts)}
    moved = {migration.name: migration for migration in _migrations(workspace)}
    if options.name is None:
        lines = ["rules:", *(f"  {rule.id:<28} {rule.title}" for rule in rules.values())]
        built_in = f" ({workspace.built_in_says})" if workspace.built_in else ""
        lines += [f"derived facts{built_in}:", *(f"  {fact.name:<28} {fact.title}" for fact in facts.values())]
        lines += (
            ["migrations:", *(f"  {migration.name:<28} {migration.title}" for migration in moved.values())]
            if moved
            else []
        )
    elif options.name in rules:
        lines = _rule(rules[options.name])
    elif options.name in facts:
        lines = _fact(facts[options.name])
        if workspace.built_in:
            lines.append(f"{workspace.built_in_says}; {START}")
    elif options.name in moved:
        lines = list(migration_lines(moved[options.name]))
    elif is_fingerprint(options.name):
        lines = finding(options.name, options.report, rules)
    else:
        mend = suggestion(options.name, (*rules, *facts, *moved)) or "run explain without a name for the list"
        raise InputFault(f"no rule, no derived fact and no fingerprint {options.name!r}", mend=mend)
    print("\n".join(map(visible, lines)))
    return 0


def _migrations(workspace: Workspace) -> tuple[Migration, ...]:
    """Return the migrations; where there are none, the stores need not be right to explain anything else."""
    if not workspace.migrations.is_dir():
        return ()
    return load_migrations(workspace.migrations, load_stores(workspace.schemas))


def _rule(rule: Rule) -> list[str]:
    lines = [f"{rule.id}: {rule.title} ({rule.level})", "", *rule.why.splitlines(), ""]
    lines.append(f"replay: {rule.operator}")
    if rule.inverse:
        lines.append(f"the reverse change is: {rule.inverse}")
    if rule.supersedes:
        lines.append(f"reported instead of: {', '.join(sorted(rule.supersedes))}")
    return lines


def _fact(fact: Fact) -> list[str]:
    lines = [f"{fact.name}: {fact.title}", f"shown as: {fact.shown}", f"migration phase: {fact.phase}", "", "sources:"]
    for number, source in enumerate(fact.sources, 1):
        lost = f" - {source.lost}" if source.lost else ""
        lines.append(f"  {number}. {source.name} ({source.level}){lost}")
    if fact.invariants:
        lines += ["must hold:", *(f"  {invariant.name}" for invariant in fact.invariants)]
    if fact.agreements:
        lines += ["must agree:", *(f"  {agreement.name}" for agreement in fact.agreements)]
    if fact.to_see:
        lines += ["to see it:", f"  {fact.to_see}"]
    return lines


def doctor(options: argparse.Namespace) -> int:
    """Show what this machine has; nothing private."""
    workspace = find_workspace(options.workspace)
    findings = _findings(options, workspace)
    if options.json:
        print(json.dumps(findings, indent=2))
    else:
        print("\n".join(f"{name:<12} {visible(str(value))}" for name, value in findings.items()))
        if workspace.built_in:
            print(f"{workspace.built_in_says}; {START}")
    return 0


def _findings(options: argparse.Namespace, workspace: Workspace) -> dict[str, Any]:
    return {
        "driftwright": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "browser": _browser(),
        "workspace": _workspace(workspace, named=options.workspace is not None),
        "contracts": _count(lambda: len(load_facts(workspace.contracts))),
        "stores": _count(lambda: len(load_stores(workspace.schemas))),
        "targets": ", ".join(workspace.targets()) or "none",
        "profiles": _profiles(workspace),
        **{name: _version(name) for name in _PACKAGES},
    }


def _browser() -> str:
    from driftwright.snapshot.capture import find_browser

    try:
        return find_browser().version
    except Fault as fault:
        return _without_home(fault)


def _workspace(workspace: Workspace, *, named: bool) -> str:
    """Say which workspace it is, without its path: that may name a person."""
    if named:
        return "named by --workspace"
    if workspace.built_in:
        return "built in"
    if not workspace.settings:
        return "the current folder"
    is_current = File(workspace.settings).absolute().parent == File.cwd()
    return f"{'the current folder' if is_current else 'a folder above'}, by {File(workspace.settings).name}"


def _profiles(workspace: Workspace) -> str:
    """Say for which targets somebody signed in on this machine."""
    from driftwright.snapshot.capture import profile_folder
    from driftwright.workspace import load_target, state_folder

    state = state_folder(workspace)
    try:
        targets = [load_target(workspace.target_file(name)) for name in workspace.targets()]
    except Fault as fault:
        return _without_home(fault)
    return ", ".join(target.name for target in targets if profile_folder(state, target).is_dir()) or "none"


def _without_home(fault: Fault) -> str:
    return str(fault).replace(str(File.cwd()), ".").replace(str(File.home()), "~")


def _count(counted: Any) -> str:
    try:
        return str(counted())
    except Fault as fault:
        return _without_home(fault)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
