"""How far count and diameter move when the picture changes and the particles do not.

    python -m benchmarks.invariance --data FOLDER [--images 30] [--methods automatic,learned] [--each]

Micrographs that no network saw are turned by 90°, mirrored, inverted, saved as JPEG of quality 75, averaged down by 2,
interpolated up by 2, and cropped to their middle half; what was written into them is left out alike. Only those with 10
particles or more count, and for half the size only those whose typical particle has 20 px or more.

"count" and "diameter" are the median and the largest relative difference to the micrograph as it is, "within 3 %" and
"within 2 %" the share of micrographs that differ by no more; a difference by one particle counts as none. Of the middle
the particles that lie wholly inside it are compared.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.accuracy import DATA
from benchmarks.learned import METHODS
from nanotem.analysis import Analysis, Shared
from nanotem.calibration import Annotations
from nanotem.micrograph import Micrograph, Pixels
from nanotem.preprocess import to_grey
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.training.segmenter.labelled import labelled_pairs, purpose_of

_LEAST_N, _LEAST_HALVED_PX = 10, 20
_COUNT, _DIAMETER = 0.03, 0.02

Picture = npt.NDArray[np.uint8]


class Change(NamedTuple):
    """What becomes of a picture, how many times larger it gets, and whether only what is wholly inside is compared."""

    apply: Callable[[Picture], Picture]
    zoom: float = 1.0
    is_cropped: bool = False


def _resized(picture: Picture, zoom: float) -> Picture:
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=how), np.uint8)


def _compressed(picture: Picture) -> Picture:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def middle(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return where half of the area lies around the middle."""
    margins = [round(side * (1 - 0.5**0.5) / 2) for side in shape[:2]]
    return slice(margins[0], shape[0] - margins[0]), slice(margins[1], shape[1] - margins[1])


CHANGES: Mapping[str, Change] = {
    "turned": Change(lambda picture: np.rot90(picture).copy()),
    "mirrored": Change(lambda picture: picture[:, ::-1].copy()),
    "inverted": Change(lambda picture: 255 - picture),
    "JPEG 75": Change(_compressed),
    "halved": Change(lambda picture: _resized(picture, 0.5), zoom=0.5),
    "doubled": Change(lambda picture: _resized(picture, 2), zoom=2),
    "cropped": Change(lambda picture: picture[middle(picture.shape)].copy(), is_cropped=True),
}
_OF_GREY_LEVELS = ("inverted", "JPEG 75")


def analysed(picture: Picture, mask: Picture, params: SegmentParams) -> Analysis:
    """Return the analysis of a picture in which this is no micrograph."""
    hidden = mask > 0
    shared = Shared("given", Annotations(hidden, (0, 0, *picture.shape)))
    return Analysis(Micrograph(picture, id="", name=""), Recipe(segment=params), shared=shared)


def sizes(analysis: Analysis, window: tuple[slice, slice] | None = None) -> npt.NDArray[np.float64]:
    """Return the diameters in px of all particles, or of those that lie inside a window and do not reach its edge."""
    table, labels = analysis.measured, analysis.labels
    if window is None:
        return np.asarray(table["diameter_px"])
    rows, columns = window
    is_outside = np.ones(labels.shape, bool)
    is_outside[rows.start + 1 : rows.stop - 1, columns.start + 1 : columns.stop - 1] = False
    return np.asarray(table.loc[~table["label"].isin(np.unique(labels[is_outside])), "diameter_px"])


def differences(plain: Analysis, mask: Picture) -> Iterator[dict[str, object]]:
    """Yield one row per change: the relative differences of count and median diameter."""
    picture = to_bytes(plain.micrograph.pixels)
    for name, change in CHANGES.items():
        before = sizes(plain, middle(picture.shape) if change.is_cropped else None)
        if len(before) < _LEAST_N or (change.zoom < 1 and np.median(before) < _LEAST_HALVED_PX):
            continue
        hidden = mask if name in _OF_GREY_LEVELS else change.apply(mask)
        changed = analysed(change.apply(picture), hidden, plain.recipe.segment)
        rows, columns = changed.labels.shape
        whole = (slice(0, rows), slice(0, columns))
        after = sizes(changed, whole if change.is_cropped else None) / change.zoom
        yield {
            "change": name,
            "count": max(abs(len(after) - len(before)) - 1, 0) / len(before),
            "diameter": abs(np.median(after) / np.median(before) - 1) if len(after) else 1.0,
        }


def compared(pixels: Pixels, params: SegmentParams) -> list[dict[str, object]]:
    """Return one row per change of a micrograph; none if it shows few particles."""
    picture = to_bytes(pixels)
    mask = Analysis(Micrograph(picture, id="", name="")).annotations.mask.astype(np.uint8) * np.uint8(255)
    plain = analysed(picture, mask, params)
    return list(differences(plain, mask)) if len(plain.measured) >= _LEAST_N else []


def to_bytes(pixels: Pixels) -> Picture:
    """Return grey levels of 0 to 255."""
    return np.clip(to_grey(pixels), 0, 255).astype(np.uint8)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per method and change."""
    alike = rows.assign(within_count=rows["count"] <= _COUNT, within_diameter=rows["diameter"] <= _DIAMETER)
    columns = {
        "images": ("count", "size"),
        "count": ("count", "median"),
        "worst count": ("count", "max"),
        "within 3 %": ("within_count", "mean"),
        "diameter": ("diameter", "median"),
        "worst diameter": ("diameter", "max"),
        "within 2 %": ("within_diameter", "mean"),
    }
    return alike.groupby(["method", "change"], sort=False).agg(**columns).reset_index()


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds emps_more")
    parser.add_argument("--images", type=int, default=30, help="so many micrographs at most")
    parser.add_argument("--each", action="store_true", help="prints every micrograph, too")
    parser.add_argument("--methods", default="automatic,learned", help=f"of {', '.join(METHODS)}")
    asked = parser.parse_args()
    paths = [image for image, _ in labelled_pairs(asked.data / "emps_more") if purpose_of(image) == "test"]
    rows: list[dict[str, object]] = []
    for method in asked.methods.split(","):
        each = ((path, compared(read_file(path).pixels, METHODS[method])) for path in paths)
        enough = islice(((path, some) for path, some in each if some), asked.images)
        rows += [{"method": method, "image": path.stem, **row} for path, some in enough for row in some]
    table = pd.DataFrame(rows)
    if asked.each:
        print(table.to_string(index=False, float_format="{:.3f}".format))
    print(summary(table).to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
