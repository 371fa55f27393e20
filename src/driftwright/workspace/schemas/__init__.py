"""Schemas: what a store is declared to hold, by version; validation, resolution and the redaction policy."""

from driftwright.workspace.schemas.compat import Compatibility, compatibility
from driftwright.workspace.schemas.counted import Counted
from driftwright.workspace.schemas.load import Store, Version, load_stores
from driftwright.workspace.schemas.policy import redaction_policy
from driftwright.workspace.schemas.published import versions_lock
from driftwright.workspace.schemas.resolve import Resolution, accepted_shape, resolve, resolve_document
from driftwright.workspace.schemas.validation import Violation, violations
from driftwright.workspace.schemas.vocabulary import vocabulary_violations

__all__ = [
    "Compatibility",
    "Counted",
    "Resolution",
    "Store",
    "Version",
    "Violation",
    "accepted_shape",
    "compatibility",
    "load_stores",
    "redaction_policy",
    "resolve",
    "resolve_document",
    "versions_lock",
    "violations",
    "vocabulary_violations",
]
