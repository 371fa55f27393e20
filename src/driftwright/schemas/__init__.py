"""Schemas: what a store is declared to hold, by version; validation, resolution and the redaction policy."""

from driftwright.schemas.load import Store, Version, load_stores
from driftwright.schemas.policy import redaction_policy
from driftwright.schemas.published import versions_lock
from driftwright.schemas.resolve import Resolution, resolve
from driftwright.schemas.validation import Violation, violations

__all__ = [
    "Resolution",
    "Store",
    "Version",
    "Violation",
    "load_stores",
    "redaction_policy",
    "resolve",
    "versions_lock",
    "violations",
]
