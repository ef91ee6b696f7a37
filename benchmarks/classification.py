"""How well outlines and solids are told: drawn particles, strangers, silhouettes, published micrographs.

    python -m benchmarks.classification [--data FOLDER] [--silhouettes]

Nothing here was trained or tuned on: seeds and imaging parameters of the drawn particles are others than those of the
training. FOLDER is that of the published images with their masks (emps/truth.csv, emps/images, emps/labels).
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.silhouettes import silhouette_ceiling
from nanotem.measurement import has_flag, measure_particles
from nanotem.morphology.classes import POLYHEDRA, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.reliability import plausible_classes
from nanotem.readers import read_file
from nanotem.training.shapes.calibration import Classes, expected_calibration_error
from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.drawn_solids import Drawing
from nanotem.training.shapes.train import train

SEED = 20_000
PER_CLASS = 150
EYE = {"sphere": "circle", "rod": "rod", "cube": "square"}
"""What the outline of a particle is called, by what an image's particles were called by eye."""


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of published images")
    parser.add_argument("--silhouettes", action="store_true", help="train on silhouettes alone (minutes)")
    arguments = parser.parse_args()
    outline, solid = Classifier.load("outline"), Classifier.load("solid")
    drawn_solids(outline, solid)
    strangers(outline, solid)
    drawn_outlines(outline)
    speed(outline, solid)
    if arguments.data:
        published_outlines(outline, arguments.data)
    if arguments.silhouettes:
        silhouettes()


def answers(outline: Classifier, solid: Classifier, crops: Crops, params: ClassifyParams | None = None) -> pd.DataFrame:
    """Return the table of classes for crops without an image."""
    particles = pd.DataFrame({"label": np.arange(len(crops)), "flags": pd.Series([""] * len(crops), dtype=str)})
    return class_table(
        particles, outlines_by_geometry(crops), outline.predict(crops), solid.predict(crops), solid.card, params
    )


def drawn_solids(outline: Classifier, solid: Classifier) -> None:
    """Print accuracy and honesty on imaging parameters that were kept out of training."""
    drawn: list[tuple[str, Crops, Classes]] = []
    for view, facet_down in (("on a facet", 1.0), ("any orientation", 0.0)):
        drawing = Drawing(held_out=True, facet_down=facet_down)
        n = PER_CLASS * len(SOLID_CLASSES)
        crops, classes = draw_crops("solid", n, seed=SEED + int(facet_down), drawing=drawing, processes=2)
        drawn.append((view, crops, classes))
    (_, lying, lying_classes), (_, turned, turned_classes) = drawn
    drawn.append(("both", np.concatenate([lying, turned]), np.concatenate([lying_classes, turned_classes])))
    print("Solids, drawn, held-out imaging parameters")
    rows = [{"view": view, **_scores(outline, solid, crops, classes)} for view, crops, classes in drawn]
    print(pd.DataFrame(rows).round(3).to_string(index=False))


def _scores(outline: Classifier, solid: Classifier, crops: Crops, classes: Classes) -> dict[str, float]:
    said = solid.predict(crops)
    names = np.array(SOLID_CLASSES)[classes]
    table = answers(outline, solid, crops)
    known = names != "other"
    exact = plausible_classes(
        said.probabilities, solid.card.plausible_threshold, rng=np.random.default_rng(0), keep_best=False
    )
    return {
        "n": len(crops),
        "network": float((said.probabilities.argmax(axis=1) == classes).mean()),
        "with outline": float((table["solid"] == names).mean()),
        "calibration error": expected_calibration_error(said.probabilities, classes),
        "exact sets hold": float(exact[np.arange(len(classes)), classes].mean()),
        "shown sets hold": float(said.plausible[np.arange(len(classes)), classes].mean()),
        "mean set": float(said.plausible.sum(axis=1).mean()),
        "known refused": float(1 - table["known"][known].mean()),
        "accepted right": float((table["solid"] == names)[table["known"]].mean()),
    }


