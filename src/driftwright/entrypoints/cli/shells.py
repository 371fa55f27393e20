"""Completion of the command line in three shells, drawn from the parser itself.

A library would be one more thing to install for everyone; what it would save is these few templates.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_PROGRAM = "driftwright"


@dataclass(frozen=True, slots=True)
class _Word:
    """One option or argument of a verb: its names, what may follow it, and what it is."""

    names: tuple[str, ...]
    choices: tuple[str, ...]
    takes: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Verb:
    """One verb: what it is, its options, and the words that its arguments may be."""

    name: str
    text: str
    options: tuple[_Word, ...]
    choices: tuple[str, ...]


def _verbs(parser: argparse.ArgumentParser) -> Iterator[_Verb]:
    yield _Verb("", "", tuple(_options(parser)), tuple(_commands(parser)))
    texts = {choice.dest: choice.help or "" for choice in _subparsers(parser)._choices_actions}
    for name, verb in _commands(parser).items():
        plain = (action for action in verb._actions if not action.option_strings)
        choices = tuple(str(choice) for action in plain for choice in action.choices or ())
        yield _Verb(name, texts.get(name, ""), tuple(_options(verb)), choices)


def _subparsers(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    return next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    return _subparsers(parser).choices


def _options(parser: argparse.ArgumentParser) -> Iterator[_Word]:
    for action in parser._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            choices = tuple(map(str, action.choices or ()))
            yield _Word(tuple(action.option_strings), choices, action.nargs != 0, _brief(action.help or ""))


def _brief(text: str) -> str:
    """The first clause of a help text, of characters that no shell takes for its own."""
    first = re.split(r"[;:.(]", text.replace("%%", "%"), maxsplit=1)[0]
    return re.sub(r"[^A-Za-z0-9 ,_/-]+", "", first).strip()[:70]


_BASH = """\
# Completion of driftwright in bash: eval "$(driftwright completion bash)"
_driftwright() {
  local word previous verb="" number
  COMPREPLY=()
  word="${COMP_WORDS[COMP_CWORD]}"
  previous="${COMP_WORDS[COMP_CWORD-1]}"
  for ((number = 1; number < COMP_CWORD; number++)); do
    case "${COMP_WORDS[number]}" in
      --workspace) ((number++)) ;;
      -*) ;;
      *) verb="${COMP_WORDS[number]}"; break ;;
    esac
  done
  case "$verb $previous" in
@VALUES@
  esac
  local words=""
  case "$verb" in
@WORDS@
  esac
  if [[ "$word" == -* || -z "$verb" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -W "$words" -X "-*" -- "$word") $(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _driftwright driftwright
"""


def bash(parser: argparse.ArgumentParser) -> str:
    """Return the completion for bash."""
    values, words = [], []
    for verb in _verbs(parser):
        for option in verb.options:
            if not option.takes:
                continue
            patterns = "|".join(f'"{verb.name} {name}"' for name in option.names)
            made = f'compgen -W "{" ".join(option.choices)}" -- "$word"' if option.choices else 'compgen -f -- "$word"'
            values.append(f"    {patterns}) COMPREPLY=($({made})); return ;;")
        names = [name for option in verb.options for name in option.names]
        words.append(f'    "{verb.name}") words="{" ".join([*verb.choices, *names])}" ;;')
    return _BASH.replace("@VALUES@", "\n".join(values)).replace("@WORDS@", "\n".join(words))


_ZSH = """\
#compdef driftwright
# Completion of driftwright in zsh: driftwright completion zsh > a file named _driftwright in a folder of $fpath
_driftwright() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C @OPTIONS@ '1:command:->command' '*::argument:->argument'
  case "$state" in
    command)
      local -a commands=(
@COMMANDS@
      )
      _describe command commands ;;
    argument)
      case "$line[1]" in
@VERBS@
      esac ;;
  esac
}
if [[ "$funcstack[1]" == _driftwright ]]; then _driftwright "$@"; else compdef _driftwright driftwright; fi
"""


def zsh(parser: argparse.ArgumentParser) -> str:
    """Return the completion for zsh."""
    commands, told = [], []
    top: list[str] = []
    for verb in _verbs(parser):
        options = [_zsh_option(option, name) for option in verb.options for name in option.names]
        if not verb.name:
            top = options
            continue
        commands.append(f"        '{verb.name}:{_brief(verb.text)}'")
        rest = f"'*:argument:({' '.join(verb.choices)})'" if verb.choices else "'*:file:_files'"
        told.append(f"        {verb.name}) _arguments {' '.join([*options, rest])} ;;")
    text = _ZSH.replace("@OPTIONS@", " ".join(top)).replace("@COMMANDS@", "\n".join(commands))
    return text.replace("@VERBS@", "\n".join(told))


def _zsh_option(option: _Word, name: str) -> str:
    value = f":value:({' '.join(option.choices)})" if option.choices else ":file:_files" if option.takes else ""
    return f"'*{name}[{option.text}]{value}'"


def fish(parser: argparse.ArgumentParser) -> str:
    """Return the completion for fish."""
    lines = ["# Completion of driftwright in fish: driftwright completion fish | source"]
    for verb in _verbs(parser):
        where = f"__fish_seen_subcommand_from {verb.name}" if verb.name else "__fish_use_subcommand"
        head = f'complete -c {_PROGRAM} -n "{where}"'
        lines += [f"{head} {_fish_option(option)}" for option in verb.options]
        if verb.name:
            lines.append(f'complete -c {_PROGRAM} -n __fish_use_subcommand -f -a {verb.name} -d "{_brief(verb.text)}"')
        if verb.name and verb.choices:
            lines.append(f'{head} -f -a "{" ".join(verb.choices)}"')
    return "\n".join(lines) + "\n"


def _fish_option(option: _Word) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = f' -x -a "{" ".join(option.choices)}"' if option.choices else " -r" if option.takes else ""
    return f'{names}{value} -d "{option.text}"'


SHELLS: Mapping[str, Callable[[argparse.ArgumentParser], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""The completion of each shell."""
