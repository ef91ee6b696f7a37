"""Tabs of which only the open one is worked out."""

from collections.abc import Callable, Mapping

import streamlit as st


def show_open_tab(tabs: Mapping[str, Callable[[], None]], *, key: str) -> None:
    """Show tabs by title; only the content of the open one is made."""
    for tab, show in zip(st.tabs(list(tabs), key=key, on_change="rerun"), tabs.values(), strict=True):
        if tab.open:
            with tab:
                show()
