import numpy as np
import pandas as pd
import pytest

from nanotem.errors import ParameterError
from nanotem.figures import palette
from nanotem.figures.sizes import (
    CURVES,
    cumulative_curve,
    distribution_figure,
    precision_figure,
    shape_scatter,
    size_histogram,
)
from nanotem.statistics import (
    WEIGHTINGS,
    FittedModel,
    HistogramFit,
    find_families,
    gaussian_histogram_fit,
    histogram_bins,
    precision_curve,
    split_at,
    summarise,
)
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import Sizes

SIZES = np.random.default_rng(0).lognormal(np.log(10), 0.2, 400)
EDGES = histogram_bins(SIZES)


def names(figure):
    return [trace.name for trace in figure.data]


def titles(figure):
    return figure.layout.xaxis.title.text, figure.layout.yaxis.title.text


def test_bars_hold_every_particle_and_the_index_of_their_bin():
    figure = size_histogram(SIZES, EDGES)
    (bars,) = figure.data
    assert bars.y.sum() == 400
    assert bars.customdata.tolist() == list(range(EDGES.size - 1))
    chosen = bars.customdata[3]
    inside = (EDGES[chosen] <= SIZES) & (EDGES[chosen + 1] > SIZES)
    assert bars.y[3] == inside.sum()
    assert titles(figure) == ("Diameter (nm)", "Number of particles")


def test_weighted_bars_say_so():
    figure = size_histogram(SIZES, EDGES, weights=np.full(400, 1.5), unit="px")
    assert figure.data[0].y.sum() == pytest.approx(600)
    assert titles(figure) == ("Diameter (px)", "Number of particles, corrected for the frame")


def test_curves_are_scaled_to_the_bars():
    summary = summarise(SIZES)
    figure = size_histogram(
        SIZES,
        EDGES,
        histogram_fit=gaussian_histogram_fit(SIZES, EDGES),
        normal=summary.normal,
        log_normal=summary.log_normal,
    )
    assert names(figure) == ["Particles", "Gaussian fitted to the bars", "Normal", "Log-normal"]
    bars = figure.data[0].y.sum() * np.diff(EDGES)[0]
    for curve in figure.data[2:]:
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(bars, rel=0.03)
    assert len({(curve.line.color, curve.line.dash) for curve in figure.data[1:]}) == 3


def test_families_are_drawn_with_their_sum():
    generator = np.random.default_rng(0)
    d = np.concatenate([generator.normal(5, 0.5, 100), generator.normal(9, 0.9, 100)])
    edges = histogram_bins(d)
    figure = size_histogram(d, edges, families=find_families(d))
    assert names(figure)[1:] == ["All families", "Family 1: 50\u00a0%", "Family 2: 50\u00a0%"]
    total, one, other = (curve.y for curve in figure.data[1:])
    assert total == pytest.approx(one + other)
    assert np.trapezoid(total, figure.data[1].x) == pytest.approx(200 * np.diff(edges)[0], rel=0.03)


def test_fits_without_a_width_are_left_out():
    lone = summarise([5.0])
    figure = size_histogram(
        [5.0],
        histogram_bins([5.0]),
        histogram_fit=HistogramFit(reason="one particle"),
        normal=lone.normal,
        log_normal=lone.log_normal,
        families=split_at([5.0], edges=[8]),
    )
    assert names(figure) == ["Particles"]


def test_no_particles_give_an_empty_histogram():
    figure = size_histogram([], histogram_bins([]), families=find_families([]))
    assert figure.data[0].y.tolist() == [0]


def test_the_cumulative_curve_passes_its_percentiles():
    figure = cumulative_curve(SIZES)
    curve, marks = figure.data
    assert list(marks.text) == ["D10", "D50", "D90"]
    assert np.interp(marks.x, curve.x, curve.y) == pytest.approx([10, 50, 90])
    assert (np.diff(curve.y) > 0).all()
    assert titles(figure) == ("Diameter (nm)", "Particles below this diameter (%)")


def test_the_cumulative_curve_of_nothing_is_empty():
    assert len(cumulative_curve([]).data[0].x) == 0


def test_the_precision_figure_shows_percent_and_limits():
    curve = precision_curve(SIZES, n_resamples=50)
    figure = precision_figure(curve)
    assert names(figure) == ["Mean", "Median (D50)", "D10", "D90"]
    assert figure.data[0].y == pytest.approx(100 * curve["relative_half_width_mean"].to_numpy())
    assert [line.y0 for line in figure.layout.shapes] == [5, 2]
    highest = np.nanmax(100 * curve.drop(columns="n").to_numpy())
    assert figure.layout.yaxis.range == (0, pytest.approx(1.1 * min(max(highest, 5), 40)))
    assert {2, 5} < set(figure.layout.yaxis.tickvals)
    assert titles(figure) == ("Number of particles", "Half of the 95 % interval (% of the value)")
    assert len(precision_figure(precision_curve([])).data[0].x) == 0


