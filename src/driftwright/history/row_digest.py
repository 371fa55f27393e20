"""The digest of a row shows that it is as it was written; it is no signature, for whoever writes rows can make one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence


def digest_of(values: Sequence[object]) -> str:
    """Return `sha256:` and 64 hex digits over the values of a row."""
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"), default=repr)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
