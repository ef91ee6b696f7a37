"""What a phase shows along a zone axis: its reciprocal vectors in the plane of the image."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nanotem.lattice.phases import PHASES, Floats, reflections


def zone_reflections(symbol: str, zone: Sequence[int]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the planes that stand edge-on along a zone axis, both signs of each, the widest spacing first.

    Parameters
    ----------
    symbol
        A key of `PHASES`.
    zone
        Indices [uvw] of the beam's direction.

    Returns
    -------
    hkl, vectors_per_nm
        Miller indices, shape (n, 3), and vectors in the plane, axes (row, column), shape (n, 2); how the plane is
        turned is arbitrary, and the same for all of them.

    Examples
    --------
    >>> hkl, vectors = zone_reflections("Au", (1, 1, 0))
    >>> len(hkl), round(float(1 / np.linalg.norm(vectors[0])), 4)
    (18, 0.2355)
    """
    found = reflections(symbol)
    inside = found.hkl @ np.asarray(zone) == 0
    beam = np.asarray(zone) @ PHASES[symbol].cell_nm
    beam = beam / np.linalg.norm(beam)
    beside = np.cross(beam, np.eye(3)[np.argmin(np.abs(beam))])
    beside /= np.linalg.norm(beside)
    axes = np.stack([np.cross(beam, beside), beside])
    return found.hkl[inside], found.vectors_per_nm[inside] @ axes.T
