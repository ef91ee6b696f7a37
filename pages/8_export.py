"""Take the results away, and bring labels from elsewhere."""

import streamlit as st

from nanotem.ui.classification.model_sections import models_ready
from nanotem.ui.export import sections as export_sections
from nanotem.ui.export.paper_figures import paper_figures
from nanotem.ui.export.report_sections import report_download
from nanotem.ui.kit import guides, models
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel

work = open_page("Export", "Tables, label images and outlines for other programs, and a file that repeats this result.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work)

with errors_shown():
    shapes = st.toggle(
        "Add the shape of every particle",
        value=models.are_loaded(work.recipe.networks),
        key="export.shapes",
        help="Outline and solid, as on the page Classification, in tables and report. It takes some seconds.",
        persist_state="session",
    )
    lattices = st.toggle(
        "Add the lattice of every particle",
        key="export.lattices",
        help="Spacing, planes and crystals, as on the page Lattices, in tables and report.",
        persist_state="session",
    )
    shapes = shapes and models_ready(work.recipe.networks)
    analysis = analysis_at_hand(work, micrograph, with_shapes=shapes, with_lattices=lattices)
    show_counts(analysis)
    export_sections.unsaved(work)
    st.subheader("Report", anchor=False)
    report_download(analysis)
    paper_figures(analysis)
    st.subheader("Files", anchor=False)
    export_sections.downloads(work, analysis)
    export_sections.label_import(work, micrograph)
    guide(guides.EXPORT)
