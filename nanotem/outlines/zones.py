"""Which particle every pixel is nearest to, and what lies outside all of them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.labels import areas_px
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.outlines.slopes import without_slopes
from nanotem.robust import SD_PER_MEDIAN_DEVIATION

HIDDEN = -1
"""Owner of pixels beyond the frame and of those where the picture is no micrograph."""

MARGIN_PX = 16
"""Pixels added on every side: profiles then end in hidden pixels, not outside the array."""

_REACH_PX, _REACH_SHARE = 6.0, 0.8
"""How far outside its label an outline may lie: 6 px, or half the radius where the contrast rises slowly from the edge
(a threshold at half of the contrast leaves out half the radius of an octahedron)."""


@dataclass(frozen=True, eq=False)
class Zones:
    """The picture and the owners of its pixels, both with a margin on every side.

    Attributes
    ----------
    image
        Grey levels, particles bright, the slope beside each taken away.
    sign
        -1 if grey levels were inverted for that, else 1.
    labels
        The label image.
    owner
        The nearest label; 0 where all of them are too far, `HIDDEN` where there is no sample.
    distance_px
        To the nearest label.
    uneven
        By label, see `nanotem.outlines.slopes.without_slopes`.
    """

    image: GreyImage
    sign: int
    labels: Labels
    owner: Labels
    distance_px: npt.NDArray[np.float32]
    uneven: npt.NDArray[np.float64]

    def owner_at(self, points: npt.NDArray[np.float64]) -> Labels:
        """Return the owners of the pixels at points, shape (..., 2) to (...)."""
        rows, columns = (
            np.clip(np.rint(points[..., axis]).astype(np.intp), 0, self.owner.shape[axis] - 1) for axis in (0, 1)
        )
        owners: Labels = self.owner[rows, columns]
        return owners


def zones_of(image: GreyImage, labels: Labels, hidden: Mask, *, sign: int) -> Zones:
    """Share the pixels among the labels: each goes to the nearest one, where it is within reach.

    The slope of the background beside each particle is taken away from its pixels.

    Parameters
    ----------
    image
        Grey levels; inverted here if `sign` is -1.
    labels
        The particles.
    hidden
        True where the picture is no micrograph.
    sign
        See `Zones`.
    """
    image = cv2.copyMakeBorder(image, *(MARGIN_PX,) * 4, borderType=cv2.BORDER_REPLICATE)
    image *= sign
    labels = np.pad(labels, MARGIN_PX)
    hidden = np.pad(hidden, MARGIN_PX, constant_values=True)
    if not labels.any():
        owner, distance = np.where(hidden, HIDDEN, 0).astype(np.int32), np.full(labels.shape, np.inf, np.float32)
        return Zones(image, sign, labels, owner, distance, np.zeros(1))
    owner, distance = nearest_labels(labels)
    reach = reach_of(labels).astype(np.float32)[owner]
    uneven = without_slopes(image, owner, distance, reach, hidden)
    owner[distance > reach] = 0
    owner[hidden & (labels == 0)] = HIDDEN
    return Zones(image, sign, labels, owner, distance, uneven)


def reach_of(labels: Labels) -> npt.NDArray[np.float64]:
    """Return by label how far outside it its outline may lie, and its background is looked at, in px."""
    return np.asarray(np.maximum(_REACH_PX, _REACH_SHARE * np.sqrt(areas_px(labels) / np.pi)))


def nearest_labels(labels: Labels) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return of every pixel the nearest label, and the distance to it in px; there must be one."""
    background = (labels == 0).astype(np.uint8)
    distance, nearest = cv2.distanceTransformWithLabels(
        background, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    label_of = np.zeros(int(nearest.max()) + 1, np.int32)
    inside = background == 0
    label_of[nearest[inside]] = labels[inside]
    return label_of[nearest], distance


_RING_PX = 4
_AWAY_PX = 3.0
_LEAST_AWAY = 100
_TREND_PX = 5.0


def sign_of(grey: GreyImage, labels: Labels, hidden: Mask) -> int:
    """Return 1 if particles are brighter than what surrounds them, else -1.

    The labels say so, not the polarity that was found for the image: right labels with a wrong polarity would lose
    their particles.
    """
    inside = labels > 0
    beside = cv2.dilate(inside.view(np.uint8), np.ones((2 * _RING_PX + 1,) * 2, np.uint8)) > 0
    beside &= ~inside & ~hidden
    if not beside.any() or not inside.any():
        return 1
    return 1 if np.median(grey[inside]) >= np.median(grey[beside]) else -1


def background_of(zones: Zones) -> tuple[float, float]:
    """Return level and noise (standard deviation, slow changes left out) of what is away from all particles."""
    away = (zones.distance_px > _AWAY_PX) & (zones.owner != HIDDEN)
    if away.sum() < _LEAST_AWAY:
        return float(zones.image.min()), 0.0
    quick = cv2.absdiff(zones.image, cv2.GaussianBlur(zones.image, (0, 0), _TREND_PX))
    noise = SD_PER_MEDIAN_DEVIATION * float(np.median(quick[away]))
    return float(np.median(zones.image[away])), noise
