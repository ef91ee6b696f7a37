"""How the page Sizes shows charts and tables."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from nanotem.ui.kit.tables import download

_LEGEND_PX, _TOOLBAR_PX = 70, 35
"""Room above a chart for the toolbar and two lines of legend, and for the toolbar alone."""


def show_chart(figure: go.Figure, *, key: str, alt: str, height_px: int = 420) -> None:
    """Show a chart with its legend above the data."""
    st.plotly_chart(roomy(figure, height_px=height_px), key=key, alt=alt)


def roomy(figure: go.Figure, *, height_px: int) -> go.Figure:
    """Give a figure a height, and room above its data for legend and toolbar."""
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"}
    has_legend = len(figure.data) > 1 and figure.layout.showlegend is not False
    above = _LEGEND_PX if has_legend else _TOOLBAR_PX
    return figure.update_layout(height=height_px, legend=legend, margin={"t": above, "b": 0})


def show_table(words: pd.DataFrame, numbers: pd.DataFrame, *, label: str, file_name: str) -> None:
    """Show a table in words, and offer its numbers with all their digits.

    Parameters
    ----------
    words
        What is shown.
    numbers
        What is saved.
    label, file_name
        Of the download.
    """
    if len(words):
        st.table(words.set_index(words.columns[0]))
    download(numbers, label, file_name=file_name)
