"""Group causes that one release changed in the same way at many places into one alert, which says how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from driftwright.history.alert.alert import ACTIVE, Alert, Status
from driftwright.report import fingerprint

MOST_APART = 8
"""So many causes of one rule in one store may come at once, each as an alert of its own."""
_MANY = "many"
_KNOWN = (Status.WAITING, *ACTIVE)


def join_alike(present: Mapping[str, Alert], before: Mapping[str, Alert]) -> dict[str, Alert]:
    """Return the causes of one run, with one alert in the place of many that are alike.

    Args:
        present: One alert for each cause in the run, by its key.
        before: The alerts before the run, by their keys. A cause that was told by itself stays so, and one more place
            joins what was told as many.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for key, alert in present.items():
        if alert.store and not _is_known(before, key):
            alike.setdefault((alert.rule, alert.store), []).append(key)
    joined = dict(present)
    for (rule, store), keys in alike.items():
        name = fingerprint(present[keys[0]].target, rule, store, _MANY)
        if len(keys) > MOST_APART or _is_known(before, name):
            joined[name] = _join([joined.pop(key) for key in keys], name)
    return joined


def _is_known(alerts: Mapping[str, Alert], key: str) -> bool:
    return key in alerts and alerts[key].status in _KNOWN


def _join(alerts: Sequence[Alert], key: str) -> Alert:
    form = tuple(sorted({hurt for alert in alerts for hurt in alert.form}))
    return replace(alerts[0], key=key, path=_common([alert.path for alert in alerts]), form=form, places=len(alerts))


def _common(paths: Sequence[str]) -> str:
    """Return what the text forms of paths begin with, in whole steps."""
    first, *others = (path.split("/") for path in paths)
    count = 0
    while count < len(first) and all(steps[count : count + 1] == [first[count]] for steps in others):
        count += 1
    return "/".join(first[:count]) or "/"
