"""Whether the analysis at hand has been saved."""

import streamlit as st

from nanotem.ui.kit.state import Work

_KEY = "saved"


def remember_saved(work: Work) -> None:
    """Note that the analysis is saved as it is now."""
    st.session_state[_KEY] = work.deciding


def is_saved(work: Work) -> bool:
    """Whether nothing that decides the result has changed since it was saved."""
    return st.session_state.get(_KEY) == work.deciding
