"""Static pictures as SVG, drawn by Vega in the library vl-convert: no script gets into a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from driftwright.base.errors import InputFault, visible
from driftwright.report.cohorts import Cohorts
from driftwright.report.formats.view import cut

_MOST_ROWS = 40
_MOST_PATHS = 60
_LONGEST = 60
_DRAWN = re.compile(r"<svg[ >]")
_UNSAFE = re.compile(r"<script|<foreignObject|\son[a-z]+=|(?:href|src)=", re.IGNORECASE)
_CONFIG = {
    "font": "sans-serif",
    "background": "white",
    "padding": {"left": 24, "right": 8, "top": 8, "bottom": 8},
    "view": {"stroke": None},
    "axis": {"labelLimit": 360},
}


def timeline_picture(cohorts: Cohorts) -> str:
    """Return shapes by days, each cell in the colour of its share; empty where there is nothing to draw.

    Raises:
        InputFault: The library that draws is not installed.
    """
    rows = [
        {"day": day.day, "shape": shape.id, "share": round(day.share, 4)}
        for shape in cohorts.shapes[:_MOST_ROWS]
        for day in shape.days
    ]
    order = [shape.id for shape in cohorts.shapes[:_MOST_ROWS]]
    return _drawn(
        rows,
        {
            "title": _title("Share of users, by shape and day"),
            "mark": "rect",
            "encoding": {
                "x": {"field": "day", "type": "ordinal", "title": None},
                "y": {"field": "shape", "type": "nominal", "sort": order, "title": None},
                "color": {
                    "field": "share",
                    "type": "quantitative",
                    "title": "share",
                    "scale": {"domainMin": 0, "scheme": "blues", "type": "sqrt"},
                    "legend": {"format": ".0%"},
                },
            },
        },
    )


def carried_picture(cohorts: Cohorts) -> str:
    """Return parts of stores by the facts that are read from them; empty where there is nothing to draw.

    Raises:
        InputFault: The library that draws is not installed.
    """
    rows = [
        {"path": visible(cut(f"{part.store}:{part.path}", _LONGEST)), "fact": visible(cut(fact, _LONGEST))}
        for part in cohorts.carried[:_MOST_PATHS]
        for fact in part.facts
    ]
    return _drawn(
        rows,
        {
            "title": _title("Facts, by the parts of the stores that carry them"),
            "mark": {"type": "circle", "size": 80, "opacity": 1},
            "encoding": {
                "x": {"field": "fact", "type": "nominal", "title": None, "axis": {"orient": "top", "labelAngle": -40}},
                "y": {"field": "path", "type": "nominal", "title": None},
            },
        },
    )


def _title(text: str) -> Mapping[str, str]:
    """Return a title that begins where the picture does: one in its middle is cut where it is wider."""
    return {"text": text, "anchor": "start", "frame": "bounds"}


def _drawn(rows: Sequence[Mapping[str, Any]], description: Mapping[str, Any]) -> str:
    if not rows:
        return ""
    try:
        import vl_convert
    except ImportError:
        mend = "install it: pip install 'driftwright[cohorts]', or ask for .json"
        raise InputFault("a page with pictures needs vl_convert, which is not installed", "", "", mend) from None
    drawn: str = vl_convert.vegalite_to_svg(
        {**description, "data": {"values": rows}, "width": {"step": 22}, "height": {"step": 18}, "config": _CONFIG},
        allowed_base_urls=[],
    )
    match = _DRAWN.search(drawn)
    if match is None or _UNSAFE.search(drawn):
        raise InputFault("a picture that is not still", "", "", "ask for .json, and tell the maintainers")
    return drawn[match.start() :]
