"""What the uncertainty of the mean diameter is made of."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.report.size_tables import budget_table
from nanotem.statistics.budget import NOT_INCLUDED
from nanotem.summary import budget_of
from nanotem.ui.sizes.show import show_table


def uncertainty(analysis: Analysis, stem: str) -> None:
    """Show the budget of mean and D50, and what is not in it."""
    budget = budget_of(analysis)
    st.markdown(budget.in_words)
    show_table(budget_table(budget), budget.to_frame(), label="Budget as CSV", file_name=f"{stem}.budget.csv")
    st.caption(
        "Standard uncertainties of the area-equivalent diameter; type A from the particles, type B from other "
        f"knowledge. Not in this budget: {'; '.join(NOT_INCLUDED)}. The report, on the page Export, examines the "
        "segmentation too."
    )
