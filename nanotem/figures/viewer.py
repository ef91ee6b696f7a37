"""A zoomable picture with a marker on every particle."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from nanotem.calibration import ScaleReading
from nanotem.figures.palette import VERMILION
from nanotem.figures.pictures import Picture, data_address, encode
from nanotem.micrograph import Scale

_LEAST_HEIGHT_PX, _HEIGHT_PX = 160, 640
"""Least, for the toolbar, and most, for a screen."""

_WIDTH_PX, _CHOOSER_WIDTH_PX = 560, 380
"""Columns of the pages in which pictures stand are as wide on a laptop: of the height that this gives, nothing is
empty there."""

NOTHING = "rgba(0, 0, 0, 0)"
"""The colour of a background that lets that of the page through, light or dark."""

_SELECTABLE = 60
"""Invisible points along each side: a rectangle can only be drawn on a chart that has points to select."""


def particle_viewer(
    picture: Picture,
    shape: tuple[int, int],
    particles: pd.DataFrame,
    *,
    scale: Scale | None,
    height_px: float = _HEIGHT_PX,
) -> go.Figure:
    """Show a picture in image pixels; hovering a particle tells its label and its size.

    Parameters
    ----------
    picture
        What to show, of any resolution.
    shape
        Rows and columns of the micrograph.
    particles
        Table with `label`, `row_px`, `column_px`, and `diameter_nm` or `diameter_px`.
    scale
        Gives the unit of the hover text.
    height_px
        Of the figure on the page, at most.
    """
    unit = "nm" if scale else "px"
    figure = _image_figure(picture, shape)
    figure.update_layout(height=min(figure.layout.height, height_px))
    figure.add_trace(
        go.Scattergl(
            x=particles["column_px"],
            y=particles["row_px"],
            customdata=particles[["label", f"diameter_{unit}", "flags"]],
            mode="markers",
            marker={"size": 14, "color": NOTHING},
            hovertemplate=f"Particle %{{customdata[0]}}<br>%{{customdata[1]:.2f}} {unit}<br>%{{customdata[2]}}"
            "<extra></extra>",
        )
    )
    return figure


def region_chooser(picture: Picture, shape: tuple[int, int], reading: ScaleReading) -> go.Figure:
    """Show a picture on which a rectangle can be drawn, with the scale bar and the label that were read."""
    figure = _image_figure(picture, shape, width_px=_CHOOSER_WIDTH_PX)
    rows, columns = np.mgrid[: shape[0] : _SELECTABLE * 1j, : shape[1] : _SELECTABLE * 1j]
    figure.add_trace(
        go.Scattergl(
            x=columns.ravel(),
            y=rows.ravel(),
            mode="markers",
            marker={"size": 1, "color": NOTHING},
            hoverinfo="skip",
        )
    )
    if reading.bar:
        half = reading.bar.thickness_px / 2 + 2
        _add_box(figure, (reading.bar.row - half, reading.bar.left, reading.bar.row + half, reading.bar.right), "solid")
    if reading.label:
        _add_box(figure, reading.label.box, "dot")
    figure.update_layout(dragmode="select")
    return figure


def _add_box(figure: go.Figure, box: tuple[float, float, float, float], dash: str) -> None:
    top, left, bottom, right = box
    line = {"color": VERMILION, "width": 3, "dash": dash}
    figure.add_shape(type="rect", x0=left, x1=right, y0=top, y1=bottom, line=line)


def lay_under(figure: go.Figure, picture: Picture, *, left: float, top: float, width: float, height: float) -> None:
    """Put a picture under the plot, its upper left corner at (`left`, `top`), as large as it is on the axes."""
    figure.add_layout_image(
        source=data_address(encode(picture)),
        x=left,
        y=top,
        sizex=width,
        sizey=height,
        xref="x",
        yref="y",
        sizing="stretch",
        layer="below",
    )


def _image_figure(picture: Picture, shape: tuple[int, int], *, width_px: int = _WIDTH_PX) -> go.Figure:
    rows, columns = shape
    figure = go.Figure()
    lay_under(figure, picture, left=-0.5, top=-0.5, width=columns, height=rows)
    axis = {"showgrid": False, "zeroline": False, "showticklabels": False}
    figure.update_xaxes(range=[-0.5, columns - 0.5], constrain="domain", **axis)
    figure.update_yaxes(range=[rows - 0.5, -0.5], scaleanchor="x", constrain="domain", **axis)
    figure.update_layout(
        height=float(np.clip(width_px * rows / columns, _LEAST_HEIGHT_PX, _HEIGHT_PX)),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        plot_bgcolor=NOTHING,
    )
    return figure
