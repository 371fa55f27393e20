"""Links between contracts: the facts whose answers other facts take as parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from driftwright.base.errors import InputFault
from driftwright.base.toml import suggestion


def check_links(needs: Mapping[str, Mapping[str, str]], files: Mapping[str, str]) -> None:
    """Refuse a parameter of an unknown fact, and facts that need each other in a circle.

    Args:
        needs: For each fact, the facts whose answers it takes, each with the parameter that takes them.
        files: The file of each fact.

    Raises:
        InputFault: There is such a parameter, or such a circle.
    """
    for name, others in needs.items():
        for other in sorted(set(others) - set(needs)):
            mend = suggestion(other, needs) or f"known facts: {', '.join(sorted(needs))}"
            raise InputFault(f"unknown fact {other!r}", files[name], f"params.{others[other]}", mend)
    ring = circle({name: tuple(others) for name, others in needs.items()})
    if ring:
        problem = f"facts need each other's answers in a circle: {' -> '.join(ring)}"
        raise InputFault(problem, files[ring[0]], "params", "take one of these parameters from a store")


def circle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the first circle among things that need others, its first thing again at the end; empty without any.

    Args:
        needs: What each thing needs, by name; every name that is needed is a key.
    """
    sound: set[str] = set()

    def search(name: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if name in way:
            return (*way[way.index(name) :], name)
        if name in sound:
            return ()
        below = (search(other, (*way, name)) for other in needs[name])
        first = next(filter(None, below), ())
        if not first:
            sound.add(name)
        return first

    return next(filter(None, (search(name, ()) for name in needs)), ())
