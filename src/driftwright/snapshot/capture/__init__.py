"""How a snapshot is taken: from a browser of our own, from a running one, by hand; a watch, and a traced copy.

A second public face of `snapshot`: only `entrypoints` may import it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
