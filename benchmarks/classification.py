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
import numpy.typing as npt
import pandas as pd

from benchmarks.silhouettes import silhouette_ceiling
from nanotem.morphology.card import read_card
from nanotem.morphology.classes import POLYHEDRA, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.evidence import evidence_of
from nanotem.morphology.fractions import Confusion, class_fractions
from nanotem.morphology.label_shift import among_others
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.reliability import plausible_classes
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.calibration import Classes, conformal_threshold, expected_calibration_error
from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.drawing import Drawing
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.examples import CLASSES, N_VARIATIONS, TRIALS, UNTOLD, gather
from nanotem.training.shapes.held_out import (
    HeldOut,
    confusion_with,
    figures_of,
    has_right_group,
    held_out,
    is_accepted,
    wrong_and_accepted,
)
from nanotem.training.shapes.train import train

SEED = 20_000
PER_CLASS = 150

_SEVERAL = 8
"""Of a micrograph with fewer told particles a share says little: one of them is more than 12 %."""
_MANY, _FEW = 40, 5
"""Particles of two micrographs that are put together, at most; of a micrograph of half as many the first are taken."""
_POOL = 160
"""Drawn particles of each class for populations: half are counted beforehand, of the others 60 at most are taken."""


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
            judged = real(arguments.data, arguments.work or Path(folder))
        consistency(judged)
        few_among_many(judged)
        real_populations(judged)
    drawn_populations(outline, solid)
    drawn_solids(outline, solid)
    strangers(outline, solid)
    drawn_outlines(outline)
    speed(outline, solid)
    if arguments.silhouettes:
        silhouettes()


def answers(outline: Classifier, solid: Classifier, crops: Crops, params: ClassifyParams | None = None) -> pd.DataFrame:
    """Return the table of classes for crops without an image, each by itself."""
    particles = pd.DataFrame({"label": np.arange(len(crops)), "flags": pd.Series([""] * len(crops), dtype=str)})
    seen = evidence_of(crops, outline, solid, counted=np.zeros(len(crops), bool))
    return class_table(particles, seen, solid.card.largest_distance, params)


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


def real(data: Path, work: Path) -> HeldOut:
    """Print how published particles are told by heads that saw none of their micrograph."""
    judged = held_out(gather(data, work, MODELS), read_card(MODELS, "solid").outlines)
    table = judged.answers(judged.found)
    for task in ("solid", "outline"):
        told = table[table[f"true {task}"] != ""]
        n_micrographs = told["image"].nunique()
        print(f"\n{task.capitalize()}s of {len(told)} particles of {n_micrographs} published micrographs")
        print(_by_class(told, task).round(3).to_string())
        wrong = wrong_and_accepted(told, task)
        by_image = wrong.groupby(told["image"]).agg(["mean", "size"])
        several = by_image.loc[by_image["size"] >= _SEVERAL, "mean"]
        print(
            f"right {(told[task] == told[f'true {task}']).mean():.3f}; "
            f"wrong and accepted: particles {wrong.mean():.3f}, mean over micrographs {by_image['mean'].mean():.3f}, "
            f"most of a micrograph of {_SEVERAL} or more {several.max():.3f} "
            f"(above 0.12 in {(several > 0.12).sum()} of {len(several)})"
        )
        print(f"calibration error {figures_of(judged, task)['real_calibration_error']:.3f}; {_sets(judged, task)}")
    unfamiliar = judged.distances[judged.found] > judged.largest_distance
    print(f"unfamiliar {unfamiliar.mean():.3f}")
    return judged


