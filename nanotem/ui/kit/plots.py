"""How every chart is shown: nothing covers it, and its toolbar comes when the mouse does."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

CONFIG: dict[str, Any] = {"displayModeBar": "hover", "displaylogo": False, "scrollZoom": False}
"""Of plotly: the toolbar on hover, in the room that `with_room` leaves for it."""

_TOOLBAR_PX, _LEGEND_ROW_PX = 35, 22
"""Heights above a chart: of the toolbar, and of a row of the legend."""

_PER_ROW = 2
"""Names of curves that fit side by side on a phone, 390 px wide."""


def show_plot(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    height_px: int = 420,
    zoom: bool = False,
    on_select: Any = "ignore",
    selection_mode: Any = ("points", "box", "lasso"),
) -> Any:
    """Show a chart with room above its data for toolbar and legend; return what is selected on it.

    Parameters
    ----------
    figure
        It is changed.
    key, alt, on_select, selection_mode
        As `st.plotly_chart` takes them.
    height_px
        Of the chart with all that stands around it.
    zoom
        Whether the wheel zooms: on pictures, not on charts that a page is scrolled past.
    """
    options: dict[str, Any] = {"on_select": on_select, "selection_mode": selection_mode}
    return st.plotly_chart(
        with_room(figure, height_px=height_px),
        key=key,
        alt=alt,
        config={**CONFIG, "scrollZoom": zoom},
        **(options if on_select != "ignore" else {}),
    )


def with_room(figure: go.Figure, *, height_px: int) -> go.Figure:
    """Give a figure a height, and room above its data for the toolbar and its legend."""
    n_names = sum(trace.showlegend is not False for trace in figure.data)
    has_legend = n_names > 1 and figure.layout.showlegend is not False
    rows = -(-n_names // _PER_ROW) if has_legend else 0
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}
    margin = {"t": _TOOLBAR_PX + rows * _LEGEND_ROW_PX, "b": 0, "l": 0, "r": 0}
    return figure.update_layout(height=height_px, legend=legend, margin=margin)
