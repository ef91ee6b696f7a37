"""The class of an outline by plain geometry: what a ruler would say, to check what the network says."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask
from nanotem.morphology.crops import Crops

Corners = npt.NDArray[np.float32]
"""Shape (corners, 2): x and y."""

_LEAST_SOLIDITY = 0.88
_LONG_ASPECT = 3.0
_LEAST_SOLIDITY_OF_LONG = 0.8
"""Less, as a thin particle has more outline for its area, and long ones bend."""
_TRIANGLE_FILLED = 0.78
_RECTANGLE_FILLED = 0.86
_ROD_FILLED = 0.82
"""Less than of a square, as rods have round ends; an ellipse fills 0.785."""
_CIRCLE_OVERLAP = 0.95
_ELLIPSE_OVERLAP = 0.935
_ROUND_ASPECT = 1.2
_SQUARE_ASPECT = 1.25
_LOST_AREA = 0.045
"""A polygon describes an outline if it loses or adds no more than this share of the area."""
_FEW_PX = 12


def outline_by_geometry(mask: Mask) -> str:
    """Return the class of the outline of a mask.

    The outline is compared with the smallest triangle and rectangle around it, the ellipse of the same moments, and
    the polygon of fewest corners that keeps its area.

    Parameters
    ----------
    mask
        One particle.

    Returns
    -------
    str
        One of `nanotem.morphology.classes.OUTLINE_CLASSES`; "irregular" also where there are too few pixels.
    """
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area = float(np.count_nonzero(mask))
    if not contours or area < _FEW_PX:
        return "irregular"
    contour = max(contours, key=len)
    hull = cv2.convexHull(contour).astype(np.float32)
    hull_area = cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1
    aspect, ellipse_overlap = _ellipse(mask)
    if area < (_LEAST_SOLIDITY if aspect < _LONG_ASPECT else _LEAST_SOLIDITY_OF_LONG) * hull_area:
        return "irregular"
    grown = _grown(hull)
    if aspect < _ROUND_ASPECT and ellipse_overlap > _CIRCLE_OVERLAP:
        return "circle"
    if aspect >= _ROUND_ASPECT and ellipse_overlap > _ELLIPSE_OVERLAP:
        return "ellipse"
    corners = cv2.approxPolyDP(grown, 0.008 * cv2.arcLength(grown, True), True)[:, 0]
    if area > _TRIANGLE_FILLED * _triangle_area(corners):
        return "triangle"
    width, height = sorted(cv2.minAreaRect(grown)[1])
    is_long = height > _SQUARE_ASPECT * width
    if area > (_ROD_FILLED if is_long else _RECTANGLE_FILLED) * width * height:
        return "rod" if is_long else "square"
    n_corners = len(_fewest_corners(corners))
    return {3: "triangle", 4: "rhombus", 5: "pentagon", 6: "hexagon"}.get(n_corners, "irregular")


def outlines_by_geometry(crops: Crops) -> tuple[str, ...]:
    """Return the class of the outline of every crop, by its mask."""
    return tuple(outline_by_geometry(crop[..., 1] > 0.5) for crop in crops)


def _grown(hull: Corners) -> Corners:
    """Return a hull through pixel centres, moved out by half a pixel to enclose the pixels' area."""
    centre = hull.mean(axis=0, keepdims=True)
    out = hull - centre
    return hull + 0.5 * out / np.maximum(np.linalg.norm(out, axis=2, keepdims=True), 1e-6)


def _ellipse(mask: Mask) -> tuple[float, float]:
    """Return the aspect ratio of the ellipse with the same moments, and its overlap with the mask over their union."""
    rows, columns = np.nonzero(mask)
    places = np.column_stack([rows, columns]).astype(float)
    centre, spread = places.mean(axis=0), np.cov(places, rowvar=False) + np.eye(2) / 12
    values = np.linalg.eigvalsh(spread)
    every = np.moveaxis(np.indices(mask.shape), 0, -1) - centre
    inside = np.einsum("rci,ij,rcj->rc", every, np.linalg.inv(spread), every) <= 4
    union = np.count_nonzero(inside | mask)
    return float(np.sqrt(values[1] / values[0])), float(np.count_nonzero(inside & mask) / union)


def _triangle_area(corners: Corners) -> float:
    """Return the area of a small triangle around convex corners: the side whose removal adds least goes first."""
    while len(corners) > 3:
        options = [option for k in range(len(corners)) if (option := _without_side(corners, k)) is not None]
        if not options:
            return np.inf
        corners = min(options, key=cv2.contourArea)
    return float(cv2.contourArea(corners))


def _fewest_corners(corners: Corners) -> Corners:
    """Return convex corners without those that matter least, as long as the area stays nearly the same.

    A side is removed by prolonging its two neighbours until they meet, a corner by cutting it off; whichever changes
    the area least comes first.
    """
    whole = cv2.contourArea(corners)
    while len(corners) > 3:
        options = [_without_corner(corners, k) for k in range(len(corners))]
        options += [option for k in range(len(corners)) if (option := _without_side(corners, k)) is not None]
        simpler = min(options, key=lambda option: abs(cv2.contourArea(option) - cv2.contourArea(corners)))
        if abs(cv2.contourArea(simpler) - cv2.contourArea(corners)) > _LOST_AREA * whole:
            break
        corners = simpler
    return corners


def _without_corner(corners: Corners, k: int) -> Corners:
    return np.delete(corners, k, axis=0)


def _without_side(corners: Corners, k: int) -> Corners | None:
    """Return the corners with side k replaced by the point where its neighbours meet, None if they do not."""
    before, start, end, after = (corners[(k + step) % len(corners)] for step in (-1, 0, 1, 2))
    a, b = start - before, after - end
    cross = float(a[0] * b[1] - a[1] * b[0])
    if abs(cross) < 1e-6:
        return None
    along = ((end[0] - before[0]) * b[1] - (end[1] - before[1]) * b[0]) / cross
    if along <= 1:
        return None
    replaced = corners.copy()
    replaced[k] = before + along * a
    return np.delete(replaced, (k + 1) % len(corners), axis=0)
