"""Samples side by side: distributions as violins and as cumulative curves."""

from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from nanotem.figures.palette import SERIES
from nanotem.measurement import COLUMNS
from nanotem.statistics import cumulative_distribution

_LONGEST_NAME = 24
"""Characters of a sample in the legend: more would take the room of the curves."""


def violins(particles: pd.DataFrame, *, quantity: str = "diameter_nm") -> go.Figure:
    """Draw the distribution of each sample as a violin with its quartiles, and its images as dots at their means.

    Parameters
    ----------
    particles
        From `nanotem.statistics.compare.counted_particles`; their weights move the images' means, not the violins.
    quantity
        Column of sizes.
    """
    figure = go.Figure()
    for (name, group), colour in zip(_samples(particles), cycle(SERIES), strict=False):
        line = {"color": colour, "width": 1.5}
        figure.add_violin(
            y=group[quantity],
            name=name,
            line=line,
            points=False,
            box={"visible": True, "width": 0.15},
            spanmode="hard",
            hoveron="violins",
        )
        means = [np.average(image[quantity], weights=image["weight"]) for _, image in group.groupby("image")]
        figure.add_scatter(
            x=[name] * len(means),
            y=means,
            mode="markers",
            marker={"color": "white", "size": 7, "line": line},
            name="Means of images",
            hovertemplate="Mean of an image: %{y:.4g}<extra></extra>",
        )
    figure.update_yaxes(title=COLUMNS[quantity].title, rangemode="tozero")
    figure.update_xaxes(title="Sample", type="category")
    return figure.update_layout(showlegend=False)


def cumulative_curves(particles: pd.DataFrame, *, quantity: str = "diameter_nm") -> go.Figure:
    """Draw the share of the particles below each size, one curve per sample, the median where it crosses 50 %.

    Parameters
    ----------
    particles, quantity
        As for `violins`.
    """
    figure = go.Figure()
    for (name, group), colour in zip(_samples(particles), cycle(SERIES), strict=False):
        sizes, weights = group[quantity].to_numpy(float), group["weight"].to_numpy(float)
        ordered, below = cumulative_distribution(sizes, weights)
        figure.add_scatter(
            x=ordered,
            y=100 * below,
            mode="lines",
            name=f"{name[:_LONGEST_NAME]} (D50 {np.interp(0.5, below, ordered):.3g})",
            line={"color": colour, "width": 2},
            hovertemplate="%{y:.0f} % below %{x:.4g}<extra></extra>",
        )
    figure.add_hline(50, line={"dash": "dot", "width": 1})
    figure.update_xaxes(title=COLUMNS[quantity].title)
    figure.update_yaxes(title="Particles below this size (%)", range=[0, 100])
    return figure


def _samples(particles: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), group) for name, group in particles.groupby("sample")]
