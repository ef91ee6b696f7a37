"""How many particles there are, from probabilities."""

import numpy as np
import pytest

from nanotem.segmentation.judge.card import JudgeCard
from nanotem.segmentation.judge.count import count_estimate


def card(**values) -> JudgeCard:
    usual = {"slope": 1.0, "offset": 0.0, "missed": 0.5, "scatter_false": 0.0, "scatter_missed": 0.0}
    return JudgeCard(features=["size"], segmenter="0" * 64, **(usual | values))


def test_certain_particles_are_counted_exactly():
    count = count_estimate(np.ones(40), np.zeros(0), card())
    assert (count.found, count.expected, count.low, count.high) == (40, 40, 40, 40)
    assert count.doubtful_share == 0


def test_doubts_widen_the_interval_and_move_its_middle():
    count = count_estimate(np.full(100, 0.9), np.full(20, 0.2), card())
    assert count.expected_false == pytest.approx(10)
    assert count.expected_missed == pytest.approx(0.5 * (4 + 10))
    assert count.expected == pytest.approx(97)
    assert count.low < 97 < count.high
    assert count.doubtful_share == pytest.approx(0.17)


def test_independent_particles_lie_in_the_interval_as_often_as_it_says():
    rng = np.random.default_rng(5)
    kept = rng.uniform(0.5, 1, 200)
    count = count_estimate(kept, np.zeros(0), card(missed=0.0))
    true = (rng.random((2000, 200)) < kept).sum(axis=1)
    assert ((true >= count.low) & (true <= count.high)).mean() == pytest.approx(0.95, abs=0.02)


def test_what_an_image_shares_widens_the_interval():
    alone = count_estimate(np.full(50, 0.8), np.zeros(0), card())
    false = count_estimate(np.full(50, 0.8), np.zeros(0), card(scatter_false=1.0))
    missed = count_estimate(np.full(50, 0.8), np.zeros(0), card(scatter_missed=1.0))
    assert false.low < alone.low - 10
    assert false.high == alone.high
    assert missed.high > alone.high + 10
    assert missed.low == alone.low


def test_what_was_missed_does_not_move_the_lower_end():
    without, with_left = (count_estimate(np.full(50, 0.8), left, card()) for left in (np.zeros(0), np.full(40, 0.3)))
    assert with_left.low == without.low
    assert with_left.high > without.high + 6


def test_no_count_is_below_zero():
    count = count_estimate(np.full(2, 0.4), np.zeros(0), card(scatter_false=2.0))
    assert count.low == 0


def test_nothing_found_is_all_doubt():
    assert count_estimate(np.zeros(0), np.zeros(0), card()).doubtful_share == float("inf")


def test_what_would_have_been_found_is_all_missing_or_none_of_it():
    count = count_estimate(np.zeros(0), np.full(10, 0.1), card(missed=0.5), unsure=np.full(20, 0.6))
    assert (count.found, count.low) == (0, 0)
    assert count.expected_missed == pytest.approx(0.5 + 12)
    assert count.high > 12.5


def test_the_interval_holds_what_may_be_dirt():
    count = count_estimate(np.full(10, 0.9), np.zeros(0), card())
    assert (count.holding(15).low, count.holding(15).high) == (count.low, 15)
    assert count.holding(5) == count


def test_a_part_of_what_was_found_has_its_share_of_everything():
    whole = count_estimate(np.full(100, 0.9), np.zeros(0), card())
    part = whole.of_share(50)
    assert (part.found, part.expected_false, part.high) == (50, whole.expected_false / 2, whole.high / 2)
    assert part.of_share(50) == part
