"""Fractions of classes, when it is known how often one is taken for another."""

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.morphology.fractions import Confusion, Fractions, class_fractions, pooled_fractions

NAMES = ("cube", "sphere", "rod")
RATES = np.array([[0.7, 0.3, 0.0], [0.1, 0.9, 0.0], [0.0, 0.1, 0.9]])


def answered(fractions: list[float], n: int, rng: np.random.Generator) -> np.ndarray:
    truth = rng.choice(3, n, p=fractions)
    return np.array([rng.choice(3, p=RATES[k]) for k in truth])


def test_what_is_often_mistaken_is_counted_right():
    rng = np.random.default_rng(4)
    said = answered([0.6, 0.1, 0.3], 3000, rng)
    assert np.mean(said == 0) < 0.5
    found = class_fractions(said, Confusion((RATES * 5000).astype(int)), NAMES)
    assert found.values == pytest.approx([0.6, 0.1, 0.3], abs=0.04)
    assert (np.diff([found.low, found.values, found.high], axis=0) >= 0).all()
    assert found.table()["class"].tolist() == ["cube", "rod", "sphere"]


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(11)
    held = []
    for _ in range(10):
        truth = rng.dirichlet([2, 2, 2])
        table = Confusion(np.array([rng.multinomial(80, row) for row in RATES]))
        found = class_fractions(answered(list(truth), 60, rng), table, NAMES)
        held += list((found.low <= truth) & (truth <= found.high))
    assert 0.85 <= np.mean(held) <= 1


def test_no_particles_say_nothing():
    found = class_fractions(np.zeros(0, np.int64), Confusion(np.eye(3, dtype=int)), NAMES)
    assert (found.low.tolist(), found.high.tolist()) == ([0] * 3, [1] * 3)


def test_a_table_of_other_classes_is_refused():
    with pytest.raises(ParameterError, match=r"shape \(2, 2\), not 3 x 3"):
        class_fractions(np.zeros(1, np.int64), Confusion(np.eye(2, dtype=int)), NAMES)


def test_a_pure_population_may_have_none_of_the_others():
    rng = np.random.default_rng(3)
    found = class_fractions(answered([0, 1, 0], 200, rng), Confusion((RATES * 500).astype(int)), NAMES)
    assert found.low[0] == found.low[2] == 0
    assert found.high[1] > 0.99
    assert found.table()["class"].iloc[0] == "sphere"


def test_micrographs_that_differ_in_what_is_mistaken_widen_the_interval():
    said = answered([0.5, 0.4, 0.1], 300, np.random.default_rng(5))
    alike, differing = (class_fractions(said, Confusion((RATES * 5000).astype(int), k), NAMES) for k in (np.inf, 5.0))
    assert alike.values == pytest.approx(differing.values, abs=0.1)
    assert (differing.high - differing.low)[0] > 1.5 * (alike.high - alike.low)[0]


def test_what_a_person_named_is_not_mistaken():
    table = Confusion((RATES * 5000).astype(int))
    found = class_fractions(np.zeros(0, np.int64), table, NAMES, named=[0, 0, 0, 2])
    assert found.values.tolist() == [0.75, 0, 0.25]
    assert found.low[0] < 0.5 < found.high[0]
    both = class_fractions(np.full(50, 1), table, NAMES, named=[2] * 50)
    assert both.values[2] == pytest.approx(0.5, abs=0.03)
    assert both.in_words().startswith("rod 5")


@pytest.mark.parametrize("seed", [0, 1])
def test_rare_classes_that_are_always_mistaken_do_not_explain_every_answer(seed):
    counts = np.diag([800, 40, 40, 40, 40, 0])
    counts[1:, 0] = [8, 8, 8, 8, 2]
    alike = Confusion(counts, 2.5)
    found = class_fractions(np.zeros(30, np.int64), alike, tuple("abcdef"), seed=seed)
    assert found.values[0] > 0.9
    assert 0.25 < found.low[0] < 0.95


def pooled(answers: list[list[int]], confusion: Confusion, seed: int = 0) -> Fractions:
    counts = np.array(answers)
    return pooled_fractions(counts, confusion, NAMES, named=np.zeros_like(counts), seed=seed)


def test_one_micrograph_is_its_sample_and_empty_ones_do_not_count():
    table = Confusion((RATES * 500).astype(int), 5.0)
    alone = class_fractions(np.repeat([0, 1, 2], [30, 50, 20]), table, NAMES)
    found = pooled([[0, 0, 0], [30, 50, 20]], table)
    assert all(np.array_equal(getattr(found, name), getattr(alone, name)) for name in ("values", "low", "high"))


@pytest.mark.parametrize("concentration", [5.0, np.inf])
def test_several_alike_micrographs_say_more_than_one(concentration):
    table, one = Confusion((RATES * 500).astype(int), concentration), [30, 50, 20]
    few, many = pooled([one], table), pooled([one] * 8, table)
    assert many.values == pytest.approx(few.values, abs=0.15)
    assert (many.high - many.low)[0] < 0.7 * (few.high - few.low)[0]


def test_micrographs_that_show_different_classes_say_little_of_the_sample():
    sure = Confusion(np.diag([5000, 5000, 5000]))
    alike = pooled([[50, 50, 0]] * 3, sure)
    differing = pooled([[100, 0, 0], [0, 100, 0], [50, 50, 0]], sure)
    assert alike.values[:2] == pytest.approx(differing.values[:2], abs=0.02)
    assert (alike.high - alike.low)[0] < 0.35
    assert (differing.high - differing.low)[0] > 0.6


@pytest.mark.parametrize("scatter", [10.0, np.inf])
@pytest.mark.parametrize("n_images", [2, 10])
def test_intervals_of_samples_hold_the_truth(scatter, n_images):
    rng, held = np.random.default_rng(29), []
    for run in range(5):
        truth = np.eye(3)[run] if run < 2 else rng.dirichlet([2, 2, 2])
        said = []
        for _ in range(n_images):
            shares = truth if np.isinf(scatter) else rng.dirichlet(scatter * truth + 1e-6)
            table = [rng.dirichlet(20 * row + 1e-6) for row in RATES]
            said.append(sum(map(rng.multinomial, rng.multinomial(40, shares), table)))
        found = pooled(said, Confusion((RATES * 500).astype(int), 20.0))
        held += list((found.low <= truth) & (truth <= found.high))
    assert np.mean(held) >= 0.8


def test_a_pure_sample_of_many_micrographs_may_be_pure():
    rng = np.random.default_rng(8)
    said = [rng.multinomial(40, rng.dirichlet(20 * RATES[0] + 1e-6)) for _ in range(12)]
    found = pooled(said, Confusion((RATES * 60).astype(int), 20.0))
    assert found.low[0] > 0.5
    assert found.high[0] == pytest.approx(1, abs=1e-3)


def test_a_large_micrograph_does_not_outvote_others_that_differ():
    found = pooled([[1000, 0, 0], [0, 40, 0], [0, 40, 0]], Confusion(np.diag([5000, 5000, 5000])))
    assert found.values[0] == pytest.approx(0.35, abs=0.1)
    assert found.low[0] < 0.1


def test_what_a_person_named_counts_in_a_sample():
    answers, named = np.array([[20, 0, 0], [20, 0, 0]]), np.array([[0, 0, 20], [0, 0, 20]])
    found = pooled_fractions(answers, Confusion(np.diag([5000, 5000, 5000])), NAMES, named=named)
    assert found.values == pytest.approx([0.5, 0, 0.5], abs=0.02)
    assert found.low[2] < 0.5 < found.high[2]
