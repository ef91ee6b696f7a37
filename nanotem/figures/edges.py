"""Figure of the mean profile across the edges of an image."""

import plotly.graph_objects as go

from nanotem.figures.palette import GREY, VERMILION
from nanotem.outlines import EdgeReport


def edge_profile(report: EdgeReport, *, nm_per_px: float | None = None) -> go.Figure:
    """Draw the mean contrast across the edges of the particles, and what was fitted to it.

    Parameters
    ----------
    report
        Of `nanotem.outlines.Outlines`; its profile is empty where no edge could be fitted.
    nm_per_px
        Scale of the axis; in px if it is left out.
    """
    profile, unit = report.profile, "px" if nm_per_px is None else "nm"
    depth = profile.depth_px * (nm_per_px or 1.0)
    figure = go.Figure(
        [
            go.Scatter(x=depth, y=profile.contrast, mode="markers", name="Mean of all edges", marker_color=GREY),
            go.Scatter(x=depth, y=profile.fit, mode="lines", name=f"Fit: {report.family}", line_color=VERMILION),
        ]
    )
    figure.add_vline(0, line_dash="dot", line_color=GREY, annotation_text="Outline")
    return figure.update_layout(
        xaxis_title=f"Depth below the outline ({unit})",
        yaxis_title="Contrast (1 at the thickest place)",
        legend={"orientation": "h", "y": 1.15},
    )
