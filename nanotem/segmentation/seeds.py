"""The distance map of a mask and the seeds from which its particles grow."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.labels import largest, regions
from nanotem.micrograph import GreyImage, Labels, Mask


def distance_to_background(mask: Mask) -> GreyImage:
    """Return the Euclidean distance of every pixel to the background, in px; the frame is no background."""
    if mask.all():
        return np.full(mask.shape, float(max(mask.shape)), np.float32)
    distance = np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    squared = np.rint(distance * distance)  # whole numbers, of which the last bits vary from run to run
    return np.asarray(np.sqrt(squared), np.float32)


def normalise_per_region(distance: GreyImage, region_of: Labels) -> GreyImage:
    """Divide the distance map by its maximum in each connected region, so that every region peaks at 1."""
    peaks = largest(region_of.ravel(), distance.ravel(), int(region_of.max()) + 1)
    peaks[0] = 1
    return distance / peaks[region_of]


def sure_foreground(distance: GreyImage, *, dist_max_threshold: float) -> Labels:
    """Seed every region that lies above a share of the highest distance.

    Parameters
    ----------
    distance
        Distance map, plain or normalised per region.
    dist_max_threshold
        Share of the maximum, 0 to 1: higher splits more, and loses what is thinner than that.
    """
    return regions(distance > dist_max_threshold * max(float(distance.max()), 1e-6))


def local_maxima(distance: GreyImage, *, min_distance: int) -> Labels:
    """Seed the peaks of the distance map that are highest within `min_distance` px around them.

    A plateau is one seed, and so are equal peaks of one region that are closer than that.
    """
    peaks = (distance > 0) & (distance >= cv2.dilate(distance, _square(min_distance)))
    near = cv2.dilate(peaks.astype(np.uint8), _square(min_distance // 2)) > 0
    found = regions(near & (distance > 0))
    np.copyto(found, 0, where=~peaks)
    return found


def _square(reach_px: int) -> npt.NDArray[np.uint8]:
    return np.ones((2 * reach_px + 1,) * 2, np.uint8)


def smooth(distance: GreyImage, *, sigma_px: float) -> GreyImage:
    """Blur a distance map a little, inside its mask only, to drop the peaks that pixel steps make."""
    if sigma_px == 0:
        return distance
    return np.where(distance > 0, cv2.GaussianBlur(distance, (0, 0), sigma_px), np.float32(0))
