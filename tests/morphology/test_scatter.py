"""What particles of micrographs say of their sample, where nobody knows how far micrographs differ."""

import numpy as np
import pytest

from nanotem.morphology.scatter import Scatter, drawn_anew


@pytest.mark.parametrize(("n", "weight"), [(1, 3.0), (7, 0.2), (60, 3.0), (2000, 10.0)])
def test_as_many_are_drawn_anew_as_by_one_particle_after_the_other(n: int, weight: float) -> None:
    rng, chance = np.random.default_rng(5), weight / (weight + np.arange(n))
    drawn = drawn_anew(np.full((2000, 1), n), np.array(weight), rng)
    assert drawn.mean() == pytest.approx(chance.sum(), rel=0.03)
    assert drawn.var() == pytest.approx((chance * (1 - chance)).sum(), rel=0.15, abs=1e-12)


def test_no_particles_are_none_anew() -> None:
    assert drawn_anew(np.zeros((2, 3), np.int64), np.ones(3), np.random.default_rng(0)).tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("concentration", [3.0, 100.0])
def test_the_concentration_is_found_of_many_micrographs(concentration: float) -> None:
    rng, n_particles = np.random.default_rng(6), np.full(200, 50)
    anew = drawn_anew(n_particles[:, None], np.array(concentration), rng).sum()
    found = Scatter(n_particles).drawn(np.full(400, anew), rng)
    assert np.exp(np.log(found).mean()) == pytest.approx(concentration, rel=0.3)


def test_of_alike_micrographs_each_particle_weighs_as_much_and_of_differing_ones_each_micrograph() -> None:
    differing, alike = Scatter(np.array([10, 1000])).weights(np.array([0.001, 1e9])) * [10, 1000]
    assert differing == pytest.approx([0.5, 0.5], abs=0.01)
    assert alike == pytest.approx([10 / 1010, 1000 / 1010])
