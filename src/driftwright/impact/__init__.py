"""Run readers: V8, situations, replayed changes, the smallest store that shows an effect, and fallbacks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
