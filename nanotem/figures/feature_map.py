"""Particles on a map of two axes, coloured by class."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from nanotem.figures.classes import class_title, colour_of
from nanotem.morphology.feature_map import FeatureMap

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "x")


def feature_scatter(
    found: FeatureMap,
    labels: Sequence[int] | npt.NDArray[np.int64],
    answers: "pd.Series[str]",
    *,
    task: str,
) -> go.Figure:
    """Draw one point per particle; classes differ by colour and symbol.

    Parameters
    ----------
    found
        The map.
    labels, answers
        Label and class of each particle.
    task
        "outline" or "solid": gives the colours.

    Returns
    -------
    plotly.graph_objects.Figure
        Each point's `customdata` is its label.
    """
    figure = go.Figure()
    numbers, names = np.asarray(labels), answers.to_numpy()
    for place, name in enumerate(sorted(set(names))):
        here = names == name
        figure.add_scattergl(
            x=found.points[here, 0],
            y=found.points[here, 1],
            mode="markers",
            customdata=numbers[here],
            name=class_title(name),
            marker={
                "color": colour_of(name, task),
                "symbol": _SYMBOLS[place % len(_SYMBOLS)],
                "size": 9,
                "opacity": 0.85,
                "line": {"color": "white", "width": 0.5},
            },
            unselected={"marker": {"opacity": 0.25}},
            hovertemplate=f"Particle %{{customdata}}: <b>{name}</b><extra></extra>",
        )
    axis = {"showticklabels": False, "zeroline": False}
    figure.update_xaxes(title=found.axes[0], **axis)
    figure.update_yaxes(title=found.axes[1], **axis)
    return figure.update_layout(
        height=560,
        dragmode="lasso",
        clickmode="event+select",
        legend={"orientation": "h", "yanchor": "top", "y": -0.08},
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
    )
