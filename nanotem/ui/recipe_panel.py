"""Buttons that set, save and load parameters."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from nanotem.recipe import Recipe
from nanotem.recipe_file import read_recipe, write_recipe
from nanotem.ui.frame import errors_shown
from nanotem.ui.state import Work


def recipe_panel(work: Work, part: Literal["preprocess", "segment", "sizes"]) -> None:
    """Offer the defaults of one part of the recipe, and the whole recipe as a file."""
    with st.popover("Recipe", icon=":material/menu_book:", width="stretch"):
        if st.button("Back to the defaults", icon=":material/restart_alt:", key=f"defaults.{part}", width="stretch"):
            work.use_recipe(replace(work.recipe, **{part: getattr(Recipe(), part)}))
        st.download_button(
            "Save the recipe",
            data=lambda: write_recipe(work.recipe),
            file_name="recipe.toml",
            icon=":material/download:",
            on_click="ignore",
            key=f"save.{part}",
            help="Every parameter of every page, to use it again here or from the command line.",
            width="stretch",
        )
        file = st.file_uploader("Load a recipe", key=f"load.{part}")
        if file is not None and st.button("Use this recipe", key=f"use.{part}", width="stretch"):
            with errors_shown():
                work.use_recipe(read_recipe(file.getvalue().decode("utf-8", errors="replace")))
