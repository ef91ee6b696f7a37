"""Grey-level histograms."""

import numpy as np
import plotly.graph_objects as go

from nanotem.figures.palette import BARS, VERMILION
from nanotem.micrograph import Pixels

_BINS = 128
_SAMPLE = 200_000


def grey_histogram(levels: Pixels, *, threshold: float | None = None) -> go.Figure:
    """Draw how often each grey level occurs, with the threshold as a line.

    Parameters
    ----------
    levels
        Image of any shape; a sample of it is enough.
    threshold
        Level to mark; None or nan for none.
    """
    sample = levels.ravel()[:: max(levels.size // _SAMPLE, 1)]
    counts, edges = np.histogram(sample, bins=_BINS)
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=100 * counts / counts.sum(),
            width=np.diff(edges),
            marker={"color": BARS, "line": {"width": 0}},
            hovertemplate="Grey level %{x:.0f}<br>%{y:.2f} % of the pixels<extra></extra>",
        )
    )
    if threshold is not None and np.isfinite(threshold):
        figure.add_vline(threshold, line={"color": VERMILION, "width": 2}, annotation_text="threshold")
    figure.update_xaxes(title="Grey level", range=[0, 255])
    figure.update_yaxes(title="Pixels (%)")
    figure.update_layout(height=230, margin={"l": 0, "r": 10, "t": 20, "b": 0}, bargap=0)
    return figure
