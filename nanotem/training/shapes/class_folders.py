"""A user's own pictures, one particle each, in one folder per class."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.morphology.crops import CROP_PX, Crops, crop_particles
from nanotem.training.shapes.calibration import Classes

_PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}


def read_class_folders(folder: Path, classes: Sequence[str]) -> tuple[Crops, Classes]:
    """Read own pictures, one particle each, from one folder per class.

    A picture with a transparent background brings its mask along, as the classification page exports it; in any other
    the particle is what Otsu's threshold sets apart from the border.

    Parameters
    ----------
    folder
        Holds folders named like classes.
    classes
        Names that are known.

    Returns
    -------
    crops, classes
        As for `nanotem.training.shapes.drawn_crops.draw_crops`.

    Raises
    ------
    UnreadableFileError
        If the folder holds no folder of a known class, these hold no picture, or one cannot be read.
    """
    try:
        known = sorted(path for path in folder.iterdir() if path.is_dir() and path.name in classes)
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {folder} cannot be opened ({error.strerror}).", "Check its name."
        ) from error
    if not known:
        raise UnreadableFileError(
            f"{folder} holds no folder named like a class.", f"Name its folders {', '.join(classes)}."
        )
    paths = [path for sub in known for path in sorted(sub.iterdir()) if path.suffix.lower() in _PICTURES]
    if not paths:
        raise UnreadableFileError(
            f"The class folders in {folder} hold no pictures.", f"Put {', '.join(sorted(_PICTURES))} files in them."
        )
    crops = [_read_particle(path) for path in paths]
    numbers = [list(classes).index(path.parent.name) for path in paths]
    return np.array(crops, np.float32).reshape(len(paths), CROP_PX, CROP_PX, 2), np.array(numbers, np.int64)


def _read_particle(path: Path) -> Crops:
    try:
        picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    except (OSError, cv2.error):  # OpenCV answers most broken files with None, an empty one with an error
        picture = None
    if picture is None:
        raise UnreadableFileError(f"{path} is no picture.", "Remove it from the folder, or save it as PNG.")
    if picture.ndim == 3 and picture.shape[2] == 4:
        pixels, mask = cv2.cvtColor(picture[..., :3], cv2.COLOR_BGR2GRAY), picture[..., 3] > 127
    else:
        pixels = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        mask = _set_apart(pixels)
    if not mask.any():
        raise NanotemError(f"{path} shows no particle.", "Remove it, or draw the particle's mask as transparency.")
    return np.asarray(crop_particles(pixels, mask.astype(np.int32), [1])[0])


def _set_apart(pixels: Pixels) -> npt.NDArray[np.bool_]:
    """Return the largest region on the other side of Otsu's threshold than most of the border."""
    grey = cv2.normalize(pixels, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    above = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[1] > 0
    border = np.concatenate([above[0], above[-1], above[:, 0], above[:, -1]])
    apart = (above != (border.mean() > 0.5)).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(apart)
    return parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if count > 1 else np.zeros(apart.shape, bool)
