"""Shape: the structure of documents without their values."""

from driftwright.structure.shape.folding import fold, fold_again, layout_of, looks_like_map
from driftwright.structure.shape.merging import merge, merge_all
from driftwright.structure.shape.model import EMPTY, MAX_ENUMERATION, OPEN, Layout, Row, Shape, shape_rows

__all__ = [
    "EMPTY",
    "MAX_ENUMERATION",
    "OPEN",
    "Layout",
    "Row",
    "Shape",
    "fold",
    "fold_again",
    "layout_of",
    "looks_like_map",
    "merge",
    "merge_all",
    "shape_rows",
]
