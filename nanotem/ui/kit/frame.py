"""What every page begins with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nanotem.errors import NanotemError
from nanotem.micrograph import Micrograph
from nanotem.ui.kit.analysis import settle_by_itself
from nanotem.ui.kit.keeping import find_again, keep, warn_if_not_kept
from nanotem.ui.kit.link import follow_link
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.state import Work, current_work
from nanotem.ui.kit.tour import show_stop

ICON = Path(__file__).parent / "icon.png"


@dataclass(frozen=True)
class Page:
    """An entry of the navigation."""

    path: str
    title: str
    icon: str


PAGES = (
    Page("pages/1_image.py", "Image", ":material/image:"),
    Page("pages/2_preprocess.py", "Preprocess", ":material/tune:"),
    Page("pages/3_segmentation.py", "Segmentation", ":material/scatter_plot:"),
    Page("pages/4_sizes.py", "Sizes", ":material/bar_chart:"),
    Page("pages/5_classification.py", "Classification", ":material/category:"),
    Page("pages/9_lattices.py", "Lattices", ":material/grid_4x4:"),
    Page("pages/6_explanation.py", "Explanation", ":material/lightbulb:"),
    Page("pages/7_batch.py", "Batch", ":material/photo_library:"),
    Page("pages/8_export.py", "Export", ":material/download:"),
    Page("pages/10_film.py", "Film", ":material/movie:"),
)


FIRST = PAGES[0].title


def page_named(title: str) -> Page:
    """Return the page of a title."""
    return next(page for page in PAGES if page.title == title)


def open_page(title: str, purpose: str = "", *, heading: str = "") -> Work:
    """Show the heading of a page and return the visitor's work.

    Streamlit runs a page without `app.py` for the first visitor of a cold server who opens the page's address;
    such a visitor is sent through `app.py`, and on from there to the page that was asked for.

    Parameters
    ----------
    title
        One of `PAGES`.
    purpose
        What the page is for, one line; empty where the page says it itself.
    heading
        What stands at the top instead of the title.
    """
    if "framed" not in st.session_state:
        st.session_state["wanted"] = title
        st.switch_page("app.py", query_params=st.query_params.to_dict())
    wanted = st.session_state.pop("wanted", title)
    if wanted != title:
        st.switch_page(page_named(wanted).path, query_params=st.query_params.to_dict())
    st.set_page_config(page_title=f"{title} · nanotem")
    st.title(heading or title, anchor=False)
    if purpose:
        st.caption(purpose)
    find_again()
    work = current_work()
    keep(work)  # what was clicked is kept before what follows from it is worked out
    warn_if_not_kept()
    with errors_shown():
        follow_link(work)
    if title != FIRST:
        tour_stop(work, title)
    return work


def tour_stop(work: Work, title: str) -> None:
    """Show the card of the tour, if it is on; the first page does so once an image has been taken up."""
    if work.micrograph is not None:
        show_stop(title, lambda other: page_named(other).path)


def needed_image(work: Work) -> Micrograph:
    """Return the image with the scale in force; without an image, say where to get one and end the page."""
    if work.micrograph is None:
        st.info("Choose an image first: upload one, or take an example.", icon=":material/image:")
        st.page_link(PAGES[0].path, label="Go to Image", icon=PAGES[0].icon)
        st.stop()
    settle_by_itself(work)
    return work.micrograph.with_scale(work.scale)


def guide(text: str) -> None:
    """Offer the part of the user guide that belongs to this page."""
    with st.expander("What to look for on this page", icon=":material/menu_book:"):
        st.markdown(text)


def next_page(after: str) -> None:
    """Link to the page that follows in the journey."""
    following = PAGES[[page.title for page in PAGES].index(after) + 1]
    st.page_link(following.path, label=f"Next: {following.title.lower()}", icon=":material/arrow_forward:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show errors that a person can mend as a message; let bugs surface."""
    try:
        yield
    except NanotemError as error:
        st.error(f"**{plain_text(error.message)}**  \n{plain_text(error.hint)}", icon=":material/error:")
