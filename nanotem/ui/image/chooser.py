"""Ways to an image: upload one, or take an example."""

from collections.abc import Mapping

import streamlit as st

from nanotem.readers import SUPPORTED_SUFFIXES
from nanotem.synthetic.examples import ExampleDefinition, example_micrograph, example_png
from nanotem.ui.image.upload import take_up
from nanotem.ui.kit.state import Work


def choose_upload(work: Work) -> None:
    """Let the visitor upload a file, with those that belong to it, and take it up once."""
    st.markdown("**Upload a micrograph**")
    files = st.file_uploader(
        "Micrograph",
        accept_multiple_files=True,
        label_visibility="collapsed",
        help="Read by content: " + ", ".join(sorted(suffix.lstrip(".").upper() for suffix in SUPPORTED_SUFFIXES)) + ".",
        key="upload",
    )
    st.caption(
        "PNG, JPEG, TIFF, DM3, DM4, EMD, SER, MRC, HSPY; a SER beside its EMI, a TIFF beside the text file of its "
        "microscope: together. Of several images the last is opened. Files stay on this server while the page is open."
    )
    take_up(work, files)


def choose_example(work: Work, examples: Mapping[str, ExampleDefinition]) -> None:
    """Show a card for every example and take up the one that is chosen."""
    st.markdown("**Or take an example** with known truth")
    for column, (name, example) in zip(st.columns(len(examples)), examples.items(), strict=True):
        column.image(_thumbnail(name), width="stretch", alt=example.title)
        if column.button(example.title, key=f"example.{name}", width="stretch"):
            work.open(example_micrograph(name))
        column.caption(example.description)


@st.cache_data(max_entries=8, show_spinner=False)
def _thumbnail(name: str) -> bytes:
    return example_png(name)
