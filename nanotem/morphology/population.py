"""The classes of all particles together, of one image or of several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import Mask
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.fractions import Confusion, Fractions, pooled_fractions


@dataclass(frozen=True)
class ClassCounts:
    """What was said of the particles of one image: all that their shares of the population follow from.

    Parameters
    ----------
    classes
        Names of the classes.
    answers
        How often each was the most probable one, accepted or not, of the particles that nobody named.
    named
        How many particles a person named so.
    confusion, concentration
        What is taken for what, see `nanotem.morphology.fractions.Confusion`; a concentration of None is infinite.

    Raises
    ------
    ParameterError
        If they do not fit each other, or cannot be counts.
    """

    classes: tuple[str, ...]
    answers: tuple[int, ...]
    named: tuple[int, ...]
    confusion: tuple[tuple[int, ...], ...]
    concentration: float | None = None

    def __post_init__(self) -> None:
        n = len(self.classes)
        lengths = {len(self.answers), len(self.named), len(self.confusion), *map(len, self.confusion)}
        if lengths != {n}:
            raise ParameterError(f"Counts of {n} classes do not fit them.", "Analyse the image again.")
        counts = (*self.answers, *self.named, *(one for row in self.confusion for one in row))
        if min(counts) < 0 or (self.concentration is not None and not self.concentration > 0):
            raise ParameterError(f"Counts of {n} classes are below zero.", "Analyse the image again.")

    @property
    def n_particles(self) -> int:
        """How many particles were counted."""
        return sum(self.answers) + sum(self.named)

    def is_comparable(self, other: "ClassCounts") -> bool:
        """Whether the same networks said it, as far as what they take for what tells."""
        mine, others = ((one.classes, one.confusion, one.concentration) for one in (self, other))
        return mine == others


def count_classes(
    said: ClassPrediction, labels: "pd.Series[int]", usable: Mask, named: Mapping[int, str]
) -> ClassCounts:
    """Count what is said of the particles of an image.

    Parameters
    ----------
    said
        What is said of every particle.
    labels
        Of the particles, in the same order.
    usable
        Which particles count: whole ones that are large enough to be judged, shape (n,).
    named
        Class of each label that a person named; labels that are not there or do not count are passed over, and so
        are names that the network does not know.

    Raises
    ------
    ParameterError
        If it is not known what the answers mistake for what.
    """
    if said.confusion is None:
        raise ParameterError("Nobody counted what this network mistakes for what.", "Use one whose card says it.")
    by_hand = labels.map(named).to_numpy(object)
    is_named = pd.notna(by_hand)
    answers = said.probabilities[usable & ~is_named].argmax(axis=1)
    known = [said.classes.index(name) for name in by_hand[usable & is_named] if name in said.classes]
    concentration = said.confusion.concentration
    return ClassCounts(
        said.classes,
        answers=_counted(answers, len(said.classes)),
        named=_counted(known, len(said.classes)),
        confusion=tuple(map(tuple, said.confusion.counts.tolist())),
        concentration=concentration if np.isfinite(concentration) else None,
    )


def _counted(places: npt.ArrayLike, n: int) -> tuple[int, ...]:
    return tuple(np.bincount(np.asarray(places, np.int64), minlength=n).tolist())


def fractions_of(images: Sequence[ClassCounts]) -> Fractions:
    """Estimate the part of each class in the population that images show, one or several of one sample.

    Parameters
    ----------
    images
        At least one; what of all of them is comparable.

    Raises
    ------
    ParameterError
        If different networks said it: what they take for what differs.
    """
    first = images[0]
    if not all(one.is_comparable(first) for one in images):
        raise ParameterError("Different networks told these classes.", "Analyse all images with the same networks.")
    concentration = np.inf if first.concentration is None else first.concentration
    return pooled_fractions(
        np.array([one.answers for one in images]),
        Confusion(np.array(first.confusion), concentration),
        first.classes,
        named=np.array([one.named for one in images]),
    )
