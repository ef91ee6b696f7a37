"""How particles are told by heads that saw none of their micrograph, and what follows from it for the cards."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from nanotem.morphology.card import ModelCard
from nanotem.morphology.classes import SOLID_GROUPS
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import CROP_PX
from nanotem.morphology.evidence import ShapeEvidence, in_their_image
from nanotem.morphology.fractions import PRIOR, Confusion
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.reliability import Familiarity, Values, probabilities_of
from nanotem.training.shapes.calibration import calibration_error, fit_temperature, learn_familiarity
from nanotem.training.shapes.examples import CLASSES, N_SOLID_FEATURES, N_VARIATIONS, UNTOLD, Examples
from nanotem.training.shapes.fitting import class_shares, fit_head

_N_FOLDS = 10
_FEWEST_MICROGRAPHS = 5
"""Of fewer than so many, drawn particles of a class are counted beside the real ones: those of one micrograph are all
mistaken alike (see `concentration_of`), and three icosahedra called spheres do not say that all are."""
_REFUSED_SHARE = 0.03
"""Of real particles so many lie too far from all that is known: at 2 % 3.3 % of the answers of a micrograph are wrong
and accepted, at 3 % 3.1 %, at 5 % 3.0 %, and 10, 13 and 21 % of drawn particles are refused, whose solids vary more."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What heads say of examples whose micrographs they did not see.

    Attributes
    ----------
    examples
        Drawn and real ones.
    logits, probabilities
        By task, shape (n, classes); the temperature, too, is that of the other micrographs.
    distances
        Mahalanobis distance from what is known of the other micrographs, shape (n,).
    shares
        By task, the part of each class in what heads are fitted to, shape (classes,).
    shown
        How often each solid shows each outline, of the card of the model of solids.
    """

    examples: Examples
    logits: dict[str, Values]
    probabilities: dict[str, Values]
    distances: Values
    shares: dict[str, Values]
    shown: Mapping[str, Mapping[str, float]]

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which examples are real particles as they were found."""
        return (self.examples.image != "") & (self.examples.variation == 0)

    @property
    def largest_distance(self) -> float:
        """Beyond it a particle looks unfamiliar."""
        return float(np.quantile(self.distances[self.found], 1 - _REFUSED_SHARE))

    def answers(self, chosen: npt.NDArray[np.bool_], params: ClassifyParams | None = None) -> pd.DataFrame:
        """Return the table of classes of some examples, as analyses would have it, and what a person told.

        The others of a micrograph, which are allowed for, are those that were chosen.

        Returns
        -------
        DataFrame
            That of `nanotem.morphology.classify.class_table`, with `image`, and `true outline` and `true solid`, empty
            where they are not told.
        """
        places, examples = np.flatnonzero(chosen), self.examples[chosen]
        _, image = np.unique(examples.image, return_inverse=True)
        tables = [self._table(places[image == k], params) for k in range(image.max(initial=-1) + 1)]
        table = pd.concat(tables).loc[places]
        table.index = pd.RangeIndex(len(table))
        truth = {f"true {task}": np.array([*names, ""])[examples.classes(task)] for task, names in CLASSES.items()}
        return table.assign(image=examples.image, **truth)

    def _table(self, places: npt.NDArray[np.int64], params: ClassifyParams | None) -> pd.DataFrame:
        """Return the table of classes of the examples at these places, which lie in one micrograph."""
        n, numbers = len(places), self.examples.numbers[places]
        features = self.examples.seen[places, :N_SOLID_FEATURES].astype(float)
        said = {}
        for task, classes in CLASSES.items():
            chances, distances = self.probabilities[task][places], self.distances[places]
            said[task] = ClassPrediction(classes, chances, chances > 0.1, features, distances, shares=self.shares[task])
        outline, solid = said["outline"], said["solid"]
        among, fitting, together = in_their_image(outline, solid, self.shown, numbers, np.ones(n, bool))
        crops = np.broadcast_to(np.float32(0), (n, CROP_PX, CROP_PX, 2))
        seen = ShapeEvidence(crops, ("",) * n, outline, solid, among, outline, solid, fitting, together, {})
        particles = pd.DataFrame({"label": np.arange(n), "flags": pd.Series([""] * n, dtype=str)}, index=places)
        return class_table(particles, seen, self.largest_distance, params).set_index(places)


