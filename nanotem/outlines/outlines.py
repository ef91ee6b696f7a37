"""Outlines of particles as polygons, and the label image that they enclose."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage
from skimage.draw import polygon as filled_polygon

from nanotem.micrograph import Labels, Mask
from nanotem.outlines.report import EdgeReport
from nanotem.outlines.rings import Polygon


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of all particles of an image.

    Attributes
    ----------
    rings
        Label to its polygons in ascending order: the outer one first, then holes, which run the other way round.
    edges
        One row per label (the index), in the same order: `rounding_px` (scale to which corners are rounded by blur and
        by smoothing), `edge_uncertainty_px`, `diameter_uncertainty_px` (standard
        uncertainties, noise and choice of the profile), `neighbour_share`, `frame_share` (of the outline that faces
        another particle, or the frame), `is_resolved` and `is_from_label`.
    report
        What all edges have in common.
    labels
        The label image that was outlined.
    """

    rings: Mapping[int, tuple[Polygon, ...]]
    edges: pd.DataFrame
    report: EdgeReport
    labels: Labels


def rasterise(outlines: Outlines) -> Labels:
    """Return the label image of the outlines: pixels whose centre is inside.

    Labels keep their numbers, and none is lost. A pixel inside two outlines goes to the particle whose label is
    nearer; a particle is one piece, its largest.

    Returns
    -------
    Labels
        Of the shape of the labels that were outlined.
    """
    found = np.zeros(outlines.labels.shape, np.int32)
    twice = np.zeros(found.shape, bool)
    for label, rings in outlines.rings.items():
        rows, columns = _inside(rings, found.shape)
        twice[rows, columns] |= found[rows, columns] > 0
        found[rows, columns] = label
    if twice.any():
        _, nearest = cv2.distanceTransformWithLabels(
            (outlines.labels == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        label_of = np.zeros(int(nearest.max()) + 1, np.int32)
        inside = outlines.labels > 0
        label_of[nearest[inside]] = outlines.labels[inside]
        found[twice] = label_of[nearest[twice]]
    return _in_one_piece(found, outlines)


def _inside(rings: tuple[Polygon, ...], shape: tuple[int, ...]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    outer = rings[0]
    low = np.maximum(np.floor(outer.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(outer.max(axis=0)).astype(int) + 1, shape)
    mask = np.zeros(np.maximum(high - low, 1), bool)
    for k, ring in enumerate(rings):
        rows, columns = (ring - low).T
        mask[filled_polygon(rows, columns, mask.shape)] = k == 0
    inside = np.nonzero(mask)
    return inside[0] + low[0], inside[1] + low[1]


def _in_one_piece(found: Labels, outlines: Outlines) -> Labels:
    windows = ndimage.find_objects(found, max_label=int(outlines.labels.max(initial=0)))
    for label in outlines.rings:
        window = windows[label - 1]
        if window is None:
            _put_back(found, outlines.labels, label)
            continue
        mask = found[window] == label
        count, pieces, statistics, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
        if count > 2:
            largest = 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax())
            found[window][mask & (pieces != largest)] = 0
    return found


def _put_back(found: Labels, labels: Labels, label: int) -> None:
    """Give a particle without a pixel the deepest pixel of its label."""
    mask: Mask = labels == label
    depth = cv2.distanceTransform(np.pad(mask, 1).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    found[np.unravel_index(int(depth.argmax()), depth.shape)] = label
