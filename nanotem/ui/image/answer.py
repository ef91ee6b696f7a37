"""The first page's answer: outlines, count, mean and histogram, each in its place as soon as it is known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nanotem.analysis import Analysis
from nanotem.figures.pictures import encode, micrograph_picture, outlined_picture
from nanotem.figures.sizes import distribution_figure
from nanotem.micrograph import Micrograph
from nanotem.stage import is_known, worked_out
from nanotem.statistics import WEIGHTINGS
from nanotem.summary import count_interval_in_words
from nanotem.ui.image.scale_panel import scale_in_words, settle_scale
from nanotem.ui.image.upload import choose_image
from nanotem.ui.kit.analysis import analysis_at_hand, settle_by_itself
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown, needed_image, page_named
from nanotem.ui.kit.notes import show_notes
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.kit.recipe_panel import recipe_panel
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tiles import show_tiles

_HISTOGRAM_PX = 240
_PICTURE_PX = 1000
"""Longest side of the micrograph on the page: outlines one pixel wide can still be seen."""

SCALE_OPEN = "scale.open"
"""Begins the key of whether the ways to a scale are shown; the id of the image follows."""


def show_answer(work: Work, micrograph: Micrograph) -> None:
    """Show what is in an image: first the image and what is being done, then each result in its place."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(plain_text(micrograph.name), anchor=False, width="content")
        st.caption(_description(micrograph), width="content")
    with errors_shown():
        choose_image(work, micrograph)
    for note in micrograph.notes:
        st.info(plain_text(note))
    left, right = st.columns([3, 2], gap="large")
    picture = left.empty()
    picture.image(
        encode(micrograph_picture(micrograph.pixels, longest_px=_PICTURE_PX)), width="stretch", alt=micrograph.name
    )
    with right:
        counts, tiles = st.empty(), st.empty()
        _ways_on()  # above the chart: a small laptop shows them without scrolling
        chart = st.empty()
        below = st.container()
    with errors_shown():
        analysis = analysis_at_hand(work, micrograph)
        with _telling(analysis, counts) as told:
            reading = None if work.is_settled else told.begin_to_read()
            outlined = worked_out(
                told,
                "answer_picture",
                ("outlines", "micrograph.id"),
                lambda: encode(outlined_picture(micrograph.pixels, told.labels, longest_px=_PICTURE_PX)),
            )
            _ = told.measured
        with counts.container():
            show_counts(analysis)
            st.caption(count_interval_in_words(analysis))
        picture.image(outlined, width="stretch", alt="The micrograph with an outline round every particle")
        with tiles.container(), st.spinner("Reading the scale bar…"):
            if reading:
                reading.result()
            settle_by_itself(work)
        with left:
            _scale(work, micrograph)
        analysis = analysis_at_hand(work, needed_image(work))
        _numbers(tiles, analysis)
        with below:
            show_notes(analysis)
        if analysis.sizes.values.size:
            _histogram(chart, analysis)
    with below:
        recipe_panel(work)


@contextmanager
def _telling(analysis: Analysis, place: DeltaGenerator) -> Iterator[Analysis]:
    """Yield an analysis that says at once, in this place, what it is doing; the words go when it is done, or fails.

    As plain words: Streamlit's spinner is silent for half a second, and what turns takes a slow computer's time.
    """
    said = ["Looking at the image…"]

    @contextmanager
    def watch(doing: str) -> Iterator[None]:
        said.append(doing)
        place.caption(doing)
        yield
        said.pop()
        place.caption(said[-1])

    if not is_known(analysis, "measured"):
        place.caption(said[0])
    try:
        yield replace(analysis, watch=watch)
    finally:
        place.empty()


def _description(micrograph: Micrograph) -> str:
    rows, columns = micrograph.shape
    depth = micrograph.pixels.dtype
    levels = f"{8 * depth.itemsize} bit" if depth.kind in "ui" else "fractional grey levels"
    return f"{columns} × {rows} px, {levels}"


def _ways_on() -> None:
    """Offer where to go from here; the buttons work while results are still being made."""
    sizes, correct = st.columns(2)
    if sizes.button("See the sizes", type="primary", icon=":material/bar_chart:", width="stretch", key="answer.sizes"):
        st.switch_page(page_named("Sizes").path)
    if correct.button("Correct outlines", icon=":material/edit:", width="stretch", key="answer.correct"):
        st.switch_page(page_named("Segmentation").path)


def _scale(work: Work, micrograph: Micrograph) -> None:
    """Offer the ways to a scale, open where none was found at first; they are worked out while they are open."""
    key = f"{SCALE_OPEN}.{micrograph.id}"
    at_first = st.session_state.setdefault(f"{key}.at_first", work.scale is None)
    ways = st.expander(
        "Check or set the scale", expanded=at_first, key=key, icon=":material/straighten:", on_change="rerun"
    )
    if ways.open:
        with ways, errors_shown():
            settle_scale(work, micrograph)


def _numbers(place: DeltaGenerator, analysis: Analysis) -> None:
    """Show the mean with its interval and the scale with its source."""
    sizes, mean = analysis.sizes, analysis.sizes.summary.mean
    known = sizes.values.size > 0
    value, interval = (mean.value_in_words(sizes.unit), mean.ends_in_words(sizes.unit)) if known else ("none", "")
    place.empty()
    with place.container():
        show_tiles([(f"Mean {sizes.name.lower()}", value, interval), ("Scale", *scale_in_words(analysis.scale))])


def _histogram(place: DeltaGenerator, analysis: Analysis) -> None:
    """Show the distribution with the curves that the verdict speaks of, and the families if they are resolved."""
    with place.container(), st.spinner("Fitting the sizes…"):
        families = analysis.families
    params = analysis.recipe.sizes
    figure = distribution_figure(analysis.sizes, params, families, weighting=params.weighting)
    by = "" if params.weighting == "number" else f" {WEIGHTINGS[params.weighting].title}"
    figure.update_yaxes(title=f"Particles{by}{',<br>corrected' if params.correct_frame else ''}")
    place.empty()
    with place.container():
        show_plot(figure, key="answer.histogram", alt="Histogram of the sizes with its fit", height_px=_HISTOGRAM_PX)
        for line in families.in_words(analysis.sizes.unit):
            st.markdown(line)
