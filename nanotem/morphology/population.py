"""The classes of all particles of an image together."""

from collections.abc import Mapping

import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import Mask
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.fractions import Fractions, class_fractions


def fractions_of(said: ClassPrediction, labels: "pd.Series[int]", usable: Mask, named: Mapping[int, str]) -> Fractions:
    """Estimate the part of each class in the population of an image.

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
    return class_fractions(answers, said.confusion, said.classes, named=known)
