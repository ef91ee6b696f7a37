"""Figures of sizes and shapes."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from nanotem.errors import ParameterError
from nanotem.figures.palette import BARS, GREEN, GREY, ORANGE, PURPLE, SERIES, VERMILION
from nanotem.measurement import COLUMNS
from nanotem.statistics import Families, HistogramFit, LogNormalFit, NormalFit, moments
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.sample import as_sample

_CURVE_POINTS = 300
_WIDEST_PERCENT = 40
_PRECISION_NAMES = {"mean": "Mean", "d50": "Median (D50)", "d10": "D10", "d90": "D90"}


def size_histogram(
    diameters: npt.ArrayLike,
    edges: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    unit: str = "nm",
    quantity: str = "Diameter",
    histogram_fit: HistogramFit | None = None,
    normal: NormalFit | None = None,
    log_normal: LogNormalFit | None = None,
    families: Families | None = None,
) -> go.Figure:
    """Draw a histogram of diameters, and over it the curves that are given.

    Parameters
    ----------
    diameters
        Shape (n,).
    edges
        Bin edges, from `histogram_bins`.
    weights
        Shape (n,); bars are then sums of weights.
    unit, quantity
        Unit and name of the sizes, for the axis.
    histogram_fit, normal, log_normal, families
        Curves to draw, each scaled to the bars; a fit that failed or has no width is left out.

    Returns
    -------
    plotly.graph_objects.Figure
        The bars' `customdata` is the index of the bin.
    """
    bins = np.asarray(edges, dtype=np.float64)
    sample = as_sample(diameters, weights)
    counts, _ = np.histogram(sample.diameters, bins, weights=sample.weights)
    figure = go.Figure(
        go.Bar(
            x=(bins[:-1] + bins[1:]) / 2,
            y=counts,
            width=np.diff(bins),
            customdata=np.arange(counts.size),
            name="Particles",
            marker={"color": BARS, "line": {"color": "white", "width": 0.5}},
            hovertemplate=f"%{{x:.4g}} {unit}: %{{y:.4g}} particles<extra></extra>",
        )
    )
    x = np.linspace(bins[0], bins[-1], _CURVE_POINTS + 1)[1:]
    scale = float(counts.sum()) * float(np.diff(bins).mean())
    if histogram_fit is not None and histogram_fit.converged:
        _add_curve(figure, x, histogram_fit.counts(x), "Gaussian fitted to the bars", VERMILION, "dash")
    if normal is not None and normal.sd.value > 0:
        _add_curve(figure, x, scale * normal.density(x), "Normal", PURPLE, "dot")
    if log_normal is not None and log_normal.geometric_sd.value > 1:
        _add_curve(figure, x, scale * log_normal.density(x), "Log-normal", GREEN, "solid")
    if families is not None:
        _add_families(figure, x, scale, families)
    figure.update_traces(hoverinfo="skip", selector={"mode": "lines"})  # a click goes to the bar behind a curve
    corrected = "" if weights is None else ", corrected for the frame"
    figure.update_xaxes(title=f"{quantity} ({unit})")
    figure.update_yaxes(title=f"Number of particles{corrected}", rangemode="tozero")
    return figure.update_layout(bargap=0)


def cumulative_curve(
    diameters: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    unit: str = "nm",
    quantity: str = "Diameter",
) -> go.Figure:
    """Draw the share of particles below each diameter, with D10, D50 and D90 marked.

    Parameters
    ----------
    diameters, weights
        As for `size_histogram`.
    unit, quantity
        Unit and name of the sizes, for the axis.
    """
    sample = as_sample(diameters, weights)
    d, w = sample.diameters[None], sample.weights[None]
    percentiles = [float(moments.quantile(d, w, level)[0]) for level in (0.1, 0.5, 0.9)]
    below = np.cumsum(sample.weights) - sample.weights / 2
    figure = go.Figure()
    _add_curve(figure, sample.diameters, 100 * below / sample.weights.sum(), "Particles", SERIES[0])
    figure.add_scatter(
        x=percentiles,
        y=[10, 50, 90],
        mode="markers+text",
        text=["D10", "D50", "D90"],
        textposition="bottom right",
        marker={"color": ORANGE, "size": 9},
        name="Percentiles",
        hovertemplate=f"%{{text}}: %{{x:.4g}} {unit}<extra></extra>",
    )
    figure.update_xaxes(title=f"{quantity} ({unit})")
    figure.update_yaxes(title="Particles below this diameter (%)", range=[0, 100])
    return figure.update_layout(showlegend=False)


def precision_figure(curve: pd.DataFrame) -> go.Figure:
    """Draw how the intervals narrow with the number of particles, with ±5 % and ±2 % marked.

    Parameters
    ----------
    curve
        As `precision_curve` returns it.
    """
    figure = go.Figure()
    for (quantity, name), colour in zip(_PRECISION_NAMES.items(), SERIES, strict=False):
        _add_curve(figure, curve["n"], 100 * curve[f"relative_half_width_{quantity}"], name, colour)
    for percent, place in ((5, "top right"), (2, "bottom right")):
        line = {"color": GREY, "dash": "dot"}
        figure.add_hline(percent, line=line, annotation_text=f"±{percent} %", annotation_position=place)
    ticks = [step * 10**power for power in range(6) for step in (1, 2, 5)]
    figure.update_xaxes(title="Number of particles", type="log", tickvals=ticks)
    figure.update_yaxes(title="Half of the 95 % interval (% of the value)", range=[0, _WIDEST_PERCENT])
    return figure


def shape_scatter(table: pd.DataFrame, x: str, y: str) -> go.Figure:
    """Draw one measure of each particle against another.

    Parameters
    ----------
    table
        A particle table.
    x, y
        Columns of the table.

    Returns
    -------
    plotly.graph_objects.Figure
        The markers' `customdata` is the label.

    Raises
    ------
    ParameterError
        If the table lacks a column, or it holds no measure.
    """
    for name in (x, y):
        if name not in table or name not in COLUMNS or COLUMNS[name].dtype == "str":
            raise ParameterError(
                f"The table has no measure {name!r}.",
                f"Use one of {', '.join(c for c in COLUMNS if c in table and COLUMNS[c].dtype != 'str')}.",
            )
    figure = go.Figure(
        go.Scattergl(
            x=table[x],
            y=table[y],
            mode="markers",
            customdata=table["label"],
            marker={"color": SERIES[0], "size": 6, "opacity": 0.6},
            hovertemplate="Particle %{customdata}: %{x:.4g}, %{y:.4g}<extra></extra>",
        )
    )
    figure.update_xaxes(title=COLUMNS[x].title)
    figure.update_yaxes(title=COLUMNS[y].title)
    return figure


def _add_families(figure: go.Figure, x: FloatArray, scale: float, families: Families) -> None:
    """Add one curve per family, and their sum where there are several."""
    drawn = [family for family in families.families if family.geometric_sd.value > 1]
    curves = [scale * family.density(x) for family in drawn]
    if len(curves) > 1:
        _add_curve(figure, x, np.sum(curves, axis=0), "All families", GREY)
    for number, (family, y) in enumerate(zip(drawn, curves, strict=True), start=1):
        name = f"Family {number}: {family.fraction.value:.0%}"
        _add_curve(figure, x, y, name, SERIES[(number - 1) % len(SERIES)], "dashdot")


def _add_curve(
    figure: go.Figure, x: npt.ArrayLike, y: npt.ArrayLike, name: str, colour: str, dash: str = "solid"
) -> None:
    line = {"color": colour, "dash": dash, "width": 2}
    figure.add_scatter(x=x, y=y, mode="lines", name=name, line=line)
