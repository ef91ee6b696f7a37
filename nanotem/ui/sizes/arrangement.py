"""How many particles there are per area, and how they lie."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.report.size_tables import arrangement_table
from nanotem.ui.sizes.show import show_table


def arrangement(analysis: Analysis, stem: str) -> None:
    """Show density, coverage and nearest neighbours, compared with random places."""
    found = analysis.arrangement
    st.markdown(found.in_words)
    show_table(
        arrangement_table(found), found.to_frame(), label="Arrangement as CSV", file_name=f"{stem}.arrangement.csv"
    )
    for note in found.notes:
        st.caption(note)
    st.caption("Intervals hold for this image; between images a sample varies more.")
