"""How many particles of supported catalysts are found that a person has boxed.

    python -m benchmarks.boxes --data FOLDER

The folder holds `images`, and in `labels` one text file for each with its boxes (YOLO: class, middle and size as shares
of width and height). "right": found particles whose own box shares more than half of the union with a box, each box
once. "inside": whether the interval of the count holds the number of boxes. "width": the mean side of particles that
are right, as a share of that of their boxes. "noted": whether a note calls the count doubtful.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from nanotem.analysis import analyse
from nanotem.outlines import Outlines
from nanotem.readers import read_file

_SHARED = 0.5

Boxes = npt.NDArray[np.float64]
"""Shape (boxes, 4): top, left, bottom, right in px."""


def boxes_in(path: Path, shape: tuple[int, int]) -> Boxes:
    """Read the boxes of an image of so many rows and columns."""
    x, y, width, height = (
        np.loadtxt(path, usecols=(1, 2, 3, 4), ndmin=2).T * np.array([*shape[::-1], *shape[::-1]])[:, None]
    )
    return np.stack([y - height / 2, x - width / 2, y + height / 2, x + width / 2], axis=1)


def boxes_of(outlines: Outlines) -> Boxes:
    """Return the box of every outline."""
    corners = [np.concatenate([rings[0].min(axis=0), rings[0].max(axis=0)]) for rings in outlines.rings.values()]
    return np.array(corners).reshape(-1, 4)


def shared(one: Boxes, other: Boxes) -> npt.NDArray[np.float64]:
    """Return intersection over union of all pairs of boxes."""
    low, high = np.maximum(one[:, None, :2], other[None, :, :2]), np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return np.asarray(common / (areas[0][:, None] + areas[1] - common))


def compare(image: Path, label: Path) -> dict[str, object]:
    """Return one row of the table."""
    micrograph = read_file(image)
    analysis = analyse(micrograph)
    truth, found = boxes_in(label, micrograph.shape), boxes_of(analysis.outlines)
    overlap = shared(truth, found)
    boxed, own = linear_sum_assignment(overlap > _SHARED, maximize=True)
    is_right = overlap[boxed, own] > _SHARED
    sides = (
        [(boxes[:, 2:] - boxes[:, :2])[is_right].mean() for boxes in (truth[boxed], found[own])]
        if any(is_right)
        else []
    )
    count = analysis.count
    return {
        "image": image.stem,
        "boxed": len(truth),
        "found": len(found),
        "right": int(is_right.sum()),
        "f1": 2 * is_right.sum() / max(len(truth) + len(found), 1),
        "width": sides[1] / sides[0] if sides else np.nan,
        "low": count.low if count else np.nan,
        "high": count.high if count else np.nan,
        "inside": bool(count and count.low <= len(truth) <= count.high),
        "noted": any(note.kind in ("count_doubtful", "nothing_sure", "left_out") for note in analysis.notes),
    }


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    images = sorted((folder / "images").iterdir())
    table = pd.DataFrame([compare(image, folder / "labels" / f"{image.stem}.txt") for image in images])
    print(table.to_string(index=False, float_format="{:.2f}".format))
    precision, recall = table["right"].sum() / table["found"].sum(), table["right"].sum() / table["boxed"].sum()
    print(f"precision {precision:.2f}, recall {recall:.2f}, F1 (mean of images) {table['f1'].mean():.2f}")


if __name__ == "__main__":
    main()