def _by_class(table: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return shares by class, and of the micrograph with most wrong answers that were accepted."""
    truth, is_sure = table[f"true {task}"], is_accepted(table, task)
    right, wrong = table[task] == truth, wrong_and_accepted(table, task)
    in_group = has_right_group(table) if task == "solid" else pd.Series(False, index=table.index)
    shares = {
        "right": right,
        "accepted and right": is_sure & right,
        "right or its group": (is_sure & right) | in_group,
        "wrong and accepted": wrong,
        "unknown": ~is_sure & ~in_group,
    }
    rows = pd.DataFrame(shares).groupby(truth).mean()
    worst = wrong.groupby([truth, table["image"]]).mean().groupby(level=0).max()
    counts = table.groupby(truth).agg(n=("image", "size"), micrographs=("image", "nunique"))
    return counts.join(rows).join(worst.rename("worst micrograph"))


def _sets(judged: HeldOut, task: str) -> str:
    """Return how often plausible sets hold the truth, their threshold that of the other micrographs."""
    told = judged.found & (judged.examples.classes(task) != UNTOLD)
    classes, images = judged.examples.classes(task)[told], judged.examples.image[told]
    probabilities, rng = judged.probabilities[task][told], np.random.default_rng(0)
    sets = np.empty(probabilities.shape, bool)
    for image in np.unique(images):
        others = images != image
        threshold = conformal_threshold(probabilities[others], classes[others], coverage=0.9, rng=rng)
        sets[~others] = plausible_classes(probabilities[~others], threshold, rng=rng)
    held = sets[np.arange(len(classes)), classes].mean()
    return f"plausible sets hold the truth in {held:.3f}, {sets.sum(axis=1).mean():.2f} classes on average"


def consistency(judged: HeldOut) -> None:
    """Print how often an answer changes where nothing of the particle does."""
    examples = judged.examples
    rows = []
    for number, name in enumerate(TRIALS, start=N_VARIATIONS + 1):
        tried = (examples.image != "") & (examples.variation == number)
        before = np.zeros(len(tried), bool)
        before[examples.as_found()[tried]] = True
        one, other = judged.answers(before), judged.answers(tried)
        both = one["known"] & other["known"]
        solid = one["solid"] != other["solid"]
        outline = one["outline"] != other["outline"]
        shares = {"solid": solid, "outline": outline, "accepted as another solid": both & solid}
        rows.append({"": name, "n": len(one), **{title: changed.mean() for title, changed in shares.items()}})
    print("\nShare of real particles whose answer changes")
    print(pd.DataFrame(rows).round(3).to_string(index=False))


def few_among_many(judged: HeldOut, n_runs: int = 400) -> None:
    """Print how often outlines are told right by themselves, and with the others of the image allowed for.

    So they are in their micrographs, and where a few of one micrograph are put among many of another class and another
    micrograph, as a minority in its image would be.
    """
    examples = judged.examples
    told = judged.found & (examples.outline != UNTOLD)
    by_itself = _right(judged, np.flatnonzero(told), alone=True)
    table = judged.answers(told)
    together = table["outline"] == table["true outline"]
    print("\nOutlines told right: by themselves, and with the others of the image allowed for")
    print(f"  in their micrographs: {by_itself.mean():.3f}, {together.mean():.3f}")
    pairs = pd.DataFrame({"image": examples.image[told], "class": examples.outline[told]}).value_counts()
    large, several = (list(pairs[pairs >= least].index) for least in (_MANY // 2, _FEW))
    rng, rows = np.random.default_rng(SEED), list[tuple[float, ...]]()
    while len(rows) < n_runs:
        many, few = large[rng.integers(len(large))], several[rng.integers(len(several))]
        if many[1] == few[1]:
            continue
        alike = [np.flatnonzero(told & (examples.image == image) & (examples.outline == k)) for image, k in (many, few)]
        most, least = rng.permutation(alike[0])[:_MANY], rng.permutation(alike[1])[:_FEW]
        right = [_right(judged, np.concatenate([most, least]), alone=alone) for alone in (True, False)]
        rows.append((*(one[: len(most)].mean() for one in right), *(one[len(most) :].mean() for one in right)))
    shares = np.mean(rows, axis=0)
    print(f"  {_MANY} beside {_FEW} of another class: {shares[0]:.3f}, {shares[1]:.3f}")
    print(f"  these {_FEW}: {shares[2]:.3f}, {shares[3]:.3f}")


def _right(judged: HeldOut, places: npt.NDArray[np.int64], *, alone: bool) -> npt.NDArray[np.bool_]:
    """Return which outlines are told right where these examples lie in one image."""
    chances = judged.probabilities["outline"][places]
    nothing = np.zeros((len(places), 0)), np.zeros(len(places))
    said = ClassPrediction(CLASSES["outline"], chances, chances > 1, *nothing, shares=judged.shares["outline"])
    shown = among_others(said, np.full(len(places), not alone))
    return np.asarray(shown.probabilities.argmax(axis=1) == judged.examples.outline[places])


def real_populations(judged: HeldOut) -> None:
    """Print how often intervals of shares hold those of a published micrograph, the table that of the others."""
    print("\nShares of the population of published micrographs, within their 95 % intervals")
    for task, names in CLASSES.items():
        examples, inside, widths = judged.examples, list[float](), list[float]()
        told = judged.found & (examples.classes(task) != UNTOLD)
        images, counts = np.unique(examples.image[told], return_counts=True)
        for image in images[counts >= _SEVERAL]:
            others = examples.image != image
            confusion = confusion_with(examples[others], task, judged.probabilities[task][others])
            here = told & (examples.image == image)
            found = class_fractions(judged.probabilities[task][here].argmax(axis=1), confusion, names)
            truth = np.bincount(examples.classes(task)[here], minlength=len(names)) / here.sum()
            present = truth > 0
            inside += list(((found.low <= truth) & (truth <= found.high))[present])
            widths += list((found.high - found.low)[present])
        print(f"  {task}s: {np.mean(inside):.3f} of {len(inside)} shares; mean width {np.mean(widths):.2f}")


def drawn_populations(outline: Classifier, solid: Classifier, n_runs: int = 200) -> None:
    """Print how often intervals of shares hold those of drawn populations, pure ones and mixtures of up to four."""
    n = len(SOLID_CLASSES)
    crops, truth = draw_crops("solid", _POOL * n, seed=SEED + 4, drawing=Drawing(held_out=True), processes=2)
    said = evidence_of(crops, outline, solid).solid.probabilities.argmax(axis=1)
    rng, rows = np.random.default_rng(SEED), []
    for run in range(n_runs):
        order = rng.permutation(len(truth))
        tried, counted = order[: len(order) // 2], order[len(order) // 2 :]
        table = np.bincount(truth[counted] * n + said[counted], minlength=n * n).reshape(n, n)
        members = rng.choice(n, 1 if run % 2 else rng.integers(2, 5), replace=False)
        shares = np.zeros(n)
        shares[members] = rng.dirichlet(np.ones(len(members)))
        numbers = rng.multinomial(int(rng.integers(20, 61)), shares)
        chosen = np.concatenate([tried[truth[tried] == k][: numbers[k]] for k in members])
        found = class_fractions(said[chosen], Confusion(table), SOLID_CLASSES, seed=run)
        inside = (found.low <= shares) & (shares <= found.high)
        kind = "pure" if len(members) == 1 else "mixed"
        rows.append((kind, inside[members].mean(), inside.mean(), (found.high - found.low)[members].mean()))
    print(f"\nShares of {n_runs} drawn populations of 20 to 60 particles, within their 95 % intervals")
    runs = pd.DataFrame(rows, columns=["kind", "of classes that occur", "of all classes", "mean width"])
    print(runs.groupby("kind").mean().round(3).to_string())
    print(f"all: {runs['of classes that occur'].mean():.3f} of those that occur, {runs['of all classes'].mean():.3f}")


def silhouettes() -> None:
    """Print how far silhouettes alone go, beside the best that any classifier can do with them."""
    with tempfile.TemporaryDirectory() as folder:
        card = train("silhouette", TrainingConfig(n_train=24_000, n_check=4_000, epochs=10), Path(folder))
    print(f"\nSilhouettes alone, on a facet: {card.figures['accuracy']:.3f}; ceiling {silhouette_ceiling():.3f}")


if __name__ == "__main__":
    main()
