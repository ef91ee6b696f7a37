"""The micrograph with the outlines of its particles, as PNG and as SVG."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from nanotem.figures.pictures import LABEL_COLOURS, data_address, micrograph_picture, outlined_picture, png
from nanotem.files.names import safe_stem
from nanotem.micrograph import Labels, Micrograph
from nanotem.spans import Ring

_COLOUR = "#{:02x}{:02x}{:02x}".format(*LABEL_COLOURS[0])
_FONT_SHARE = 0.35
"""Height of a number, in diameters of its particle."""


def overlay_png(micrograph: Micrograph, labels: Labels) -> bytes:
    """Return the micrograph at full resolution with the outermost pixels of every particle in colour."""
    picture = outlined_picture(micrograph.pixels, labels, longest_px=max(labels.shape))
    return png(picture)


def overlay_svg(micrograph: Micrograph, outlines: Mapping[int, Sequence[Ring]], particles: pd.DataFrame) -> bytes:
    """Return the micrograph with outlines and numbers that a drawing program can edit.

    Parameters
    ----------
    micrograph
        It is embedded.
    outlines
        Label to its polygons, see `nanotem.export.boundaries`.
    particles
        Their table: where the numbers stand.
    """
    rows, columns = micrograph.shape
    grey = micrograph_picture(micrograph.pixels, longest_px=max(rows, columns))
    paths = (f'<path id="particle-{label}" d="{_path(rings)}"/>' for label, rings in outlines.items())
    numbers = (
        f'<text x="{column + 0.5:.2f}" y="{row + 0.5:.2f}" font-size="{_FONT_SHARE * diameter:.2f}">{label:.0f}</text>'
        for label, row, column, diameter in particles[["label", "row_px", "column_px", "diameter_px"]].to_numpy(float)
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns}" height="{rows}" viewBox="0 0 {columns} {rows}">',
        f"<title>{escape(safe_stem(micrograph.name))}</title>",
        f'<image width="{columns}" height="{rows}" href="{data_address(png(grey), "png")}"/>',
        f'<g id="outlines" fill="none" stroke="{_COLOUR}">',
        *paths,
        "</g>",
        f'<g id="numbers" fill="{_COLOUR}" font-family="sans-serif" text-anchor="middle" dominant-baseline="central">',
        *numbers,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines).encode()


def _path(rings: Sequence[Ring]) -> str:
    return " ".join("M" + " ".join(f"{x:.7g},{y:.7g}" for x, y in np.round(ring, 2)) + "Z" for ring in rings)
