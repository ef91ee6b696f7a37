"""Crops of particles as pictures, one or many."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from nanotem.figures.palette import rgb
from nanotem.figures.pictures import Picture
from nanotem.figures.viewer import NOTHING, lay_under
from nanotem.morphology.crops import CROP_PX, Crops

_BACKGROUND, _PER_CONTRAST = 235, 165
_FRAME_PX = 2
_GAP_PX = 6
_CAPTION_PX = 34
"""Two lines: a class beside its percentage would be wider than a crop on a phone."""
_ENLARGED = 2
"""Pixels of a picture per pixel of its crop: sharp on a fine screen."""
_PITCH = CROP_PX + _GAP_PX, CROP_PX + _GAP_PX + _CAPTION_PX


def crop_picture(crop: Crops, *, size_px: int = CROP_PX, outline: tuple[int, int, int] | None = None) -> Picture:
    """Show what a network sees of a particle: dark on bright, as in bright field, whatever the micrograph.

    Parameters
    ----------
    crop
        Shape (CROP_PX, CROP_PX, 2).
    size_px
        Side of the picture.
    outline
        Red, green and blue of a line around the mask; None for no line.
    """
    grey = np.clip(_BACKGROUND - _PER_CONTRAST * crop[..., 0], 0, 255).astype(np.uint8)
    picture = cv2.cvtColor(cv2.resize(grey, (size_px, size_px), interpolation=cv2.INTER_CUBIC), cv2.COLOR_GRAY2RGB)
    if outline:
        mask = cv2.resize(crop[..., 1], (size_px, size_px), interpolation=cv2.INTER_LINEAR) > 0.5
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, contours, -1, outline, max(size_px // 150, 1), cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


def gallery(
    crops: Crops,
    labels: Sequence[int] | npt.NDArray[np.int64],
    captions: Sequence[str],
    colours: Sequence[str],
    *,
    n_columns: int = 6,
) -> go.Figure:
    """Show particles side by side, framed in their colour, with a caption under each.

    Parameters
    ----------
    crops
        Shape (n, CROP_PX, CROP_PX, 2).
    labels, captions, colours
        Of each particle; colours as "#rrggbb".
    n_columns
        Particles in a row.

    Returns
    -------
    plotly.graph_objects.Figure
        One point per particle in its middle, whose `customdata` is the label.
    """
    n_rows = max(-(-len(crops) // n_columns), 1)
    width, height = n_columns * _PITCH[0], n_rows * _PITCH[1]
    column, row = np.arange(len(crops)) % n_columns, np.arange(len(crops)) // n_columns
    figure = go.Figure(
        go.Scatter(
            x=column * _PITCH[0] + CROP_PX / 2,
            y=row * _PITCH[1] + CROP_PX / 2,
            mode="markers",
            marker={"size": 40, "opacity": 0, "symbol": "square"},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            customdata=list(labels),
            text=list(captions),
            hovertemplate="Particle %{customdata}<br>%{text}<extra></extra>",
        )
    )
    for place, (crop, colour, caption) in enumerate(zip(crops, colours, captions, strict=True)):
        left, top = place % n_columns * _PITCH[0], place // n_columns * _PITCH[1]
        lay_under(figure, _framed(crop, colour), left=left, top=top, width=CROP_PX, height=CROP_PX)
        figure.add_annotation(
            x=left + CROP_PX / 2, y=top + CROP_PX, text=caption, yanchor="top", showarrow=False, font={"size": 11}
        )
    axis = {"visible": False, "fixedrange": True}
    figure.update_xaxes(range=[-_FRAME_PX, width], **axis)
    figure.update_yaxes(range=[height, -_FRAME_PX], scaleanchor="x", **axis)
    return figure.update_layout(
        height=round(1.35 * height),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        plot_bgcolor=NOTHING,
        clickmode="event+select",
        hoverdistance=60,
        dragmode=False,
        showlegend=False,
    )


def _framed(crop: Crops, colour: str) -> Picture:
    """Return the picture of a crop within a frame of its colour."""
    frame, side = _FRAME_PX * _ENLARGED, CROP_PX * _ENLARGED
    picture = np.full((side, side, 3), rgb(colour), np.uint8)
    picture[frame:-frame, frame:-frame] = crop_picture(crop, size_px=side - 2 * frame)
    return picture
