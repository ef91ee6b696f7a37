"""The lattice fringes of every particle: their spacings, and the crystals that they fit."""

from dataclasses import replace
from functools import partial

import streamlit as st

from nanotem.ui.kit import guides
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.tabs import show_open_tab
from nanotem.ui.lattices import sections
from nanotem.ui.lattices.view import View

work = open_page("Lattices", "What the fringes inside the particles say: spacings, twins, and which crystals fit.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "lattice")
    params = edit_parameters(work.recipe.lattice, work, key="lattice")
work.recipe = replace(work.recipe, lattice=params)

with errors_shown():
    view = View(analysis_at_hand(work, micrograph, with_lattices=True))
    show_counts(view.analysis)
    sections.headline(view)
    everything, one = st.columns([5, 4], gap="large")
    tabs = {
        "Image": partial(sections.on_image, view),
        "Spacings": partial(sections.spacings, view),
        "Table": partial(sections.table, view),
        "Known crystal": partial(sections.known_crystal, work, view, micrograph),
    }
    with everything:
        show_open_tab(tabs, key="lattices.tab")
    with one, st.container(border=True):
        sections.particle_detail(view)
    guide(guides.LATTICES)
