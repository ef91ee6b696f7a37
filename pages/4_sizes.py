"""The size distribution, and how far it can be trusted."""

from dataclasses import replace
from functools import partial

import streamlit as st

from nanotem.files.names import safe_stem
from nanotem.ui.kit import guides
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.notes import show_notes
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.tables import particle_table
from nanotem.ui.kit.tabs import show_open_tab
from nanotem.ui.sizes.arrangement import arrangement
from nanotem.ui.sizes.distribution import distribution
from nanotem.ui.sizes.families import families
from nanotem.ui.sizes.fits import fits
from nanotem.ui.sizes.headline import show_headline
from nanotem.ui.sizes.shapes import shapes
from nanotem.ui.sizes.sufficiency import sufficiency
from nanotem.ui.sizes.uncertainty import uncertainty
from nanotem.ui.sizes.weighted import weighted

work = open_page("Sizes", "How large the particles are, how widely they spread, and how sure that is.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "sizes")
    params = edit_parameters(work.recipe.sizes, work, key="sizes")
work.recipe = replace(work.recipe, sizes=params)

with errors_shown():
    analysis = analysis_at_hand(work, micrograph)
    stem = safe_stem(micrograph.name)
    something_is_wrong = show_notes(analysis)
    if analysis.sizes.values.size == 0:
        if not something_is_wrong:
            st.warning("No whole particle was found. Look at the pages Preprocess and Segmentation.")
        st.stop()
    show_headline(analysis)
    sections = {
        "Distribution": partial(distribution, analysis),
        "Fits": partial(fits, analysis, stem),
        "Families": partial(families, analysis, stem),
        "By area, by volume": partial(weighted, analysis, stem),
        "Arrangement": partial(arrangement, analysis, stem),
        "Enough particles?": partial(sufficiency, analysis, stem),
        "Uncertainty": partial(uncertainty, analysis, stem),
        "Shapes": partial(shapes, analysis.particles),
        "Table": partial(particle_table, analysis.particles, file_name=f"{stem}.particles.csv"),
    }
    show_open_tab(sections, key="section")
    guide(guides.SIZES)
