"""The report of a judgement as one frozen value, and the formats it is rendered in."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
