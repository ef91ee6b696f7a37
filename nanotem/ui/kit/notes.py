"""What a person should know about a result, on every page that shows one."""

import streamlit as st

from nanotem.analysis import Analysis

_SHOWN_ELSEWHERE = ("reading", "scale_unknown", "scale_read", "edit_lost")
"""The page Image speaks of the file and the scale, the page Segmentation of the method and of corrections."""


def show_notes(analysis: Analysis) -> bool:
    """Warn of what looks wrong; return whether something does."""
    shown = [note for note in analysis.notes if note.kind not in _SHOWN_ELSEWHERE]
    for note in shown:
        st.warning(note.text, icon=":material/warning:")
    return bool(shown)
