import numpy as np
from scipy.spatial.distance import cdist

from nanotem.statistics.nearest import to_next_disc


def test_the_next_disc_may_be_a_large_one_whose_middle_is_far() -> None:
    generator = np.random.default_rng(2)
    places, radii = generator.uniform(0, 1000, (60, 2)), np.append(np.full(59, 2.0), 300.0)
    to_rim = cdist(places, places) - radii
    np.fill_diagonal(to_rim, np.inf)
    np.testing.assert_allclose(to_next_disc(places, radii), np.maximum(to_rim.min(axis=1) - radii, 0))


def test_a_lone_disc_has_no_next_one() -> None:
    assert to_next_disc(np.zeros((1, 2)), np.ones(1)).tolist() == [np.inf]
    assert to_next_disc(np.zeros((0, 2)), np.ones(0)).size == 0
