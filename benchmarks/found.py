"""What is found of kinds of pictures that are easily missed or invented, and whether it says so where it is wrong.

    python -m benchmarks.found [--pictures N] [--seed S] [--kinds NAME ...]

Drawn by other code than what network and judge learned from: discs of one contrast, of either polarity. "f1": at an
intersection over union of 0.5; where nothing is drawn, the share of pictures on which nothing is found. "counts":
share of pictures whose count is right within 5 %. "inside": share whose interval of the count holds the truth.
"silent": share whose count is off by more than 10 %, outside its interval, and without a note. "bias": mean relative
error of the diameter.
"""

import argparse
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Micrograph

SIDE_PX = 512
USUAL = ("scale_unknown",)
"""Notes that say nothing of the particles."""

FloatArray = npt.NDArray[np.float64]
Discs = list[tuple[float, float, float]]


class Drawn(NamedTuple):
    """A picture, and the number of the disc at every pixel."""

    pixels: npt.NDArray[np.uint8]
    truth: Labels


def families(rng: np.random.Generator) -> Drawn:
    """Draw large discs, and small ones of a third to a twelfth of their diameter."""
    large = rng.uniform(60, 140)
    small = max(large / rng.uniform(3, 12), 7)
    diameters = [
        *rng.normal(large, 0.06 * large, rng.integers(4, 12)),
        *rng.normal(small, 0.06 * small, 10 ** rng.integers(1, 3)),
    ]
    return photographed(scattered(diameters, rng), rng)


def monolayer(rng: np.random.Generator) -> Drawn:
    """Draw discs of 6 to 12 px in close packing."""
    diameter = rng.uniform(6, 12)
    return photographed(packed(diameter, 1.18, rng), rng, low_snr=3)


def crowded(rng: np.random.Generator) -> Drawn:
    """Draw discs that cover up to nine tenths of the picture."""
    return photographed(packed(rng.uniform(18, 50), rng.uniform(1.02, 1.1), rng), rng)


def noise(rng: np.random.Generator) -> Drawn:
    """Draw counts of electrons, 3 to 100 in a pixel."""
    mean = 10 ** rng.uniform(0.5, 2)
    return empty(np.asarray(rng.poisson(mean, (SIDE_PX, SIDE_PX)) * (120 / mean), float))


def fringes(rng: np.random.Generator) -> Drawn:
    """Draw lattice fringes of one to three directions, brighter here and there."""
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    waves = np.zeros((SIDE_PX, SIDE_PX))
    for angle in rng.uniform(0, np.pi, rng.integers(1, 4)):
        waves += np.sin(2 * np.pi * (rows * np.sin(angle) + columns * np.cos(angle)) / rng.uniform(3.5, 12))
    return empty(120 + 15 * waves * (1 + 0.5 * cloud(30, rng)) + rng.normal(0, rng.uniform(5, 20), waves.shape))


def lacey(rng: np.random.Generator) -> Drawn:
    """Draw a film with holes, or a net."""
    film = cloud(rng.uniform(12, 40), rng)
    is_film = np.abs(film) < rng.uniform(0.3, 0.6) if rng.random() < 0.5 else film < rng.uniform(0.5, 1.5)
    soft = cv2.GaussianBlur(is_film.astype(float), (0, 0), rng.uniform(1, 3))
    return empty(190 - rng.uniform(20, 90) * soft + rng.normal(0, rng.uniform(3, 12), soft.shape))


def blank(rng: np.random.Generator) -> Drawn:
    """Draw a film of even thickness, brighter on one side."""
    slope = np.linspace(0, rng.uniform(0, 60), SIDE_PX)
    return empty(100 + slope[:, None] + rng.normal(0, rng.uniform(1, 15), (SIDE_PX, SIDE_PX)))


KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = MappingProxyType(
    {one.__name__: one for one in (families, monolayer, crowded, noise, fringes, lacey, blank)}
)


