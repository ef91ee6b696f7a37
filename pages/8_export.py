"""Take the results away, and bring labels from elsewhere."""

import streamlit as st

from nanotem.ui import export_sections, guides
from nanotem.ui.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.recipe_panel import recipe_panel

work = open_page("Export", "Tables, label images and outlines for other programs, and a file that repeats this result.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work)

with errors_shown():
    analysis = export_sections.analysis_at_hand(work, micrograph)
    st.metric("Particles", len(analysis.particles), border=True, width="content")
    export_sections.unsaved(work)
    export_sections.downloads(work, analysis)
    export_sections.label_import(work, micrograph)
    guide(guides.EXPORT)
