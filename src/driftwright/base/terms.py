"""The closed vocabularies: the words that rules, contracts and reports may use."""

from __future__ import annotations

from enum import StrEnum


class JsonType(StrEnum):
    """The type of a JSON value; integers are apart from other numbers, as for readers that test `=== 100`."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"


class Level(StrEnum):
    """How much harm the change of a rule may do, before anything was executed."""

    NOTE = "note"
    WARN = "warn"
    BREAK = "break"


class Quality(StrEnum):
    """How good the answer of a source of a derived fact is while the source works."""

    FULL = "full"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class Bound(StrEnum):
    """How the right answer of a lesser source stands to that of a fact's first source."""

    EQUAL = "equal"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"


class Effect(StrEnum):
    """What a change did to a reader when it was executed."""

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
    """Return the most severe verdict; `unseen` for an empty list, because no evidence is not `intact`."""
    return max(verdicts, key=SEVERITY.index, default=Verdict.UNSEEN)


class Basis(StrEnum):
    """What kind of evidence a verdict is based on; reports name it."""

    REPLAY = "replay"
    CAPTURE = "capture"
    INVARIANT = "invariant"
    AGREEMENT = "agreement"
    TRACE = "trace"
    NONE = "none"


class Phase(StrEnum):
    """How far a derived fact has moved from the source that it was first taken from to a new one.

    `validate`: both sources are compared, and the first is used. `derive`: the new source is preferred. `re-key`: only
    the new source is used, and records that are kept beside it are keyed by its ids.
    """

    VALIDATE = "validate"
    DERIVE = "derive"
    REKEY = "re-key"


class Area(StrEnum):
    """Where a store lies: in a storage area of a browser, or beside storage in something that a client reads."""

    SESSION = "session"
    LOCAL = "local"
    INDEXED_DB = "indexed-db"
    EXTENSION_LOCAL = "extension-local"
    EXTENSION_SYNC = "extension-sync"
    EXTENSION_SESSION = "extension-session"
    PAGE_JSON = "page-json"  # JSON within the served document
    WINDOW = "window"  # a global of the page: the page's own word, for its code makes it
    RESPONSE = "response"  # what a server answered while the page ran
    FILE = "file"  # JSON that a client logged


PAGE_STORAGE = (Area.SESSION, Area.LOCAL, Area.INDEXED_DB)
EXTENSION_STORAGE = (Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC, Area.EXTENSION_SESSION)
STORAGE = (*PAGE_STORAGE, *EXTENSION_STORAGE)
BESIDE_STORAGE = (Area.PAGE_JSON, Area.WINDOW, Area.RESPONSE, Area.FILE)
