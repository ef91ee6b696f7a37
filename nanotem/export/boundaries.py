"""Outlines as other programs take them."""

from nanotem.outlines import Outlines
from nanotem.spans import Ring

_CORNER = 0.5
"""From the centre of the first pixel, where outlines begin to count, to its corner, where drawing programs do."""


def traced_rings(outlines: Outlines) -> dict[int, list[Ring]]:
    """Return the outlines of every particle in the coordinates of drawing programs.

    Returns
    -------
    dict
        Label to its polygons, in ascending order, with fractions of pixels: the outer one, then holes, which run the
        other way round.
    """
    return {label: [ring[:, ::-1] + _CORNER for ring in rings] for label, rings in outlines.rings.items()}
