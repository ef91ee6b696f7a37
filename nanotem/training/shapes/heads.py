"""The heads of the two classifiers: trained on features of the frozen networks, of drawn and of real particles.

    python -m nanotem.training.shapes.heads --data FOLDER --work FOLDER [--models FOLDER]

Features of every variation of every particle are kept in the folder of work, so that fitting takes seconds.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from nanotem.morphology.card import read_model
from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_VERSION, Crops, crop_particles
from nanotem.morphology.evidence import evidence_of
from nanotem.morphology.head import beside
from nanotem.morphology.reliability import Values
from nanotem.morphology.shape_numbers import shape_numbers
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.calibration import Classes, conformal_threshold, fit_temperature
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.published import Told, told_particles
from nanotem.training.shapes.saving import save_head
from nanotem.training.shapes.variation import draw_variation, varied

N_VARIATIONS = 5
"""Variations of each real particle beside what was found."""

N_SOLID_FEATURES = 96
"""The first columns of what is seen."""

UNTOLD = -1
"""Class of what the picture does not tell."""

_CLASSES = {"solid": SOLID_CLASSES, "outline": OUTLINE_CLASSES}
_DRAWN_PER_CLASS = 400
_PENALTY = 1e-4
"""Of the squared weights of standardised inputs, beside the mean loss of an example; it was not tuned."""
_COVERAGE = 0.9
_N_FOLDS = 10


@dataclass(frozen=True, eq=False)
class Examples:
    """Particles as networks and geometry see them, with their classes.

    Attributes
    ----------
    seen
        Shape (n, values): features of the network of solids, of that of outlines, numbers of the outline.
    outline, solid
        Index of the class of each, `UNTOLD` where it is not told.
    image
        File of the micrograph; empty for drawn ones.
    variation
        0 for what was found or drawn, else the number of the variation.
    """

    seen: npt.NDArray[np.float32]
    outline: Classes
    solid: Classes
    image: npt.NDArray[np.str_]
    variation: Classes

    def __getitem__(self, chosen: npt.NDArray[np.bool_]) -> "Examples":
        return Examples(*(getattr(self, name)[chosen] for name in _FIELDS))

    def then(self, others: "Examples") -> "Examples":
        """Return these and others."""
        return Examples(*(np.concatenate([getattr(self, name), getattr(others, name)]) for name in _FIELDS))

    def save(self, path: Path) -> None:
        """Write to an NPZ file."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in _FIELDS})

    @classmethod
    def load(cls, path: Path) -> "Examples":
        """Read from an NPZ file."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[name] for name in _FIELDS))

    def inputs(self, task: str) -> npt.NDArray[np.float32]:
        """Return what the head of a task sees: that of outlines nothing of what lies inside."""
        return self.seen if task == "solid" else self.seen[:, N_SOLID_FEATURES:]

    def classes(self, task: str) -> Classes:
        """Return the class of each for "solid" or "outline"."""
        return self.solid if task == "solid" else self.outline


_FIELDS = tuple(Examples.__annotations__)


def examples_of(
    crops: Crops, outline: Classifier, solid: Classifier, *, names: dict[str, list[str]], image: str, variation: Classes
) -> Examples:
    """Return crops as networks and geometry see them; `names` holds their classes, empty where they are not told."""
    seen = evidence_of(crops, outline, solid)
    features = beside(seen.solid_alone.features, seen.outline_alone.features, shape_numbers(crops))
    indices = {
        task: np.array([_CLASSES[task].index(name) if name else UNTOLD for name in told], np.int64)
        for task, told in names.items()
    }
    images = np.full(len(crops), image)
    return Examples(features.astype(np.float32), indices["outline"], indices["solid"], images, variation)


def real_examples(told: Told, outline: Classifier, solid: Classifier, *, seed: int) -> Examples:
    """Return the particles of one micrograph, each as it was found and in several variations."""
    rng = np.random.default_rng(seed)
    areas = np.bincount(told.labels.ravel())
    crops = []
    for number in told.numbers:
        diameter_px = 2 * float(np.sqrt(areas[number] / np.pi))
        crops += [crop_particles(told.pixels, told.labels, [number])[0]]
        for _ in range(N_VARIATIONS):
            crops += [varied(told.pixels, told.labels, number, draw_variation(rng, diameter_px), rng)]
    n_each = 1 + N_VARIATIONS
    names = {"outline": told.outlines, "solid": told.solids}
    return examples_of(
        np.array(crops, np.float32),
        outline,
        solid,
        names={task: [name for name in each for _ in range(n_each)] for task, each in names.items()},
        image=told.file,
        variation=np.tile(np.arange(n_each), len(told.numbers)),
    )


def drawn_examples(task: str, n: int, outline: Classifier, solid: Classifier, *, seed: int) -> Examples:
    """Return drawn particles, half of them in a variation of what was drawn."""
    crops, classes = draw_crops(task, n, seed=seed)
    rng = np.random.default_rng(seed)
    variation = np.arange(n) // len(_CLASSES[task]) % 2
    for place in np.flatnonzero(variation):
        mask = (crops[place, ..., 1] > 0.5).astype(np.int32)
        if mask.any():
            diameter_px = 2 * float(np.sqrt(mask.sum() / np.pi))
            crops[place] = varied(crops[place, ..., 0], mask, 1, draw_variation(rng, diameter_px), rng)
    names = {other: [""] * n for other in _CLASSES} | {task: [_CLASSES[task][k] for k in classes]}
    return examples_of(crops, outline, solid, names=names, image="", variation=variation)


def fit_head(examples: Examples, task: str, start: Values | None = None) -> Values:
    """Return the table of a head, shape (inputs + 1, classes), fitted to all whose class is told.

    Drawn and real particles count alike; a micrograph counts by the square root of its particles, and a class by the
    square root of its micrographs, so that neither one picture nor the commonest shape decides.

    Parameters
    ----------
    examples
        To learn from.
    task
        "solid" or "outline".
    start
        A table to start from: the answer is the same, and found sooner.
    """
    told = examples[examples.classes(task) != UNTOLD]
    inputs, classes = told.inputs(task).astype(np.float64), told.classes(task)
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    standard = ((inputs - mean) / spread).astype(np.float32)
    n, n_inputs = len(_CLASSES[task]), inputs.shape[1]
    truth = np.eye(n, dtype=np.float32)[classes]
    weights = _weights(told.image, classes).astype(np.float32)

    def loss(flat: Values) -> tuple[float, Values]:
        table = flat.reshape(n_inputs + 1, n).astype(np.float32)
        logits = standard @ table[:-1] + table[-1]
        wrong = (softmax(logits, axis=1) - truth) * weights[:, None]
        slope = np.vstack([standard.T @ wrong + 2 * _PENALTY * table[:-1], wrong.sum(axis=0)])
        likelihood = (weights * (log_softmax(logits, axis=1) * truth).sum(axis=1)).sum()
        return float(_PENALTY * (table[:-1] ** 2).sum() - likelihood), slope.astype(np.float64).ravel()

    begin = np.zeros((n_inputs + 1, n))
    if start is not None:
        begin = np.vstack([start[:-1] * spread[:, None], start[-1] + mean @ start[:-1]])
    found = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    table = found.x.reshape(n_inputs + 1, n)
    plain = table[:-1] / spread[:, None]
    return np.vstack([plain, table[-1] - mean @ plain])


def _weights(image: npt.NDArray[np.str_], classes: Classes) -> Values:
    """Return the weight of each example, drawn and real ones one half together each where there are both."""
    weights = np.zeros(len(classes))
    for is_drawn in (True, False):
        chosen = (image == "") == is_drawn
        _, picture = np.unique(image[chosen], return_inverse=True)
        part = 1 / np.sqrt(np.bincount(picture))[picture] if chosen.any() else np.zeros(0)
        totals = np.bincount(classes[chosen], part)
        part = part / np.sqrt(totals[classes[chosen]])
        weights[chosen] = part / part.sum() if chosen.any() else 0
    return weights / weights.sum()


def held_out_logits(examples: Examples, task: str, table: Values) -> Values:
    """Return logits of real particles by heads that saw no particle of their micrograph, shape (n, classes).

    The micrographs are left out a tenth at a time.

    Parameters
    ----------
    examples
        Drawn and real ones.
    task
        "solid" or "outline".
    table
        Of a head fitted to all of them, to start from.

    Returns
    -------
    ndarray
        Of drawn examples NaN.
    """
    logits = np.full((len(examples.image), len(_CLASSES[task])), np.nan)
    images = np.random.default_rng(_N_FOLDS).permutation(np.unique(examples.image[examples.image != ""]))
    for fold in range(_N_FOLDS):
        left_out = np.isin(examples.image, images[fold::_N_FOLDS])
        without = fit_head(examples[~left_out], task, start=table)
        logits[left_out] = examples[left_out].inputs(task) @ without[:-1] + without[-1]
    return logits


def calibrated(logits: Values, classes: Classes, seed: int = 1) -> dict[str, float]:
    """Return temperature and threshold of the plausible classes, for held-out logits."""
    temperature = fit_temperature(logits, classes)
    probabilities = softmax(logits / temperature, axis=1)
    rng = np.random.default_rng(seed)
    threshold = conformal_threshold(probabilities, classes, coverage=_COVERAGE, rng=rng)
    return {"temperature": temperature, "plausible_threshold": threshold}


def gather(data: Path, work: Path, models: Path) -> Examples:
    """Return all examples, those of each source kept in the folder of work."""
    outline, solid = (Classifier.load(name, models) for name in ("outline", "solid"))
    work.mkdir(parents=True, exist_ok=True)
    real, drawn = work / "real.npz", work / "drawn.npz"
    if not real.exists():
        particles = told_particles(data, work=work / "labels")
        each = (real_examples(told, outline, solid, seed=k) for k, told in enumerate(particles))
        _joined(list(each)).save(real)
    if not drawn.exists():
        n = {task: _DRAWN_PER_CLASS * len(classes) for task, classes in _CLASSES.items()}
        _joined([drawn_examples(task, n[task], outline, solid, seed=90_001) for task in _CLASSES]).save(drawn)
    return Examples.load(drawn).then(Examples.load(real))


def _joined(several: list[Examples]) -> Examples:
    joined = several[0]
    for one in several[1:]:
        joined = joined.then(one)
    return joined


def main() -> None:
    """Fit both heads, calibrate them on held-out micrographs, and add them to the models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the published micrographs")
    parser.add_argument("--work", type=Path, required=True, help="folder where features are kept")
    parser.add_argument("--models", type=Path, default=MODELS)
    arguments = parser.parse_args()
    examples = gather(arguments.data, arguments.work, arguments.models)
    for task in ("outline", "solid"):
        add_head(arguments.models, examples, task)


def add_head(models: Path, examples: Examples, task: str) -> None:
    """Fit a head, calibrate it on held-out micrographs, and write it beside its network."""
    table = fit_head(examples, task)
    logits = held_out_logits(examples, task, table)
    known = (examples.image != "") & (examples.variation == 0) & (examples.classes(task) != UNTOLD)
    stored = read_model(models, task, crop_version=CROP_VERSION)
    sees = {"outline": read_model(models, "outline", crop_version=CROP_VERSION).card.sha256} if task == "solid" else {}
    card = replace(stored.card, head=calibrated(logits[known], examples.classes(task)[known]), head_sees=sees)
    save_head(models, card, replace(stored.arrays, head=table))


if __name__ == "__main__":
    main()
