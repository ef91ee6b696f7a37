from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nanotem.errors import ParameterError
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.fractions import Confusion
from nanotem.morphology.population import ClassCounts, count_classes, fractions_of

COUNTS = ClassCounts(("cube", "rod"), (30, 10), (0, 2), ((90, 10), (0, 100)), 4.0)


def said(confusion: Confusion | None) -> ClassPrediction:
    """Return two cubes, a rod and a cube."""
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.9, 0.1]])
    return ClassPrediction(("cube", "rod"), probabilities, probabilities > 0, np.zeros((4, 1)), np.zeros(4), confusion)


@pytest.mark.parametrize(("concentration", "kept"), [(4.0, 4.0), (np.inf, None)])
def test_what_counts_and_nobody_named_is_counted_by_its_answer(concentration: float, kept: float | None) -> None:
    labels, usable = pd.Series([3, 5, 8, 9]), np.array([True, True, True, False])
    named = {5: "rod", 8: "no such class", 9: "cube", 77: "rod"}
    counts = count_classes(said(Confusion(np.diag([5, 6]), concentration)), labels, usable, named)
    assert counts == ClassCounts(("cube", "rod"), (1, 0), (0, 1), ((5, 0), (0, 6)), kept)
    assert counts.n_particles == 2


def test_answers_of_which_nobody_knows_the_mistakes_are_refused() -> None:
    with pytest.raises(ParameterError, match="Nobody counted"):
        count_classes(said(None), pd.Series([1, 2, 3, 4]), np.ones(4, bool), {})


def test_images_are_pooled_if_the_same_networks_told_their_classes() -> None:
    one, three = fractions_of([COUNTS]), fractions_of([COUNTS] * 3)
    assert one.values == pytest.approx(three.values, abs=0.1)
    for other in (replace(COUNTS, concentration=None), replace(COUNTS, confusion=((91, 9), (0, 100)))):
        with pytest.raises(ParameterError, match="Different networks"):
            fractions_of([COUNTS, other])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answers": (1,)}, "do not fit"),
        ({"confusion": ((1, 2), (3,))}, "do not fit"),
        ({"named": (-1, 0)}, "below zero"),
        ({"concentration": 0.0}, "below zero"),
    ],
)
def test_what_cannot_be_counts_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        replace(COUNTS, **change)
