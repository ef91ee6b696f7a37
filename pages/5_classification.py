"""The shape of every particle: what it is, how sure that is, and what to do where it is wrong."""

from dataclasses import replace
from functools import partial

import streamlit as st

from nanotem.ui.classification import feature_map as classification_map
from nanotem.ui.classification import sections
from nanotem.ui.classification.classified import chosen_task, classified, meanwhile
from nanotem.ui.classification.model_sections import model_card, models_ready
from nanotem.ui.classification.particle_detail import particle_detail
from nanotem.ui.kit import guides
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.tabs import show_open_tab

work = open_page("Classification", "What shape each particle has, how sure that is, and how to mend it.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "classify")
    params = edit_parameters(work.recipe.classify, work, key="classify")
work.recipe = replace(work.recipe, classify=params)

task = chosen_task()
with errors_shown():
    with meanwhile(work, micrograph):
        view = classified(work, micrograph, task) if models_ready(work.recipe.networks) else None
    if view is not None:
        sections.headline(view)
        everything, one = st.columns([5, 3], gap="large")
        tabs = {
            "Image": partial(sections.on_image, work, view),
            "Classes": partial(sections.per_class, work, view),
            "Gallery": partial(sections.by_confidence, view),
            "Feature map": partial(classification_map.on_map, work, view),
            "Labelled crops": partial(classification_map.labelled, view),
        }
        with everything:
            show_open_tab(tabs, key="classify.tab")
        with one, st.container(border=True):
            particle_detail(work, view)
    with st.expander(f"Model card: {task}", icon=":material/id_card:"):
        model_card(task, getattr(work.recipe.networks, task))
    guide(guides.CLASSIFICATION)
    with st.expander("Training on own pictures", icon=":material/school:"):
        st.markdown(guides.TRAINING)
