"""Particles as instances in the format of COCO, written and read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Labels, Mask
from nanotem.outlines.rings import signed_area
from nanotem.spans import Places, Ring, places_between, places_inside

_MOST_BYTES = 20_000_000
"""Of a file; the annotations of 10,000 particles take 5 MB. Read as Python objects it takes up to 20 times as much."""

_MOST_ANNOTATIONS = 20_000
"""One takes 50 µs and more to paint."""

_LONGEST_REASON = 200
"""Characters of a file's own that a message repeats."""

_LONGEST_RUN_BITS = 35
"""A run is at most as long as the largest image, 10⁸ pixels: 27 bits and a sign, in characters of 5 bits."""

Runs = npt.NDArray[np.int64]
"""Lengths of background and particle in turn, column by column, background first."""


def coco_json(labels: Labels, outlines: Mapping[int, Sequence[Ring]], *, image_name: str) -> bytes:
    """Return one annotation per particle, its id the label.

    A particle is a polygon where its outline is known and has no hole. Polygons of COCO cannot leave a hole out: others
    are run-length encoded pixels.

    Parameters
    ----------
    labels
        The label image.
    outlines
        Label to its polygons, see `nanotem.export.boundaries`; a particle without them is encoded.
    image_name
        Name of the micrograph's file.
    """
    rows, columns = labels.shape
    annotations = [
        _annotation(label, labels[window] == label, window, labels.shape, outlines.get(label, ()))
        for label, window in enumerate(ndimage.find_objects(labels), start=1)
        if window is not None
    ]
    content = {
        "images": [{"id": 1, "file_name": image_name, "width": columns, "height": rows}],
        "categories": [{"id": 1, "name": "particle"}],
        "annotations": annotations,
    }
    return json.dumps(content).encode()


def read_coco(data: bytes, *, shape: tuple[int, int]) -> Iterator[Places]:
    """Yield the pixels of every annotation, given as polygons or as runs; a polygon inside another is a hole.

    Parameters
    ----------
    data
        A JSON file with the annotations of one image.
    shape
        Rows and columns that this image must have.

    Raises
    ------
    UnreadableFileError
        If the file is damaged or too large, or has annotations of several images or of an image of another shape.
    """
    if len(data) > _MOST_BYTES:
        raise UnreadableFileError(
            f"The annotations have {len(data):,} bytes, more than the limit of {_MOST_BYTES:,}.",
            "Save a label image instead.",
        )
    try:
        yield from _annotations(json.loads(data), shape)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise UnreadableFileError(
            f"The file is no COCO annotation of one image ({type(error).__name__}: {str(error)[:_LONGEST_REASON]}).",
            "Export the annotations of this image again.",
        ) from error


def _annotation(
    label: int, mask: Mask, window: tuple[slice, slice], shape: tuple[int, int], rings: Sequence[Ring]
) -> dict[str, Any]:
    known = {"id": label, "image_id": 1, "category_id": 1, "iscrowd": 0}
    if len(rings) == 1:
        ring = rings[0].round(2)
        low, high = ring.min(axis=0), ring.max(axis=0)
        area = abs(float(signed_area(ring[:, ::-1].astype(np.float64))))
        box = [*low.tolist(), *(high - low).round(2).tolist()]
        return {**known, "area": round(area, 2), "bbox": box, "segmentation": [ring.ravel().tolist()]}
    top, left = window[0].start, window[1].start
    height, width = mask.shape
    return {
        **known,
        "area": int(mask.sum()),
        "bbox": [left, top, width, height],
        "segmentation": {"size": list(shape), "counts": _runs(mask, (top, left), shape).tolist()},
    }


def _runs(mask: Mask, origin: tuple[int, int], shape: tuple[int, int]) -> Runs:
    columns, rows = np.nonzero(mask.T)
    places = (columns + origin[1]) * shape[0] + rows + origin[0]
    begins = places[np.diff(places, prepend=-2) > 1]
    ends = places[np.diff(places, append=shape[0] * shape[1] + 1) > 1] + 1
    borders = np.stack([begins, ends], axis=1).ravel()
    return np.diff(borders, prepend=0, append=shape[0] * shape[1])


def _annotations(content: Any, shape: tuple[int, int]) -> Iterator[Places]:
    (image,) = content["images"]
    if (image["height"], image["width"]) != shape:
        stated = f"{image['height']} x {image['width']}"[:_LONGEST_REASON]
        raise UnreadableFileError(
            f"The annotations belong to an image of {stated} px, this one has {shape[0]} x {shape[1]}.",
            "Annotate this image, neither cropped nor resized.",
        )
    if len(content["annotations"]) > _MOST_ANNOTATIONS:
        raise UnreadableFileError(
            f"The file has {len(content['annotations']):,} annotations, more than the limit of {_MOST_ANNOTATIONS:,}.",
            "Save a label image instead.",
        )
    for annotation in content["annotations"]:
        match annotation["segmentation"]:
            case {"counts": counts}:
                yield _places(_lengths(counts) if isinstance(counts, str) else counts, shape)
            case polygons:
                yield places_inside([np.asarray(polygon, float).reshape(-1, 2) for polygon in polygons], shape)


def _places(counts: Any, shape: tuple[int, int]) -> Places:
    runs = np.asarray(counts)
    n_pixels = shape[0] * shape[1]
    is_list = runs.ndim == 1 and runs.dtype.kind in "iu"
    # The longest is looked at first: a sum of some that are longer than the image could come round to the right one.
    if not is_list or not 0 <= runs.min() <= runs.max() <= n_pixels or runs.sum() != n_pixels:
        raise ValueError(f"the runs of an annotation do not fill {shape[0]} x {shape[1]} px")
    borders = np.cumsum(runs, dtype=np.int64)
    by_column = places_between(borders[:-1:2], borders[1::2])
    return by_column % shape[0] * shape[1] + by_column // shape[0]


def _lengths(text: str) -> list[int]:
    """Decode compressed runs: 5 bits a character, lowest first, bit 6 for more; from the fourth on a difference."""
    lengths: list[int] = []
    value = shift = 0
    for character in text.encode("ascii"):
        bits = character - 48
        value |= (bits & 31) << shift
        shift += 5
        if shift > _LONGEST_RUN_BITS:
            raise ValueError("a run has too many digits")
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
        value = shift = 0
    return lengths
