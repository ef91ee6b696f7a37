"""Buttons that set, save, share and load parameters and whole analyses."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from nanotem.analysis_file import read_analysis, replay_notes, write_analysis
from nanotem.edits.edits import EditLog
from nanotem.errors import ParameterError
from nanotem.files.names import safe_stem
from nanotem.recipe import Recipe
from nanotem.recipe.file import write_recipe
from nanotem.recipe.presets import PRESETS
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.frame import errors_shown, needed_image
from nanotem.ui.kit.link import link_to
from nanotem.ui.kit.saved import remember_saved
from nanotem.ui.kit.scale import use_scale
from nanotem.ui.kit.state import Work

Part = Literal["preprocess", "segment", "outlines", "sizes", "classify", "lattice"]


def recipe_panel(work: Work, *parts: Part) -> None:
    """Save, share and load the recipe, save and load the analysis, and go back to the defaults.

    Parameters
    ----------
    work
        With an image.
    parts
        Those of the recipe that the page shows, which its defaults are offered for; none for all of it.
    """
    page = parts[0] if parts else "all"
    with st.popover("Recipe", icon=":material/menu_book:", width="stretch"):
        if st.button("Back to the defaults", icon=":material/restart_alt:", key=f"defaults.{page}", width="stretch"):
            default = Recipe()
            shown = {part: getattr(default, part) for part in parts}
            work.use_recipe(replace(work.recipe, **shown) if parts else default)
        for preset in PRESETS:
            if st.button(
                preset.title,
                icon=":material/bolt:",
                help=preset.sentence,
                key=f"{preset.title}.{page}",
                width="stretch",
            ):
                chosen = preset.recipe
                work.use_recipe(replace(work.recipe, preprocess=chosen.preprocess, segment=chosen.segment))
        _save(work, page)
        file = st.file_uploader("Load a recipe or an analysis", key=f"load.{page}")
        if file is not None:
            st.button("Use this file", key=f"use.{page}", on_click=_use, args=(work, file.getvalue()), width="stretch")
        st.caption("Link to these parameters")
        st.code(link_to(work.recipe), language=None, wrap_lines=True)


def _save(work: Work, page: str) -> None:
    """Offer two files: the recipe, to use on any image, and everything that decides this result."""
    name = work.micrograph.name if work.micrograph else ""
    st.download_button(
        "Save the recipe",
        data=lambda: write_recipe(work.recipe),
        file_name="recipe.toml",
        icon=":material/download:",
        on_click="ignore",
        key=f"save.{page}",
        help="Every parameter of every page, to use it again here or from the command line.",
        width="stretch",
    )
    st.download_button(
        "Save this analysis",
        data=lambda: write_analysis(analysis_at_hand(work, needed_image(work))),
        file_name=f"{safe_stem(name)}.analysis.toml",
        icon=":material/download:",
        on_click=remember_saved,
        args=(work,),
        key=f"save_analysis.{page}",
        help="Parameters, scale, corrections, the id of the image and all versions. Loaded here or given to "
        "`python -m nanotem analyse IMAGE --recipe FILE`, it gives the same numbers again.",
        width="stretch",
    )


def _use(work: Work, data: bytes) -> None:
    """Put a file's recipe in force, and on the image that it was saved for its scale and corrections."""
    with errors_shown():
        if not data.strip():
            raise ParameterError("The file is empty.", "Save a recipe or an analysis, and load that.")
        saved = read_analysis(data.decode("utf-8", errors="replace"))
        micrograph = needed_image(work)
        work.use_recipe(saved.recipe)
        if saved.is_of(micrograph):
            use_scale(work, micrograph, saved.scale)
            work.log = EditLog(saved.edits)
            remember_saved(work)
        replay = analysis_at_hand(work, micrograph.with_scale(work.scale))
        for note in replay_notes(saved, replay):
            st.info(note, icon=":material/difference:")
