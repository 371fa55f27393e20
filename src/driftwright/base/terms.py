"""The closed vocabularies: every word that a rule, a contract or a report may use for a kind of thing."""

from __future__ import annotations

from enum import StrEnum


class JsonType(StrEnum):
    """The type of a JSON value; integers are told from other numbers, as readers that test `=== 100` tell them."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"


class Level(StrEnum):
    """How much a rule's change may cost, before anything was executed."""

    NOTE = "note"
    WARN = "warn"
    BREAK = "break"


class Quality(StrEnum):
    """What a source of a derived fact promises while it works."""

    FULL = "full"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class Effect(StrEnum):
    """What a change did to a reader, by execution."""

    SAME = "same"
    SILENT = "silent"
    THROWS = "throws"
    UNAVAILABLE = "unavailable"


class Verdict(StrEnum):
    """The judgement of one derived fact, one store or one report; ordered by `SEVERITY`."""

    INTACT = "intact"
    UNSEEN = "unseen"
    BLIND = "blind"
    DEGRADED = "degraded"
    BROKEN = "broken"


SEVERITY: tuple[Verdict, ...] = (
    Verdict.INTACT,
    Verdict.UNSEEN,
    Verdict.BLIND,
    Verdict.DEGRADED,
    Verdict.BROKEN,
)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the most severe verdict; an empty list is `unseen`, for no evidence is not "fine"."""
    return max(verdicts, key=SEVERITY.index, default=Verdict.UNSEEN)


class Basis(StrEnum):
    """What a verdict rests on; reports name it, so that a guess never looks like a proof."""

    REPLAY = "replay"
    CAPTURE = "capture"
    INVARIANT = "invariant"
    AGREEMENT = "agreement"
    TRACE = "trace"
    NONE = "none"


class Phase(StrEnum):
    """How far a derived fact has moved from the extension's own counters to the site's data."""

    VALIDATE = "validate"
    DERIVE = "derive"
    REKEY = "re-key"


class Area(StrEnum):
    """A storage area of a browser."""

    SESSION = "session"
    LOCAL = "local"
    INDEXED_DB = "indexed-db"
    EXTENSION_LOCAL = "extension-local"
    EXTENSION_SYNC = "extension-sync"
    EXTENSION_SESSION = "extension-session"
