"""What a segmentation makes of a clean outline."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Mask


def roughened(inside: Mask, roughness_px: float, rng: np.random.Generator) -> Labels:
    """Return an outline as a segmentation would draw it, a little off and a little rough, as label 1.

    Parameters
    ----------
    inside
        The particle.
    roughness_px
        Largest standard deviation of the outline's wander.
    rng
        Source of all chance.
    """
    mask = inside.astype(np.uint8)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    wander = _noise(mask.shape, 2.0, rng) * rng.uniform(0, roughness_px)
    found = (depth + wander + rng.uniform(-0.5, 1.2) > 0.5).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(found)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if count > 1 else 0
    return (parts == largest).astype(np.int32) if largest else inside.astype(np.int32)


def _noise(shape: tuple[int, ...], width_px: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return smooth noise of unit standard deviation."""
    noise = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), width_px)
    return noise / np.float32(max(float(noise.std()), 1e-6))
