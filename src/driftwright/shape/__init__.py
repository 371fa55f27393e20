"""2. Shape: structure without values, folded in one columnar pass; shapes merge."""

from driftwright.shape.folding import fold, layout_of, looks_like_map
from driftwright.shape.merging import merge, merge_all
from driftwright.shape.model import EMPTY, MAX_ENUMERATION, OPEN, Layout, Row, Shape, rows

__all__ = [
    "EMPTY",
    "MAX_ENUMERATION",
    "OPEN",
    "Layout",
    "Row",
    "Shape",
    "fold",
    "layout_of",
    "looks_like_map",
    "merge",
    "merge_all",
    "rows",
]
