"""The ways to a scale, and how one that comes with a file is put in force."""

import streamlit as st

from nanotem.micrograph import Micrograph, Scale
from nanotem.ui.kit.state import Work

FROM_FILE, FROM_BAR, TYPED = "From the file", "From the scale bar", "Typed"
"""What the page Image offers."""


def use_scale(work: Work, micrograph: Micrograph, scale: Scale | None) -> None:
    """Put a scale in force, and have the page Image show the same."""
    work.settle(scale)
    st.session_state[f"scale.way.{micrograph.id}"] = FROM_FILE if scale else TYPED
    st.session_state[f"scale.typed.{micrograph.id}"] = 0.0
    if scale:
        work.micrograph = micrograph.with_scale(scale)
