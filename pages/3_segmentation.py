"""Method, seeds and labelled result."""

from dataclasses import replace

import streamlit as st

from nanotem.figures.pictures import basin_picture, encode, label_picture, outlined_picture
from nanotem.figures.viewer import particle_viewer
from nanotem.recipe import SegmentParams
from nanotem.ui import cached
from nanotem.ui.controls import edit_parameters
from nanotem.ui.frame import errors_shown, needed_image, next_page, open_page

PICTURE_PX = 640

work = open_page("Segmentation", "Touching particles are told apart. Look whether each outline is one particle.")
micrograph = needed_image(work)

with st.sidebar:
    if st.button("Back to the defaults", icon=":material/restart_alt:"):
        work.use_recipe(replace(work.recipe, segment=SegmentParams()))
    segment = edit_parameters(work.recipe.segment, work, key="segment")
work.recipe = replace(work.recipe, segment=segment)

with errors_shown():
    result = cached.segmentation(micrograph, work.recipe)
    particles = cached.particles(micrograph, work.recipe)
    on_frame = int(particles["flags"].str.contains("touches_frame").sum())
    count, touching, size = st.columns(3)
    count.metric("Particles", len(particles), border=True)
    touching.metric("of them cut by the frame", on_frame, border=True)
    unit = "nm" if micrograph.scale else "px"
    size.metric(
        "Median diameter",
        f"{particles[f'diameter_{unit}'].median():.3g} {unit}" if len(particles) else "none",
        border=True,
    )
    if particles.empty:
        st.warning("No particle was found. Look at the mask on the page Preprocess, or lower the smallest diameter.")
    pictures = {
        "Basin: distance to the background": basin_picture(result.basin, longest_px=PICTURE_PX),
        "Seeds": label_picture(result.seeds, longest_px=PICTURE_PX),
        "Particles": label_picture(result.labels, longest_px=PICTURE_PX),
    }
    for column, (caption, picture) in zip(st.columns(3), pictures.items(), strict=True):
        column.image(encode(picture), caption=caption, width="stretch", alt=caption)
    st.subheader("Outlines on the micrograph", anchor=False)
    st.caption("Drag to zoom, double-click to see all, point at a particle for its size.")
    st.plotly_chart(
        particle_viewer(
            outlined_picture(micrograph.pixels, result.labels),
            micrograph.shape,
            particles,
            scale=micrograph.scale,
        ),
        key="outlines",
        alt="The micrograph with the outline of every particle",
    )
    next_page("Segmentation")
