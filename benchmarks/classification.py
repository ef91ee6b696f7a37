"""How well outlines and solids are told: drawn particles, strangers, silhouettes, published micrographs.

    python -m benchmarks.classification [--data FOLDER --work FOLDER] [--silhouettes]

Nothing here was trained or tuned on: seeds and imaging parameters of the drawn particles are others than those of the
training, and a real particle is judged by heads that saw no particle of its micrograph. FOLDER of the data is that of
the published micrographs, which nanotem segments itself; in FOLDER of the work features are kept.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.silhouettes import silhouette_ceiling
from nanotem.morphology.classes import POLYHEDRA, SOLID_CLASSES, SOLID_GROUPS
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import CROP_PX, Crops, crop_particles
from nanotem.morphology.evidence import ShapeEvidence, evidence_of
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.reliability import Values, plausible_classes, probabilities_of
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.calibration import Classes, expected_calibration_error, fit_temperature
from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.drawn_solids import Drawing
from nanotem.training.shapes.heads import N_SOLID_FEATURES, UNTOLD, Examples, fit_head, gather, held_out_logits
from nanotem.training.shapes.train import train

SEED = 20_000
PER_CLASS = 150


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of published micrographs")
    parser.add_argument("--work", type=Path, help="folder where their features are kept")
    parser.add_argument("--silhouettes", action="store_true", help="train on silhouettes alone (minutes)")
    arguments = parser.parse_args()
    outline, solid = Classifier.load("outline"), Classifier.load("solid")
    if arguments.data:
        with tempfile.TemporaryDirectory() as folder:
            real(outline, solid, arguments.data, arguments.work or Path(folder))
    drawn_solids(outline, solid)
    strangers(outline, solid)
    drawn_outlines(outline)
    speed(outline, solid)
    if arguments.silhouettes:
        silhouettes()


def answers(outline: Classifier, solid: Classifier, crops: Crops, params: ClassifyParams | None = None) -> pd.DataFrame:
    """Return the table of classes for crops without an image."""
    particles = pd.DataFrame({"label": np.arange(len(crops)), "flags": pd.Series([""] * len(crops), dtype=str)})
    return class_table(particles, evidence_of(crops, outline, solid), solid.card, params)


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


def real(outline: Classifier, solid: Classifier, data: Path, work: Path) -> None:
    """Print how published particles are told by heads that saw none of their micrograph."""
    examples = gather(data, work, MODELS)
    found = examples[(examples.image != "") & (examples.variation == 0)]
    judged = {task: _held_out(examples, task) for task in ("outline", "solid")}
    seen = _seen(found, judged, outline, solid)
    particles = pd.DataFrame(
        {"label": np.arange(len(found.image)), "flags": pd.Series([""] * len(found.image), dtype=str)}
    )
    table = class_table(particles, seen, solid.card).assign(image=found.image)
    for task, classes in (("solid", solid.card.classes), ("outline", outline.card.classes)):
        told = found.classes(task) != UNTOLD
        table["truth"] = np.array([*classes, ""])[found.classes(task)]
        print(
            f"\n{task.capitalize()}s of {told.sum()} particles of {len(set(found.image[told]))} published micrographs"
        )
        print(_by_class(table[told], task).round(3).to_string())
        error = expected_calibration_error(judged[task][told], found.classes(task)[told])
        print(f"calibration error {error:.3f}")


def _held_out(examples: Examples, task: str) -> Values:
    """Return calibrated probabilities of what was found; the temperature, too, is that of the other micrographs."""
    logits = held_out_logits(examples, task, fit_head(examples, task))
    found = (examples.image != "") & (examples.variation == 0)
    logits, images, classes = logits[found], examples.image[found], examples.classes(task)[found]
    probabilities = np.empty_like(logits)
    for image in np.unique(images):
        others = (images != image) & (classes != UNTOLD)
        temperature = fit_temperature(logits[others], classes[others])
        probabilities[images == image] = probabilities_of(logits[images == image], temperature)
    return probabilities


def _seen(found: Examples, judged: dict[str, Values], outline: Classifier, solid: Classifier) -> ShapeEvidence:
    """Return held-out probabilities as the evidence that an analysis would have."""
    n = len(found.image)
    features = found.seen[:, :N_SOLID_FEATURES].astype(float)
    distances = {"solid": solid.familiarity.distances(features), "outline": np.zeros(n)}
    one = {
        task: ClassPrediction(classifier.card.classes, judged[task], judged[task] > 0.1, features, distances[task])
        for task, classifier in (("outline", outline), ("solid", solid))
    }
    crops = np.zeros((n, CROP_PX, CROP_PX, 2), np.float32)
    return ShapeEvidence(crops, ("",) * n, one["outline"], one["solid"], one["outline"], one["solid"], {})


def _by_class(table: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return shares by class, and of the micrograph with most wrong answers that were accepted."""
    is_sure = table["known"] if task == "solid" else table["outline_probability"] >= ClassifyParams().least_probability
    right = table[task] == table["truth"]
    grouped = pd.Series(
        [truth in SOLID_GROUPS.get(group, ()) for truth, group in zip(table["truth"], table["group"], strict=True)],
        index=table.index,
    )
    wrong = is_sure & ~right
    shares = (
        pd.DataFrame(
            {
                "truth": table["truth"],
                "right": right,
                "right and accepted": is_sure & right,
                "right group": grouped if task == "solid" else False,
                "wrong and accepted": wrong,
            }
        )
        .groupby("truth")
        .mean()
    )
    worst = wrong.groupby([table["truth"], table["image"]]).mean().groupby("truth").max()
    by_image = wrong.groupby(table["image"]).mean()
    print(f"wrong and accepted, mean over micrographs {by_image.mean():.3f}, particles {wrong.mean():.3f}")
    counts = table.groupby("truth").agg(n=("image", "size"), micrographs=("image", "nunique"))
    return counts.join(shares).join(worst.rename("worst micrograph"))


def silhouettes() -> None:
    """Print how far silhouettes alone go, beside the best that any classifier can do with them."""
    with tempfile.TemporaryDirectory() as folder:
        card = train("silhouette", TrainingConfig(n_train=24_000, n_check=4_000, epochs=10), Path(folder))
    print(f"\nSilhouettes alone, on a facet: {card.figures['accuracy']:.3f}; ceiling {silhouette_ceiling():.3f}")


if __name__ == "__main__":
    main()
