"""A recipe that travels in the address of the app."""

from urllib.parse import quote, urljoin

import streamlit as st

from nanotem.recipe import Recipe
from nanotem.recipe.link import read_link, write_link
from nanotem.ui.kit.state import Work

_NAME = "recipe"


def link_to(recipe: Recipe) -> str:
    """Return the address that opens the app with this recipe."""
    return f"{urljoin(st.context.url or '', '.')}?{_NAME}={quote(write_link(recipe), safe=':,')}"


def follow_link(work: Work) -> None:
    """Put the recipe of the address in force, once.

    Raises
    ------
    ParameterError
        If it is no recipe; parameters are then left as they are.
    """
    text = st.query_params.get(_NAME)
    if text is None:
        return
    del st.query_params[_NAME]
    work.use_recipe(read_link(text))
    st.toast("The parameters of the link are in force.", icon=":material/link:")
