"""A particle as another outline, direction, size and noise would have shown it."""

from dataclasses import dataclass
from math import exp, log

import cv2
import numpy as np

from nanotem.micrograph import Labels, Mask, Pixels
from nanotem.morphology.crops import Crops, crop_particles

_MARGIN = 1.7
"""Side of the window in which a particle is turned, in diagonals of its box: all that the crop shows is in it."""


@dataclass(frozen=True, kw_only=True)
class Variation:
    """How a particle is seen otherwise.

    Parameters
    ----------
    angle_deg
        By how much it is turned.
    scale
        How many times larger it is.
    outline_px
        By how much the outline lies farther outside, in pixels of the micrograph.
    noise
        Standard deviation of added noise, in parts of the particle's contrast.
    wear
        Radius by which the outline's corners are worn, in parts of the square root of the area.
    """

    angle_deg: float = 0.0
    scale: float = 1.0
    outline_px: float = 0.0
    noise: float = 0.0
    wear: float = 0.0


def draw_variation(rng: np.random.Generator, diameter_px: float) -> Variation:
    """Return a variation at random: what decided the answers of former networks though it is none of the particle.

    Outlines move by up to 2 px, of small particles by 8 % of the diameter: beyond it the shape is another one.
    """
    reach = min(2.0, 0.08 * diameter_px)
    return Variation(
        angle_deg=rng.uniform(0, 360),
        scale=exp(rng.uniform(log(0.7), log(1.4))),
        outline_px=rng.uniform(-reach, reach),
        noise=rng.uniform(0, 0.07),
        wear=rng.uniform(0, 0.08) if rng.random() < 0.3 else 0.0,
    )


def varied(pixels: Pixels, labels: Labels, number: int, variation: Variation, rng: np.random.Generator) -> Crops:
    """Return the crop of a particle seen otherwise, with its neighbours, shape (CROP_PX, CROP_PX, 2).

    Parameters
    ----------
    pixels, labels
        The micrograph and its labels.
    number
        Label of the particle, which must be there.
    variation
        How it is seen.
    rng
        Source of the noise.
    """
    rows, columns = np.nonzero(labels == number)
    centre = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    side = int(np.ceil(_MARGIN * variation.scale * np.hypot(np.ptp(rows) + 1, np.ptp(columns) + 1))) + 12
    turn = cv2.getRotationMatrix2D(centre, variation.angle_deg, variation.scale)
    turn[:, 2] += side / 2 - np.array(centre)
    grey = cv2.warpAffine(pixels.astype(np.float32), turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    mask = _moved(cv2.warpAffine((labels == number).astype(np.float32), turn, (side, side)), variation)
    others = cv2.warpAffine(((labels > 0) & (labels != number)).astype(np.uint8), turn, (side, side)) > 0
    seen = np.where(mask, 1, np.where(others, 2, 0)).astype(np.int32)
    if variation.noise:
        outside = grey[seen == 0] if (seen == 0).any() else grey
        contrast = abs(float(np.median(outside)) - float(grey[mask].mean()))
        grey += rng.normal(0, variation.noise * max(contrast, 1e-6), grey.shape).astype(np.float32)
    return np.asarray(crop_particles(grey, seen, [1])[0])


def varied_at_random(pixels: Pixels, labels: Labels, number: int, rng: np.random.Generator) -> Crops:
    """Return the crop of a particle in a variation that is drawn for its size, see `varied`."""
    diameter_px = 2 * float(np.sqrt(np.count_nonzero(labels == number) / np.pi))
    return varied(pixels, labels, number, draw_variation(rng, diameter_px), rng)


def _moved(mask: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", variation: Variation) -> Mask:
    """Return a mask with its outline moved and its corners worn; as it was where nothing would be left."""
    inside = (mask > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    depth -= np.copysign(0.5, depth)  # from the outline, which lies between two pixels
    found = (depth > -variation.outline_px * variation.scale).astype(np.uint8)
    radius = round(variation.wear * float(np.sqrt(found.sum())))
    if radius:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
        found = cv2.morphologyEx(found, cv2.MORPH_OPEN, disc)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return inside > 0
    return np.asarray(parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))
