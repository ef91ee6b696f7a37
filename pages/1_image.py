"""Choose an image and settle its scale."""

import streamlit as st

from nanotem.synthetic.examples import EXAMPLES
from nanotem.ui.image.chooser import choose_example, choose_upload
from nanotem.ui.image.scale_panel import settle_scale
from nanotem.ui.image.simulate_panel import simulate_panel
from nanotem.ui.image.upload import choose_image
from nanotem.ui.kit import guides
from nanotem.ui.kit.frame import errors_shown, guide, next_page, open_page
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.recipe_panel import recipe_panel

work = open_page(
    "Image",
    "Count the particles of a micrograph and measure their sizes. Start with an image of yours, or an example.",
)

upload, examples = st.columns([1, 2], gap="large")
with upload, errors_shown():
    choose_upload(work)
with examples:
    choose_example(work, EXAMPLES)
simulate_panel(work)

if work.micrograph is not None:
    with st.sidebar:
        recipe_panel(work)
    rows, columns = work.micrograph.shape
    st.subheader(plain_text(work.micrograph.name), anchor=False)
    depth = work.micrograph.pixels.dtype
    st.caption(
        f"{columns} × {rows} px, " + (f"{8 * depth.itemsize} bit" if depth.kind in "ui" else "fractional grey levels")
    )
    with errors_shown():
        choose_image(work, work.micrograph)
    for note in work.micrograph.notes:
        st.info(plain_text(note))
    with errors_shown():
        settle_scale(work, work.micrograph)
    next_page("Image")
guide(guides.IMAGE)
