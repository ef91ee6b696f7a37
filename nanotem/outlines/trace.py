"""From labels to outlines: a contour in each zone, the edge profile across it, the contour moved to the edge."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.labels import numbers_in
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.outlines.anew import Picture, to_trace_anew, traced_anew
from nanotem.outlines.assembling import assembled
from nanotem.outlines.contours import windows_of
from nanotem.outlines.measured import measured_edges
from nanotem.outlines.outlines import Outlines
from nanotem.outlines.pooled import SharedEdges
from nanotem.outlines.profiles import ClassWeights, Profile
from nanotem.outlines.reporting import MEASURING_BLUR_PX
from nanotem.outlines.slopes import BESIDE_PX
from nanotem.outlines.zones import MARGIN_PX, Zones, sign_of, zones_of

_MOST_CLIPPED, _MOST_CLIPPED_BESIDE = 0.05, 0.65
"""Share of a particle's pixels: a few hot or dead ones do no harm. And of those beside it, where the foot of its edge
is lost with the level of the background: drawn spheres of 30 px were 3, 5 and 8 % too small where 95 % of it
and more was cut off, 1 % where half was."""


def trace_outlines(
    grey: GreyImage,
    labels: Labels,
    *,
    ignored: Mask | None = None,
    clipped: Mask | None = None,
    drawn: Collection[int] = (),
    profile: Profile | ClassWeights = "automatic",
    before: Outlines | None = None,
    label_blur_px: float = 0.0,
) -> Outlines:
    """Draw the outline of every particle where its edge is.

    The slope of the background beside each particle is taken away first. Where an edge appears in a blurred picture
    depends on the blur and on how fast the particle gets thick: half of the contrast for a plate, a fifth for a sphere.
    Both are found from the mean profiles of the larger particles together; then the position of each particle's edge is
    fitted with these held, and a contour is moved there. Blur also rounds corners: the contour is moved further where
    it is bent, as the same model says.

    Parameters
    ----------
    grey
        Shape (rows, columns), the picture with its background levelled, not yet blurred; particles may be dark or
        bright.
    labels
        The particles, with all corrections.
    ignored
        True where the picture is no micrograph.
    clipped
        True where grey levels are cut off, see `clipped_pixels`: particles with such pixels, and those with hardly any
        others beside them, keep their fitted outline, but count as not resolved.
    drawn
        Labels that were drawn by hand: their outlines stay as they are.
    profile
        A family of profiles, how probable each class is in a whole sample (see `ProfileScores`), or the choice by what
        this image shows.
    before
        Outlines of the same picture before its labels were corrected, traced with the same options. Outlines away from
        corrections are then taken from there; those of corrected particles and of what lies beside them are drawn anew
        with what all edges of `before` share, or all are if that is half of the particles.
    label_blur_px
        Blur of the picture in which the labels were found: so much wider than their edges labels of small particles may
        be.

    Returns
    -------
    Outlines
        With one entry for every label.

    Raises
    ------
    ParameterError
        If the shapes differ, or there is no such profile.
    """
    _check({"grey": grey, "ignored": ignored, "clipped": clipped}, labels, profile)
    nothing = np.zeros(labels.shape, bool)
    picture = Picture(grey, labels, nothing if ignored is None else ignored, nothing if clipped is None else clipped)
    if before is not None and before.shared is not None:
        wanted = to_trace_anew(before.labels, labels, drawn)
        if 2 * len(wanted) < len(before.rings):
            trace = partial(_traced, profile=profile, held=before.shared, label_blur_px=label_blur_px)
            return traced_anew(before, picture, wanted, drawn, trace=trace)
    return _traced(picture, numbers_in(labels).tolist(), drawn, profile=profile, label_blur_px=label_blur_px)


def _traced(
    picture: Picture,
    wanted: Collection[int],
    drawn: Collection[int],
    *,
    profile: Profile | ClassWeights,
    held: SharedEdges | None = None,
    label_blur_px: float,
) -> Outlines:
    """Draw the outlines of the labels that are wanted."""
    sign = held.sign if held else sign_of(picture.grey, picture.labels, picture.ignored)
    blurred = cv2.GaussianBlur(picture.grey.astype(np.float32, copy=False), (0, 0), MEASURING_BLUR_PX)
    zones = zones_of(blurred, picture.labels, picture.ignored, sign=sign)
    del blurred
    seen = set(wanted) - set(drawn)
    windows = {label: window for label, window in windows_of(zones).items() if label in seen}
    measured = measured_edges(zones, windows, profile, held)
    is_cut_off = _cut_off(zones, np.pad(picture.clipped, MARGIN_PX))
    return assembled(
        picture.labels, zones, wanted, measured, is_cut_off, held=held, label_blur_px=label_blur_px, drawn=drawn
    )


def _cut_off(zones: Zones, clipped: Mask) -> npt.NDArray[np.bool_]:
    """Return by label whether grey levels are cut off, of a particle or of most of what is beside it."""
    n_labels = int(zones.labels.max(initial=0)) + 1

    def has_more(owner: Labels, share: float) -> npt.NDArray[np.bool_]:
        cut_off, every = (np.bincount(some, minlength=n_labels) for some in (owner[clipped], owner.ravel()))
        return np.asarray(cut_off > share * every)

    beside = np.where(zones.distance_px > BESIDE_PX, np.maximum(zones.owner, 0), 0)
    return has_more(zones.labels, _MOST_CLIPPED) | has_more(beside, _MOST_CLIPPED_BESIDE)


def _check(arrays: Mapping[str, GreyImage | Mask | None], labels: Labels, profile: Profile | ClassWeights) -> None:
    for name, array in arrays.items():
        if array is not None and array.shape != labels.shape:
            raise ParameterError(
                f"`{name}` (shape {array.shape}) must have the shape of `labels` (shape {labels.shape}).",
                "Pass arrays of the same micrograph, uncropped.",
            )
    if isinstance(profile, str) and profile not in get_args(Profile):
        raise ParameterError(f"There is no profile {profile!r}.", f"Use one of {', '.join(get_args(Profile))}.")
