"""Ways to an image: drop one, or take an example."""

from functools import cache
from pathlib import Path

import streamlit as st

from nanotem.figures.pictures import data_address
from nanotem.readers import SUPPORTED_SUFFIXES
from nanotem.synthetic.examples import EXAMPLES
from nanotem.ui.image.simulate_panel import simulate_panel
from nanotem.ui.image.upload import UPLOADER, WANTED
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tour import EXAMPLE, offer_tour

_GALLERY = "gallery"
_FILES = Path(__file__).parent / "gallery_files"
_COMPONENT = st.components.v2.component(
    "example_gallery",
    html=(_FILES / "gallery.html").read_text(encoding="utf-8"),
    css=(_FILES / "gallery.css").read_text(encoding="utf-8"),
    js=(_FILES / "gallery.js").read_text(encoding="utf-8"),
)


def choose(work: Work) -> None:
    """Offer all ways to an image; what is chosen is taken up by `nanotem.ui.image.upload.take_up`."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.file_uploader(
            "Drop a micrograph here",
            accept_multiple_files=True,
            help="Read by content: " + ", ".join(sorted(one.lstrip(".").upper() for one in SUPPORTED_SUFFIXES)) + ".",
            key=UPLOADER,
        )
        st.caption(
            "PNG, JPEG, TIFF, DM3, DM4, EMD, SER, MRC, HSPY; a SER beside its EMI, a TIFF beside the text file of its "
            "microscope: together. Several images at once are analysed on the page Batch. Files stay on this server, "
            "for you alone, and are removed within a day."
        )
        with st.container(horizontal=True):
            offer_tour(_want_tour)
            simulate_panel(work)
    with right:
        st.markdown("Or take an example, drawn with known truth")
        _COMPONENT(key=_GALLERY, data={"examples": _cards()}, on_chosen_change=_want)


def _want_tour() -> None:
    st.session_state[WANTED] = EXAMPLE


def _want() -> None:
    """Note which example was clicked: it is drawn once the page says so."""
    st.session_state[WANTED] = st.session_state[_GALLERY].chosen


@cache
def _cards() -> list[dict[str, str]]:
    return [
        {"name": name, "title": one.title, "description": one.description, "picture": _thumbnail(name)}
        for name, one in EXAMPLES.items()
    ]


def _thumbnail(name: str) -> str:
    """Return the picture of an example, made in advance: drawing all of them takes seconds."""
    return data_address((_FILES / f"{name.replace(' ', '_')}.jpg").read_bytes())
