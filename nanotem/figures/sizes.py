"""Figures of sizes and shapes."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from nanotem.errors import ParameterError
from nanotem.figures.palette import BARS, GREEN, GREY, ORANGE, PURPLE, SERIES, VERMILION
from nanotem.measurement import COLUMNS
from nanotem.percent import in_percent
from nanotem.statistics import (
    WEIGHTINGS,
    Families,
    FittedModel,
    HistogramFit,
    LogNormalFit,
    NormalFit,
    cumulative_distribution,
    fit_model,
    gaussian_histogram_fit,
    moments,
)
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.family import PAIRS
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sample import as_sample
from nanotem.statistics.sizes import Sizes
from nanotem.statistics.weighting import WeightingName, weighted_by

GAUSSIAN, NORMAL, LOG_NORMAL, FAMILIES = "Gaussian fitted to the bars", "Normal", "Log-normal", "Families"
MODEL_CURVES = {"Weibull": "Weibull", "Ostwald ripening (LSW)": "LSW"}
"""Curves that are fitted when they are asked for, by the names of their models."""

CURVES = (GAUSSIAN, NORMAL, LOG_NORMAL, *MODEL_CURVES, FAMILIES)
"""What can be drawn over a histogram, by the names that a person chooses from."""

_CURVE_POINTS = 300
"""Over the width of the bars: closer than a pixel of any screen's histogram."""
_ASKED_PERCENT = (5, 2)
"""What papers ask of a mean, and what can be reached with some hundred particles."""
_PRECISION_TICKS = (*reversed(_ASKED_PERCENT), *range(10, 50, 10))
_WIDEST_PERCENT = 40
"""Beyond it nothing is known, and the rest of the curve would be flat."""
_PRECISION_NAMES = {"mean": "Mean", "d50": "Median (D50)", "d10": "D10", "d90": "D90"}


def default_curves(families: Families) -> tuple[str, ...]:
    """Return the curves that are drawn unasked: those that the verdict speaks of, in page and report alike.

    None of so few particles that not even their mean has an interval: any curve fits them.
    """
    if not any(np.isfinite(family.mean.low) for family in families.families):
        return ()
    plain = len(families.families) == 1 and families.families[0].model is None
    return (NORMAL, LOG_NORMAL) if plain else (FAMILIES,)


