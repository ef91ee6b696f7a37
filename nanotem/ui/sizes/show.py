"""How the page Sizes shows tables."""

import pandas as pd
import streamlit as st

from nanotem.ui.kit.tables import download


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
