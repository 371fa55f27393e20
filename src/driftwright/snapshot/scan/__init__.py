"""Looks for given secrets in every byte of files: plain, encoded, packed, or hashed without a salt.

secrets -> needles -> matcher        what is looked for
folder -> stream -> layers, packed   where it is looked for: files, what is packed in them, how it may be written
found                                what was found: which secret and where, never the secret itself
"""

from driftwright.snapshot.scan.findings import Leak, Scanned, Unread
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.snapshot.scan.secrets import Secret, numbered, secret_from_environment, secrets_from_text

__all__ = [
    "Leak",
    "Scanned",
    "Secret",
    "Unread",
    "numbered",
    "scan_paths",
    "secret_from_environment",
    "secrets_from_text",
]
