"""Sub-pixel outline of one particle: perimeter, Feret diameters and convex hull from it.

The raw outline joins the middles of the pixel sides between particle and background. Its stairs are
smoothed by a running mean, and it is rescaled to enclose exactly as many pixels as before. A running mean
shortens corners in proportion to its window; lengths are therefore taken at one window and at (nearly)
twice that window, and extrapolated to none.

Measured on drawn shapes at any angle and position: circularity of discs of radius 5 to 60 px is 0.984 to
0.996, of squares it is high by at most 3 % from a side of 40 px on, 7 % at 20 px. Feret diameters of discs
are within 1 % from a diameter of 40 px on, within 0.6 px below.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask

Polygon = npt.NDArray[np.float64]
"""Shape (vertices, 2), closed, as (x, y)."""

_WINDOW = 7
_SHARE_OF_OUTLINE = 5
_CUT_CORNERS = 0.5
_STEPS = np.array([[1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1], [0, 1], [1, 1]])
_STEP_CODE = np.array([[3, 2, 1], [4, -1, 0], [5, 6, 7]])
_ANGLES = np.deg2rad(np.arange(0, 180, 0.5))
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_FERET_WINDOW = 41


@dataclass(frozen=True)
class OutlineMeasures:
    """Lengths in px, hull area in px²."""

    perimeter_px: float
    feret_max_px: float
    feret_min_px: float
    hull_area_px: float


def measure_outline(mask: Mask) -> OutlineMeasures:
    """Measure the outer outline of a particle, holes ignored, pieces taken together.

    The largest Feret diameter is the largest mean width over 20°: a single jagged pixel of a disc then no
    longer decides (+0.8 % instead of +1.3 % at a diameter of 40 px), and a rod loses 0.5 %. The smallest
    one lies away from corners and is not extrapolated: that would triple its error on small discs.

    Parameters
    ----------
    mask
        Shape (rows, columns), at least one pixel True; it may fill the array.
    """
    chains, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    stairs = [_pixel_sides(chain[:, 0, :].astype(np.intp)) for chain in chains]
    windows = [_odd(min(_WINDOW, len(polygon) // _SHARE_OF_OUTLINE)) for polygon in stairs]
    fine = [_smooth(polygon, window) for polygon, window in zip(stairs, windows, strict=True)]
    coarse = [_smooth(polygon, 2 * window - 1) for polygon, window in zip(stairs, windows, strict=True)]
    hull, coarse_hull = _hull(fine), _hull(coarse)
    widths = _widths(hull)
    without_smoothing = 2 * widths - _widths(coarse_hull)
    perimeter = sum(map(_length, fine))
    return OutlineMeasures(
        # Smoothing that lengthens a hair-thin outline (it is rescaled) has nothing to say about its corners.
        perimeter_px=perimeter + max(perimeter - sum(map(_length, coarse)), 0.0),
        feret_max_px=float(_running_mean(without_smoothing[:, None], _FERET_WINDOW).max()),
        feret_min_px=float(widths.min()),
        hull_area_px=max(2 * _area(hull) - _area(coarse_hull), sum(map(_area, fine))),
    )


def _pixel_sides(chain: npt.NDArray[np.intp]) -> Polygon:
    """Return the middles of the pixel sides around a chain of border pixels, as (x, y), in order.

    At each pixel of the chain, the neighbours passed on the turn from the previous pixel to the next are
    background; every second one shares a side with the pixel.
    """
    if len(chain) == 1:
        return chain + 0.5 * _STEPS[::2]
    step = np.roll(chain, -1, axis=0) - chain
    forward = _STEP_CODE[step[:, 1] + 1, step[:, 0] + 1]
    backward = (np.roll(forward, 1) + 4) % 8
    turn = (forward - backward - 1) % 8 + 1
    passed = np.arange(1, 8)
    direction = (backward[:, None] + passed) % 8
    is_side = (passed < turn[:, None]) & (direction % 2 == 0)
    sides: Polygon = (chain[:, None, :] + 0.5 * _STEPS[direction])[is_side]
    return sides


def _smooth(polygon: Polygon, window: int) -> Polygon:
    """Return the running mean of a polygon's vertices, rescaled to the area of the pixels within."""
    smooth = _running_mean(polygon, window)
    centre = smooth.mean(axis=0)
    pixels = _area(polygon) + _CUT_CORNERS
    rescaled: Polygon = centre + (smooth - centre) * np.sqrt(pixels / _area(smooth))
    return rescaled


def _running_mean(values: Polygon, window: int) -> Polygon:
    """Return the mean over an odd window along a closed sequence, shape (n, columns)."""
    half = window // 2
    padded = np.concatenate((values[-half:], values, values[:half])) if half else values
    total = np.cumsum(np.concatenate((np.zeros_like(values[:1]), padded)), axis=0)
    return (total[window:] - total[:-window]) / window


def _hull(polygons: list[Polygon]) -> Polygon:
    """Return the convex hull of all vertices."""
    points = np.concatenate(polygons)
    vertices = cv2.convexHull(points.astype(np.float32), returnPoints=False)
    hull: Polygon = points[vertices[:, 0]]
    return hull


def _widths(hull: Polygon) -> npt.NDArray[np.float64]:
    """Return the caliper width along each of `_DIRECTIONS`."""
    widths: npt.NDArray[np.float64] = np.ptp(hull @ _DIRECTIONS, axis=0)
    return widths


def _length(polygon: Polygon) -> float:
    """Return the perimeter of a closed polygon."""
    return float(np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).sum())


def _area(polygon: Polygon) -> float:
    """Return the area of a closed polygon."""
    following = np.roll(polygon, -1, axis=0)
    return abs(float(polygon[:, 0] @ following[:, 1] - polygon[:, 1] @ following[:, 0])) / 2


def _odd(number: int) -> int:
    """Return the largest odd number that is not above `number`, at least 1."""
    return max(1, (number - 1) // 2 * 2 + 1)
