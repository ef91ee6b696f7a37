"""Which side of the grey scale the steps on the page take particles to be on."""

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.preprocess import PreprocessStages
from nanotem.stage import is_known


def stages_to_show(analysis: Analysis) -> PreprocessStages:
    """Return the steps of preprocessing, of the polarity that was last found for the image.

    What is found decides the polarity, if the recipe leaves it open, and that takes seconds; what a slider on the page
    does to the mask is to be seen at once.
    """
    key = f"is_reversed.{analysis.micrograph.id}"
    if is_known(analysis, "found"):
        st.session_state[key] = analysis.found.is_reversed
    stages = analysis.preprocessed
    return stages.reversed if stages.is_automatic and st.session_state.get(key) else stages
