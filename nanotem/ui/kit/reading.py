"""Files of visitors are read apart: what brings the reading down brings nobody's page down."""

import streamlit as st

from nanotem.micrograph import Micrograph
from nanotem.readers.apart import Decoder
from nanotem.ui.kit.visits import Source


def read_source(source: Source, *, image: int | None = None, frame: int = 1) -> Micrograph:
    """Read the file of an image in the process that all visitors share.

    Parameters
    ----------
    source
        The file.
    image, frame
        As for `nanotem.readers.read_micrograph`.

    Raises
    ------
    NanotemError
        As `nanotem.readers.apart.Decoder.read`.
    """
    return _decoder().read(source.data, source.name, companions=source.companions, image=image, frame=frame)


@st.cache_resource(show_spinner=False, on_release=Decoder.close)
def _decoder() -> Decoder:
    return Decoder()