def held_out(examples: Examples, shown: Mapping[str, Mapping[str, float]]) -> HeldOut:
    """Judge every example by heads and by a familiarity that saw no particle of its micrograph.

    The micrographs are left out a tenth at a time, and the drawn particles too; `shown` are the outlines of solids.
    """
    fold_of = _folds(examples)
    logits = {task: held_out_logits(examples, task, fold_of) for task in CLASSES}
    distances = np.empty(len(examples.image))
    for fold in range(_N_FOLDS):
        known = familiarity_of(examples[fold_of != fold])
        distances[fold_of == fold] = known.distances(_solid_features(examples[fold_of == fold]))
    probabilities = {task: _calibrated(examples, task, logits[task]) for task in CLASSES}
    shares = {task: class_shares(examples[_learned(examples)], task) for task in CLASSES}
    return HeldOut(examples, logits, probabilities, distances, shares, shown)


def held_out_logits(examples: Examples, task: str, fold_of: npt.NDArray[np.int64] | None = None) -> Values:
    """Return logits by heads that saw no particle of the same micrograph, shape (n, classes)."""
    folds = _folds(examples) if fold_of is None else fold_of
    logits = np.empty((len(examples.image), len(CLASSES[task])))
    start = fit_head(examples[_learned(examples)], task)
    for fold in range(_N_FOLDS):
        left_out = folds == fold
        table = fit_head(examples[~left_out & _learned(examples)], task, start=start)
        logits[left_out] = examples[left_out].inputs(task) @ table[:-1] + table[-1]
    return logits


def familiarity_of(examples: Examples) -> Familiarity:
    """Return where drawn and real particles lie among the features of the network of solids."""
    told = examples[_learned(examples) & (examples.solid != UNTOLD)]
    return learn_familiarity(_solid_features(told), told.solid, len(CLASSES["solid"]))


def figures_of(judged: HeldOut, task: str) -> dict[str, float]:
    """Return the figures of a card on real particles: right, wrong and accepted, calibration error."""
    table = judged.answers(judged.found)
    table = table[table[f"true {task}"] != ""]
    wrong = wrong_and_accepted(table, task)
    right = table[task] == table[f"true {task}"]
    probability = table["probability" if task == "solid" else "outline_probability"]
    return {
        "real_n": len(table),
        "real_micrographs": table["image"].nunique(),
        "real_right": float(right.mean()),
        "real_wrong_accepted": float(wrong.groupby(table["image"]).mean().mean()),
        "real_calibration_error": calibration_error(probability.to_numpy(), right.to_numpy()),
    }


def wrong_and_accepted(table: pd.DataFrame, task: str) -> "pd.Series[bool]":
    """Return which answers of `HeldOut.answers` are wrong, and not called unknown."""
    return is_accepted(table, task) & (table[task] != table[f"true {task}"])


def is_accepted(table: pd.DataFrame, task: str) -> "pd.Series[bool]":
    """Return which answers of `HeldOut.answers` are accepted."""
    if task == "solid":
        return table["known"]
    return table["outline_probability"] >= ClassifyParams().least_probability


