"""The distribution by number, length, area and volume, and what follows from the surface-weighted mean."""

import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.sizes import cumulative_curve
from nanotem.report.size_tables import metal_table, weighted_notes, weighted_table
from nanotem.statistics import WEIGHTINGS, quantities_frame
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.sizes.show import show_table


def weighted(analysis: Analysis, stem: str) -> None:
    """Show means, percentiles and spans after ISO 9276-2, what they assume, and the cumulative curve."""
    sizes, weighting = analysis.sizes, analysis.recipe.sizes.weighting
    everything = quantities_frame(tuple(one for group in sizes.weighted.values() for one in group), unit=sizes.unit)
    show_table(weighted_table(sizes), everything, label="Weighted quantities as CSV", file_name=f"{stem}.weighted.csv")
    st.caption(WEIGHTINGS["volume"].assumption)
    st.caption("  \n".join(weighted_notes(sizes)))
    with st.expander("What each of them is (ISO 9276)"):
        defined = [group[0] for group in sizes.weighted.values()] + list(sizes.weighted[weighting][1:])
        rows = [(one.symbol, one.name, one.definition, one.assumption) for one in defined]
        columns = ["Symbol", "Name", "Definition", "Assumes"]
        st.table(pd.DataFrame(rows, columns=columns).set_index("Symbol"))
    _metal(analysis, stem)
    figure = cumulative_curve(
        sizes.values, weights=sizes.weights, unit=sizes.unit, quantity=sizes.name, weighting=weighting
    )
    show_plot(figure, key="cumulative", alt="Cumulative distribution of sizes")


def _metal(analysis: Analysis, stem: str) -> None:
    """Show dispersion and specific surface of the metal, or say what is missing."""
    st.markdown("**Dispersion and specific surface**")
    if analysis.recipe.sizes.metal == "none":
        st.caption("Choose a metal at the left: both follow from D[3,2] by a model of smooth spheres.")
        return
    surface = analysis.metal_surface
    if surface is None:
        st.info("Both need sizes in nm: set the scale on the page Image.", icon=":material/straighten:")
        return
    show_table(
        metal_table(surface), surface.to_frame(), label="Dispersion and surface as CSV", file_name=f"{stem}.metal.csv"
    )
    st.caption(surface.note)
