"""Snapshots: how they are captured, redacted, written, read and scanned for secrets."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
