"""Shape and Change: fold documents to shapes, compare shapes, name the changes by rules, replay them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
