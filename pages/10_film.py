"""Particles through time."""

import streamlit as st

from nanotem.ui.film import opening, sections
from nanotem.ui.kit import guides
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown, guide, open_page

work = open_page("Film", "Follow every particle of a film: how it grows, moves, merges and vanishes.")

with errors_shown():
    opening.find_film_again(work)

with st.sidebar:
    st.caption("How particles of one frame are found again in the next.")
    link = edit_parameters(opening.link_before(), work, key="film.link")

with errors_shown():
    sections.jump()
    film = opening.choose_film()
    if film is not None:
        opening.run(work, film, link)
        if (found := opening.finished(film, link)) is not None:
            study, history = found
            sections.headline(history)
            sections.player(study, history)
            sections.events(history)
            sections.results(history)
            sections.downloads(study, history)
    guide(guides.FILM)
