"""Several particles laid on each other: the same centre, main axis and size."""

from math import sqrt

import cv2
import numpy as np

from nanotem.explanation.attribution import Maps
from nanotem.morphology.crops import CROP_PX, Crops

_AREA_SHARE = 0.35
"""Share of the aligned crop that every particle covers."""


def aligned(crops: Crops, maps: Maps) -> tuple[Crops, Maps]:
    """Turn, move and scale particles and their maps so that they can be averaged.

    The main axis, that of the largest second moment of the mask, becomes horizontal, with the heavier tail (third
    moment) to the right and, across it, down. Round or regular particles have no main axis: their direction is chance,
    and only rings remain of what is averaged.

    Parameters
    ----------
    crops
        Shape (n, CROP_PX, CROP_PX, 2).
    maps
        Shape (n, CROP_PX, CROP_PX).

    Returns
    -------
    crops, maps
        Same shapes.
    """
    both = np.concatenate([crops, maps[..., None]], axis=-1)
    moved = np.array([_aligned(one) for one in both], np.float32).reshape(both.shape)
    return moved[..., :-1], moved[..., -1]


def mean_map(maps: Maps) -> Maps:
    """Return the mean of maps, shape (rows, columns), each divided by the sum of its absolute values times its size.

    1 is thus the mean strength of a map, and a map of zeros counts as zeros.
    """
    strength = np.abs(maps).mean(axis=(1, 2), keepdims=True)
    return np.asarray((maps / np.where(strength > 0, strength, 1)).mean(axis=0), np.float32)


def _aligned(layers: Crops) -> Crops:
    """Align what lies in one crop: contrast, mask and map."""
    rows, columns = np.nonzero(layers[..., 1] > 0.5)
    if len(rows) < 2:
        return layers
    centre = np.array([columns.mean(), rows.mean()])
    points = np.column_stack([columns, rows]) - centre
    axes = np.linalg.eigh(np.cov(points.T))[1][:, ::-1].T
    axes *= np.where(((points @ axes.T) ** 3).sum(axis=0) < 0, -1, 1)[:, None]
    turn = axes * sqrt(_AREA_SHARE * CROP_PX**2 / len(rows))
    shift = (CROP_PX - 1) / 2 - turn @ centre
    return np.asarray(cv2.warpAffine(layers, np.column_stack([turn, shift]), (CROP_PX, CROP_PX)))
