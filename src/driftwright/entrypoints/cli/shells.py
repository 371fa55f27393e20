"""Completion of the command line in four shells: shtab draws it from the parser, names come from the workspace."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

# What an option or an argument takes, by how the help calls it.
_FILES = ("FILE", "STORE=FILE", "[AREA=]FILE", "SNAPSHOT", "BEFORE", "AFTER", "PATH")
_FOLDERS = ("DIR", "EXTENSION_DIR")
# Which names of a workspace it takes, by what the program calls it.
_NAMES = {"target": ("targets",), "targets": ("targets",), "name": ("rules", "facts")}

# The shells ask this program for the names, of the workspace that the line so far names. They expand the words that
# they get, so the program gives none that a shell takes for more than a word.
_PREAMBLE = {
    "bash": """\
_driftwright_print_names() {
  local place=() number
  for ((number = 1; number < COMP_CWORD; number++)); do
    if [[ "${COMP_WORDS[number]}" == --workspace ]]; then
      [[ "${COMP_WORDS[number + 1]}" == "=" ]] && ((number++))
      place=(--workspace "${COMP_WORDS[number + 1]/#\\~/$HOME}")
    fi
  done
  driftwright ${place[@]+"${place[@]}"} completion $1 2>/dev/null
}""",
    "zsh": """\
_driftwright_print_names() {
  local -a typed place
  typed=(${(z)LBUFFER})
  local number=${typed[(I)--workspace]}
  (( number )) && place=(--workspace "${${(Q)typed[number + 1]}/#\\~/$HOME}")
  driftwright $place completion ${=1} 2>/dev/null
}""",
    "fish": """\
function _driftwright_print_names
  set -l typed (commandline -opc)
  set -l place
  if set -l number (contains -i -- --workspace $typed)
    set place --workspace (string replace -r '^~' $HOME -- $typed[(math $number + 1)])
  end
  set -a place (string match -- '--workspace=*' $typed)
  driftwright $place completion $argv 2>/dev/null
end""",
}
_BY_KIND = {
    "bash": """\
_driftwright_@KINDS@() {
  compgen -W "$(_driftwright_print_names "@OPTIONS@")" -- "$1"
}""",
    "zsh": """\
_driftwright_@KINDS@() {
  local -a names
  names=(${(f)"$(_driftwright_print_names "@OPTIONS@")"})
  compadd "$@" -a names
}""",
}


def completion_of(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the completion of a parser's command line.

    Args:
        parser: The parser; what its arguments take is noted on them.
        shell: One of bash, zsh, fish and tcsh.
    """
    import shtab

    for action in _arguments(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.dest in _NAMES and not action.choices:
            action.complete = _names(_NAMES[action.dest])  # type: ignore[attr-defined]
    return f"{shtab.complete(parser, shell).rstrip()}\n"


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the options and arguments of a parser and of its verbs."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from _arguments(verb)
        else:
            yield action


def _names(kinds: tuple[str, ...]) -> Mapping[str, str | Mapping[str, str]]:
    """Return how each shell asks for names, in the form that shtab knows."""
    options = " ".join(f"--names {kind}" for kind in kinds)
    function = f"_driftwright_{'_and_'.join(kinds)}"
    preamble = {
        shell: f"{text}\n{_BY_KIND.get(shell, '')}".replace("_driftwright_@KINDS@", function).replace(
            "@OPTIONS@", options
        )
        for shell, text in _PREAMBLE.items()
    }
    return {
        "bash": function,
        "zsh": function,
        "fish": f"(_driftwright_print_names {options})",
        "tcsh": f"`driftwright completion {options}`",
        "preamble": preamble,
    }
