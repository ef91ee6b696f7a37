"""Where in a particle a map lies: inside, on its border, or outside."""

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask

Region = Literal["inside", "border", "outside"]

_BORDER_PX = 3
"""Half width of the band around the edge, in pixels of the crop."""


def regions(mask: Mask) -> dict[Region, Mask]:
    """Divide a crop into what is deeper than 3 px in a particle, within 3 px of its edge, and the rest.

    The regions never overlap and cover the crop.
    """
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BORDER_PX + 1,) * 2)
    solid = mask.astype(np.uint8)
    inside, reached = cv2.erode(solid, window) > 0, cv2.dilate(solid, window) > 0
    return {"inside": inside, "border": reached & ~inside, "outside": ~reached}


def shares(values: npt.NDArray[np.float32], mask: Mask) -> dict[Region, float]:
    """Return the share of a map's absolute values in each region; NaN for a map of zeros.

    Large regions get more of any map: hold the shares against those of a map that is 1 everywhere.

    Parameters
    ----------
    values
        A map, shape (rows, columns).
    mask
        The particle, same shape.
    """
    strength = np.abs(values)
    total = float(strength.sum())
    return {
        name: float(strength[where].sum()) / total if total else float("nan") for name, where in regions(mask).items()
    }
