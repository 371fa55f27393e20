"""Create and maintain a workspace: init, accept, prove, emit, and the lock of reads."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
