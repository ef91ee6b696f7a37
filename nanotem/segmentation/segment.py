"""From a foreground to one label per particle, by the method that was chosen."""

from dataclasses import replace
from typing import Any

from nanotem.labels import in_one_piece, numbers_in
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
        All zero if nothing is found.

    Raises
    ------
    ModelError
        If the method needs a network that is absent or broken.
    """
    if prepared is None:
        prepared = prepare(foreground, params)
    found = METHODS[params.method].find(foreground, params.options, prepared)
    labels = without_small(in_one_piece(found.labels), min_diameter_px=params.min_diameter_px)
    if params.drop_touching_frame:
        labels = without_cut(labels)
    kept = set(numbers_in(labels).tolist()) if found.confidence else set()
    confidence = {label: sure for label, sure in found.confidence.items() if label in kept}
    proposed_by = {label: kind for label, kind in found.proposed_by.items() if label in kept}
    count = found.count.of_share(len(kept)) if found.count else None
    return replace(found, labels=labels, confidence=confidence, proposed_by=proposed_by, count=count)
