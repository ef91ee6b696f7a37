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
import pandas as pd
from scipy.optimize import linear_sum_assignment

from nanotem.analysis import analyse
from nanotem.errors import NanotemError
from nanotem.outlines import Outlines
from nanotem.readers import read_file
from nanotem.study.folder import images_in
from nanotem.training.judge.boxes import Boxes, box_overlap, read_boxes

_SHARED = 0.5


def boxes_of(outlines: Outlines) -> Boxes:
    """Return the box of every outline."""
    corners = [np.concatenate([rings[0].min(axis=0), rings[0].max(axis=0)]) for rings in outlines.rings.values()]
    return np.array(corners).reshape(-1, 4)


def compare(image: Path, label: Path) -> dict[str, object]:
    """Return one row of the table."""
    micrograph = read_file(image)
    analysis = analyse(micrograph)
    truth, found = read_boxes(label, micrograph.shape), boxes_of(analysis.outlines)
    overlap = box_overlap(truth, found)
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
    try:
        images = images_in(folder / "images")
        rows = [compare(image, folder / "labels" / f"{image.stem}.txt") for image in images]
    except NanotemError as error:
        parser.exit(2, f"{error}\n")
    if not rows:
        parser.exit(2, f"There is no image in {folder / 'images'}.\n")
    table = pd.DataFrame(rows)
    print(table.to_string(index=False, float_format="{:.2f}".format))
    precision, recall = table["right"].sum() / table["found"].sum(), table["right"].sum() / table["boxed"].sum()
    print(f"precision {precision:.2f}, recall {recall:.2f}, F1 (mean of images) {table['f1'].mean():.2f}")


if __name__ == "__main__":
    main()
