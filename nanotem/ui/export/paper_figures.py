"""Figures for a paper on the page Export."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.export import figures
from nanotem.figures.printed import WIDTHS_MM, FileType
from nanotem.files.names import safe_stem

_FIGURES: Mapping[str, tuple[str, Callable[..., bytes]]] = MappingProxyType(
    {
        "Histogram with its fit": ("histogram", figures.histogram),
        "Cumulative curve": ("cumulative", figures.cumulative),
        "Outlines on the micrograph": ("outlines", figures.outlines),
    }
)
"""Title, name in the file, and what draws it."""

_TYPES: tuple[FileType, ...] = ("pdf", "svg", "png")


def paper_figures(analysis: Analysis) -> None:
    """Offer every figure in the width of one or two columns; it is drawn when its button is pressed."""
    st.subheader("Figures for a paper", anchor=False)
    st.caption("Drawn at their final width, 8-point letters, fonts inside, colours for colour-blind readers too.")
    columns = st.columns(3)
    title = columns[0].selectbox("Figure", list(_FIGURES), key="paper.figure", persist_state="session")
    width = columns[1].segmented_control(
        "Width", list(WIDTHS_MM), default="one column", required=True, key="paper.width", persist_state="session"
    )
    file_type = columns[2].segmented_control(
        "File", _TYPES, default="pdf", format_func=str.upper, required=True, key="paper.type", persist_state="session"
    )
    name, draw = _FIGURES[title]
    if not analysis.sizes.values.size and name != "outlines":
        st.info("No whole particle was found, so there are no sizes to draw.")
        return
    st.download_button(
        f"{title} ({WIDTHS_MM[width]:g} mm)",
        data=partial(draw, analysis, file_type, width_mm=WIDTHS_MM[width]),
        file_name=f"{safe_stem(analysis.micrograph.name)}.{name}.{file_type}",
        icon=":material/download:",
        on_click="ignore",
        key="paper.download",
    )
