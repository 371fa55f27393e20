"""Change: the differences of two shapes, named by rules."""

from driftwright.structure.change.compare import compare
from driftwright.structure.change.envelope import adapt_layout
from driftwright.structure.change.model import Change, Comparison, make_change

__all__ = ["Change", "Comparison", "adapt_layout", "compare", "make_change"]
