"""Both ends of the scale bar under a magnifying glass, to be dragged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from nanotem.calibration import ScaleBar
from nanotem.figures.pictures import data_address, grey_picture, png
from nanotem.micrograph import Pixels

_COLUMNS_PX, _ROWS_PX = 15, 11
"""How far the glass shows the image around an end, to either side."""

_FILES = Path(__file__).parent / "bar_ends_files"
_COMPONENT = st.components.v2.component(
    "bar_ends",
    html=(_FILES / "bar_ends.html").read_text(encoding="utf-8"),
    css=(_FILES / "bar_ends.css").read_text(encoding="utf-8"),
    js=(_FILES / "bar_ends.js").read_text(encoding="utf-8"),
)


def drag_ends(pixels: Pixels, bar: ScaleBar, *, key: str) -> ScaleBar:
    """Show both ends of a bar, and return the bar as long as they were dragged.

    Parameters
    ----------
    pixels
        The image, shape (rows, columns).
    bar
        As it was found; one click brings it back.
    key
        Under which the ends are kept for the session.

    Raises
    ------
    ScaleError
        If the right end was dragged beyond the left one.
    """
    kept, component = f"scale.ends.{key}", f"scale.glass.{key}"

    def keep() -> None:
        ends = st.session_state[component].ends
        if ends is not None:
            st.session_state[kept] = tuple(ends)

    left, right = st.session_state.get(kept, (bar.left, bar.right))
    _COMPONENT(
        key=component,
        data={"ends": [_glass(pixels, bar.row, column) for column in (left, right)]},
        on_ends_change=keep,
    )
    if kept in st.session_state:
        st.button(
            f"Back to the ends that were found ({bar.length_px:.1f} px)",
            key=f"scale.found.{key}",
            on_click=st.session_state.pop,
            args=(kept,),
        )
    return replace(bar, left=left, right=right)


def _glass(pixels: Pixels, row: float, column: float) -> dict[str, Any]:
    """Return the image around an end, as the component shows it."""
    first_row, first_column = round(row) - _ROWS_PX, round(column) - _COLUMNS_PX
    rows = np.clip(np.arange(first_row, first_row + 2 * _ROWS_PX + 1), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(first_column, first_column + 2 * _COLUMNS_PX + 1), 0, pixels.shape[1] - 1)
    return {
        "picture": data_address(png(grey_picture(pixels[np.ix_(rows, columns)], stretch=True)), "png"),
        "rows": len(rows),
        "columns": len(columns),
        "first_column": first_column,
        "column": column,
    }
