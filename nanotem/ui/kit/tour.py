"""A short tour: on every page of the journey a card that says what to look at, and leads on."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

EXAMPLE = "gold spheres"
"""What the tour is given on."""

_RUNNING = "tour"


@dataclass(frozen=True)
class Stop:
    """A page of the tour.

    Attributes
    ----------
    page
        Its title.
    text
        What to look at there.
    """

    page: str
    text: str


STOPS = (
    Stop(
        "Image",
        "The answer comes first: every outline on the picture is one particle, and with it come their number, their "
        "mean diameter and how sure both are. The scale was read from the bar, whose ends can be "
        "dragged under *Check or set the scale*.",
    ),
    Stop(
        "Segmentation",
        "Here outlines are corrected: click particles to merge, cut or remove them, or step through the doubtful ones. "
        "All numbers follow. If many are wrong, turn the parameters at the left; each says what it does.",
    ),
    Stop(
        "Sizes",
        "The distribution with a fit for each family of sizes. *Enough particles?* tells how many more a smaller "
        "uncertainty needs, *Uncertainty* what it consists of: often not the counting, but scale and outlines.",
    ),
    Stop(
        "Classification",
        "Outline and solid of every particle, as far as one picture can decide; what it cannot stays unknown. Click a "
        "particle to see what speaks for its class, and on Explanation which pixels did.",
    ),
    Stop(
        "Export",
        "Everything to take along: a report, tables, outlines for other programs, and the analysis itself, which gives "
        "the same numbers when it is loaded again. Now drop a micrograph of your own on the page Image.",
    ),
)


def offer_tour(start: Callable[[], None]) -> None:
    """Show the button that begins the tour; `start` opens its example."""
    st.button(
        "Take the tour",
        icon=":material/tour:",
        help=f"Opens the example {EXAMPLE} and leads through {len(STOPS)} pages; end it whenever you like.",
        key="tour_begin",
        on_click=_begin,
        args=(start,),
    )


def show_stop(title: str, path_of: Callable[[str], str]) -> None:
    """Show the card of a page, if the tour is on and comes by there.

    Parameters
    ----------
    title
        Of the page.
    path_of
        Returns the path of the page of a title.
    """
    place = next((i for i, stop in enumerate(STOPS) if stop.page == title), None)
    if place is None or not st.session_state.get(_RUNNING):
        return
    with st.container(border=True, key="tour_card"):
        st.markdown(f"**Tour, {place + 1} of {len(STOPS)}.** {STOPS[place].text}")
        is_last = place + 1 == len(STOPS)
        with st.container(horizontal=True):
            if not is_last and st.button(f"Next: {STOPS[place + 1].page}", type="primary", key="tour_next"):
                st.switch_page(path_of(STOPS[place + 1].page))
            st.button("End the tour", key="tour_end", on_click=_end)


def _begin(start: Callable[[], None]) -> None:
    st.session_state[_RUNNING] = True
    start()


def _end() -> None:
    st.session_state[_RUNNING] = False
