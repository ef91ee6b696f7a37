"""Outlines of particles as polygons, and the label image that they enclose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.labels import in_one_piece, numbers_in, ranges
from nanotem.micrograph import Labels, Mask
from nanotem.outlines.pooled import SharedEdges
from nanotem.outlines.report import EdgeReport
from nanotem.outlines.rings import Polygon
from nanotem.outlines.zones import nearest_labels


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
        uncertainties, noise and choice of the profile), `neighbour_share` (of the outline that faces another
        particle), `is_resolved` and `is_from_label`.
    report
        What all edges have in common.
    labels
        The label image that was outlined.
    shared
        What the outlines have in common, to trace some of them anew; None if no edge was measured.
    """

    rings: Mapping[int, tuple[Polygon, ...]]
    edges: pd.DataFrame
    report: EdgeReport
    labels: Labels
    shared: SharedEdges | None


def of_labels(outlines: Outlines, labels: Labels) -> Outlines:
    """Return the outlines of those particles that a label image still holds; what all edges share stays as it is."""
    numbers = numbers_in(labels).tolist()
    edges = outlines.edges.loc[numbers]
    rings = {label: outlines.rings[label] for label in numbers}
    return Outlines(rings, edges, counted_anew(outlines.report, edges), labels, outlines.shared)


def counted_anew(report: EdgeReport, edges: pd.DataFrame) -> EdgeReport:
    """Return what the edges of an image have in common with the numbers of other outlines.

    Parameters
    ----------
    report
        Of an image.
    edges
        As in `Outlines`.
    """
    n_from_label = int(edges["is_from_label"].sum())
    return replace(
        report,
        n_fitted=len(edges) - n_from_label,
        n_unresolved=int((~edges["is_resolved"] & ~edges["is_from_label"]).sum()),
        n_from_label=n_from_label,
    )


def rasterise(outlines: Outlines) -> Labels:
    """Return the label image of the outlines: pixels whose centre is inside.

    Labels keep their numbers, and none is lost. A pixel inside two outlines goes to the particle whose label is
    nearer; a particle is one piece, its largest.

    Returns
    -------
    Labels
        Of the shape of the labels that were outlined.
    """
    place, label = _inside(outlines)
    found = np.zeros(outlines.labels.shape, np.int32)
    flat = found.reshape(-1)  # the same memory
    flat[place] = label
    twice = place[flat[place] != label]
    if twice.size:
        flat[twice] = nearest_labels(outlines.labels)[0].ravel()[twice]
    found = in_one_piece(found)
    for lost in np.setdiff1d(list(outlines.rings), numbers_in(found)).tolist():
        found[_deepest(outlines.labels == lost)] = lost
    return found


def _inside(outlines: Outlines) -> tuple[npt.NDArray[np.intp], Labels]:
    """Return the place in the flattened image, and the label, of every pixel inside a particle's rings.

    Rows of pixels are crossed by the sides of the rings; between one crossing and the next is inside.
    """
    rings = [ring for own in outlines.rings.values() for ring in own]
    if not rings:
        return np.empty(0, np.intp), np.empty(0, np.int32)
    n_rows, n_columns = outlines.labels.shape
    start = np.concatenate(rings)
    end = np.concatenate([part for ring in rings for part in (ring[1:], ring[:1])])
    n_sides = [sum(map(len, own)) for own in outlines.rings.values()]
    labels = np.repeat(np.array(list(outlines.rings), np.int32), n_sides)
    first, beyond = (np.ceil(one(start[:, 0], end[:, 0])).astype(np.intp) for one in (np.minimum, np.maximum))
    first, beyond = (np.clip(row, 0, n_rows) for row in (first, beyond))
    side, row = ranges(first, beyond)
    share = (row - start[side, 0]) / (end[side, 0] - start[side, 0])
    column = start[side, 1] + share * (end[side, 1] - start[side, 1])
    label = labels[side]
    order = np.lexsort((column, row, label))
    left, right = (np.clip(np.ceil(column[order[k::2]]).astype(np.intp), 0, n_columns) for k in (0, 1))
    span, inside = ranges(left, right)
    return row[order[::2]][span] * n_columns + inside, label[order[::2]][span]


def _deepest(mask: Mask) -> tuple[np.intp, ...]:
    """Return the deepest pixel of a label: it stands for a particle in which no pixel has its centre."""
    depth = cv2.distanceTransform(np.pad(mask, 1).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    return np.unravel_index(int(depth.argmax()), depth.shape)
