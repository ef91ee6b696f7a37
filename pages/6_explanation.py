"""Why a particle got its class, and how far the reason can be believed."""

from functools import partial

import streamlit as st

from nanotem.ui.classification import sections as classification_sections
from nanotem.ui.classification.classified import chosen_task, classified, meanwhile
from nanotem.ui.classification.model_sections import models_ready
from nanotem.ui.classification.particle_detail import particle_detail
from nanotem.ui.explanation import question as questions
from nanotem.ui.explanation import sections
from nanotem.ui.kit import guides
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.tabs import show_open_tab

work = open_page("Explanation", "Why a particle got its class, and how far the reason can be believed.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work)
    style, channel = questions.display_settings()

task = chosen_task()
with errors_shown():
    with meanwhile(work, micrograph):
        view = classified(work, micrograph, task) if models_ready(work.recipe.networks) else None
    if view is not None:
        show_counts(view.analysis)
        ways = {
            "Image": partial(classification_sections.on_image, work, view),
            "Gallery": partial(classification_sections.by_confidence, view),
            "Named otherwise by hand": partial(questions.corrected_by_hand, view),
        }
        everything, one = st.columns([5, 3], gap="large")
        with everything:
            show_open_tab(ways, key="explain.tab")
        with one, st.container(border=True):
            particle_detail(work, view)
        if view.chosen is not None:
            asked = questions.question(work, view, view.chosen)
            if asked.methods:
                found = sections.maps(asked)
                sections.side_by_side(asked, found, style, channel)
                sections.faithfulness(asked)
                sections.downloads(asked, found)
    guide(guides.EXPLANATION)
