"""3. Change: the differences of two shapes, named by rules."""

from driftwright.structure.change.compare import compare
from driftwright.structure.change.envelope import fitted_layout
from driftwright.structure.change.model import Change, Comparison, told

__all__ = ["Change", "Comparison", "compare", "fitted_layout", "told"]
