"""Method, seeds and labelled result, and corrections by hand."""

from dataclasses import replace

import streamlit as st

from nanotem.ui.kit import cached, guides
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, next_page, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.segmentation import sections as segmentation_sections

work = open_page("Segmentation", "Touching particles are told apart. Look whether each outline is one particle.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "segment")
    segment = edit_parameters(work.recipe.segment, work, key="segment")
work.recipe = replace(work.recipe, segment=segment)

with errors_shown():
    edited = cached.edited(micrograph, work.recipe, work.log.done)
    particles = cached.particles(micrograph, work.recipe, work.log.done)
    segmentation_sections.headline(micrograph, particles, n_corrections=len(work.log.done))
    segmentation_sections.how_it_came(
        cached.segmentation(micrograph, work.recipe), automatic=segment.method == "automatic"
    )
    segmentation_sections.corrections(work, micrograph, particles, edited)
    segmentation_sections.how_sure(work, micrograph)
    guide(guides.SEGMENTATION)
    next_page("Segmentation")
