"""Choose an image, and see what is in it."""

import streamlit as st

from nanotem.ui.image.answer import show_answer
from nanotem.ui.image.chooser import choose
from nanotem.ui.image.simulate_panel import show_truth
from nanotem.ui.image.upload import take_up
from nanotem.ui.kit import guides
from nanotem.ui.kit.frame import FIRST, errors_shown, guide, open_page, tour_stop
from nanotem.ui.kit.keeping import keep
from nanotem.ui.kit.models import start_loading

work = open_page("Image", heading="nanotem")
with errors_shown():
    take_up(work)
keep(work)  # a reload while the analysis runs must not lose the image

if work.micrograph is None:
    st.caption("Count the nanoparticles in an electron micrograph, measure them, and see how sure that is.")
    choose(work)
else:
    with st.expander("Open another image", icon=":material/add_photo_alternate:"):
        choose(work)
    tour_stop(work, FIRST)
    show_truth(work)
    show_answer(work, work.micrograph)
    start_loading(work.recipe.networks)
guide(guides.IMAGE)
