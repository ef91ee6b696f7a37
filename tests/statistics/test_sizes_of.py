from dataclasses import replace

import numpy as np
import pytest
from drawing import Particle, draw

from nanotem.measurement import in_nm, measure_particles
from nanotem.micrograph import Scale
from nanotem.statistics import frame_weights
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import sizes_of

RODS = (
    Particle(40, 50, 20),
    Particle(40, 110, 20, 60),
    Particle(100, 60, 30, 50, 90),
    Particle(100, 0, 40),
    Particle(110, 130, 40),
)
"""The fourth one is cut by the frame."""

IMAGE, LABELS = draw((150, 200), RODS)
TABLE = measure_particles(LABELS, IMAGE)
WHOLE = [1, 2, 3, 5]
ALL_SAMPLE = np.ones(IMAGE.shape, bool)
TEN = SizeParams(bin_rule="count", n_bins=10)


def sizes(params: SizeParams | None = None, table=TABLE, frame=ALL_SAMPLE):
    return sizes_of(table, params or SizeParams(), frame=frame)


@pytest.mark.parametrize(
    ("quantity", "expected_px"),
    [
        ("diameter", (20, np.sqrt(4 / np.pi * (800 + 100 * np.pi)), np.sqrt(4 / np.pi * (600 + 225 * np.pi)), 40)),
        ("feret_max", (20, 60, 50, 40)),
        ("feret_min", (20, 20, 30, 40)),
    ],
)
def test_the_drawn_sizes_come_back_without_the_particle_that_is_cut(quantity, expected_px) -> None:
    found = sizes(SizeParams(quantity=quantity))
    assert found.labels.tolist() == WHOLE
    assert found.values == pytest.approx(expected_px, abs=1)
    assert (found.unit, found.n_cut, found.px_per_unit) == ("px", 1, 1)


def test_the_radius_is_half_the_diameter() -> None:
    diameter, radius = (sizes(SizeParams(quantity=quantity)) for quantity in ("diameter", "radius"))
    assert radius.values == pytest.approx(diameter.values / 2)
    assert radius.weights == pytest.approx(diameter.weights)
    assert (diameter.name, radius.name) == ("Diameter", "Radius")


@pytest.mark.parametrize("quantity", ["diameter", "radius", "feret_max", "feret_min", "major_axis", "minor_axis"])
def test_a_scale_turns_every_quantity_into_nm(quantity) -> None:
    params = SizeParams(quantity=quantity)
    in_px, scaled = sizes(params), sizes(params, in_nm(TABLE, Scale(0.25, "typed")))
    assert scaled.unit == "nm"
    assert scaled.values == pytest.approx(0.25 * in_px.values)
    assert scaled.px_per_unit == pytest.approx(4)
    assert scaled.name == in_px.name


def test_the_weights_are_those_of_the_frame_or_all_one() -> None:
    expected = frame_weights(TABLE, IMAGE.shape, frame=ALL_SAMPLE)
    assert sizes().weights == pytest.approx(expected[[0, 1, 2, 4]])
    assert sizes().weights[1] > sizes().weights[0] > 1
    assert sizes(SizeParams(correct_frame=False)).weights.tolist() == [1, 1, 1, 1]


def test_a_hidden_strip_cuts_particles_and_weighs_the_others_more() -> None:
    frame = ALL_SAMPLE.copy()
    frame[120:] = False
    found = sizes(table=measure_particles(LABELS, IMAGE, frame=frame), frame=frame)
    assert found.labels.tolist() == [1, 2]
    assert found.n_cut == 3
    tall = sizes(table=TABLE[TABLE["label"] <= 3], frame=ALL_SAMPLE)
    assert found.weights[0] > tall.weights[0]


def test_bins_follow_the_rule_and_are_never_finer_than_a_pixel() -> None:
    assert sizes().bins(TEN).size == 11
    assert sizes().bins(replace(TEN, n_bins=200)).size <= 21
    scaled = sizes(table=in_nm(TABLE, Scale(0.25, "typed")))
    for found in (sizes(), scaled):
        edges = found.bins(replace(TEN, n_bins=200))
        assert np.diff(edges).min() >= 1 / found.px_per_unit
        assert (edges[0], edges[-1]) == pytest.approx((found.values.min(), found.values.max()))
    assert sizes().bins(SizeParams(n_bins=200)).size < 10


def test_families_are_found_kept_as_one_or_cut() -> None:
    generator = np.random.default_rng(0)
    diameters = np.concatenate([generator.normal(10, 0.7, 150), generator.normal(20, 1.4, 50)])
    found = replace(sizes(), values=diameters, weights=np.ones(200), labels=np.arange(200))
    assert len(found.families(SizeParams()).families) == 2
    assert len(found.families(SizeParams(families="one")).families) == 1
    cut = found.families(SizeParams(families="cut", cut=15)).families
    assert [family.fraction.value for family in cut] == pytest.approx([0.75, 0.25])


def test_without_particles_there_are_no_sizes() -> None:
    blank = np.zeros(IMAGE.shape, np.int32)
    for scale, unit in ((None, "px"), (Scale(0.5, "typed"), "nm")):
        table = measure_particles(blank, IMAGE)
        found = sizes(table=in_nm(table, scale) if scale else table)
        assert (found.values.size, found.weights.size, found.n_cut, found.unit) == (0, 0, 0, unit)
        assert found.px_per_unit == 1
        assert found.bins(SizeParams()).size == 2
        assert len(found.families(SizeParams()).families) == 0


def test_weighted_quantities_are_those_of_the_counted_particles() -> None:
    counted = sizes()
    d, w = counted.values, counted.weights
    for power, (mean, *_) in enumerate(counted.weighted.values()):
        assert mean.estimate.value == pytest.approx((w * d ** (power + 1)).sum() / (w * d**power).sum())