def cloud(scale_px: float, rng: np.random.Generator) -> FloatArray:
    """Return smooth noise of mean 0 and standard deviation 1."""
    smooth = cv2.GaussianBlur(rng.normal(size=(SIDE_PX, SIDE_PX)), (0, 0), scale_px)
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def scattered(diameters: list[float], rng: np.random.Generator) -> Discs:
    """Return discs at random places, 4 px apart at least; those that find no room are left out."""
    discs: Discs = []
    for diameter in diameters:
        for _ in range(300):
            row, column = rng.uniform(diameter / 2 + 3, SIDE_PX - diameter / 2 - 3, 2)
            if all(np.hypot(row - r, column - c) > (diameter + d) / 2 + 4 for r, c, d in discs):
                discs.append((row, column, diameter))
                break
    return discs


def packed(diameter: float, pitch: float, rng: np.random.Generator) -> Discs:
    """Return discs in hexagonal packing, at a pitch in diameters."""
    step = diameter * pitch
    rows = np.arange(step, SIDE_PX - step, step * np.sqrt(0.75))
    starts = [step * (1 + (i % 2) / 2) for i in range(len(rows))]
    places = [
        (row, column)
        for row, start in zip(rows, starts, strict=True)
        for column in np.arange(start, SIDE_PX - step, step)
    ]
    spread = (pitch - 1) / 4 * diameter
    return [
        (row + rng.normal(0, spread / 2), column + rng.normal(0, spread / 2), diameter * rng.normal(1, (pitch - 1) / 4))
        for row, column in places
    ]


def photographed(discs: Discs, rng: np.random.Generator, *, low_snr: float = 5) -> Drawn:
    """Return discs under a microscope, dark or bright, with blur and noise."""
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    image, truth = np.zeros(rows.shape), np.zeros(rows.shape, np.int32)
    for number, (row, column, diameter) in enumerate(discs, start=1):
        window = tuple(slice(max(int(at - diameter), 0), int(at + diameter) + 2) for at in (row, column))
        inside = diameter / 2 - np.hypot(rows[window] - row, columns[window] - column)
        image[window] = np.maximum(image[window], np.clip(inside + 0.5, 0, 1))
        truth[window][inside > 0] = number
    contrast = rng.uniform(50, 90)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 1.2)) * contrast
    image += rng.normal(0, contrast / rng.uniform(low_snr, 15), image.shape)
    return Drawn(grey(180 - image if rng.random() < 0.5 else 70 + image), truth)


def empty(image: FloatArray) -> Drawn:
    """Return a picture without a particle."""
    return Drawn(grey(image), np.zeros(image.shape, np.int32))


def grey(image: FloatArray) -> npt.NDArray[np.uint8]:
    """Return a picture of 8 bits."""
    return np.clip(image, 0, 255).round().astype(np.uint8)


def judged(kind: str, drawn: Drawn) -> dict[str, Any]:
    """Analyse a picture with the defaults and compare it with the truth."""
    analysis = analyse(Micrograph(drawn.pixels, id="", name=""))
    n_true, n_found = len(np.unique(drawn.truth)) - 1, len(analysis.particles)
    score, count = evaluate(analysis.labels, drawn.truth), analysis.count
    notes = [note for note in analysis.notes if note.kind not in USUAL]
    inside = count is not None and count.low - 0.5 <= n_true <= count.high + 0.5
    return {
        "kind": kind,
        "f1": score.f1_50 if n_true else float(n_found == 0),
        "counts": abs(n_found - n_true) <= 0.05 * n_true,
        "inside": inside,
        "silent": abs(n_found - n_true) > 0.1 * n_true and not inside and not notes,
        "bias": score.diameter_bias,
    }


def main() -> None:
    """Draw, analyse and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=2030)
    parser.add_argument("--kinds", nargs="+", choices=tuple(KINDS), default=tuple(KINDS))
    chosen = parser.parse_args()
    rows = []
    for kind in chosen.kinds:
        for seed in range(chosen.seed, chosen.seed + chosen.pictures):
            rows.append(judged(kind, KINDS[kind](np.random.default_rng((seed, list(KINDS).index(kind))))))
        print(
            pd.DataFrame(rows)
            .groupby("kind", sort=False)
            .mean()
            .round(3)
            .tail(1)
            .to_string(header=len(rows) <= chosen.pictures)
        )


if __name__ == "__main__":
    main()
