"""Outlines of particles as polygons, for drawing."""

import cv2
import numpy as np

from nanotem.labels import windows
from nanotem.micrograph import Labels
from nanotem.outlines import Outlines

_TOLERANCE_PX = 0.4
_TRACED_TOLERANCE_PX = 0.05
"""Of traced outlines, which are sure to about a tenth of a pixel; it halves the number of corners."""


def traced_polygons(outlines: Outlines) -> dict[int, list[float]]:
    """Return the outer outline of every particle as it was traced, with fractions of pixels.

    Returns
    -------
    dict
        As from `outline_polygons`.
    """
    polygons = {}
    for label, rings in outlines.rings.items():
        corners = cv2.approxPolyDP(rings[0][:, None, ::-1].astype(np.float32), _TRACED_TOLERANCE_PX, closed=True)
        polygons[label] = corners.astype(np.float64).round(2).ravel().tolist()
    return polygons


def outline_polygons(labels: Labels) -> dict[int, list[int]]:
    """Return the outer outline of every particle where there are labels alone, simplified by less than half a pixel.

    Returns
    -------
    dict
        Label to a flat list x0, y0, x1, y1, … of pixel centres; the largest piece where a label has several.
    """
    polygons = {}
    for label, window in windows(labels):
        mask = np.pad(labels[window] == label, 1).astype(np.uint8)
        offset = (window[1].start - 1, window[0].start - 1)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=offset)
        largest = max(contours, key=len)
        polygons[label] = cv2.approxPolyDP(largest, _TOLERANCE_PX, closed=True).ravel().tolist()
    return polygons
