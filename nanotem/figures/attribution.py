"""Maps of attribution over their particle, and the curves that test them."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal

import cv2
import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb

from nanotem.explanation.faithfulness import Curve, Map
from nanotem.figures.palette import GREY, SERIES
from nanotem.figures.pictures import Picture
from nanotem.figures.viewer import NOTHING

ColourScale = Literal["Cividis", "Viridis"]
"""Both are read alike by people with any kind of colour vision."""

_DIVERGING = "RdBu_r"
_STRONGEST_PERCENTILE = 99.5
_MAP_PX = 280
_ZOOM = 8
_BAR_PX = 24
_MARGIN_PX = 90


@dataclass(frozen=True)
class MapStyle:
    """How a map is shown; nothing of it changes a number.

    Parameters
    ----------
    opacity
        Of the map over the particle, 0 to 1.
    colours
        Of maps without sign; signed ones are red where they speak for the class and blue where against it.
    """

    opacity: float = 0.6
    colours: ColourScale = "Cividis"

    def scale(self, *, signed: bool) -> str:
        """Return the name of the colour scale."""
        return _DIVERGING if signed else self.colours


def attribution_figure(
    backdrop: Map, values: Map, mask: Map, *, signed: bool, scale_title: str, style: MapStyle | None = None
) -> go.Figure:
    """Show a map over its particle, with the particle's outline and a colour scale.

    Parameters
    ----------
    backdrop
        What the network saw, shape (rows, columns).
    values
        The map, same shape. Colours end at the 99.5th percentile of its absolute values, so that single pixels do not
        hide the rest.
    mask
        The particle, same shape; its edge is drawn where it passes 0.5.
    signed
        Whether negative values mean something.
    scale_title
        Title of the colour scale.
    style
        The defaults if left out.
    """
    style = style or MapStyle()
    low, high = _limits(values, signed=signed)
    figure = go.Figure(
        [
            go.Heatmap(z=backdrop, colorscale="Greys_r", showscale=False, hoverinfo="skip"),
            go.Heatmap(
                z=values,
                zmin=low,
                zmax=high,
                colorscale=style.scale(signed=signed),
                opacity=style.opacity,
                hovertemplate="row %{y}, column %{x}: %{z:.3g}<extra></extra>",
                colorbar={"title": {"text": scale_title, "side": "right"}, "thickness": 12, "exponentformat": "power"},
            ),
            go.Contour(
                z=mask,
                contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
                line={"color": "white", "width": 1},
                showscale=False,
                hoverinfo="skip",
            ),
        ]
    )
    axis = {"showgrid": False, "zeroline": False, "showticklabels": False, "constrain": "domain"}
    figure.update_xaxes(**axis)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", **axis)
    return figure.update_layout(height=_MAP_PX, margin={"l": 0, "r": 0, "t": 10, "b": 0}, plot_bgcolor=NOTHING)


def attribution_png(
    backdrop: Map, values: Map, *, signed: bool, description: Mapping[str, Any], style: MapStyle | None = None
) -> bytes:
    """Return a map over its particle, with its colour scale, as PNG; `description` is in it as text named "nanotem"."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("nanotem", json.dumps(description))
    stream = io.BytesIO()
    picture = _picture(backdrop, values, signed=signed, style=style or MapStyle())
    Image.fromarray(picture).save(stream, format="PNG", pnginfo=notes)
    return stream.getvalue()


def causal_figure(curves: Mapping[str, Curve], *, removing: bool) -> go.Figure:
    """Draw the probability of the target while pixels are removed, or put back; one line per map."""
    figure = go.Figure()
    for (name, curve), colour in zip(curves.items(), cycle((*SERIES, GREY)), strict=False):
        figure.add_scatter(
            x=100 * curve.shares, y=curve.probabilities, name=f"{name} ({curve.area:.2f})", line={"color": colour}
        )
    figure.update_xaxes(title=f"Pixels {'removed' if removing else 'put in'}, most important first (%)")
    figure.update_yaxes(title="Probability of the class", range=[0, 1.02])
    return figure.update_layout(height=320, margin={"l": 0, "r": 0, "t": 10, "b": 0}, showlegend=True)


def _limits(values: Map, *, signed: bool) -> tuple[float, float]:
    """Return the values at both ends of the colour scale; 0 is in its middle if the map has a sign."""
    strongest = float(np.percentile(np.abs(values), _STRONGEST_PERCENTILE)) or 1.0
    return (-strongest if signed else 0.0), strongest


def _picture(backdrop: Map, values: Map, *, signed: bool, style: MapStyle) -> Picture:
    low, high = _limits(values, signed=signed)
    table = _colour_table(style.scale(signed=signed))
    grey = np.clip((backdrop - backdrop.min()) / max(float(np.ptp(backdrop)), 1e-6) * 255, 0, 255)
    colours = table[np.clip((values - low) / (high - low) * 255, 0, 255).astype(int)]
    blend = (1 - style.opacity) * grey[..., None] + style.opacity * colours
    large = cv2.resize(blend.astype(np.uint8), None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_NEAREST)
    canvas = np.full((large.shape[0], large.shape[1] + _MARGIN_PX, 3), 255, np.uint8)
    canvas[:, : large.shape[1]] = large
    left = large.shape[1] + 8
    canvas[:, left : left + _BAR_PX] = table[np.linspace(255, 0, len(canvas)).astype(int)][:, None]
    for text, bottom in ((f"{high:.1e}", 12), (f"{low:.1e}", len(canvas) - 4)):
        cv2.putText(canvas, text, (left + _BAR_PX + 3, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (0, 0, 0))
    return canvas


def _colour_table(name: str) -> Picture:
    """Return 256 colours of a scale."""
    return np.array([unlabel_rgb(colour) for colour in sample_colorscale(name, list(np.linspace(0, 1, 256)))]).astype(
        np.uint8
    )
