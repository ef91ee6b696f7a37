"""One measure of the particles against another."""

from typing import Any

import pandas as pd
import streamlit as st

from nanotem.figures.sizes import shape_scatter
from nanotem.measurement import COLUMNS, has_flag
from nanotem.ui.kit.plots import show_plot


def shapes(particles: pd.DataFrame) -> None:
    """Plot any measure of the whole particles against any other."""
    particles = particles[~has_flag(particles, "touches_frame")]
    names = [name for name in COLUMNS if name in particles and COLUMNS[name].dtype == "float64"]
    left, right = st.columns(2)
    options: dict[str, Any] = {"format_func": lambda name: COLUMNS[name].title, "persist_state": "session"}
    size = "diameter_nm" if "diameter_nm" in particles else "diameter_px"
    x = left.selectbox("Along", names, index=names.index(size), key="scatter_x", **options)
    y = right.selectbox("Up", names, index=names.index("aspect_ratio"), key="scatter_y", **options)
    show_plot(shape_scatter(particles, x, y), key="scatter", alt="Two measures of every particle", height_px=520)
