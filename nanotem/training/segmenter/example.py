"""Examples to learn from: images as the network sees them, with the maps that it is to predict."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Mask, Pixels
from nanotem.preprocess import preprocess
from nanotem.preprocess.params import PreprocessParams
from nanotem.segmentation.network.scale import resized, standardised, typical_diameter_px
from nanotem.training.segmenter.targets import at_half_contrast, maps_of

_LARGEST_PX = 64.0
"""Larger particles are reduced to this diameter: a patch shows them up to 80 px wide, only a quarter finer."""


@dataclass(frozen=True, eq=False)
class Example:
    """One image with its truth.

    Attributes
    ----------
    image
        Shape (rows, columns), standardised, particles bright.
    maps
        Shape (rows, columns, 3): `nanotem.training.segmenter.targets.Maps` times 255.
    diameter_px
        Typical diameter of its particles; of none, that at which it is to be shown.
    """

    image: npt.NDArray[np.float16]
    maps: npt.NDArray[np.uint8]
    diameter_px: float


def make_example(
    pixels: Pixels,
    labels: Labels,
    *,
    correct_outlines: bool = False,
    ignore: Mask | None = None,
    empty_px: float = 28.0,
    params: PreprocessParams | None = None,
) -> Example:
    """Turn a micrograph and its label image into an example.

    Parameters
    ----------
    pixels, labels
        Of one shape.
    correct_outlines
        Whether outlines, drawn outside the edge, are moved to half of the contrast.
    ignore
        True where the picture is no micrograph, as for `nanotem.preprocess.preprocess`.
    empty_px
        Diameter that particles would have in an image without any.
    params
        How it is preprocessed; as by default in an analysis if None.
    """
    flattened = preprocess(pixels, params or PreprocessParams(), ignore=ignore).flattened
    if correct_outlines:
        labels = at_half_contrast(labels, flattened)
    diameter_px = typical_diameter_px(labels) or empty_px
    image = standardised(flattened)
    if diameter_px > _LARGEST_PX:
        zoom = _LARGEST_PX / diameter_px
        shape = (max(round(image.shape[0] * zoom), 1), max(round(image.shape[1] * zoom), 1))
        image, labels = resized(image, shape), _nearest(labels, shape)
        diameter_px = _LARGEST_PX
    return Example(image.astype(np.float16), np.rint(255 * maps_of(labels)).astype(np.uint8), diameter_px)


def _nearest(labels: Labels, shape: tuple[int, int]) -> Labels:
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(int) for new, old in zip(shape, labels.shape, strict=True)
    )
    return labels[rows[:, None], columns]


def save_example(path: Path, example: Example) -> None:
    """Write an example to a file that is whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, image=example.image, maps=example.maps, diameter_px=example.diameter_px)
    part.replace(path)


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """Read examples that `save_example` wrote."""
    examples = []
    for path in paths:
        with np.load(path, allow_pickle=False) as stored:
            examples.append(Example(stored["image"], stored["maps"], float(stored["diameter_px"])))
    return examples
