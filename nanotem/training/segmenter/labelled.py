"""Labelled micrographs of one's own, as examples to learn from."""

from hashlib import sha256
from pathlib import Path
from typing import Literal

from nanotem.calibration import find_annotations, find_scale_bar
from nanotem.errors import UnreadableFileError
from nanotem.export.read_labels import read_labels
from nanotem.readers import SUPPORTED_SUFFIXES, read_file
from nanotem.training.segmenter.example import Example, make_example

Purpose = Literal["real", "validation", "test"]
"""Trained on; one in twelve decides which weights are kept; two in twelve are for `benchmarks.learned` alone."""

_PARTS, _TEST_PARTS = 12, (1, 2)


def labelled_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Return every image with its label image, in order of their names.

    Parameters
    ----------
    folder
        Holds the folders `images` and `labels`; a.png belongs to a.tif, whatever the suffixes.

    Raises
    ------
    UnreadableFileError
        If one of them cannot be opened, or no image has a label image.
    """
    try:
        images, labels = (sorted((folder / name).iterdir()) for name in ("images", "labels"))
    except OSError as error:
        raise UnreadableFileError(
            f"{error.filename} cannot be opened ({error.strerror}).", "Give a folder that holds images and labels."
        ) from error
    truths = {path.stem: path for path in labels if path.is_file()}
    pairs = [
        (path, truths[path.stem])
        for path in images
        if path.suffix.lower() in SUPPORTED_SUFFIXES and path.stem in truths
    ]
    if not pairs:
        raise UnreadableFileError(
            f"No image in {folder / 'images'} has a label image.", "Give both the same names, for example a.png, a.tif."
        )
    return pairs


def purpose_of(image: Path) -> Purpose:
    """Return what an image is for, by a hash of its name, so that it is the same on every machine."""
    number = int(sha256(image.stem.encode()).hexdigest(), 16) % _PARTS
    return "validation" if number == 0 else "test" if number in _TEST_PARTS else "real"


def fold_of(image: Path, n_folds: int) -> int:
    """Return the fold that an image belongs to, from 1, by a hash of its name; 0 if there is but one fold."""
    if n_folds == 1:
        return 0
    return int(sha256(f"fold {image.stem}".encode()).hexdigest(), 16) % n_folds + 1


def labelled_example(image: Path, label: Path, *, correct_outlines: bool) -> Example:
    """Read a micrograph and its labels; scale bar and text are left out as in an analysis.

    Raises
    ------
    UnreadableFileError
        If a file cannot be read, or the two differ in shape.
    """
    micrograph = read_file(image)
    pixels = micrograph.pixels
    labels = read_labels(label.read_bytes(), label.name, shape=micrograph.shape)
    annotations = find_annotations(pixels, find_scale_bar(pixels))
    return make_example(pixels, labels, correct_outlines=correct_outlines, ignore=annotations.mask)
