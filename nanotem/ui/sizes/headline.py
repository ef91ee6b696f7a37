"""The numbers at the top of the page Sizes."""

from math import isfinite

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.percent import in_percent
from nanotem.report.size_tables import headline
from nanotem.statistics import WEIGHTINGS
from nanotem.statistics.summary import INTERVALS_IN_WORDS
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import page_named
from nanotem.ui.kit.tiles import show_tiles


def show_headline(analysis: Analysis) -> None:
    """Show the numbers that people quote, what the sizes consist of, and what the intervals hold."""
    sizes, weighting = analysis.sizes, analysis.recipe.sizes.weighting
    _, d10, _, d90, _ = sizes.weighted[weighting]
    by = "particles" if weighting == "number" else weighting
    between = ("D10 to D90", d10.estimate.to_in_words(d90.estimate, sizes.unit), f"80 % of the {by}")
    are_known = isfinite(sizes.summary.mean.low)  # of fewer than have a mean with its interval they are the extremes
    show_counts(analysis)
    show_tiles(
        [
            *(
                (name, one.value_in_words(unit), one.ends_in_words(unit))
                for name, one, unit in headline(sizes, weighting)
            ),
            *([between] if are_known else []),
        ]
    )
    for line in analysis.families.in_words(sizes.unit):
        st.markdown(line)
    for note in sizes.summary.notes:
        st.info(note, icon=":material/info:")
    if weighting != "number":
        st.caption(WEIGHTINGS[weighting].assumption)
    _uncertainty(analysis)
    export = page_named("Export")
    st.page_link(export.path, label="Report and files", icon=export.icon)


def _uncertainty(analysis: Analysis) -> None:
    """Say what the intervals hold, and what they do not: how sure scale and outlines are."""
    scale, edges = analysis.scale, analysis.outlines.report.relative_uncertainty
    if scale is None:
        st.warning("No scale is set, so sizes are in pixels. Set it on the page Image.", icon=":material/straighten:")
    said, on_top = INTERVALS_IN_WORDS, []
    if scale is not None:
        said = f"{said} Scale: {scale.nm_per_px:.4g} nm / px, {scale.source}."
        if scale.relative_uncertainty:
            on_top.append(f"±{in_percent(scale.relative_uncertainty, '.1f')} of the scale")
    if isfinite(edges):
        on_top.append(f"±{in_percent(edges, '.1f')} of the outlines")
    comes = f" What comes on top, for all particles alike: {' and '.join(on_top)}." if on_top else ""
    st.caption(f"{said}{comes}")