def strangers(outline: Classifier, solid: Classifier) -> None:
    """Print how many particles that are none of the eight polyhedra are not accepted as one."""
    kinds = {
        "spheres": ("sphere", ""),
        "two that touch": ("other", "pair"),
        "halves": ("other", "half"),
        "dirt": ("other", "dirt"),
        "rhombic dodecahedra and ellipsoids": ("other", "solid"),
    }
    params = ClassifyParams(question="polyhedra")
    print("\nStrangers, where one of the eight polyhedra is asked for: share not accepted")
    for title, (name, kind) in kinds.items():
        drawing = Drawing(held_out=True, other=kind)
        crops, _ = draw_crops("solid", 200, seed=SEED + 2, drawing=drawing, classes=[name], processes=2)
        print(f"  {title}: {1 - answers(outline, solid, crops, params)['known'].mean():.3f}")
    crops, _ = draw_crops("solid", 800, seed=SEED + 3, drawing=Drawing(held_out=True), classes=POLYHEDRA, processes=2)
    print(f"  (the eight polyhedra themselves: {1 - answers(outline, solid, crops, params)['known'].mean():.3f})")


def drawn_outlines(outline: Classifier) -> None:
    """Print how often network and geometry tell drawn outlines."""
    crops, classes = draw_crops("outline", 200 * len(outline.card.classes), seed=SEED, processes=2)
    names = np.array(outline.card.classes)
    network = outline.predict(crops).probabilities.argmax(axis=1)
    geometry = np.array(outlines_by_geometry(crops))
    right = np.mean(network == classes), np.mean(geometry == names[classes])
    print(f"\nOutlines, drawn: network {right[0]:.3f}, geometry {right[1]:.3f}")


def speed(outline: Classifier, solid: Classifier) -> None:
    """Print the seconds for 1,000 particles of one image, crops included."""
    rows, columns = np.indices((2048, 2048))
    labels = np.where((rows % 64 - 32) ** 2 + (columns % 64 - 32) ** 2 < 400, rows // 64 * 32 + columns // 64 + 1, 0)
    pixels = np.where(labels > 0, 90, 180).astype(np.uint8)
    began = time.perf_counter()
    answers(outline, solid, crop_particles(pixels, labels.astype(np.int32), list(range(1, 1001))))
    print(f"\n1,000 particles: {time.perf_counter() - began:.1f} s")


def published_outlines(outline: Classifier, data: Path) -> None:
    """Print how often the outline agrees with what an image's particles were called by eye."""
    rows = []
    for image in pd.read_csv(data / "emps" / "truth.csv").itertuples():
        expected = EYE.get(str(image.shape_by_eye))
        if expected is None:
            continue
        pixels = read_file(data / "emps" / "images" / str(image.file)).pixels
        labels = read_file(data / "emps" / "labels" / str(image.file)).pixels.astype(np.int32)
        particles = measure_particles(labels, pixels)
        particles = particles[~has_flag(particles, "touches_frame") & ~has_flag(particles, "few_pixels")]
        crops = crop_particles(pixels, labels, particles["label"].to_numpy())
        said = outline.predict(crops)
        rows += [(image.shape_by_eye, expected, outline.card.classes[k]) for k in said.probabilities.argmax(axis=1)]
    table = pd.DataFrame(rows, columns=["by eye", "expected", "network"])
    print("\nOutlines of published particles (masks by hand; one name per image by eye)")
    print(pd.crosstab(table["by eye"], table["network"]).to_string())
    agreement = (table["expected"] == table["network"]).groupby(table["by eye"]).mean()
    print(f"agreement: {agreement.round(3).to_dict()}, mean of these {agreement.mean():.3f}")


def silhouettes() -> None:
    """Print how far silhouettes alone go, beside the best that any classifier can do with them."""
    with tempfile.TemporaryDirectory() as folder:
        card = train("silhouette", TrainingConfig(n_train=24_000, n_check=4_000, epochs=10), Path(folder))
    print(f"\nSilhouettes alone, on a facet: {card.figures['accuracy']:.3f}; ceiling {silhouette_ceiling():.3f}")


if __name__ == "__main__":
    main()
