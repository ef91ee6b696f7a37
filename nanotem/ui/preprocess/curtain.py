"""The micrograph and its mask one over the other, parted by a slider."""

from pathlib import Path

import streamlit as st

from nanotem.figures.pictures import data_address, encode, grey_picture, micrograph_picture
from nanotem.micrograph import Mask, Micrograph

_PICTURE_PX = 1000

_FILES = Path(__file__).parent / "curtain_files"
_COMPONENT = st.components.v2.component(
    "before_and_after",
    html=(_FILES / "curtain.html").read_text(encoding="utf-8"),
    css=(_FILES / "curtain.css").read_text(encoding="utf-8"),
    js=(_FILES / "curtain.js").read_text(encoding="utf-8"),
)


def before_and_after(micrograph: Micrograph, mask: Mask) -> None:
    """Show the micrograph left of a line that is dragged, or moved by the arrow keys, and the mask right of it.

    Parameters
    ----------
    micrograph
        Before.
    mask
        After, of the same shape.
    """
    _COMPONENT(
        key="curtain",
        data={
            "before": data_address(encode(micrograph_picture(micrograph.pixels, longest_px=_PICTURE_PX))),
            "after": data_address(encode(grey_picture(mask, longest_px=_PICTURE_PX))),
        },
    )
