"""Every step of preprocessing as a control and a picture."""

from dataclasses import replace

import streamlit as st

from nanotem.figures.histograms import grey_histogram
from nanotem.figures.pictures import encode, grey_picture
from nanotem.ui.kit import guides
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, needed_image, next_page, open_page
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.preprocess.curtain import before_and_after
from nanotem.ui.preprocess.polarity import stages_to_show

STEPS = {
    "annotation": "Scale bar and text",
    "denoise": "Noise",
    "background": "Polarity and background",
    "contrast": "Contrast",
    "threshold": "Threshold",
    "clean": "Clean the mask",
}
PICTURE_PX = 640

work = open_page("Preprocess", "From the micrograph to a mask of particles. The defaults suit most images.")
micrograph = needed_image(work)

with st.sidebar:
    recipe_panel(work, "preprocess")
    params = work.recipe.preprocess
    for name, title in STEPS.items():
        with st.expander(title, expanded=name in ("background", "threshold")):
            params = replace(params, **{name: edit_parameters(getattr(params, name), work, key=f"preprocess.{name}")})
work.recipe = replace(work.recipe, preprocess=params)

with errors_shown():
    analysis = analysis_at_hand(work, micrograph)
    stages = stages_to_show(analysis)
    pictures = {
        "1 · Grey levels": stages.grey,
        "2 · Noise removed": stages.denoised,
        "3 · Particles bright, background flattened": stages.flattened,
        "4 · Contrast and sharpening": stages.contrasted,
        "5 · Above the threshold": stages.binary,
        "6 · Cleaned mask": stages.mask,
    }
    before_and_after(analysis.micrograph, stages.mask)
    with st.expander("Step by step", icon=":material/footprint:", expanded=True):
        for column, (caption, image) in zip([*st.columns(3), *st.columns(3)], pictures.items(), strict=True):
            picture = encode(grey_picture(image, longest_px=PICTURE_PX))
            column.image(picture, caption=caption, width="stretch", alt=caption)
    if params.background.polarity == "automatic":
        st.caption(f"Particles were taken to be **{stages.polarity}**.")
    if not stages.mask.any():
        st.warning("No pixel is above the threshold. Lower it, or check whether particles are dark or bright.")
    before, after = st.columns(2)
    before.markdown("**Grey levels before**")
    before.plotly_chart(
        grey_histogram(stages.grey), key="histogram_before", config=CONFIG, alt="Histogram of grey levels before"
    )
    after.markdown("**Grey levels after, with the threshold**")
    after.plotly_chart(
        grey_histogram(stages.contrasted, threshold=stages.level),
        key="histogram_after",
        config=CONFIG,
        alt="Histogram of grey levels after preprocessing",
    )
    guide(guides.PREPROCESS)
    next_page("Preprocess")
