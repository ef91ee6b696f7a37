"""Samples side by side."""

import pandas as pd
import streamlit as st

from nanotem.figures.compare import cumulative_curves, violins
from nanotem.measurement import COLUMNS
from nanotem.report.comparison_tables import (
    arrangements_table,
    difference_table,
    sample_table,
    share_table,
    surface_table,
    weighted_sample_notes,
    weighted_sample_table,
)
from nanotem.statistics import METALS, WEIGHTINGS, Comparison
from nanotem.statistics.arrangements import compare_arrangements
from nanotem.statistics.compare import compare_samples, counted_particles
from nanotem.statistics.surface import MetalName
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.tables import NOT_KNOWN, download

_SIZES = ("diameter", "feret_max", "feret_min", "major_axis", "minor_axis")


def comparison(particles: pd.DataFrame, images: pd.DataFrame, unit: str) -> None:
    """Compare the samples of a study: sizes, their differences, how the particles lie, and classes.

    Parameters
    ----------
    particles
        Particle tables of all images in one, with columns `image` and `sample`, and `weight` if they are corrected for
        the frame.
    images
        The summary of the study.
    unit
        "nm" or "px".
    """
    sizes = [name for name in (f"{size}_{unit}" for size in _SIZES) if name in particles]
    if not sizes or counted_particles(particles, sizes[0]).empty:
        st.info("There is no whole particle to compare.")
        return
    quantity = st.selectbox(
        "Compare", sizes, format_func=lambda name: COLUMNS[name].title, key="compared", persist_state="session"
    )
    result = compare_samples(particles, quantity=quantity, metal=_metal(images))
    whole = counted_particles(particles, quantity)
    left, right = st.columns(2)
    left.plotly_chart(
        violins(whole, quantity=quantity), key="violins", config=CONFIG, alt="The sizes of each sample as a violin"
    )
    right.plotly_chart(
        cumulative_curves(whole, quantity=quantity),
        key="cumulative_curves",
        config=CONFIG,
        alt="Cumulative sizes of each sample",
    )
    for note in result.notes:
        st.warning(note)
    _table("Samples", sample_table(result, unit))
    _weighted(result, unit)
    _table("Arrangement", arrangements_table(compare_arrangements(images, unit=unit)))
    if result.differences:
        _table("Differences", difference_table(result, unit))
    else:
        st.info("Name at least two samples to see how much they differ.")
    if len(result.class_fractions):
        _table("Classes", share_table(result))
    st.caption(
        "White dots are the means of images. Intervals of 95 % take images, not particles, for independent: particles "
        "of one image are more alike. They do not hold errors that all images share, such as that of the scale."
    )


def _weighted(result: Comparison, unit: str) -> None:
    """Show sizes by area and by volume, and what follows from the former for a metal."""
    _table("Weighted", weighted_sample_table(result, unit))
    st.caption("  \n".join([WEIGHTINGS["volume"].assumption, *weighted_sample_notes(result)]))
    surfaces = surface_table(result)
    if len(surfaces):
        _table("Surface", surfaces)
        st.caption(next(one.surface.note for one in result.samples if one.surface))


def _metal(images: pd.DataFrame) -> MetalName | None:
    """Return the metal that all images were analysed for, if there is one."""
    named = images["metal"].dropna().unique().tolist()
    return named[0] if len(named) == 1 and named[0] in METALS else None


def _table(title: str, table: pd.DataFrame) -> None:
    st.markdown(f"**{title}**")
    st.dataframe(table, hide_index=True, placeholder=NOT_KNOWN)
    download(table, f"{title} as CSV", file_name=f"{title.lower()}.csv")
