"""3. Change: the differences of two shapes, named by rules."""

from driftwright.change.envelope import fitted_layout
from driftwright.change.find import Change, Comparison, compare
from driftwright.change.telling import told

__all__ = ["Change", "Comparison", "compare", "fitted_layout", "told"]
