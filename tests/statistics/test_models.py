import numpy as np
import pytest
from scipy import stats

from nanotem.errors import ParameterError
from nanotem.statistics import MODELS, FittedModel, fit_model
from nanotem.statistics.models import LSW_LARGEST
from nanotem.statistics.sample import as_sample

PARAMETERS = {
    "normal": (10.0, 2.0),
    "log-normal": (10.0, 1.3),
    "Weibull": (10.0, 4.0),
    "skew-normal": (8.0, 3.0, 4.0),
    "uniform": (5.0, 15.0),
    "LSW": (10.0,),
}
SCIPY = {
    "normal": stats.norm(10, 2),
    "log-normal": stats.lognorm(np.log(1.3), scale=10),
    "Weibull": stats.weibull_min(4, scale=10),
    "skew-normal": stats.skewnorm(4, 8, 3),
    "uniform": stats.uniform(5, 10),
}
X = np.linspace(1e-3, 60, 6001)


def model(name):
    return FittedModel(name, PARAMETERS[name], 0.0)


@pytest.mark.parametrize("name", SCIPY)
def test_densities_and_shares_are_those_of_scipy(name) -> None:
    assert model(name).density(X) == pytest.approx(SCIPY[name].pdf(X), abs=1e-9)
    assert model(name).cumulative(X[::50]) == pytest.approx(SCIPY[name].cdf(X[::50]), abs=1e-9)


def test_ostwald_ripening_has_the_moments_that_are_published() -> None:
    # C. G. Granqvist and R. A. Buhrman, J. Appl. Phys. 47 (1976) 2200: mode 1.135, ratio of sd to mean 0.215.
    density = model("LSW").density(X)
    assert np.trapezoid(density, X) == pytest.approx(1, abs=1e-4)
    assert np.trapezoid(density * X, X) == pytest.approx(10, abs=0.01)
    assert np.sqrt(np.trapezoid(density * (X - 10) ** 2, X)) / 10 == pytest.approx(0.215, abs=0.002)
    assert X[density.argmax()] / 10 == pytest.approx(1.135, abs=0.002)
    assert density[X >= 10 * LSW_LARGEST].max() == 0
    assert np.gradient(model("LSW").cumulative(X), X) == pytest.approx(density, abs=5e-4)


@pytest.mark.parametrize("name", MODELS)
def test_drawn_sizes_follow_the_model_and_give_its_parameters_back(name) -> None:
    d = model(name).draw(np.random.default_rng(1), 20_000)
    assert stats.kstest(d, model(name).cumulative).pvalue > 0.001
    fit = fit_model(as_sample(d), name)
    assert fit.parameters == pytest.approx(PARAMETERS[name], rel=0.06)
    assert fit.log_likelihood == pytest.approx(np.log(fit.density(d)).sum())


@pytest.mark.parametrize("name", ["normal", "log-normal", "Weibull"])
def test_the_fit_is_the_maximum_that_scipy_finds(name) -> None:
    d = SCIPY[name].rvs(200, random_state=2)
    kind, keep = {
        "normal": (stats.norm, {}),
        "log-normal": (stats.lognorm, {"floc": 0}),
        "Weibull": (stats.weibull_min, {"floc": 0}),
    }[name]
    best = kind.logpdf(d, *kind.fit(d, **keep)).sum()
    assert fit_model(as_sample(d), name).log_likelihood == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize("name", ["normal", "log-normal", "Weibull", "skew-normal", "LSW"])
def test_a_weight_of_two_is_a_particle_twice(name) -> None:
    d = model(name).draw(np.random.default_rng(5), 300)
    weights = np.where(np.arange(300) % 3 == 0, 2.0, 1.0)
    one, other = fit_model(as_sample(d, weights), name), fit_model(as_sample(np.repeat(d, weights.astype(int))), name)
    assert one.parameters == pytest.approx(other.parameters, rel=0.01)


def test_a_fit_in_words_names_its_parameters() -> None:
    assert model("Weibull").in_words() == "scale 10, shape 4"
    assert "Ostwald" in model("LSW").title


@pytest.mark.parametrize(
    ("sizes", "name", "message"), [([1, 2], "gamma", "no model 'gamma'"), ([3, 3], "normal", "all the same")]
)
def test_what_cannot_be_fitted_is_refused(sizes, name, message) -> None:
    with pytest.raises(ParameterError, match=message):
        fit_model(as_sample(sizes), name)


def test_extremely_narrow_sizes_have_fits_all_the_same() -> None:
    d = 10 + 1e-4 * np.random.default_rng(0).normal(size=50)
    for name in ("normal", "log-normal", "Weibull", "skew-normal"):
        assert np.isfinite(fit_model(as_sample(d), name).log_likelihood)
