"""How many particles there are, in the same words on every page."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.summary import counts_in_words

KEY = "counts"


def show_counts(analysis: Analysis, *more: str) -> None:
    """Say how many particles were found, measured and cut by the frame.

    Parameters
    ----------
    analysis
        What is shown on the page.
    more
        What else belongs to the line.
    """
    with st.container(key=KEY):
        st.markdown(" · ".join([f"**{counts_in_words(analysis)}**", *more]))
