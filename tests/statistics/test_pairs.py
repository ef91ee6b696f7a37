import numpy as np
import pytest

from nanotem.statistics.pairs import fit_pairs, paired


@pytest.mark.parametrize("sd", [0.05, 0.2])
def test_pairs_have_the_sizes_of_two_areas_together(sd) -> None:
    one, other = np.random.default_rng(0).lognormal(2, sd, (2, 200_000))
    logs = np.log(np.hypot(one, other))
    mixture = paired(2.0, sd, 0.1)
    assert mixture.means == pytest.approx([2, logs.mean()], abs=0.004)
    assert mixture.sds == pytest.approx([sd, logs.std()], rel=0.03)
    assert mixture.shares == pytest.approx([0.9, 0.1])


def test_the_share_of_pairs_comes_back() -> None:
    generator = np.random.default_rng(3)
    d = generator.lognormal(2, 0.1, 2000)
    d[:200] = np.hypot(d[:200], generator.lognormal(2, 0.1, 200))
    found = fit_pairs(np.log(d), np.ones(2000))
    assert found.shares[1] == pytest.approx(0.1, abs=0.01)
    assert (found.means[0], found.sds[0]) == pytest.approx((2, 0.1), rel=0.05)


def test_more_than_a_quarter_are_no_pairs() -> None:
    generator = np.random.default_rng(3)
    d = np.concatenate([generator.lognormal(2, 0.05, 100), generator.lognormal(2 + np.log(2) / 2, 0.05, 100)])
    assert fit_pairs(np.log(d), np.ones(200)) is None
