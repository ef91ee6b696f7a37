"""The size distribution, and how far it can be trusted."""

from dataclasses import replace
from functools import partial

import streamlit as st

from nanotem.ui.kit import guides
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.notes import show_notes
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.tables import particle_table
from nanotem.ui.kit.tabs import show_open_tab
from nanotem.ui.sizes import sections as size_sections

work = open_page("Sizes", "How large the particles are, how widely they spread, and how sure that is.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "sizes")
    params = edit_parameters(work.recipe.sizes, work, key="sizes")
work.recipe = replace(work.recipe, sizes=params)

with errors_shown():
    analysis = analysis_at_hand(work, micrograph)
    particles, sizes = analysis.particles, analysis.sizes
    stem = size_sections.stem_of(micrograph)
    show_notes(analysis)
    if sizes.values.size == 0:
        st.warning("No whole particle was found. Look at the pages Preprocess and Segmentation.")
        st.stop()
    size_sections.headline(sizes, micrograph)
    labels = analysis.labels
    sections = {
        "Distribution": partial(size_sections.distribution, sizes, params, micrograph, particles, labels),
        "Fits": partial(size_sections.fits, sizes, params, stem),
        "Families": partial(size_sections.families, sizes, params, stem),
        "Enough particles?": partial(size_sections.sufficiency, sizes),
        "Shapes": partial(size_sections.shapes, particles),
        "Table": partial(particle_table, particles, file_name=f"{stem}.particles.csv"),
    }
    show_open_tab(sections, key="section")
    guide(guides.SIZES)
