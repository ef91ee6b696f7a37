import numpy as np
import pytest

from nanotem.statistics.mixture import Mixture, fit_mixture

X = np.random.default_rng(0).normal(2, 0.3, 400)


def fit(x, n_components, weights=None):
    return fit_mixture(x, np.ones_like(x) if weights is None else weights, n_components, n_starts=4, seed=0)


def test_one_component_is_the_closed_form():
    mixture = fit(X, 1)
    assert [mixture.means[0], mixture.sds[0]] == pytest.approx([X.mean(), X.std()])
    covariance = mixture.covariance(X, np.ones(400))
    assert np.diag(covariance) == pytest.approx([X.var() / 400, 1 / 800], rel=1e-3)


def test_a_weight_of_two_is_a_value_twice():
    x = np.concatenate([X, X[:200] + 2])
    weights = np.where(np.arange(600) % 2, 2.0, 1.0)
    weighted, twice = fit(x, 2, weights), fit(np.repeat(x, weights.astype(int)), 2)
    for name in ("shares", "means", "sds"):
        assert getattr(weighted, name) == pytest.approx(getattr(twice, name), rel=1e-3)


def test_the_gradient_is_the_slope_of_the_log_likelihood():
    weights = np.linspace(0.5, 1.5, 400)
    shares, means, sds = np.array([0.3, 0.7]), np.array([1.9, 2.2]), np.array([0.2, 0.4])
    gradient = Mixture(shares, means, sds).gradient(X, weights)
    step = 1e-5
    moved = [
        Mixture(shares, means + np.array([step, 0]), sds),
        Mixture(shares, means + np.array([0, step]), sds),
        Mixture(shares, means, sds * [np.exp(step), 1]),
        Mixture(shares, means, sds * [1, np.exp(step)]),
        Mixture(shares + np.array([step, -step]), means, sds),
    ]
    level = Mixture(shares, means, sds).log_likelihood(X, weights)
    slopes = [(mixture.log_likelihood(X, weights) - level) / step for mixture in moved]
    assert gradient == pytest.approx(slopes, rel=1e-2, abs=0.05)


def test_a_saddle_has_no_covariance():
    twins = Mixture(np.array([0.5, 0.5]), np.full(2, X.mean()), np.full(2, X.std()))
    assert np.isnan(twins.covariance(X, np.ones(400))).all()
