"""Many images with one recipe."""

from dataclasses import replace

import streamlit as st

from nanotem.study import combined_particles, fringes_table, shares_table, summary_table
from nanotem.ui.batch import results as batch_results
from nanotem.ui.batch import sections as batch_sections
from nanotem.ui.kit import guides
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, open_page
from nanotem.ui.kit.recipe_panel import recipe_panel

work = open_page("Batch", "Analyse many images with one recipe, look at the odd ones, and keep it all as a study.")

with st.sidebar:
    st.caption(
        "All images are analysed with the parameters of the pages Preprocess, Segmentation, Sizes, Classification and "
        "Lattices."
    )
    if work.micrograph is not None:
        recipe_panel(work)
    classify = edit_parameters(work.recipe.classify, work, key="classify", only=("in_batches",))
    lattice = edit_parameters(work.recipe.lattice, work, key="lattice", only=("in_batches",))
work.recipe = replace(work.recipe, classify=classify, lattice=lattice)

with errors_shown():
    study = batch_sections.visitors_study()
    batch_sections.take_back(work, study)
    add, archive = st.columns([2, 1], gap="large")
    with add:
        study = batch_sections.add_images(study)
    with archive:
        batch_sections.open_archive(work)
    batch_sections.run(work, study)
    if study.images:
        images = summary_table(study)
        batch_results.results(work, study, images)
        particles = combined_particles(study)
        batch_results.samples(particles, images)
        shares, fringes = shares_table(study), fringes_table(particles)
        batch_results.population(shares)
        batch_results.fringes(particles, fringes)
        batch_results.report(study, images, particles, shares, fringes)
        batch_results.downloads(study, images)
    guide(guides.BATCH)
