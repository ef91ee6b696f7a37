"""Whether enough particles were counted."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.sizes import precision_figure
from nanotem.report.size_tables import NEEDED_FOR, sufficiency_words
from nanotem.statistics import enough_particles, precision_curve, sufficiency_table
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.sizes.show import show_table


def sufficiency(analysis: Analysis, stem: str) -> None:
    """Say it for the mean, in a table for each kind of size, and with the curve that shows it."""
    sizes = analysis.sizes
    answer = enough_particles(sizes.values, sizes.weights)
    {"red": st.warning, "amber": st.info, "green": st.success}[answer.enough](answer.verdict)
    table = sufficiency_table(sizes.values, sizes.weights)
    show_table(sufficiency_words(table), table, label="Needed numbers as CSV", file_name=f"{stem}.enough.csv")
    if len(table):
        st.caption(NEEDED_FOR)
    curve = precision_curve(sizes.values, sizes.weights)
    if len(curve):
        show_plot(precision_figure(curve), key="precision", alt="Precision against the number of particles")
