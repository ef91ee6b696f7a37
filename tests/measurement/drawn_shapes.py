"""Masks of shapes whose area, perimeter and widths are known; anti-aliased, cut at half coverage."""

import numpy as np

from nanotem.micrograph import Labels, Mask

_SUBPIXELS = 8


def polygon(normals_deg, distances, *, centre: tuple[float, float], side: int) -> Mask:
    """Draw the points that lie within a distance of the centre along each outward normal."""
    fine = (np.arange(side * _SUBPIXELS) + 0.5) / _SUBPIXELS - 0.5
    y, x = np.meshgrid(fine - centre[0], fine - centre[1], indexing="ij", sparse=True)
    inside = np.ones((fine.size, fine.size), bool)
    for angle, distance in zip(np.radians(normals_deg), distances, strict=True):
        inside &= x * np.cos(angle) + y * np.sin(angle) <= distance
    return _coverage(inside, side)


def disc(diameter_px: float, *, centre: tuple[float, float], side: int) -> Mask:
    """Draw a disc."""
    fine = (np.arange(side * _SUBPIXELS) + 0.5) / _SUBPIXELS - 0.5
    y, x = np.meshgrid(fine - centre[0], fine - centre[1], indexing="ij", sparse=True)
    return _coverage(x**2 + y**2 <= diameter_px**2 / 4, side)


def rectangle(length_px: float, width_px: float, *, turn_deg: float, centre, side: int) -> Mask:
    """Draw a rectangle whose long axis is turned clockwise on the screen from the horizontal."""
    normals = turn_deg + np.array([0, 180, 90, 270])
    half = [length_px / 2, length_px / 2, width_px / 2, width_px / 2]
    return polygon(normals, half, centre=centre, side=side)


def hexagon(feret_min_px: float, *, turn_deg: float, centre, side: int) -> Mask:
    """Draw a regular hexagon of a distance between opposite sides."""
    return polygon(turn_deg + np.arange(0, 360, 60), [feret_min_px / 2] * 6, centre=centre, side=side)


def as_labels(mask: Mask, label: int = 1) -> Labels:
    """Return a label image of one particle."""
    return np.where(mask, label, 0).astype(np.int32)


def _coverage(inside: Mask, side: int) -> Mask:
    return inside.reshape(side, _SUBPIXELS, side, _SUBPIXELS).mean(axis=(1, 3)) >= 0.5
