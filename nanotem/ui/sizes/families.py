"""How many families there are, and each of them."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.sizes import FAMILIES, distribution_figure
from nanotem.report.size_tables import family_table
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.sizes.show import show_table


def families(analysis: Analysis, stem: str) -> None:
    """Show the verdict, one row per family, and their curves."""
    sizes, params, found = analysis.sizes, analysis.recipe.sizes, analysis.families
    show = st.success if found.resolved else st.info
    show(found.verdict)
    words, numbers = family_table(found, sizes.unit), found.to_frame()
    if params.families == "cut" and (words["Particles"] == 0).any():
        st.warning("The cut leaves one side empty. Divide at a size between the smallest and the largest.")
    show_table(words, numbers, label="Families as CSV", file_name=f"{stem}.families.csv")
    figure = distribution_figure(sizes, params, found, curves=[FAMILIES], weighting=params.weighting)
    show_plot(figure, key="families_chart", alt="Histogram with the families")
