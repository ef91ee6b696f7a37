"""The parts of the sizes page."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from nanotem.figures.pictures import outlined_picture
from nanotem.figures.sizes import cumulative_curve, precision_figure, shape_scatter, size_histogram
from nanotem.figures.viewer import particle_viewer
from nanotem.measurement import COLUMNS, has_flag
from nanotem.micrograph import Labels, Micrograph
from nanotem.statistics import (
    Estimate,
    HistogramFit,
    enough_particles,
    gaussian_histogram_fit,
    precision_curve,
)
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import Sizes
from nanotem.ui.kit.selection import selected_numbers
from nanotem.ui.kit.tables import download

_CHART_PX = 440
_WIDTHS = (4, 5, 5, 5, 6)
"""Of the numbers at the top: the last of them is a range."""

CURVES = ("Gaussian fitted to the bars", "Normal", "Log-normal", "Families")


def headline(sizes: Sizes, micrograph: Micrograph) -> None:
    """Show the numbers that people quote."""
    summary = sizes.summary
    unit = sizes.unit
    for column, (label, value, interval) in zip(
        st.columns(_WIDTHS),
        (
            ("Particles", f"{summary.n}", f"{sizes.n_cut} cut by the frame left out"),
            (f"Mean {sizes.name.lower()}", f"{summary.mean.value:.3g} {unit}", _between(summary.mean, unit)),
            ("Standard deviation", f"{summary.sd.value:.3g} {unit}", _between(summary.sd, unit)),
            ("Median (D50)", f"{summary.median.value:.3g} {unit}", _between(summary.median, unit)),
            (f"D10–D90 ({unit})", f"{summary.d10.value:.3g}–{summary.d90.value:.3g}", "80 % of the particles"),
        ),
        strict=True,
    ):
        column.metric(label, value, border=True)
        column.caption(interval)
    if micrograph.scale is None:
        st.warning("No scale is set, so sizes are in pixels. Set it on the page Image.", icon=":material/straighten:")
    else:
        scale = micrograph.scale
        extra = f" ± {100 * scale.relative_uncertainty:.1f} %, which comes on top" if scale.relative_uncertainty else ""
        st.caption(
            "Intervals hold 95 % of the sampling error (bootstrap). "
            f"Scale: {scale.nm_per_px:.4g} nm / px, {scale.source}{extra}."
        )


def distribution(
    sizes: Sizes, params: SizeParams, micrograph: Micrograph, particles: pd.DataFrame, labels: Labels
) -> None:
    """Show the histogram beside the micrograph; selected bars light up their particles."""
    chart, image = st.columns([3, 2], gap="large")
    with chart:
        found = sizes.families(params)
        default = CURVES[-1:] if found.resolved else CURVES[:3]
        curves = st.pills(
            "Curves", CURVES, default=default, selection_mode="multi", key="curves", persist_state="session"
        )
        edges = sizes.bins(params)
        summary = sizes.summary
        figure = size_histogram(
            sizes.values,
            edges,
            weights=sizes.weights if params.correct_frame else None,
            unit=sizes.unit,
            quantity=sizes.name,
            histogram_fit=gaussian_histogram_fit(sizes.values, edges, weights=sizes.weights)
            if CURVES[0] in curves
            else None,
            normal=summary.normal if CURVES[1] in curves else None,
            log_normal=summary.log_normal if CURVES[2] in curves else None,
            families=found if CURVES[3] in curves else None,
        )
        figure.update_layout(height=_CHART_PX, legend={"orientation": "h", "y": 1.1}, margin={"t": 20, "b": 0})
        event = st.plotly_chart(
            figure,
            key="histogram",
            on_select="rerun",
            selection_mode=("points", "box"),
            alt="Histogram of sizes",
        )
        st.caption("Click a bar to see its particles on the micrograph; Shift+click adds bars.")
    with image:
        chosen = _chosen(event, sizes, edges)
        st.plotly_chart(
            particle_viewer(
                outlined_picture(micrograph.pixels, labels, highlighted=chosen, longest_px=800),
                micrograph.shape,
                particles,
                scale=micrograph.scale,
                height_px=_CHART_PX,
            ),
            key="highlighted",
            alt="The micrograph with the chosen particles",
        )
        st.caption(f"{len(chosen)} particles are highlighted." if chosen is not None else "All particles.")


def fits(sizes: Sizes, params: SizeParams, stem: str) -> None:
    """Show the fits side by side, and what each is worth."""
    summary = sizes.summary
    fit = gaussian_histogram_fit(sizes.values, sizes.bins(params), weights=sizes.weights)
    unit = sizes.unit
    rows = [
        (
            "Normal, maximum likelihood",
            summary.normal.mean.in_words(unit),
            summary.normal.sd.in_words(unit),
        ),
        (
            "Log-normal, maximum likelihood",
            f"median {summary.log_normal.median.in_words(unit)}",
            f"geometric {summary.log_normal.geometric_sd.in_words()}",
        ),
        (
            "Gaussian fitted to the bars",
            f"{fit.mean:.4g} ± {fit.mean_error:.2g} {unit}" if fit.converged else "no fit",
            f"{fit.sd:.3g} ± {fit.sd_error:.2g} {unit}" if fit.converged else fit.reason,
        ),
    ]
    st.dataframe(pd.DataFrame(rows, columns=["Fit", "Centre", "Width"]), hide_index=True)
    st.markdown(summary.verdict)
    st.caption(
        "The Gaussian is fitted to the bars by least squares, as many papers do. It depends on the bins, leans to the "
        "peak of a skewed distribution, and its ± is the error of the fit, not a confidence interval: for 500 normal "
        "sizes in 10 bins it holds the true mean about half of the time instead of 95 %. Quote the others."
    )
    left, right = st.columns(2)
    figure = cumulative_curve(sizes.values, weights=sizes.weights, unit=unit, quantity=sizes.name)
    left.plotly_chart(figure, key="cumulative", alt="Cumulative distribution of sizes")
    with right:
        table = summary.to_frame()
        numbers = {name: st.column_config.NumberColumn(format="%.4g") for name in ("value", "low", "high")}
        st.dataframe(table, hide_index=True, height=360, column_config=numbers)
        download(table, "Summary as CSV", file_name=f"{stem}.summary.csv")


def families(sizes: Sizes, params: SizeParams, stem: str) -> None:
    """Show how many families there are, and each of them."""
    found = sizes.families(params)
    show = st.success if found.resolved else st.info
    show(found.verdict)
    table = pd.DataFrame(
        {
            "Family": range(1, len(found.families) + 1),
            "Particles": [int((found.membership == i).sum()) for i in range(len(found.families))],
            "Share": [f"{family.fraction.value:.0%}" for family in found.families],
            f"Mean ({sizes.unit})": [family.mean.in_words() for family in found.families],
            f"Median ({sizes.unit})": [family.median.in_words() for family in found.families],
            "Geometric sd": [family.geometric_sd.in_words() for family in found.families],
        }
    )
    if params.families == "cut":
        table["Gaussian fitted to the bars"] = [_fitted(family.histogram_fit) for family in found.families]
        if (table["Particles"] == 0).any():
            st.warning("The cut leaves one side empty. Divide at a size between the smallest and the largest.")
    st.dataframe(table, hide_index=True)
    download(table, "Families as CSV", file_name=f"{stem}.families.csv")
    figure = size_histogram(
        sizes.values,
        sizes.bins(params),
        weights=sizes.weights,
        unit=sizes.unit,
        quantity=sizes.name,
        families=found,
    )
    st.plotly_chart(figure, key="families_chart", alt="Histogram with the families")


def sufficiency(sizes: Sizes) -> None:
    """Say whether enough particles were counted, with the curve that shows it."""
    answer = enough_particles(sizes.values, sizes.weights)
    {"red": st.warning, "amber": st.info, "green": st.success}[answer.enough](answer.verdict)
    if len(sizes.values) > 1:
        curve = precision_curve(sizes.values, sizes.weights)
        st.plotly_chart(precision_figure(curve), key="precision", alt="Precision against the number of particles")


def shapes(particles: pd.DataFrame) -> None:
    """Plot any measure of the whole particles against any other."""
    particles = particles[~has_flag(particles, "touches_frame")]
    names = [name for name in COLUMNS if name in particles and COLUMNS[name].dtype == "float64"]
    left, right = st.columns(2)
    options: dict[str, Any] = {"format_func": lambda name: COLUMNS[name].title, "persist_state": "session"}
    size = "diameter_nm" if "diameter_nm" in particles else "diameter_px"
    x = left.selectbox("Along", names, index=names.index(size), key="scatter_x", **options)
    y = right.selectbox("Up", names, index=names.index("aspect_ratio"), key="scatter_y", **options)
    st.plotly_chart(shape_scatter(particles, x, y), key="scatter", alt="Two measures of every particle")


def _chosen(event: object, sizes: Sizes, edges: np.ndarray) -> set[int] | None:
    """Return the labels in the selected bars, None if no bar is selected."""
    bars = selected_numbers(event)
    if not bars:
        return None
    bar_of = np.clip(np.searchsorted(edges, sizes.values, side="right") - 1, 0, len(edges) - 2)
    return {int(label) for label in sizes.labels[np.isin(bar_of, bars)]}


def _fitted(fit: HistogramFit | None) -> str:
    return f"{fit.mean:.4g}, sd {fit.sd:.3g}" if fit and fit.converged else "no fit"


def stem_of(micrograph: Micrograph) -> str:
    """Return the name of the image without its suffix, for files."""
    return Path(micrograph.name).stem


def _between(estimate: Estimate, unit: str) -> str:
    low, high = estimate.low, estimate.high
    return f"{low:.4g} to {high:.4g} {unit}" if low == low else "interval not known"
