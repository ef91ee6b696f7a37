"""The outline that the grey levels of a crop show: where the contrast falls to half of what it is just inside."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]
"""Shape (rows, columns)."""

_REACH_PX = 3.5
"""The outline moves by so much at most: a pixel of a small particle's micrograph, and within the halo of a crop."""
_NOISE_PX = 1.0
"""Width of the Gaussian that takes noise away, below the blur of most edges in a crop."""
_LOCAL_PX = 5.0
"""Width of the Gaussian over which the contrast inside is averaged: facets, fringes and dark cores differ."""
_RIM_PX = 1.5
"""So near to the mask's outline the contrast is that of the edge, not of the inside."""
_LEAST_LEVEL = 0.05
"""In parts of the particle's contrast: where there is less inside, an edge is not seen."""


def mask_by_grey_levels(grey: Grey, mask: Grey) -> Grey:
    """Return the mask of a particle as its grey levels show it.

    A mask that is a pixel too large or too small, has its corners worn by smoothing, or bulges into a gap shows another
    shape than the particle's; the place of half contrast hardly depends on it.

    Parameters
    ----------
    grey
        Contrast to the background, positive in the particle.
    mask
        Same shape, above one half where the segmentation sees the particle.

    Returns
    -------
    ndarray
        Same shape, 0 to 1: the outline is where it passes through one half, at most 3.5 px from that of the mask, in
        one piece without holes. The mask itself where no edge is seen.

    Examples
    --------
    >>> grey, mask = np.zeros((2, 64, 64), np.float32)
    >>> grey[20:44, 20:44] = 1
    >>> mask[18:46, 20:44] = 1  # 2 px too large at both ends
    >>> int((mask_by_grey_levels(grey, mask) > 0.5).any(axis=1).sum())
    24
    """
    inside = (mask > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    contrast = cv2.GaussianBlur(np.maximum(grey, 0), (0, 0), _NOISE_PX)
    within = (depth > _RIM_PX).astype(np.float32)
    level = cv2.GaussianBlur(within * contrast, (0, 0), _LOCAL_PX) / np.maximum(
        cv2.GaussianBlur(within, (0, 0), _LOCAL_PX), 1e-3
    )
    soft = np.clip(contrast / np.maximum(level, _LEAST_LEVEL), 0, 1)
    soft[depth > _REACH_PX], soft[depth < -_REACH_PX] = 1, 0
    contours, _ = cv2.findContours((soft > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return mask
    largest = max(contours, key=cv2.contourArea)
    seen = cv2.drawContours(np.zeros_like(inside), [largest], -1, 1, cv2.FILLED) > 0
    soft[(soft > 0.5) != seen] = seen[(soft > 0.5) != seen]
    return np.asarray(soft, np.float32)
