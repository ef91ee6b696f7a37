"""The length of the beam's path inside a solid: exact, for every orientation."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from nanotem.synthetic.outline import Outline
from nanotem.synthetic.polyhedra import Values, Vectors


class Body(Protocol):
    """What can be projected: a named shape around the origin, with the volume of a sphere of diameter 1."""

    @property
    def name(self) -> str:
        """Class that a classifier should give it."""

    @property
    def reach(self) -> float:
        """Largest distance of its surface from the origin."""

    @property
    def n_grains(self) -> int:
        """Number of lattice orientations in it."""

    def grain_thicknesses(self, rotation: Vectors, x: Values, y: Values) -> Values:
        """Return the path inside each grain, shape (grains, places), for a beam along z."""

    def outline(self, rotation: Vectors) -> Outline:
        """Return the smallest convex outline around the projection along z; axes (row, column)."""


def project(
    body: Body,
    rotation: Vectors,
    *,
    diameter_px: float,
    shape: tuple[int, int],
    centre: tuple[float, float],
    weights: npt.ArrayLike | None = None,
    oversample: int = 2,
) -> tuple[Values, Values]:
    """Return the thickness of a solid in an image, and the thickness weighted by grain.

    Parameters
    ----------
    body
        What is projected.
    rotation
        Shape (3, 3).
    diameter_px
        Diameter of the sphere with its volume.
    shape
        Rows and columns.
    centre
        (row, column) of the origin; pixel centres are whole numbers.
    weights
        How strongly each grain darkens the image: its lattice orientation decides it. All 1 if left out.
    oversample
        Places per pixel and direction, averaged: 2 smooths the outline.

    Returns
    -------
    thickness_px, weighted_px
        Shape (rows, columns), in px.
    """
    reach = body.reach * diameter_px + 1
    top, left = max(int(centre[0] - reach), 0), max(int(centre[1] - reach), 0)
    bottom, right = min(int(centre[0] + reach) + 2, shape[0]), min(int(centre[1] + reach) + 2, shape[1])
    thickness, weighted = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    if top >= bottom or left >= right:
        return thickness, weighted
    inner = (np.arange(oversample) + 0.5) / oversample - 0.5
    y = (np.arange(top, bottom)[:, None] + inner).ravel() - centre[0]
    x = (np.arange(left, right)[:, None] + inner).ravel() - centre[1]
    grid = np.broadcast_arrays(x[None, :] / diameter_px, y[:, None] / diameter_px)
    flat_x, flat_y = (axis.astype(np.float32).ravel() for axis in grid)
    grains = body.grain_thicknesses(rotation, flat_x, flat_y)
    shares = np.ones(body.n_grains, np.float32) if weights is None else np.asarray(weights, np.float32)
    for image, path in ((thickness, grains.sum(axis=0)), (weighted, shares @ grains)):
        blocks = path.reshape(bottom - top, oversample, right - left, oversample)
        image[top:bottom, left:right] = diameter_px * blocks.mean(axis=(1, 3))
    return thickness, weighted
