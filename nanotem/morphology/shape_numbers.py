"""The shape of an outline in numbers: harmonics of its radius, and how well simple figures are filled."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask
from nanotem.morphology.crops import Crops

HARMONICS = (2, 3, 4, 5, 6, 7, 8, 10, 12)
"""The sixth leads in a hexagon, the fourth in a square, the third in a triangle; the tenth and twelfth tell sharp
corners from worn ones."""

WIDTHS_AT = (0.0, 0.3, 0.5, 0.7, 0.85)
"""Where along half the longest axis the width is taken: a rod keeps its width up to its ends, an ellipse does not, and
a dumbbell is narrowest in the middle."""

POLYGONS = (4, 5, 6, 8)
"""Corners of polygons around the outline: a hexagon with worn corners fills that of six, a circle that of eight."""

SHAPE_NUMBERS = (
    *(f"harmonic {k}" for k in HARMONICS),
    "aspect ratio",
    "solidity",
    "circularity",
    "share of the smallest circle",
    "share of the smallest rectangle",
    "share of the smallest triangle",
    "largest bay",
    *(f"width at {place}" for place in WIDTHS_AT),
    *(f"share of the smallest polygon of {n}" for n in POLYGONS),
)
"""What `shape_numbers` gives, in its order."""

BAY, ASPECT_RATIO = (SHAPE_NUMBERS.index(name) for name in ("largest bay", "aspect ratio"))

_N_ANGLES = 128
"""Ten times the highest harmonic."""
_NEAR_PX = 1.5
"""Points of a contour are at most 1.4 px apart, so that some lie so near to any place along it."""
_FINE = 4
"""The contour is followed on a mask so many times finer, to whose grey edge it keeps within an eighth of a pixel."""


def shape_numbers(crops: Crops) -> npt.NDArray[np.float64]:
    """Return the shape of the outline of every crop in numbers.

    Parameters
    ----------
    crops
        Shape (n, CROP_PX, CROP_PX, 2); the outline is where the mask passes through one half, between pixels.

    Returns
    -------
    ndarray
        Shape (n, len(SHAPE_NUMBERS)), finite; zeros for an empty crop. Amplitudes of harmonics and the deepest bay are
        in parts of the mean radius.
    """
    return np.array([_numbers(mask) for mask in crops[..., 1]]).reshape(len(crops), len(SHAPE_NUMBERS))


def _numbers(mask: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    fine = cv2.resize(mask, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_CUBIC) > 0.5
    contours, _ = cv2.findContours(fine.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea, default=None)
    area = 0.0 if contour is None else cv2.contourArea(contour)
    if contour is None or area == 0:
        return np.zeros(len(SHAPE_NUMBERS))
    hull = cv2.convexHull(contour)
    rectangle, (_, radius) = cv2.minAreaRect(hull)[1], cv2.minEnclosingCircle(hull)
    triangle, _ = cv2.minEnclosingTriangle(hull)
    amplitudes, mean_radius = _harmonics(contour[:, 0].astype(np.float64), fine)
    aspect_ratio = _aspect_ratio(contour)
    length = cv2.arcLength(cv2.approxPolyDP(contour, 1.0, True), True)  # without the steps of single pixels
    return np.array(
        [
            *amplitudes,
            aspect_ratio,
            area / max(cv2.contourArea(hull), 1.0),
            4 * np.pi * area / length**2,
            area / (np.pi * radius**2),
            area / max(rectangle[0] * rectangle[1], 1.0),
            area / max(triangle, 1.0),
            _deepest_bay(contour[:, 0], hull[:, 0]) / mean_radius,
            *_widths(contour[:, 0].astype(np.float64), cv2.moments(contour), 1 - 1 / aspect_ratio),
            *(area / max(_area_around(hull, n), 1.0) for n in POLYGONS),
        ]
    )


def _deepest_bay(points: npt.NDArray[np.int32], hull: npt.NDArray[np.int32]) -> float:
    """Return how far an outline keeps at most from the hull around it, shapes (n, 2)."""
    edges = np.roll(hull, -1, axis=0) - hull
    normals = edges[:, ::-1] * (1, -1) / np.maximum(np.hypot(*edges.T), 1e-9)[:, None]
    return float(np.abs(points @ normals.T - (hull * normals).sum(axis=1)).min(axis=1).max())


def _widths(points: npt.NDArray[np.float64], moments: Mapping[str, float], elongation: float) -> list[float]:
    """Return the width at `WIDTHS_AT`, mean of both ends, in parts of the largest extent across the longest axis.

    What is missing to 1 counts as far as there is a longest axis at all, one less the inverse of the aspect ratio: that
    of a hexagon is anywhere.
    """
    angle = 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
    along, across = points @ (np.cos(angle), np.sin(angle)), points @ (-np.sin(angle), np.cos(angle))
    middle, half = (along.min() + along.max()) / 2, np.ptp(along) / 2
    widths = []
    for place in WIDTHS_AT:
        near = [across[np.abs(along - middle - end * place * half) <= _NEAR_PX] for end in (-1, 1)]
        widths.append(float(np.mean([np.ptp(here) if here.size else 0.0 for here in near])))
    largest = max(float(np.ptp(across)), 1.0)
    return [1 - elongation * (1 - width / largest) for width in widths]


def _area_around(hull: npt.NDArray[np.int32], n: int) -> float:
    """Return the area of a small polygon of `n` corners around a convex outline; of itself where there is none."""
    try:
        polygon = cv2.approxPolyN(hull, n, epsilon_percentage=-1, ensure_convex=True)
    except cv2.error:  # a hull with fewer corners
        return cv2.contourArea(hull)
    return cv2.contourArea(np.asarray(polygon, np.float32).reshape(-1, 1, 2))


def _harmonics(contour: npt.NDArray[np.float64], mask: Mask) -> tuple[npt.NDArray[np.float64], float]:
    """Return the amplitudes of the harmonics of the radius about the centre of mass, and the mean radius."""
    moments = cv2.moments(mask.astype(np.uint8), binaryImage=True)
    x, y = (contour - (moments["m10"] / moments["m00"], moments["m01"] / moments["m00"])).T
    angles = np.arctan2(y, x)
    order = np.argsort(angles)
    even = np.linspace(-np.pi, np.pi, _N_ANGLES, endpoint=False)
    radii = np.interp(even, angles[order], np.hypot(x, y)[order], period=2 * np.pi)
    mean = float(radii.mean())
    spectrum = np.abs(np.fft.rfft(radii)) * 2 / _N_ANGLES
    return spectrum[list(HARMONICS)] / max(mean, 1e-6), max(mean, 1e-6)


def _aspect_ratio(contour: npt.NDArray[np.int32]) -> float:
    """Return the ratio of the axes of the ellipse with the same second moments, at most 20."""
    moments = cv2.moments(contour)
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / moments["m00"]
    small, large = np.linalg.eigvalsh(spread + np.eye(2) / 12)
    return float(np.sqrt(min(large / max(small, 1e-9), 400.0)))
