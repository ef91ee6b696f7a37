"""Drawn and real particles as networks and geometry see them, with their classes: what heads are fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_PX, Crops, crop_particles
from nanotem.morphology.head import beside
from nanotem.morphology.shape_numbers import SHAPE_NUMBERS, shape_numbers
from nanotem.training.shapes.calibration import Classes
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.published import Told, told_particles
from nanotem.training.shapes.variation import Variation, draw_variation, varied, varied_at_random

N_VARIATIONS = 2
"""Variations of each real particle beside what was found; each takes as much time as what was found."""

TRIALS: Mapping[str, Variation] = MappingProxyType(
    {
        "outline 1 px inside": Variation(outline_px=-1),
        "outline 1 px outside": Variation(outline_px=1),
        "turned by 30°": Variation(angle_deg=30),
        "turned by 60°": Variation(angle_deg=60),
        "0.7 times the size": Variation(scale=0.7),
        "1.4 times the size": Variation(scale=1.4),
        "noise of 5 %": Variation(noise=0.05),
    }
)
"""How an answer is tried that should not change; never learned from. Their numbers follow those of the variations."""

_TRIED_EVERY = 4
"""Of the particles of a micrograph: about 500 in all."""

N_SOLID_FEATURES = 96
"""The first columns of what is seen."""

UNTOLD = -1
"""Class of what the picture does not tell."""

CLASSES = {"solid": SOLID_CLASSES, "outline": OUTLINE_CLASSES}
_DRAWN_PER_CLASS = {"solid": 300, "outline": 300}
"""With 500 nothing is told better."""


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
        0 for what was found or drawn, else the number of the variation, and from `N_VARIATIONS` + 1 on of the trial.
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

    @property
    def numbers(self) -> npt.NDArray[np.float64]:
        """The numbers of each outline, shape (n, len(SHAPE_NUMBERS))."""
        return self.seen[:, -len(SHAPE_NUMBERS) :].astype(np.float64)

    def as_found(self) -> npt.NDArray[np.int64]:
        """Return the place of each real particle as it was found: its variations and trials follow it."""
        found = np.flatnonzero(self.variation == 0)
        return np.asarray(found[np.cumsum(self.variation == 0) - 1])


_FIELDS = tuple(Examples.__annotations__)


def examples_of(
    crops: Crops, outline: Classifier, solid: Classifier, *, names: dict[str, list[str]], image: str, variation: Classes
) -> Examples:
    """Return crops as networks and geometry see them; `names` holds their classes, empty where they are not told."""
    features = beside(*(one.predict(crops).features for one in (solid, outline)), shape_numbers(crops))
    indices = {
        task: np.array([CLASSES[task].index(name) if name else UNTOLD for name in told], np.int64)
        for task, told in names.items()
    }
    images = np.full(len(crops), image)
    return Examples(features.astype(np.float32), indices["outline"], indices["solid"], images, variation)


def real_examples(told: Told, outline: Classifier, solid: Classifier, *, seed: int) -> Examples:
    """Return the particles of one micrograph, each as it was found, in several variations, and some in the trials."""
    rng = np.random.default_rng(seed)
    areas = np.bincount(told.labels.ravel())
    crops, places, variation = [], [], []
    for place, number in enumerate(told.numbers):
        diameter_px = 2 * float(np.sqrt(areas[number] / np.pi))
        variations = [draw_variation(rng, diameter_px) for _ in range(N_VARIATIONS)]
        variations += list(TRIALS.values()) if place % _TRIED_EVERY == 0 else []
        crops += [crop_particles(told.pixels, told.labels, [number])[0]]
        crops += [varied(told.pixels, told.labels, number, one, rng) for one in variations]
        places += [place] * (1 + len(variations))
        variation += list(range(1 + len(variations)))
    names = {"outline": told.outlines, "solid": told.solids}
    return examples_of(
        np.array(crops, np.float32).reshape(-1, CROP_PX, CROP_PX, 2),
        outline,
        solid,
        names={task: [each[place] for place in places] for task, each in names.items()},
        image=told.file,
        variation=np.array(variation, np.int64),
    )


def drawn_examples(task: str, n: int, outline: Classifier, solid: Classifier, *, seed: int) -> Examples:
    """Return drawn particles, half of them in a variation of what was drawn."""
    crops, classes = draw_crops(task, n, seed=seed)
    rng = np.random.default_rng(seed)
    variation = np.arange(n) // len(CLASSES[task]) % 2
    for place in np.flatnonzero(variation):
        mask = (crops[place, ..., 1] > 0.5).astype(np.int32)
        if mask.any():
            crops[place] = varied_at_random(crops[place, ..., 0], mask, 1, rng)
    names = {other: [""] * n for other in CLASSES} | {task: [CLASSES[task][k] for k in classes]}
    return examples_of(crops, outline, solid, names=names, image="", variation=variation)


def gather(data: Path, work: Path, models: Path) -> Examples:
    """Return all examples, those of each source kept in the folder of work."""
    outline, solid = (Classifier.load(name, models) for name in ("outline", "solid"))
    work.mkdir(parents=True, exist_ok=True)
    real, drawn = work / "real.npz", work / "drawn.npz"
    if not real.exists():
        particles = told_particles(data, work=work / "labels")
        each = (real_examples(told, outline, solid, seed=k) for k, told in enumerate(particles) if told.numbers)
        _joined(list(each)).save(real)
    if not drawn.exists():
        n = {task: _DRAWN_PER_CLASS[task] * len(classes) for task, classes in CLASSES.items()}
        _joined([drawn_examples(task, n[task], outline, solid, seed=90_001) for task in CLASSES]).save(drawn)
    return Examples.load(drawn).then(Examples.load(real))


def _joined(several: list[Examples]) -> Examples:
    joined = several[0]
    for one in several[1:]:
        joined = joined.then(one)
    return joined
