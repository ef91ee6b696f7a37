"""The workers that analyse images of a study and frames of a film."""

import os

import streamlit as st

from nanotem.batch import Pool

_MOST_WORKERS = 4
"""Each takes up to 0.7 GB for images of 2048 x 2048 px; the pages of all visitors need some memory and a core too."""


@st.cache_resource(show_spinner="Starting the workers…", validate=lambda pool: pool.is_open, on_release=Pool.close)
def workers() -> Pool:
    """Return the workers that all visitors share on all pages; one core stays free for the pages."""
    return Pool(max(1, min((os.cpu_count() or 1) - 1, _MOST_WORKERS)))
