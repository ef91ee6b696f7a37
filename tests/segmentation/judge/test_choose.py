"""The likeliest proposals that do not overlap."""

import numpy as np
import pytest

from nanotem.segmentation.judge.choose import choose
from nanotem.segmentation.judge.proposals import pooled

WHOLE = np.zeros((8, 12), np.int32)
WHOLE[2:6, 2:10] = 1
HALVES = np.zeros_like(WHOLE)
HALVES[2:6, 2:6], HALVES[2:6, 6:10] = 1, 2


def test_one_whole_or_two_halves_whichever_is_likelier():
    proposals = pooled([WHOLE, HALVES])
    whole = choose(proposals, np.array([0.9, 0.8, 0.7]), least_probability=0.5)
    assert whole.kept.tolist() == [0]
    assert whole.left.size == 0
    halves = choose(proposals, np.array([0.6, 0.8, 0.7]), least_probability=0.5)
    assert halves.kept.tolist() == [1, 2]
    labels = halves.number[proposals.atoms]
    assert np.array_equal(labels, HALVES)


def test_what_is_not_likely_enough_is_left_and_what_is_unlikely_not_even_that():
    chosen = choose(pooled([HALVES]), np.array([0.3, 0.01]), least_probability=0.4)
    assert chosen.kept.size == 0
    assert chosen.left.tolist() == [0]
    assert not chosen.number.any()


def test_a_rim_that_a_likelier_neighbour_has_taken_does_not_matter():
    wide = HALVES.copy()
    wide[2:6, 6:7] = 1
    wide[2:6, 7:10] = 0
    proposals = pooled([HALVES, wide])
    chosen = choose(proposals, np.array([0.1, 0.6, 0.9]), least_probability=0.4)
    assert chosen.kept.tolist() == [2, 1]
    assert np.bincount(chosen.number[proposals.atoms].ravel()).tolist() == [WHOLE.size - 32, 20, 12]


def test_where_no_particle_is_likely_by_itself_there_is_none():
    proposals = pooled([HALVES])
    unsure = choose(proposals, np.array([0.7, 0.6]), least_probability=0.4)
    assert (unsure.kept.size, unsure.unsure.tolist(), unsure.left.size) == (0, [0, 1], 0)
    assert not unsure.number.any()
    assert choose(proposals, np.array([0.9, 0.6]), least_probability=0.4).kept.tolist() == [0, 1]
    assert choose(proposals, np.array([0.7, 0.6]), least_probability=0.3).kept.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("probabilities", "n_kept"),
    [
        ([0.6] * 5, 5),
        ([0.6] * 4, 0),
        ([0.6] * 5 + [0.39] * 7, 5),
        ([0.6] * 5 + [0.39] * 8, 0),
    ],
)
def test_several_are_sure_together_unless_more_are_left(probabilities: list[float], n_kept: int):
    apart = np.zeros((4, 4 * len(probabilities)), np.int32)
    apart[1:3, 1::4] = np.arange(1, len(probabilities) + 1)
    chosen = choose(pooled([apart]), np.array(probabilities), least_probability=0.4)
    assert chosen.n_kept == n_kept
    assert chosen.n_kept + chosen.n_unsure == sum(one >= 0.4 for one in probabilities)


def test_no_proposal_is_no_particle():
    chosen = choose(pooled([np.zeros((4, 4), np.int32)]), np.zeros(0), least_probability=0.4)
    assert (chosen.n_kept, chosen.places.size) == (0, 0)
