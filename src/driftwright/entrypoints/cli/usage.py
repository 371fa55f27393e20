"""A parser that says what may have been meant: for a command, a choice or an option that there is not."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

_LIKE = 0.6  # how alike two words must be, from 0 to 1


class Parser(argparse.ArgumentParser):
    """An argument parser whose faults name what is nearest to a misspelt word."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = None if action.choices is None else [str(choice) for choice in action.choices]
        if choices is None or value in action.choices:  # type: ignore[operator] # a container, or it were no choice
            return
        kind = "command" if isinstance(action, argparse._SubParsersAction) else "choice"
        meant = _meant(str(value), choices) or f"choose from {', '.join(choices)}"
        raise argparse.ArgumentError(action, f"invalid {kind}: {str(value)!r} ({meant})")

    def parse_args(  # type: ignore[override] # the same, without its overloads
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Return what the arguments say.

        Raises:
            SystemExit: They are wrong, which is said on standard error, or they ask for help.
        """
        words = sys.argv[1:] if args is None else list(args)
        first = words[0].partition("=")[0] if words else ""
        if first.startswith("--") and not any(known.startswith(first) for known in self._option_string_actions):
            self._refuse([first], self)  # else what belongs to it would be taken for the command
        options, unknown = self.parse_known_args(words, namespace)
        if unknown:
            self._refuse(unknown, getattr(options, "parser", self))
        return options

    def _refuse(self, unknown: Sequence[str], verb: argparse.ArgumentParser) -> NoReturn:
        """Refuse words that nothing takes, in the words of the verb that they were given to."""
        known = [option for parser in (verb, self) for action in parser._actions for option in action.option_strings]
        word = next((word.partition("=")[0] for word in unknown if word.startswith("-")), "")
        meant = _meant(word, known) if word else ""
        if not word and "--consumer" in known:
            meant = "readers are given with --consumer FILE"
        verb.error(f"unrecognized arguments: {' '.join(unknown)}{f' ({meant})' if meant else ''}")


def _meant(word: str, known: Iterable[str]) -> str:
    # Without the dashes, which are alike in all options.
    bare = {name.lstrip("-"): name for name in sorted(known)}
    near = difflib.get_close_matches(word.lstrip("-").lower(), bare, 1, _LIKE)
    return f"did you mean {bare[near[0]]!r}?" if near else ""
