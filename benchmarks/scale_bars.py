"""How many scales are read right, wrong or not at all, on published micrographs and on drawn ones.

    python -m benchmarks.scale_bars [--data FOLDER] [--kinds N] [--writing N] [--seed S]

"right": nm per pixel within 2 % of the truth, with nothing typed. Published bars were measured by hand to 1 px, so that
for them 1.2 px count as right, too: 4 % of the shortest. "wrong": accepted, but not right. "refused" where there is
no usable bar is what should happen, and counts under "rightly". "ends": of the right ones, those whose length is
within 1 px (1.5 px of a hand measurement), and "bias_px" the mean error. Folders that are absent are skipped.

With `--kinds` only labels and pictures of the kinds that were once read wrong are drawn, N of each, and with
`--writing` only N micrographs that were written all over: how many have a letter left that would be counted, and how
many particles are covered.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA
from benchmarks.drawn_bars import Drawn, drawn_bars, without_bar
from benchmarks.drawn_labels import drawn_labels
from benchmarks.drawn_writing import Written, drawn_writing
from nanotem.calibration import ScaleReading, find_annotations, find_bars, read_scale, sure_bar
from nanotem.readers import read_file

COVERED, LETTER_PX = 0.05, 12
"""Of a particle's pixels, and the smallest remnant of writing that is counted as a particle by default."""

HAND_PX = 1.2
HAND_ENDS_PX, DRAWN_ENDS_PX = 1.5, 1.0
CROPS = {
    "10nm-Bar-EY064-8000000X-0012.jpg": (214, None),
    "10nm_bar_np17.jpg": (107, None),
    "5nm-Bar-EY064-10000000X-0054.jpg": (133, None),
    "80nmAuNP_007_scale_bar.jpg": (491, 200.0),
    "Au_nanoparticles_bar.png": (42, 100.0),
    "bar3.png": (259, None),
    "bar4.png": (208, 10.0),
}
"""True length in px and label in nm, by eye."""


class Outcome(NamedTuple):
    """One image: what is true and what was read."""

    group: str
    usable: bool
    accepted: bool
    right: bool
    length_error_px: float
    tolerance_px: float
    seconds: float


def published(name: str, folder: Path, table: str) -> Iterator[Outcome]:
    """Yield an outcome for every micrograph of a folder with bars measured by hand."""
    for row in pd.read_csv(folder / table).to_dict("records"):
        drawn = Drawn(
            read_file(folder / row["file"]).pixels,
            name,
            row["bar_px"],
            None if np.isnan(row["nm_per_px"]) else row["nm_per_px"],
        )
        yield outcome(drawn, tolerance_px=HAND_PX)


def outcome(drawn: Drawn, *, tolerance_px: float = 0.0) -> Outcome:
    """Read one scale and compare it with the truth."""
    start = perf_counter()
    reading = read_scale(drawn.pixels)
    seconds = perf_counter() - start
    error_px = np.nan if reading.bar is None else reading.bar.length_px - drawn.length_px
    right = drawn.nm_per_px is not None and _is_right(reading, drawn.nm_per_px, drawn.length_px, tolerance_px)
    ends_px = HAND_ENDS_PX if tolerance_px else DRAWN_ENDS_PX
    return Outcome(drawn.style, drawn.nm_per_px is not None, reading.accepted, right, error_px, ends_px, seconds)


def _is_right(reading: ScaleReading, nm_per_px: float, length_px: float, tolerance_px: float) -> bool:
    if reading.scale is None or reading.bar is None:
        return False
    tolerance = max(0.02, tolerance_px / length_px)
    return abs(reading.scale.nm_per_px / nm_per_px - 1) <= tolerance