def distribution_figure(
    sizes: Sizes,
    params: SizeParams,
    families: Families,
    *,
    curves: Sequence[str] | None = None,
    weighting: WeightingName = "number",
) -> go.Figure:
    """Draw the histogram of counted sizes with its curves, as page and report both show it.

    Parameters
    ----------
    sizes, params
        What was counted, and how its bins are chosen.
    families
        As `sizes.families(params)` returns them.
    curves
        Of `CURVES`; None for `default_curves`.
    weighting
        What each particle counts for, a key of `nanotem.statistics.WEIGHTINGS`. Curves are those of the particles,
        weighted in the same way.

    Raises
    ------
    ParameterError
        If a curve or the weighting is not known.
    """
    chosen = default_curves(families) if curves is None else tuple(curves)
    for name in chosen:
        if name not in CURVES:
            raise ParameterError(f"There is no curve {name!r}.", f"Use some of {', '.join(CURVES)}.")
    edges = sizes.bins(params)
    sample = as_sample(sizes.values, sizes.weights)
    spread = sample.n > 1 and np.ptp(sample.diameters) > 0
    by_bars = GAUSSIAN in chosen and weighting == "number"
    return size_histogram(
        sizes.values,
        edges,
        weights=sizes.weights if params.correct_frame else None,
        unit=sizes.unit,
        quantity=sizes.name,
        histogram_fit=gaussian_histogram_fit(sizes.values, edges, weights=sizes.weights) if by_bars else None,
        normal=sizes.summary.normal if NORMAL in chosen else None,
        log_normal=sizes.summary.log_normal if LOG_NORMAL in chosen else None,
        models=[fit_model(sample, model) for name, model in MODEL_CURVES.items() if name in chosen and spread],
        families=families if FAMILIES in chosen else None,
        weighting=weighting,
    )


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
    models: Sequence[FittedModel] = (),
    families: Families | None = None,
    weighting: WeightingName = "number",
) -> go.Figure:
    """Draw a histogram of diameters, and over it the curves that are given.

    Parameters
    ----------
    diameters
        Shape (n,).
    edges
        Bin edges, from `histogram_bins`.
    weights
        Shape (n,), of the correction for the frame; bars are then sums of weights, and the axis says so.
    unit, quantity
        Unit and name of the sizes, for the axis.
    histogram_fit, normal, log_normal, models, families
        Curves to draw, each scaled to the bars; a fit that failed or has no width is left out.
    weighting
        What each particle counts for; curves are those by number, weighted in the same way.

    Returns
    -------
    plotly.graph_objects.Figure
        The bars' `customdata` is the index of the bin.
    """
    bins = np.asarray(edges, dtype=np.float64)
    sample = as_sample(diameters, weights)
    mass = weighted_by(sample.diameters, sample.weights, weighting)
    counts, _ = np.histogram(sample.diameters, bins, weights=mass)
    figure = go.Figure(
        go.Bar(
            x=(bins[:-1] + bins[1:]) / 2,
            y=counts,
            width=np.diff(bins),
            customdata=np.arange(counts.size),
            name="Particles",
            marker={"color": BARS, "line": {"color": "white", "width": 0.5}},
            hovertext=np.histogram(sample.diameters, bins)[0],
            hovertemplate=f"%{{x:.4g}} {unit}: %{{hovertext}} counted, bar %{{y:.4g}}<extra></extra>",
        )
    )
    x = np.linspace(bins[0], bins[-1], _CURVE_POINTS + 1)[1:]
    area = float(counts.sum()) * float(np.diff(bins).mean())

    def weighed(density: Density) -> FloatArray:
        return area * _by_weight(density, x, WEIGHTINGS[weighting].power)

    if histogram_fit is not None and histogram_fit.converged:
        _add_curve(figure, x, histogram_fit.counts(x), GAUSSIAN, VERMILION, "dash")
    if normal is not None and normal.sd.value > 0:
        _add_curve(figure, x, weighed(normal.density), NORMAL, PURPLE, "dot")
    if log_normal is not None and log_normal.geometric_sd.value > 1:
        _add_curve(figure, x, weighed(log_normal.density), LOG_NORMAL, GREEN, "solid")
    titles = {model: title for title, model in MODEL_CURVES.items()}
    for model, colour in zip(models, (ORANGE, SERIES[0]), strict=False):
        _add_curve(figure, x, weighed(model.density), titles.get(model.name, model.name), colour, "longdash")
    if families is not None:
        _add_families(figure, x, weighed, families)
    figure.update_traces(hoverinfo="skip", selector={"mode": "lines"})  # a click goes to the bar behind a curve
    corrected = "" if weights is None else ", corrected for the frame"
    figure.update_xaxes(title=f"{quantity} ({unit})")
    title = "Number of particles" if weighting == "number" else f"Particles {WEIGHTINGS[weighting].title}"
    figure.update_yaxes(title=title + corrected, rangemode="tozero")
    return figure.update_layout(bargap=0)


