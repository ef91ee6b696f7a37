"""Numbers in a row that breaks where the screen ends: no value is ever cut."""

from collections.abc import Iterable

import streamlit as st


def show_tiles(tiles: Iterable[tuple[str, str, str]]) -> None:
    """Show numbers side by side, as wide as they are.

    Parameters
    ----------
    tiles
        Title, value, and what stands below, such as an interval; empty for nothing.
    """
    with st.container(horizontal=True, gap="small"):
        for title, value, below in tiles:
            st.metric(
                title, value, delta=below or None, delta_color="off", delta_arrow="off", border=True, width="content"
            )
