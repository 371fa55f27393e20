"""Schemas: what a store is declared to hold, by version; validation, resolution and the redaction policy."""

from driftwright.schemas.compat import Compatibility, compatibility
from driftwright.schemas.load import Store, Version, load_stores
from driftwright.schemas.policy import redaction_policy
from driftwright.schemas.published import versions_lock
from driftwright.schemas.resolve import Resolution, accepted_shape, resolve, resolve_document
from driftwright.schemas.validation import Violation, violations
from driftwright.schemas.vocabulary import vocabulary_violations

__all__ = [
    "Compatibility",
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
