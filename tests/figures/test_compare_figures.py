import numpy as np
import pandas as pd
import pytest

from nanotem.figures.compare import cumulative_curves, violins


def particles() -> pd.DataFrame:
    """Return two samples of three images of ten particles; names look like numbers."""
    sizes = np.arange(1.0, 61.0)
    image = [f"{number // 10 % 3}.tif" for number in range(60)]
    sample = np.repeat(["1", "2"], 30)
    return pd.DataFrame({"image": image, "sample": sample, "diameter_nm": sizes, "feret_max_px": sizes, "weight": 1.0})


def test_each_sample_has_a_violin_of_its_sizes_and_a_dot_per_image() -> None:
    figure = violins(particles())
    first, first_dots, second, second_dots = figure.data
    assert (first.name, second.name) == ("1", "2")
    assert list(first.y) == list(range(1, 31))
    assert list(first_dots.y) == [5.5, 15.5, 25.5]
    assert list(second_dots.x) == ["2"] * 3
    assert figure.layout.xaxis.type == "category"
    assert figure.layout.yaxis.title.text == "Diameter (nm)"


def test_dots_are_weighted_means() -> None:
    table = particles().assign(weight=lambda t: np.where(t["diameter_nm"] == 10, 1e6, 1.0))
    assert violins(table).data[1].y[0] == pytest.approx(10, abs=1e-3)


def test_cumulative_curves_cross_half_at_the_median() -> None:
    figure = cumulative_curves(particles())
    first, second = figure.data
    for curve, median in ((first, 15.5), (second, 45.5)):
        assert np.interp(50, curve.y, curve.x) == pytest.approx(median)
        assert f"D50 {median:.3g}" in curve.name
        assert (np.diff(curve.y) > 0).all()
    assert figure.layout.xaxis.title.text == "Diameter (nm)"
    assert figure.layout.yaxis.title.text == "Particles below this size (%)"


def test_axes_carry_the_unit_of_the_size() -> None:
    assert violins(particles(), quantity="feret_max_px").layout.yaxis.title.text == "Feret max (px)"
    assert cumulative_curves(particles(), quantity="feret_max_px").layout.xaxis.title.text == "Feret max (px)"


def test_more_samples_than_colours_are_all_drawn() -> None:
    table = pd.concat([particles().assign(sample=f"{number}") for number in range(9)])
    assert len(cumulative_curves(table).data) == 9
    assert len(violins(table).data) == 18


def test_nothing_is_an_empty_figure() -> None:
    assert len(violins(particles()[:0]).data) == 0
    assert len(cumulative_curves(particles()[:0]).data) == 0
