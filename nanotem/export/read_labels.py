"""Labels that were drawn elsewhere: label images, regions of ImageJ, COCO annotations."""

from collections.abc import Iterable

import numpy as np
import skimage.measure

from nanotem.errors import UnreadableFileError
from nanotem.export.coco import read_coco
from nanotem.export.imagej import read_rois
from nanotem.labels import LARGEST_LABEL, regions
from nanotem.micrograph import Labels, Pixels
from nanotem.readers import read_values
from nanotem.spans import Places

_MOST_LAYERS = 100
"""Outlines that cover the image more often than this are an attack, or a mistake."""

_LEAST_MEAN_AREA_PX, _MANY_REGIONS = 10, 1000
"""A micrograph falls into thousands of regions of one grey level, of 1 to 3 pixels on average; particles that can be
measured have 20 pixels and more."""

_LONGEST_START = 1000
"""White space, or a byte-order mark, before the brace of a JSON file."""


def read_labels(data: bytes, name: str, *, shape: tuple[int, int]) -> Labels:
    """Read labels of a micrograph as a starting point for corrections.

    Touching particles stay apart. In a label image they keep their numbers; an image with a single value besides 0 is
    a mask, whose connected regions become particles. Outlines are numbered in the order of the file; what belongs to
    one stays there if the next overlaps it, and one that lies wholly inside those before it is refused.

    Parameters
    ----------
    data
        The whole file: a TIFF or PNG label image, a .roi file or a ZIP archive of them, or COCO annotations as JSON.
        Its content decides.
    name
        Its name, for people.
    shape
        Rows and columns of the micrograph.

    Raises
    ------
    UnreadableFileError
        If the file is none of these, is damaged, or belongs to an image of another shape.
    """
    if data.startswith((b"PK", b"Iout")):
        return _painted(read_rois(data, shape=shape), shape)
    if data[:_LONGEST_START].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return _painted(read_coco(data, shape=shape), shape)
    pixels = read_values(data, name)
    if pixels.shape != shape:
        raise UnreadableFileError(
            f"{name} has {pixels.shape[0]} x {pixels.shape[1]} px, the micrograph {shape[0]} x {shape[1]}.",
            "Label the micrograph as it is, neither cropped nor resized.",
        )
    labels = whole_labels(pixels, name)
    is_mask = bool(np.all((labels == 0) | (labels == labels.max())))
    return regions(labels > 0) if is_mask else labels


def whole_labels(pixels: Pixels, name: str) -> Labels:
    """Return the pixels of a label image as labels.

    Raises
    ------
    UnreadableFileError
        If they are not whole numbers from 0 to 10,000,000, or are so torn that they are the grey levels of a picture.
    """
    lowest, highest = pixels.min(), pixels.max()
    if not 0 <= lowest <= highest <= LARGEST_LABEL or (pixels % 1 != 0).any():
        raise UnreadableFileError(
            f"{name} holds values from {lowest:g} to {highest:g}, labels are whole numbers from 0 to {LARGEST_LABEL}.",
            "Save a label image without colours: 0 is background, every particle has a number of its own.",
        )
    labels = pixels.astype(np.int32)
    if _is_torn(labels):
        raise UnreadableFileError(
            f"{name} holds grey levels, not labels: its regions of one value have only a few pixels each.",
            "Choose the label image that belongs to the micrograph, not the micrograph itself.",
        )
    return labels


def _is_torn(labels: Labels) -> bool:
    """Tell whether regions of one value are too small to be particles, as those of a micrograph are."""
    n_regions = int(skimage.measure.label(labels, connectivity=1, return_num=True)[1])
    return n_regions > _MANY_REGIONS and int((labels > 0).sum()) < _LEAST_MEAN_AREA_PX * n_regions


def _painted(shapes: Iterable[Places], shape: tuple[int, int]) -> Labels:
    """Return labels with every shape painted where none is yet."""
    labels = np.zeros(shape, np.int32)
    flat = labels.reshape(-1)
    n_painted = 0
    for number, places in enumerate(shapes, start=1):
        n_painted += places.size
        free = places[flat[places] == 0]
        if free.size == 0 or n_painted > _MOST_LAYERS * flat.size:
            empty = "lies wholly inside those before it" if places.size else "covers no pixel"
            what = "covers, with those before it, the pixels too often" if free.size else empty
            raise UnreadableFileError(
                f"Outline {number} {what} in the image of {shape[0]} x {shape[1]} px.",
                "Remove it, or check that the file belongs to this image.",
            )
        flat[free] = number
    return labels
