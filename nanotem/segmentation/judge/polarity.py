"""Whether particles are brighter than what is round them, as they were taken to be."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.labels import areas_px, grown
from nanotem.micrograph import GreyImage, Labels, Mask

_RIM_PX = 2
"""Round a particle: its surroundings, and so near that it is no other particle's."""

_AGAINST = -0.4
"""Where what the network finds is darker by so much more than it is brighter, the polarity is wrong. Of 374 micrographs
25 are below it, mistaken by the shape of their background, and 7 within 0.4 of nothing."""

_MOST_PX = 2048
"""Of larger images every second row and column is looked at: of particles of 5 px and their rims enough is left, and it
takes a quarter of the time."""

FloatArray = npt.NDArray[np.float64]


def contradicts(labels: Labels, image: GreyImage, *, sure: npt.NDArray[np.float32]) -> bool:
    """Tell whether what the network found is dark on an image whose particles were taken to be bright.

    The shape of the background alone says which is right for nine micrographs in ten: holes of a film, dense layers and
    thick frames look like particles, and particles like the film. The network knows particles of either kind.

    Parameters
    ----------
    labels
        What the network finds.
    image
        With bright particles, as it was taken to be.
    sure
        How sure the network is of every label, from 0.
    """
    return brighter(labels, image, weights=sure[1:].astype(np.float64)) < _AGAINST


def brighter(labels: Labels, image: GreyImage, *, weights: FloatArray | float = 1.0) -> float:
    """Return what part of particles is brighter than its rim, less the part that is darker, -1 to 1.

    Parameters
    ----------
    labels
        One number per particle, 0 background.
    image
        Grey levels.
    weights
        Of each label from 1, besides its diameter.

    Returns
    -------
    float
        0 where there is nothing.

    Examples
    --------
    >>> labels = np.zeros((9, 9), np.int32)
    >>> labels[3:6, 3:6] = 1
    >>> brighter(labels, np.where(labels > 0, 90, 30).astype(np.float32))
    1.0
    """
    areas = areas_px(labels)
    above = _means(image, labels, labels > 0, len(areas)) - rim_levels(labels, image)
    every, signs = weights * np.sqrt(areas[1:]), np.sign(np.nan_to_num(above))
    return float((every * signs).sum() / max(every.sum(), np.finfo(np.float32).tiny))


def rim_levels(labels: Labels, image: GreyImage) -> FloatArray:
    """Return the mean grey level of the background at the rim of each label from 1; NaN where there is none."""
    n_labels = int(labels.max(initial=0)) + 1
    labels, image = _thinned(labels), _thinned(image)
    with_rim = grown(labels, reach_px=_RIM_PX)
    return _means(image, with_rim, with_rim != labels, n_labels)


def _thinned(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(image[::2, ::2]) if max(image.shape) > _MOST_PX else image


def _means(image: GreyImage, labels: Labels, counted: Mask, n_labels: int) -> FloatArray:
    places = np.flatnonzero(counted)
    number = labels.ravel()[places]
    n_px = np.bincount(number, minlength=n_labels)[1:]
    total = np.bincount(number, image.ravel()[places], n_labels)[1:]
    return np.divide(total, n_px, out=np.full(n_px.shape, np.nan), where=n_px > 0)
