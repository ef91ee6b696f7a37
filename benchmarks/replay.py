"""Whether a saved analysis gives the same numbers again, image after image.

    python -m benchmarks.replay [--data FOLDER] [--images 10]

Every image is analysed and corrected: one particle is split, one removed, two merged, one added. The analysis is
written to a file, that file is given to the command line's function in the place of all else, and the table that this
writes is compared with the first one, number by number.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.accuracy import DATA
from nanotem.analysis import analyse
from nanotem.analysis_file import read_analysis, write_analysis
from nanotem.commands.analyse import analyse_file
from nanotem.edits.edits import Add, Edit, Merge, Remove, Split, apply_edits, target_of
from nanotem.micrograph import Labels, Micrograph, Scale
from nanotem.readers import read_file

SCALE = Scale(1 / 3, "typed")


def corrections(labels: Labels, biggest: list[int]) -> tuple[Edit, ...]:
    """Return one correction of every kind; those that need more particles than there are, are left out."""
    targets = [target_of(labels, label) for label in biggest]
    edits: list[Edit] = [Add(((1.0, 1.0), (1.5, 20.0), (12.0, 10.0)))]
    if len(targets) >= 3:
        first, second, third = targets[:3]
        cuts = [
            Split(one, ((one.row + 0.25, -1.0), (one.row + 0.25, float(labels.shape[1])))) for one in (first, third)
        ]
        halves = apply_edits(labels, cuts[1:])
        whole = Merge(tuple(target_of(halves.labels, label) for label in sorted(halves.touched)))
        edits += [*cuts, Remove((second,)), whole]
    return tuple(edits)


def largest_difference(path: Path, folder: Path) -> float:
    """Return the largest difference between an analysis and its replay; infinite if the tables differ in shape."""
    micrograph: Micrograph = read_file(path).with_scale(SCALE)
    found = analyse(micrograph)
    biggest = found.particles.nlargest(3, "area_px")["label"].to_list()
    edits = corrections(found.segmentation.labels, biggest)
    analysis = found.with_edits(edits)
    first = analysis.particles
    result = analyse_file(path, read_analysis(write_analysis(analysis)), out=folder)
    again = pd.read_csv(result["particles"], keep_default_na=False)
    if list(again) != list(first) or len(again) != len(first) or not again["flags"].equals(first["flags"]):
        return float("inf")
    numbers = [name for name in first if name != "flags"]
    return float((again[numbers] - first[numbers]).abs().max().max())


def main() -> None:
    """Print one line per image, and the largest difference of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    parser.add_argument("--images", type=int, default=10)
    arguments = parser.parse_args()
    paths = sorted((arguments.data / "emps" / "images").glob("*.png"))
    if not paths:
        parser.error(f"{arguments.data / 'emps' / 'images'} holds no images")
    chosen = paths[:: max(len(paths) // arguments.images, 1)][: arguments.images]
    with TemporaryDirectory() as folder:
        differences = {path.name: largest_difference(path, Path(folder)) for path in chosen}
    for name, difference in differences.items():
        print(f"{name}: {difference:g}")
    print(f"largest difference over {len(differences)} images: {max(differences.values()):g}")


if __name__ == "__main__":
    main()