def test_the_scatter_names_its_particles_and_axes():
    table = pd.DataFrame({"label": [4, 9], "diameter_nm": [5.0, 7.0], "circularity": [0.9, 0.8]})
    figure = shape_scatter(table, "diameter_nm", "circularity")
    assert figure.data[0].customdata.tolist() == [4, 9]
    assert figure.data[0].y.tolist() == [0.9, 0.8]
    assert titles(figure) == ("Diameter (nm)", "Circularity")


@pytest.mark.parametrize("name", ["feret_max_nm", "flags", "shape"])
def test_only_measures_of_the_table_can_be_drawn(name):
    table = pd.DataFrame({"label": [4], "diameter_nm": [5.0], "flags": [""], "shape": ["rod"]})
    with pytest.raises(ParameterError, match=f"no measure '{name}'.*label, diameter_nm"):
        shape_scatter(table, "diameter_nm", name)


def test_series_colours_differ():
    assert len(set(palette.SERIES)) == len(palette.SERIES)


def counted(values, unit="nm"):
    return Sizes(np.arange(values.size) + 1.0, values, np.ones(values.size), unit, "Diameter", 4.0, 0)


def test_page_and_report_draw_the_curves_that_the_verdict_speaks_of():
    plain = counted(SIZES)
    ripened = counted(FittedModel("LSW", (10.0,), 0.0).draw(np.random.default_rng(0), 300))
    for sizes, expected in ((plain, ["Normal", "Log-normal"]), (ripened, ["One population: skew-normal"])):
        figure = distribution_figure(sizes, SizeParams(), sizes.families(SizeParams()))
        assert names(figure)[1:] == expected
        (bars, *curves) = figure.data
        for curve in curves:
            assert np.trapezoid(curve.y, curve.x) == pytest.approx(bars.y.sum() * bars.width[0], rel=0.03)


def test_every_curve_can_be_asked_for():
    sizes = counted(SIZES)
    found = sizes.families(SizeParams())
    assert len(distribution_figure(sizes, SizeParams(), found, curves=CURVES).data) == 1 + len(CURVES)
    assert len(distribution_figure(sizes, SizeParams(), found, curves=[]).data) == 1
    with pytest.raises(ParameterError, match="no curve 'Gamma'"):
        distribution_figure(sizes, SizeParams(), found, curves=["Gamma"])


@pytest.mark.parametrize("weighting", ["length", "area", "volume"])
def test_weighted_bars_and_curves_belong_together(weighting):
    power = WEIGHTINGS[weighting].power
    sizes = counted(10 * 1.2 ** np.random.default_rng(2).normal(size=4000))
    figure = distribution_figure(
        sizes, SizeParams(), sizes.families(SizeParams()), curves=["Log-normal", "Families"], weighting=weighting
    )
    bars, curve, family = figure.data
    assert bars.y.sum() == pytest.approx(4000)
    heaviest = np.average(bars.x, weights=bars.y)
    assert heaviest == pytest.approx((sizes.values ** (power + 1)).sum() / (sizes.values**power).sum(), rel=0.01)
    assert np.average(curve.x, weights=curve.y) == pytest.approx(heaviest, rel=0.02)
    assert curve.y == pytest.approx(family.y, rel=0.02, abs=0.5)
    assert figure.layout.yaxis.title.text == f"Particles by {weighting}, corrected for the frame"


@pytest.mark.parametrize(("weighting", "title"), [("number", "Number of particles"), ("area", "Particles by area")])
def test_bars_that_are_not_corrected_are_not_called_so(weighting, title):
    sizes, params = counted(SIZES), SizeParams(correct_frame=False)
    figure = distribution_figure(sizes, params, sizes.families(params), weighting=weighting)
    assert figure.layout.yaxis.title.text == title


def test_a_cumulative_curve_names_the_size_that_it_is_of():
    titles_of_radii = titles(cumulative_curve(SIZES, quantity="Radius"))
    assert titles_of_radii == ("Radius (nm)", "Particles below this radius (%)")


def test_a_cumulative_curve_by_volume_passes_its_own_percentiles():
    figure = cumulative_curve(SIZES, weighting="volume")
    curve, marks = figure.data
    assert np.interp(marks.x, curve.x, curve.y) == pytest.approx([10, 50, 90])
    assert marks.x[1] > cumulative_curve(SIZES).data[1].x[1]
    assert titles(figure)[1] == "Particles below this diameter by volume (%)"


def test_pairs_have_a_name_in_the_legend():
    generator = np.random.default_rng(200)
    d = generator.normal(10, 1, 200)
    d[:10] = np.hypot(d[:10], generator.normal(10, 1, 10))
    figure = distribution_figure(counted(d), SizeParams(), find_families(d))
    assert names(figure)[-1].startswith("Pairs counted as one: ")


def test_equal_sizes_have_bars_and_no_curves():
    sizes = counted(np.full(8, 5.0))
    figure = distribution_figure(sizes, SizeParams(), sizes.families(SizeParams()), curves=CURVES[1:])
    assert names(figure) == ["Particles"]