def cumulative_curve(
    diameters: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    unit: str = "nm",
    quantity: str = "Diameter",
    weighting: WeightingName = "number",
) -> go.Figure:
    """Draw the share of particles below each size, with D10, D50 and D90 marked.

    Parameters
    ----------
    diameters, weights, weighting
        As for `size_histogram`; by area it is the share of the area, Q₂ of ISO 9276-1.
    unit, quantity
        Unit and name of the sizes, for the axis.
    """
    sample = as_sample(diameters, weights)
    d, w = sample.diameters[None], weighted_by(sample.diameters, sample.weights, weighting)[None]
    percentiles = [float(moments.quantile(d, w, level)[0]) for level in (0.1, 0.5, 0.9)]
    ascending, below = cumulative_distribution(sample.diameters, sample.weights, weighting=weighting)
    figure = go.Figure()
    _add_curve(figure, ascending, 100 * below, "Particles", SERIES[0])
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
    what = "" if weighting == "number" else f" {WEIGHTINGS[weighting].title}"
    figure.update_yaxes(title=f"Particles below this {quantity.lower()}{what} (%)", range=[0, 100])
    return figure.update_layout(showlegend=False)


def precision_figure(curve: pd.DataFrame) -> go.Figure:
    """Draw how the intervals narrow with the number of particles, as high as they are, with ±5 % and ±2 % marked.

    Parameters
    ----------
    curve
        As `precision_curve` returns it.
    """
    figure = go.Figure()
    for (quantity, name), colour in zip(_PRECISION_NAMES.items(), SERIES, strict=False):
        _add_curve(figure, curve["n"], 100 * curve[f"relative_half_width_{quantity}"], name, colour)
    for percent in _ASKED_PERCENT:
        figure.add_hline(percent, line={"color": GREY, "dash": "dot"})
    ticks = [7, *(step * 10**power for power in range(6) for step in (1, 2, 5))]
    figure.update_xaxes(title="Number of particles", type="log", tickvals=ticks)
    half_widths = 100 * curve.drop(columns="n").to_numpy(float)
    widest = min(float(np.nanmax(half_widths, initial=_ASKED_PERCENT[0])), _WIDEST_PERCENT)
    figure.update_yaxes(
        title="Half of the 95 % interval (% of the value)", range=[0, 1.1 * widest], tickvals=_PRECISION_TICKS
    )
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


Density = Callable[[FloatArray], FloatArray]


def _by_weight(density: Density, x: FloatArray, power: int) -> FloatArray:
    """Return a density by number times d to a power, as large in all as before."""
    if power == 0:
        return density(x)
    wide = np.linspace(0, _WIDEST_CURVE * x[-1], _WIDEST_CURVE * _CURVE_POINTS + 1)[1:]
    share = np.trapezoid(density(wide), wide) / np.trapezoid(density(wide) * wide**power, wide)
    return density(x) * x**power * share


_WIDEST_CURVE = 5
"""Times the largest particle: beyond it a log-normal of σ_g 1.65 that was fitted to a thousand holds no more volume."""


def _add_families(
    figure: go.Figure, x: FloatArray, weighed: Callable[[Density], FloatArray], families: Families
) -> None:
    """Add one curve per family, and their sum where there are several."""
    drawn = [family for family in families.families if family.geometric_sd.value > 1]

    def all_of_them(d: FloatArray) -> FloatArray:
        return np.sum([family.density(d) for family in drawn], axis=0)

    if len(drawn) > 1:
        _add_curve(figure, x, weighed(all_of_them), "All families", GREY)
    total = all_of_them(x)
    for number, family in enumerate(drawn, start=1):
        own = np.divide(family.density(x), total, out=np.zeros_like(x), where=total > 0)
        name = f"Family {number}: {in_percent(family.fraction.value)}"
        if family.name == PAIRS:
            name = f"Pairs counted as one: {in_percent(family.fraction.value)}"
        elif family.model:
            name = f"One population: {family.name}"
        _add_curve(figure, x, own * weighed(all_of_them), name, SERIES[(number - 1) % len(SERIES)], "dashdot")


def _add_curve(
    figure: go.Figure, x: npt.ArrayLike, y: npt.ArrayLike, name: str, colour: str, dash: str = "solid"
) -> None:
    line = {"color": colour, "dash": dash, "width": 2}
    figure.add_scatter(x=x, y=y, mode="lines", name=name, line=line)
