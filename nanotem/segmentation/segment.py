"""From a foreground to one label per particle, by the method that was chosen."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from nanotem.labels import in_one_piece, numbers_in
from nanotem.micrograph import Labels, Mask
from nanotem.segmentation.filters import without_cut, without_small
from nanotem.segmentation.method import Foreground, GetNetwork, Segmentation
from nanotem.segmentation.methods import METHODS
from nanotem.segmentation.network.segmenter import own_segmenter
from nanotem.segmentation.params import SegmentParams


def prepare(foreground: Foreground, params: SegmentParams, *, network: GetNetwork = own_segmenter) -> Any:
    """Work out what `segment` needs and what does not change with most options: the slow part.

    Raises
    ------
    ModelError
        If the method needs a network that is absent or broken.
    """
    return METHODS[params.method].prepare(foreground, params.options, network)


def segment(foreground: Foreground, params: SegmentParams, prepared: Any = None) -> Segmentation:
    """Tell the particles of a foreground apart.

    Parameters
    ----------
    foreground
        What preprocessing found out.
    params
        Method and its options.
    prepared
        From `prepare`, with the same method and the same values of the options that it looks at; worked out here if
        it is left out.

    Returns
    -------
    Segmentation
        All zero if nothing is found. What is left out is judged by the labels; `nanotem.analysis` judges by outlines.

    Raises
    ------
    ModelError
        If the method needs a network that is absent or broken.
    """
    if prepared is None:
        prepared = prepare(foreground, params)
    found = METHODS[params.method].find(foreground, params.options, prepared)
    frame = None if foreground.ignored is None else ~foreground.ignored
    return _with_labels(found, _wanted(in_one_piece(found.labels), params, frame), params, frame)


def with_labels(found: Segmentation, kept: Collection[int], params: SegmentParams, *, frame: Mask) -> Segmentation:
    """Return a segmentation with some of its labels: those whose outlines turned out to be what is wanted.

    Parameters
    ----------
    found
        From `segment`, with parameters that left out less.
    kept
        The labels.
    params
        What is left out; by it go the things that are no particles to the judge, which have no outlines.
    frame
        False where the picture is no micrograph.
    """
    is_kept = np.zeros(int(found.labels.max(initial=0)) + 1, bool)
    is_kept[list(kept)] = True
    return _with_labels(found, np.where(is_kept[found.labels], found.labels, 0).astype(np.int32), params, frame)


def _with_labels(found: Segmentation, labels: Labels, params: SegmentParams, frame: Mask | None) -> Segmentation:
    """Return a segmentation with some of its labels, and what else is said of these alone."""
    left_out = None if found.left_out is None else _wanted(found.left_out, params, frame)
    kept = set(numbers_in(labels).tolist()) if found.confidence else set()
    confidence = {label: sure for label, sure in found.confidence.items() if label in kept}
    proposed_by = {label: kind for label, kind in found.proposed_by.items() if label in kept}
    found = replace(found, labels=labels, confidence=confidence, proposed_by=proposed_by, left_out=left_out)
    count = found.count and found.count.of_share(len(kept)).holding(len(kept) + found.n_left_out)
    return replace(found, count=count)


def _wanted(labels: Labels, params: SegmentParams, frame: Mask | None) -> Labels:
    """Return what is neither too small nor, where that matters, cut by the frame."""
    large = without_small(labels, min_diameter_px=params.min_diameter_px)
    return without_cut(large, frame) if params.drop_touching_frame else large
