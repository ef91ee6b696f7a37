"""How many particles there are, in the same words on every page."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.summary import counts_in_words

KEY = "counts"


def show_counts(analysis: Analysis, *more: str, key: str = KEY) -> None:
    """Say how many particles were found, measured and cut by the frame.

    Parameters
    ----------
    analysis
        What is shown on the page.
    more
        What else belongs to the line.
    key
        Of the line: another one where a page shows it a second time.
    """
    with st.container(key=key):
        st.markdown(" · ".join([f"**{counts_in_words(analysis)}**", *more]))
