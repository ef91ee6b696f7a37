"""Each outline from the edge or, where that failed, from the label, with how sure it is."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.micrograph import Labels
from nanotem.moments import Moments, label_moments, outline_moments
from nanotem.outlines.contours import STAIRS_PX, label_rings
from nanotem.outlines.measured import NOISE_FACTOR, Measured
from nanotem.outlines.moving import moved_rings
from nanotem.outlines.nearness import are_of_labels
from nanotem.outlines.outlines import Outlines
from nanotem.outlines.pooled import SharedEdges
from nanotem.outlines.reporting import MEASURING_BLUR_PX, edge_report
from nanotem.outlines.rings import Floats, Polygon, by_size, normals
from nanotem.outlines.sampling import NEAR_PX
from nanotem.outlines.uncertainty import edge_errors_px, enclosed_areas, uncertainties, unlike_edges_px
from nanotem.outlines.zones import HIDDEN, MARGIN_PX, Zones

_LEAST_FREE = 0.15
"""Share of an outline that must be seen undisturbed; below it the label says where the edge is."""

_MOST_MISFIT = 0.3
"""A profile that no class explains."""

_MOST_UNEVEN = 0.06
"""Of the radius: ground that moves an edge by more leaves its outline unresolved twice over, and the label is as good.
At steps of the support of all of a particle's contrast edges were 8 to 17 % off, labels 0 to 4 %."""

_CORNER_BLURS = 1.0
"""Scale to which blur rounds the corners of a traced outline, in blurs. With 0.8 the circularity of drawn squares,
triangles and rods of 30 px is off by 0.8, 5.7 and -1.3 %, with 1.1 by -0.6, 3.7 and -1.6 %."""

EDGE_COLUMNS = (
    *("neighbour_share", "rounding_px", "edge_uncertainty_px", "diameter_uncertainty_px"),
    *("is_resolved", "is_from_label"),
)


def assembled(
    labels: Labels,
    zones: Zones,
    wanted: Collection[int],
    measured: Measured | None,
    is_cut_off: npt.NDArray[np.bool_],
    *,
    held: SharedEdges | None,
    label_blur_px: float,
    drawn: Collection[int],
) -> Outlines:
    """Take each outline from the edge or, where that failed, from the label, and say how sure it is."""
    moved = _good_rings(measured, zones.labels, label_blur_px) if measured else {}
    kept = label_rings(zones.labels, [label for label in wanted if label not in moved])
    rings = {label: moved[label] if label in moved else kept[label] for label in wanted}
    errors_px, rounding_px = np.full(len(rings), np.nan), np.full(len(rings), STAIRS_PX)
    unlike_px, wall_px = np.zeros(len(rings)), np.full(len(rings), np.inf)
    shared = measured.shared if measured else held
    blur_px = shared.second.sigma_px if shared else MEASURING_BLUR_PX
    if measured:
        is_moved = np.array([label in moved for label in rings])
        rows = np.flatnonzero([label in moved for label in measured.labels])
        errors_px[is_moved] = edge_errors_px(measured)[rows]
        unlike_px[is_moved] = unlike_edges_px(measured)[rows]
        wall_px[is_moved] = measured.wall_px[rows]
        rounding_px[is_moved] = np.hypot(measured.smooth_px, _CORNER_BLURS * blur_px)[rows]
    numbers = np.array(list(rings), np.int32)
    own_blur_px = np.where(np.isin(numbers, list(drawn)), 0.0, label_blur_px)  # a person drew on the sharp picture
    outlines = list(rings.values())
    columns = (
        _neighbour_share(zones, numbers, [one[0] for one in outlines]),
        rounding_px,
        *uncertainties(
            outlines,
            errors_px,
            blur_px,
            is_cut_off[numbers],
            unlike_px=unlike_px,
            wall_px=wall_px,
            label_blur_px=own_blur_px,
        ),
        np.isnan(errors_px),
    )
    edges = pd.DataFrame(dict(zip(EDGE_COLUMNS, columns, strict=True)), index=pd.Index(numbers, name="label"))
    placed = {label: tuple(ring - MARGIN_PX for ring in own) for label, own in rings.items()}
    return Outlines(placed, edges, edge_report(measured, edges, placed), labels, shared)


def _good_rings(measured: Measured, labels: Labels, label_blur_px: float) -> dict[int, tuple[Polygon, ...]]:
    """Return the moved rings of edges that were seen and explained by the model, and that are those of their label."""
    edges, numbers = measured.edges, np.array(measured.labels)
    is_good = (
        (measured.free >= _LEAST_FREE)
        & (edges.amplitude > NOISE_FACTOR * measured.shared.noise)
        & (edges.misfit <= _MOST_MISFIT)
        & (measured.uneven_px <= _MOST_UNEVEN * measured.profiles.radius_px)
    )
    good = set(numbers[is_good].tolist())
    moved = {label: rings for label, rings in moved_rings(measured).items() if label in good}
    # Holes take area away, but do not say where a particle is.
    found = outline_moments([rings[:1] for rings in moved.values()])._replace(area=enclosed_areas(list(moved.values())))
    own = Moments(*(values[list(moved)] for values in label_moments(labels)))
    is_own = are_of_labels(found, own, label_blur_px=label_blur_px)
    return {label: rings for (label, rings), is_own in zip(moved.items(), is_own.tolist(), strict=True) if is_own}


def _neighbour_share(zones: Zones, labels: Labels, rings: Sequence[Polygon]) -> Floats:
    """Return the share of each outline that faces another particle, not the frame."""
    steps = np.arange(0.5, NEAR_PX + 0.5, 0.5)
    share = np.zeros(len(rings))
    for rows, points in by_size(rings):
        owner = zones.owner_at(points[..., None, :] + normals(points)[..., None, :] * steps[:, None])
        is_other = (owner != labels[rows, None, None]) & (owner != 0)
        first = np.take_along_axis(owner, is_other.argmax(axis=-1)[..., None], axis=-1)[..., 0]
        share[rows] = (is_other.any(axis=-1) & (first != HIDDEN)).mean(axis=-1)
    return share
