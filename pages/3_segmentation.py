"""Method, seeds and labelled result, and corrections by hand."""

from dataclasses import replace

import streamlit as st

from nanotem.ui.kit import guides
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, next_page, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.segmentation import sections as segmentation_sections
from nanotem.ui.segmentation.edges import edges

work = open_page("Segmentation", "Touching particles are told apart. Look whether each outline is one particle.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "segment", "outlines")
    segment = edit_parameters(work.recipe.segment, work, key="segment")
    segment = replace(segment, options=edit_parameters(segment.options, work, key="segment.options"))
    outlines = edit_parameters(work.recipe.outlines, work, key="outlines")
work.recipe = replace(work.recipe, segment=segment, outlines=outlines)

with errors_shown():
    analysis = analysis_at_hand(work, micrograph)
    segmentation_sections.headline(analysis, automatic=segment.method == "automatic")
    segmentation_sections.corrections(work, analysis)
    edges(analysis, work)
    segmentation_sections.how_it_came(analysis.segmentation)
    segmentation_sections.how_sure(analysis)
    guide(guides.SEGMENTATION)
    next_page("Segmentation")
