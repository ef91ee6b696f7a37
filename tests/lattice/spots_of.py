"""Spots as an exact measurement would give them."""

from collections.abc import Iterable

import numpy as np

from nanotem.lattice import Spot
from nanotem.lattice.zones import zone_reflections


def spot(row_per_px: float, column_per_px: float, *, relative: float = 0.001, amplitude: float = 20.0) -> Spot:
    """Return a spot at a frequency, in the half with positive columns, with a relative uncertainty."""
    sign = -1 if column_per_px < 0 else 1
    uncertainty = relative * float(np.hypot(row_per_px, column_per_px))
    return Spot(sign * row_per_px, sign * column_per_px, uncertainty, uncertainty, amplitude, 10.0)


def spots_of(
    symbol: str, zone: tuple[int, int, int], *, nm_per_px: float = 0.03, n: int = 4, turned_rad: float = 0.3
) -> list[Spot]:
    """Return the coarsest sets of planes of a crystal along a zone, turned in the plane."""
    hkl, vectors = zone_reflections(symbol, zone)
    upper = [place for place, one in enumerate(hkl.tolist()) if one > [0, 0, 0]][:n]
    turn = np.array([[np.cos(turned_rad), -np.sin(turned_rad)], [np.sin(turned_rad), np.cos(turned_rad)]])
    return [spot(*(turn @ vectors[place] * nm_per_px), amplitude=30.0 - place) for place in upper]


def mirrored(spots: Iterable[Spot], about: Spot) -> list[Spot]:
    """Return the spots of the twin whose twin plane is that of a spot."""
    axis = np.array([about.row_per_px, about.column_per_px]) / about.per_px
    result = []
    for one in spots:
        at = np.array([one.row_per_px, one.column_per_px])
        result.append(spot(*(2 * (at @ axis) * axis - at), amplitude=one.amplitude_over_noise - 0.5))
    return result