def has_right_group(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return where the answer is a group of solids that holds the truth."""
    pairs = zip(table["true solid"], table["group"], strict=True)
    return pd.Series([truth in SOLID_GROUPS.get(group, ()) for truth, group in pairs], index=table.index, dtype=bool)


def confusion_of(examples: Examples, task: str, probabilities: Values) -> npt.NDArray[np.int64]:
    """Return what is taken for what, truth in rows: real particles, and drawn ones of classes of few micrographs.

    Parameters
    ----------
    examples
        Drawn and real ones.
    task
        "solid" or "outline".
    probabilities
        Of each, by heads that did not see it, shape (n, classes).
    """
    n, classes, answers = len(CLASSES[task]), examples.classes(task), probabilities.argmax(axis=1)
    told, is_real = (classes != UNTOLD) & (examples.variation == 0), examples.image != ""
    n_micrographs = [len(np.unique(examples.image[told & is_real & (classes == k)])) for k in range(n)]
    counted = told & (is_real | (np.array(n_micrographs) < _FEWEST_MICROGRAPHS)[classes])
    return np.bincount(classes[counted] * n + answers[counted], minlength=n * n).reshape(n, n)


def concentration_of(examples: Examples, task: str, probabilities: Values) -> float:
    """Return how alike the particles of one micrograph are mistaken, see `nanotem.morphology.fractions.Confusion`.

    The likeliest concentration, where the answers to one class in one micrograph follow a Dirichlet-multinomial
    distribution about the row of all micrographs.
    """
    rows = confusion_of(examples, task, probabilities) + PRIOR
    rows = rows / rows.sum(axis=1, keepdims=True)
    classes, answers = examples.classes(task), probabilities.argmax(axis=1)
    counted = (examples.image != "") & (examples.variation == 0) & (classes != UNTOLD)
    table = pd.crosstab([examples.image[counted], classes[counted]], answers[counted])
    counts = table.reindex(columns=range(len(rows)), fill_value=0).to_numpy(float)
    expected = rows[table.index.get_level_values(1)]

    def loss(log_a: float) -> float:
        a = np.exp(log_a)
        each = gammaln(counts + a * expected) - gammaln(a * expected)
        return -float(each.sum() + (gammaln(a) - gammaln(a + counts.sum(axis=1))).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(0.0, 9.0), method="bounded").x))


def confusion_with(examples: Examples, task: str, probabilities: Values) -> Confusion:
    """Return both of these together."""
    counts = confusion_of(examples, task, probabilities)
    return Confusion(counts, concentration_of(examples, task, probabilities))


def described(card: ModelCard, judged: HeldOut) -> ModelCard:
    """Return the card of a model with what is known of its head on real particles."""
    task, examples = card.name, judged.examples
    changes: dict[str, Any] = {"largest_distance": judged.largest_distance} if task == "solid" else {}
    return replace(
        card,
        figures={**card.figures, **figures_of(judged, task)},
        head_confusion=confusion_of(examples, task, judged.probabilities[task]).tolist(),
        head_concentration=concentration_of(examples, task, judged.probabilities[task]),
        head_shares=judged.shares[task].tolist(),
        **changes,
    )


def _calibrated(examples: Examples, task: str, logits: Values) -> Values:
    """Return probabilities; of drawn ones with the temperature of all micrographs."""
    known = (examples.image != "") & (examples.variation == 0) & (examples.classes(task) != UNTOLD)
    probabilities = np.empty_like(logits)
    for image in np.unique(examples.image):
        others = known & (examples.image != image)
        temperature = fit_temperature(logits[others], examples.classes(task)[others])
        here = examples.image == image
        probabilities[here] = probabilities_of(logits[here], temperature)
    return probabilities


def _folds(examples: Examples) -> npt.NDArray[np.int64]:
    """Return the tenth in which each example is left out: whole micrographs, and drawn ones one by one."""
    rng = np.random.default_rng(_N_FOLDS)
    images, place = np.unique(examples.image, return_inverse=True)
    fold_of = rng.permutation(len(images))[place] % _N_FOLDS
    drawn = examples.image == ""
    fold_of[drawn] = rng.integers(_N_FOLDS, size=int(drawn.sum()))
    return fold_of


def _learned(examples: Examples) -> npt.NDArray[np.bool_]:
    return examples.variation <= N_VARIATIONS


def _solid_features(examples: Examples) -> Values:
    return examples.seen[:, :N_SOLID_FEATURES].astype(np.float64)
