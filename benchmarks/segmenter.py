"""The segmentation network by itself, by kind of micrograph: two networks side by side, and what changes nothing.

    python -m benchmarks.segmenter [--model FOLDER]... [--data FOLDER] [--images N] [--seeds N] [--empty N] [--same N]

Every folder holds a network with its card; without one, the network that comes along is measured. Of preprocessing
all defaults are used, and of the method "learned".

"real" and "metal" are labelled micrographs that are kept out of training and of every choice
(`nanotem.training.segmenter.labelled.purpose_of`), with outlines moved to half of the contrast. The drawn kinds are
those of `nanotem.training.segmenter.drawn`, with seeds that no training uses. Means over images: F1 at an intersection
over union of 0.5, panoptic quality, absolute relative error of the count, relative error of the diameter.

Then: the share of frames without a particle in which nothing is found; and how many of the real micrographs keep their
count and their mean diameter to 2 % when they are turned, mirrored, inverted, compressed or resampled.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA
from benchmarks.learned import held_out
from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.labels import areas_px
from nanotem.micrograph import Labels, Micrograph, Pixels
from nanotem.networks.folders import MODELS
from nanotem.recipe import Recipe
from nanotem.segmentation.by_network import LearnedOptions, ask, find_by_network
from nanotem.segmentation.filters import MIN_DIAMETER_PX, without_small
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.training.segmenter.drawn.kinds import KINDS, draw_kind
from nanotem.training.segmenter.targets import at_half_contrast

FIRST_SEED = 2_000_000_000
"""Trainings use lower ones."""

_SAME = 0.02

Networks = Mapping[str, Segmenter]
Case = tuple[str, Pixels, Labels]
"""Kind, micrograph and truth."""


def found_by(segmenter: Segmenter, foreground: Foreground) -> Labels:
    """Return the particles that a network finds with the defaults of the method."""
    options = LearnedOptions()
    found = find_by_network(foreground, options, ask(foreground, options, lambda: segmenter))
    return without_small(found.labels, min_diameter_px=MIN_DIAMETER_PX)


def seen(pixels: Pixels) -> Foreground:
    """Return what preprocessing makes of a micrograph."""
    return Foreground.of(analyse(Micrograph(pixels, id="", name=""), Recipe()).preprocessed)


def real(data: Path, n_images: int) -> Iterator[Case]:
    """Yield the labelled micrographs that are for tests alone."""
    for name, folder in (("real", data / "emps_more"), ("metal", data / "emps")):
        if folder.is_dir():
            for pixels, labels in held_out(folder, n_images):
                yield name, pixels, labels
        else:
            print(f"{name} is skipped: {folder} is absent.")


def drawn(n_seeds: int) -> Iterator[Case]:
    """Yield scenes of every kind that holds particles."""
    for kind in KINDS:
        if not _is_empty(kind):
            for seed in range(FIRST_SEED, FIRST_SEED + n_seeds):
                scene = draw_kind(kind, seed)
                yield kind, scene.pixels, scene.labels


def by_kind(networks: Networks, cases: Iterable[Case], *, drawn_by_hand: bool) -> pd.DataFrame:
    """Return one row per kind and network: means over images."""
    rows = []
    for kind, pixels, labels in cases:
        foreground = seen(pixels)
        assert foreground.flattened is not None
        truth = at_half_contrast(labels, foreground.flattened) if drawn_by_hand else labels
        for name, segmenter in networks.items():
            score = evaluate(found_by(segmenter, foreground), truth)
            rows.append(
                {
                    "kind": kind,
                    "network": name,
                    "F1": score.f1_50,
                    "PQ": score.pq,
                    "|count error|": abs(score.count_error),
                    "diameter bias": score.diameter_bias,
                }
            )
    scores = pd.DataFrame(rows, columns=["kind", "network", "F1", "PQ", "|count error|", "diameter bias"])
    grouped = scores.groupby(["kind", "network"], sort=False)
    return grouped.mean().assign(images=grouped.size()).reset_index()


def nothing_found(networks: Networks, n_empty: int) -> pd.DataFrame:
    """Return the share of frames without a particle in which nothing is found."""
    rows = []
    for kind in filter(_is_empty, KINDS):
        frames = [seen(draw_kind(kind, FIRST_SEED + seed).pixels) for seed in range(n_empty)]
        for name, segmenter in networks.items():
            is_empty = [not found_by(segmenter, frame).any() for frame in frames]
            rows.append({"kind": kind, "network": name, "nothing found": float(np.mean(is_empty))})
    return pd.DataFrame(rows)


def _compressed(pixels: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


CHANGES: Mapping[str, tuple[float, Callable[[Pixels], Pixels]]] = {
    "turned": (1.0, lambda pixels: np.rot90(pixels).copy()),
    "mirrored": (1.0, lambda pixels: pixels[:, ::-1].copy()),
    "inverted": (1.0, lambda pixels: (pixels.max() - pixels).astype(pixels.dtype)),
    "JPEG 75": (1.0, _compressed),
    "half as large": (0.5, lambda pixels: cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
    "twice as large": (2.0, lambda pixels: cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)),
}
"""What is done to a micrograph, and how many times larger its particles are then."""


def unchanged(networks: Networks, cases: Iterable[Case]) -> pd.DataFrame:
    """Return the share of micrographs that keep their count, and their mean diameter, when they are changed."""
    rows = []
    for _, pixels, _ in cases:
        grey = np.asarray(pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=-1), np.uint8)
        before = {name: _count_and_mean(found_by(segmenter, seen(grey))) for name, segmenter in networks.items()}
        for change, (zoom, make) in CHANGES.items():
            foreground = seen(make(grey))
            for name, segmenter in networks.items():
                n_after, mean_after = _count_and_mean(found_by(segmenter, foreground))
                n_before, mean_before = before[name]
                rows.append(
                    {
                        "change": change,
                        "network": name,
                        "same count": abs(n_after - n_before) <= _SAME * n_before,
                        "same diameter": abs(mean_after / zoom - mean_before) <= _SAME * mean_before,
                    }
                )
    return pd.DataFrame(rows).groupby(["change", "network"], sort=False).mean().reset_index()


def _count_and_mean(labels: Labels) -> tuple[int, float]:
    areas = areas_px(labels)[1:]
    diameters = 2 * np.sqrt(areas[areas > 0] / np.pi)
    return len(diameters), float(diameters.mean()) if len(diameters) else 0.0


def _is_empty(kind: str) -> bool:
    return kind.startswith("no particle")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", help="folder of a network; may be repeated")
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    parser.add_argument("--images", type=int, default=1000, help="real micrographs per folder, at most")
    parser.add_argument("--seeds", type=int, default=10, help="drawn scenes per kind")
    parser.add_argument("--empty", type=int, default=40, help="frames without a particle per kind")
    parser.add_argument("--same", type=int, default=30, help="real micrographs that are changed")
    options = parser.parse_args()
    networks = {folder.name: Segmenter.load(folder) for folder in options.model or [MODELS]}
    tables = []
    if options.images:
        tables.append(by_kind(networks, real(options.data, options.images), drawn_by_hand=True))
    if options.seeds:
        tables.append(by_kind(networks, drawn(options.seeds), drawn_by_hand=False))
    if options.empty:
        tables.append(nothing_found(networks, options.empty))
    if options.same:
        tables.append(unchanged(networks, list(real(options.data, options.same))[: options.same]))
    for table in tables:
        print(table.to_string(index=False, float_format="{:.3f}".format, na_rep=""), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
