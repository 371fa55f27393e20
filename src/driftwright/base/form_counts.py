"""Count the forms of many texts or keys exactly, at about a tenth of what asking one by one would cost.

A column mostly holds runs of one form. All texts are joined, and one match of a pattern takes a whole run. A pattern is
only sure of what it takes: each text that it matches has that form by `driftwright.base.forms`, which is asked for the
rest.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from driftwright.base.forms import key_form, text_form

_END = "\0"
_SHORT = 48
"""A column of fewer texts is asked one by one."""
_STRETCH = 1024
"""So many texts are joined at a time: they fit into the processor's cache."""
_REPEATED = 0.8
"""Where a smaller share of the first stretch is distinct, equal texts are counted first, and each is asked once."""
_TRIALS, _LEAST_RUN = 32, 4
"""After so many runs that took fewer texts each, the forms are too mixed for runs."""

_UUID = r"[0-9a-fA-F]{8}+-[0-9a-fA-F]{4}+-[0-9a-fA-F]{4}+-[0-9a-fA-F]{4}+-[0-9a-fA-F]{12}+"
_DAY = r"[0-9]{4}+-[0-9][0-9]-[0-9][0-9]"
_MOMENT = rf"{_DAY}[T ][0-9][0-9]:[0-9][0-9](?::[0-9][0-9](?:\.[0-9]++)?+)?+"
_SURE_TEXTS = {
    "uuid": _UUID,
    "time-utc": rf"{_MOMENT}Z",
    "time-offset": rf"{_MOMENT}[+-][0-9][0-9]:?+[0-9][0-9]",
    "date": _DAY,
    "digits": r"[0-9]++",
    "numeric": r"[0-9]++\.[0-9]++",
    "url": r"https?+://[!-~]*+",
    # Without a digit, or too short for a token and with a letter that no hexadecimal number has.
    "word": r"(?!(?:true|false)\0)(?:[A-Za-z][A-Za-z_.-]*+(?=\0)|"
    r"(?=[A-Za-z][A-Za-z0-9_.-]{0,14}\0)[A-Fa-f0-9]*+[G-Zg-z_.-][A-Za-z0-9_.-]*+)",
    "token": r"(?=[0-9A-Fa-f-]*+[G-Zg-z_])(?=[A-Za-z_-]*+[0-9])(?=[0-9_-]*+[A-Za-z])[A-Za-z0-9_-]{16,}+",
    # Behind a number, too: no number holds white space, and no time has it behind so few digits.
    "text": r"(?:[A-Za-z][!-~]*+|[0-9]++(?:\.[0-9]++)?+)\s[^\0]*+",
    "json": r"[{\[][^\0]*+(?<=[}\]])",
    "path": r"/[^\s/\0]++(?:/[^\s/\0]++)++/?+",
    "empty": "",
}
_SURE_KEYS = {
    "uuid": _UUID,
    "digits": r"[0-9]++",
    "hex": r"(?=[0-9]*+[A-Fa-f])(?=[A-Fa-f]*+[0-9])[0-9a-fA-F]{8,}+",
    "word": r"(?:[A-Za-z_$]++(?=\0)|(?=[A-Za-z_$][A-Za-z0-9_$]{0,14}\0)[A-Fa-f0-9]*+[G-Zg-z_$][A-Za-z0-9_$]*+)",
}


class _Counter:
    """Counts forms by one function that knows a form, and by the patterns that are sure of one."""

    def __init__(self, form_of: Callable[[str], str], sure: Mapping[str, str]) -> None:
        self._form_of = form_of
        self._sure = sure
        self._forms = tuple(sure)
        # Compiled when first asked for: most columns are short, and every command starts fast.
        self._runs: dict[str, re.Pattern[str]] = {}

    def _run_of(self, form: str) -> re.Pattern[str] | None:
        if form in self._sure and form not in self._runs:
            self._runs[form] = re.compile(rf"(?>{self._sure[form]}\0)*+")
        return self._runs.get(form)

    @functools.cached_property
    def _each(self) -> re.Pattern[str]:
        return re.compile("|".join(f"({pattern}\0)" for pattern in (*self._sure.values(), r"[^\0]*+")))

    def count(self, texts: Sequence[str]) -> dict[str, int]:
        """Return how many texts have each form."""
        if len(texts) < _SHORT:
            return dict(Counter(map(self._form_of, texts)))
        times: Sequence[int] | None = None
        if len(texts) > _STRETCH and len(set(islice(texts, _STRETCH))) < _STRETCH * _REPEATED:
            repeated = Counter(texts)
            texts, times = list(repeated), list(repeated.values())
        counts: Counter[str] = Counter()
        for start in range(0, len(texts), _STRETCH):
            stretch = slice(start, start + _STRETCH)
            self._add(texts[stretch], times and times[stretch], counts)
        return dict(counts)

    def _add(self, texts: Sequence[str], times: Sequence[int] | None, counts: Counter[str]) -> None:
        joined = _END.join(texts) + _END
        if joined.count(_END) != len(texts):
            _add_each(map(self._form_of, texts), times, counts)
            return
        done = place = runs = 0
        while done < len(texts):
            if runs >= _TRIALS and done < runs * _LEAST_RUN:
                _add_each(self._mixed(texts[done:], joined, place), times and times[done:], counts)
                return
            form = self._form_of(texts[done])
            run = self._run_of(form)
            end = run.match(joined, place).end() if run else place  # type: ignore[union-attr] # it matches nothing too
            end = max(end, place + len(texts[done]) + 1)
            taken = joined.count(_END, place, end) if end < len(joined) else len(texts) - done
            counts[form] += sum(times[done : done + taken]) if times else taken
            done, place, runs = done + taken, end, runs + 1

    def _mixed(self, texts: Sequence[str], joined: str, place: int) -> Iterable[str]:
        """Return the form of each text, found by one pattern for all that is sure."""
        matched = map(attrgetter("lastindex"), self._each.finditer(joined, place))
        unsure = len(self._forms) + 1
        return (
            self._form_of(text) if group == unsure else self._forms[group - 1]
            for text, group in zip(texts, matched, strict=True)
        )


def _add_each(forms: Iterable[str], times: Sequence[int] | None, counts: Counter[str]) -> None:
    if times is None:
        counts.update(forms)
        return
    for form, count in zip(forms, times, strict=True):
        counts[form] += count


_TEXTS = _Counter(text_form, _SURE_TEXTS)
_KEYS = _Counter(key_form, _SURE_KEYS)


def count_text_forms(texts: Sequence[str]) -> dict[str, int]:
    """Return how many of the texts have each form of `text_form`; exact, whatever their order and number."""
    return _TEXTS.count(texts)


def count_key_forms(keys: Sequence[str]) -> dict[str, int]:
    """Return how many of the keys have each form of `key_form`; exact, whatever their order and number."""
    return _KEYS.count(keys)