def summary(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return one row of counts for each group of images."""
    table = pd.DataFrame(outcomes)
    right = table["right"] & table["accepted"]
    counts = pd.DataFrame(
        {
            "group": table["group"],
            "usable": table["usable"],
            "right": right,
            "wrong": table["usable"] & table["accepted"] & ~right,
            "refused": table["usable"] & ~table["accepted"],
            "unusable": ~table["usable"],
            "rightly": ~table["usable"] & ~table["accepted"],
            "ends": right & (table["length_error_px"].abs() <= table["tolerance_px"]),
        }
    )
    sums = counts.groupby("group", sort=False).sum()
    bias = table[right].groupby("group")["length_error_px"].mean().round(2)
    return sums.assign(bias_px=bias, median_s=table.groupby("group")["seconds"].median().round(2))


def crops(folder: Path) -> pd.DataFrame:
    """Compare the crops that people made around bars with the truth by eye."""
    rows = []
    for name, (length_px, label_nm) in CROPS.items():
        pixels = np.asarray(cv2.imread(str(folder / name), cv2.IMREAD_GRAYSCALE))
        reading = read_scale(pixels, region=(0, 0, *pixels.shape))
        found_px = reading.bar.length_px if reading.bar else np.nan
        found_nm = reading.label.length_nm if reading.label else None
        rows.append((name, length_px, round(found_px, 1), label_nm, found_nm))
    return pd.DataFrame(rows, columns=["crop", "true_px", "found_px", "true_nm", "found_nm"])


def kinds(n: int, seed: int) -> pd.DataFrame:
    """Return for each kind of label or picture how many were read right, refused, and wrong but accepted."""
    table = pd.DataFrame([outcome(drawn) for drawn in drawn_labels(n, seed)])
    wrong = table["accepted"] & ~table["right"]
    counts = pd.DataFrame(
        {
            "kind": table["group"],
            "right": table["right"] & table["accepted"],
            "refused": ~table["accepted"],
            "wrong and accepted": wrong,
        }
    )
    return counts.groupby("kind", sort=False).sum()


def writing(n: int, seed: int) -> pd.DataFrame:
    """Return for each kind of writing in how many pictures letters are left, and how many particles are covered."""
    rows = [(picture.kind, *_left_and_covered(picture)) for picture in drawn_writing(n, seed)]
    table = pd.DataFrame(rows, columns=["kind", "pictures", "pictures with letters left", "particles covered"])
    return table.groupby("kind", sort=False).sum()


def _left_and_covered(picture: Written) -> tuple[int, bool, int]:
    mask = find_annotations(picture.pixels, sure_bar(find_bars(picture.pixels))).mask
    left = cv2.connectedComponentsWithStats((picture.writing & ~mask).astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
    covered = 0
    for row, column, radius in picture.particles:
        disc = np.zeros(mask.shape, np.uint8)
        cv2.circle(disc, (round(column), round(row)), int(radius) - 1, 1, -1)
        covered += bool(mask[disc > 0].mean() > COVERED)
    return 1, bool((left >= LETTER_PX).any()), covered


def seconds_for_2048() -> float:
    """Return the time for a drawn image of 2048 x 2048 px without a label: the slowest way, all of it is read."""
    rng = np.random.default_rng(0)
    pixels = cv2.GaussianBlur(rng.normal(128, 30, (2048, 2048)).astype(np.float32), (0, 0), 2)
    start = perf_counter()
    read_scale(pixels)
    return perf_counter() - start


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--kinds", type=int, default=0)
    parser.add_argument("--writing", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.kinds or options.writing:
        if options.kinds:
            print(kinds(options.kinds, options.seed).to_string())
        if options.writing:
            print(writing(options.writing, options.seed).to_string())
        return
    data = options.data
    outcomes = [outcome(drawn) for drawn in (*drawn_bars(), *without_bar())]
    for name, table in (("emps", "scale_bars.csv"), ("scale_bars", "truth.csv")):
        if (data / name).exists():
            outcomes += published(name, data / name, table)
    print(summary(outcomes).to_string())
    if (data / "figures").exists():
        print(f"\n{crops(data / 'figures' / 'scale_bar_crops').to_string(index=False)}")
    print(f"\n{seconds_for_2048():.2f} s for 2048 x 2048 px, all of it read")


if __name__ == "__main__":
    main()
