"""Samples side by side."""

import pandas as pd
import streamlit as st

from nanotem.figures.compare import cumulative_curves, violins
from nanotem.measurement import COLUMNS
from nanotem.report.comparison_tables import difference_table, sample_table, share_table
from nanotem.statistics.compare import compare_samples, counted_particles
from nanotem.ui.kit.tables import download

_SIZES = ("diameter", "feret_max", "feret_min", "major_axis", "minor_axis")


def comparison(particles: pd.DataFrame, unit: str) -> None:
    """Compare the samples of a study: sizes, their differences and classes.

    Parameters
    ----------
    particles
        Particle tables of all images in one, with columns `image` and `sample`, and `weight` if they are corrected for
        the frame.
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
    result, whole = compare_samples(particles, quantity=quantity), counted_particles(particles, quantity)
    left, right = st.columns(2)
    left.plotly_chart(violins(whole, quantity=quantity), key="violins", alt="The sizes of each sample as a violin")
    right.plotly_chart(
        cumulative_curves(whole, quantity=quantity), key="cumulative_curves", alt="Cumulative sizes of each sample"
    )
    for note in result.notes:
        st.warning(note)
    _table("Samples", sample_table(result, unit))
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


def _table(title: str, table: pd.DataFrame) -> None:
    st.markdown(f"**{title}**")
    st.dataframe(table, hide_index=True)
    download(table, f"{title} as CSV", file_name=f"{title.lower()}.csv")
