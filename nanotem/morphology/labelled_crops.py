"""Particles with their classes, to train on: one folder per class, one picture per particle."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nanotem.files.names import safe_stem
from nanotem.micrograph import Labels, Pixels
from nanotem.morphology.crops import background_level, window_around

_OPAQUE = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65_535}


def labelled_crops(pixels: Pixels, labels: Labels, classes: Mapping[int, str], *, stem: str) -> bytes:
    """Return a ZIP archive that `nanotem.training.shapes.class_folders.read_class_folders` reads when it is unpacked.

    Parameters
    ----------
    pixels, labels
        The micrograph, not preprocessed, and its labels.
    classes
        Class of each label to export; labels that are not in the image are passed over.
    stem
        Beginning of every file name.

    Returns
    -------
    bytes
        CLASS/STEM_LABEL.png: the surroundings of the particle in the micrograph's own pixels, its mask as opacity.
        The crop that is made of such a picture is that of the micrograph, but for rounding.
    """
    levels = _storable(pixels)
    boxes = ndimage.find_objects(labels)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for label, name in classes.items():
            if 0 < label <= len(boxes) and (box := boxes[label - 1]) is not None:
                picture = _picture(levels, labels, label, box)
                file = f"{safe_stem(name)}/{safe_stem(stem)}_{label}.png"
                archive.writestr(file, cv2.imencode(".png", picture)[1].tobytes())
    return stream.getvalue()


def _storable(pixels: Pixels) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """Return pixels of 8 or 16 bits as they are, any others stretched to 16 bits."""
    if pixels.dtype in _OPAQUE:
        return pixels
    lowest, span = float(pixels.min()), float(np.ptp(pixels))
    return np.rint((pixels.astype(np.float64) - lowest) * (65_535 / (span or 1.0))).astype(np.uint16)


def _picture(
    levels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], labels: Labels, label: int, box: tuple[slice, slice]
) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """Return the window of a particle, blue, green, red and opacity; its neighbours have the background's level.

    The window begins at an even row and column: halves are rounded to even when a crop is placed, and so both crops
    are placed alike.
    """
    top, left, side = window_around(labels[box] == label, box)
    window = slice(max(top, 0), top + side), slice(max(left, 0), left + side)
    level = background_level(levels[window].astype(np.float32), labels[window] == label, labels[window] == 0)
    wider = slice(window[0].start // 2 * 2, window[0].stop), slice(window[1].start // 2 * 2, window[1].stop)
    numbers = labels[wider]
    grey = np.where((numbers == 0) | (numbers == label), levels[wider], np.rint(level)).astype(levels.dtype)
    opacity = (numbers == label) * levels.dtype.type(_OPAQUE[levels.dtype])
    return np.dstack([grey, grey, grey, opacity])
