"""How well what the network finds fits the scale at which it was shown an image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.labels import areas_px
from nanotem.micrograph import Labels
from nanotem.segmentation.filters import fills_frame
from nanotem.segmentation.network.scale import typical_of_areas_px

_SURE = 0.5
"""The method "learned" keeps what it is so sure of."""

_HEAP, _AS_GOOD, _FITS = 5.0, 0.9, 0.6
"""A raft of packed particles, seen from afar, is one large particle: a look so many times closer that is worth nearly
as much, and much by itself, is taken. Of three drawn rafts of 240 spheres of 8 px all are found, without it none; 80
published micrographs come out the same."""


@dataclass(frozen=True)
class Fit:
    """What the network finds when it is shown an image at one scale.

    Attributes
    ----------
    shown_px, found_px
        The typical diameter that particles have if the scale is right, and that of those of which it is sure; 0 if of
        none.
    sureness
        How sure it is of all that it finds, 0 to 1.
    """

    shown_px: float
    found_px: float
    sureness: float

    @property
    def likeness(self) -> float:
        """The ratio of the two diameters, the smaller by the larger; 0 if it is sure of none."""
        if not self.found_px:
            return 0.0
        return min(self.found_px / self.shown_px, self.shown_px / self.found_px)

    @property
    def worth(self) -> float:
        """The sureness times the likeness: at wrong scales the network may be sure of pieces or of heaps."""
        return self.sureness * self.likeness


def best_of(fits: Sequence[Fit]) -> Fit:
    """Return the fit that is worth most, or of a heap of particles that of the particles.

    Parameters
    ----------
    fits
        Of several scales, the smallest diameter first.

    Examples
    --------
    >>> best_of([Fit(9, 8, 0.8), Fit(30, 8, 0.5), Fit(150, 160, 0.77)])
    Fit(shown_px=9, found_px=8, sureness=0.8)
    """
    most = max(fits, key=lambda one: (one.worth, one.sureness))
    least = max(_AS_GOOD * most.worth, _FITS)
    return next((one for one in fits if one.shown_px < most.shown_px / _HEAP and one.worth >= least), most)


def fit_of(labels: Labels, sure: npt.NDArray[np.float32], *, shown_px: float, px: float = 1.0) -> Fit:
    """Judge a scale by what is found at it.

    The mean confidence is taken by area, so that crumbs of a particle that is too large for the network do not count
    more than itself.

    Parameters
    ----------
    labels
        Particles that the network finds.
    sure
        How sure it is of every label, the background first.
    shown_px
        Typical diameter of the particles, if the scale is right.
    px
        Pixels of the micrograph that a pixel of the labels spans.
    """
    areas = areas_px(labels)
    areas[fills_frame(areas, labels.size)] = 0
    sure = sure[: len(areas)]
    found_px = px * typical_of_areas_px(areas[sure >= _SURE])
    return Fit(shown_px, found_px, float((areas * sure).sum() / max(areas.sum(), 1)))
