from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, draw_mask
from scipy import ndimage

from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Mask
from nanotem.parameters import knobs
from nanotem.segmentation import Foreground, Segmentation, SegmentParams, segment
from nanotem.segmentation.seeds import distance_to_background

METHODS = {name: SegmentParams(method=name) for name in knobs(SegmentParams)["method"].choices if name != "learned"}
SPLITTING = [method for method in METHODS if method != "regions"]
NECK_RATIO = METHODS["neck_ratio"]

TOUCHING_PAIR = [Particle(50, 40, 40), Particle(50, 76, 40)]
ROD = [Particle(60, 60, 20, length_px=90, angle_deg=30)]
SATELLITE = [Particle(70, 60, 90), Particle(70, 112, 20)]

every_method = pytest.mark.parametrize("method", METHODS)


def found_in(mask: Mask, params: SegmentParams) -> Segmentation:
    """Tell the particles of a mask apart, without any opinion of a network."""
    return segment(Foreground(mask), params)


def with_options(params: SegmentParams, **options: Any) -> SegmentParams:
    """Return parameters with those of these options that the method has."""
    known = {name: value for name, value in options.items() if name in knobs(type(params.options))}
    return replace(params, options=replace(params.options, **known))


def n_particles(labels: Labels) -> int:
    """Count the different numbers above 0."""
    return np.unique(labels[labels > 0]).size


@every_method
def test_an_empty_mask_has_no_particles(method: str) -> None:
    segmentation = found_in(np.zeros((30, 40), bool), METHODS[method])
    for array in (segmentation.basin, segmentation.seeds, segmentation.labels):
        assert array.shape == (30, 40)
        assert not array.any()


@every_method
def test_results_have_the_shape_and_type_that_are_promised(method: str) -> None:
    segmentation = found_in(draw_mask((100, 116), TOUCHING_PAIR), METHODS[method])
    assert segmentation.basin.shape == segmentation.seeds.shape == segmentation.labels.shape == (100, 116)
    assert segmentation.basin.dtype == np.float32
    assert segmentation.seeds.dtype == segmentation.labels.dtype == np.int32


@every_method
def test_three_hundred_separate_particles_keep_their_own_numbers(method: str) -> None:
    _, true = draw((300, 400), disc_grid(15, 20, pitch_px=20, diameter_px=12))
    found = found_in(true > 0, METHODS[method]).labels
    assert n_particles(found) == 300
    assert found.max() > 255
    assert evaluate(found, true).pq == 1


@pytest.mark.parametrize("method", SPLITTING)
def test_every_particle_contains_a_seed_of_its_own_number(method: str) -> None:
    mask = draw_mask((180, 120), [*TOUCHING_PAIR, Particle(130, 60, 20, length_px=90, angle_deg=30)])
    segmentation = found_in(mask, with_options(METHODS[method], dist_max_threshold=0.7))
    seeded = segmentation.seeds > 0
    np.testing.assert_array_equal(segmentation.seeds[seeded], segmentation.labels[seeded])
    assert set(np.unique(segmentation.seeds)) == set(np.unique(segmentation.labels))


@pytest.mark.parametrize("method", SPLITTING)
def test_a_touching_pair_is_two_particles_of_the_right_outline(method: str) -> None:
    _, true = draw((100, 116), TOUCHING_PAIR)
    score = evaluate(found_in(true > 0, with_options(METHODS[method], dist_max_threshold=0.7)).labels, true)
    assert (score.n_found, score.f1_75) == (2, 1)
    assert score.pq > 0.98


def test_a_touching_pair_is_one_connected_region() -> None:
    assert n_particles(found_in(draw_mask((100, 116), TOUCHING_PAIR), METHODS["regions"]).labels) == 1


@pytest.mark.parametrize("angle_deg", range(0, 180, 15))
def test_a_rod_is_one_particle_by_its_neck_ratio(angle_deg: int) -> None:
    rod = draw_mask((120, 120), [Particle(60, 60, 20, length_px=90, angle_deg=angle_deg)])
    labels = found_in(rod, NECK_RATIO).labels
    assert n_particles(labels) == 1
    np.testing.assert_array_equal(labels > 0, rod)


def test_local_maxima_cut_a_rod_that_the_neck_ratio_keeps() -> None:
    rod = draw_mask((120, 120), ROD)
    assert n_particles(found_in(rod, SegmentParams.of("local_maxima", min_distance=2)).labels) > 1


def test_a_satellite_on_a_big_particle_is_found_by_its_neck_ratio() -> None:
    _, true = draw((140, 140), SATELLITE)
    score = evaluate(found_in(true > 0, NECK_RATIO).labels, true)
    assert (score.n_found, score.f1_75) == (2, 1)


@pytest.mark.parametrize("method", ["sure_foreground", "normalised"])
def test_a_share_of_the_highest_distance_loses_the_satellite(method: str) -> None:
    assert n_particles(found_in(draw_mask((140, 140), SATELLITE), METHODS[method]).labels) == 1


def test_normalising_per_region_keeps_small_particles_that_stand_alone() -> None:
    mask = draw_mask((140, 200), [Particle(70, 60, 90), Particle(70, 160, 20)])
    assert n_particles(found_in(mask, METHODS["sure_foreground"]).labels) == 1
    assert n_particles(found_in(mask, METHODS["normalised"]).labels) == 2


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_the_neck_ratio_has_no_scale(scale: int) -> None:
    particles = [
        Particle(particle.row * scale, particle.column * scale, particle.diameter_px * scale)
        for particle in TOUCHING_PAIR
    ]
    neck = 2 * np.sqrt(20**2 - 18**2) / 40
    mask = draw_mask((100 * scale, 116 * scale), particles)
    assert n_particles(found_in(mask, with_options(NECK_RATIO, neck_ratio=neck + 0.08)).labels) == 2
    assert n_particles(found_in(mask, with_options(NECK_RATIO, neck_ratio=neck - 0.08)).labels) == 1


def test_a_higher_neck_ratio_splits_more() -> None:
    chain = draw_mask((60, 200), [Particle(30, 30 + 28 * i, 40) for i in range(5)])
    counts = [
        n_particles(found_in(chain, with_options(NECK_RATIO, neck_ratio=ratio)).labels) for ratio in (0.5, 0.9, 1)
    ]
    assert counts == sorted(counts)
    assert (counts[0], counts[1]) == (1, 5)


@pytest.mark.parametrize(("min_distance", "n_expected"), [(32, 2), (36, 1)])
def test_two_discs_closer_than_the_least_distance_are_one(min_distance: int, n_expected: int) -> None:
    mask = draw_mask((100, 116), [Particle(50, 40, 40), Particle(50, 76, 36)])
    params = SegmentParams.of("local_maxima", min_distance=min_distance)
    assert n_particles(found_in(mask, params).labels) == n_expected


@pytest.mark.parametrize("method", ["local_maxima", "sure_foreground", "normalised"])
@pytest.mark.parametrize("shrink", ["erode_iter", "open_iter"])
def test_shrinking_before_seeding_removes_thin_parts_from_seeds_but_not_from_particles(
    method: str, shrink: str
) -> None:
    mask = draw_mask((100, 116), [Particle(50, 40, 40)])
    mask[49:51, 60:100] = True
    segmentation = found_in(mask, with_options(METHODS[method], dist_max_threshold=0.0, **{shrink: 2}))  # type: ignore[arg-type]
    assert not segmentation.seeds[:, 66:].any()
    assert n_particles(segmentation.labels) == 1
    np.testing.assert_array_equal(segmentation.labels > 0, mask)


def test_erosions_open_a_bridge_between_seeds() -> None:
    mask = draw_mask((60, 120), [Particle(30, 30, 36), Particle(30, 85, 36)])
    mask[28:33, 30:85] = True
    params = SegmentParams.of("sure_foreground", dist_max_threshold=0)
    assert n_particles(found_in(mask, params).labels) == 1
    assert n_particles(found_in(mask, with_options(params, erode_iter=3)).labels) == 2


def test_smoothing_ignores_a_rough_outline() -> None:
    rng = np.random.default_rng(4)
    mask = draw_mask((120, 120), [Particle(60, 60, 80)]) & (ndimage.zoom(rng.random((40, 40)), 3, order=0) < 0.97)
    params = SegmentParams.of("local_maxima", min_distance=5, min_diameter_px=0)
    counts = [n_particles(found_in(mask, with_options(params, smoothing_px=sigma)).labels) for sigma in (0, 3)]
    assert counts[1] < counts[0]


@every_method
def test_small_particles_are_dropped_by_area_equivalent_diameter(method: str) -> None:
    _, true = draw((60, 160), [Particle(30, 30, 30), Particle(30, 80, 14), Particle(30, 130, 24)])
    params = with_options(METHODS[method], dist_max_threshold=0.2)
    everything = found_in(true > 0, replace(params, min_diameter_px=0)).labels
    kept = found_in(true > 0, replace(params, min_diameter_px=18)).labels
    assert (n_particles(everything), n_particles(kept)) == (3, 2)
    np.testing.assert_array_equal(kept, np.where(true == 2, 0, everything))


def test_a_particle_of_just_the_smallest_diameter_is_kept() -> None:
    mask = np.pad(np.ones((10, 10), bool), 5)
    diameter_px = np.sqrt(4 / np.pi * 100)
    for smallest, n_kept in ((diameter_px - 1e-6, 1), (diameter_px + 1e-6, 0)):
        params = SegmentParams(method="regions", min_diameter_px=smallest)
        assert n_particles(found_in(mask, params).labels) == n_kept


@every_method
def test_particles_on_any_side_of_the_frame_are_dropped_where_asked_and_the_others_keep_their_numbers(
    method: str,
) -> None:
    sides = [Particle(0, 50, 20), Particle(99, 50, 20), Particle(50, 0, 20), Particle(50, 99, 20)]
    _, true = draw((100, 100), [Particle(30, 30, 20), *sides, Particle(70, 70, 20)])
    params = METHODS[method]
    everything = found_in(true > 0, params).labels
    inner = found_in(true > 0, replace(params, drop_touching_frame=True)).labels
    assert n_particles(everything) == 6
    np.testing.assert_array_equal(inner, np.where(np.isin(true, [1, 6]), everything, 0))


def test_the_basin_is_the_distance_or_its_share_of_the_regional_maximum() -> None:
    mask = draw_mask((100, 116), TOUCHING_PAIR)
    distance = distance_to_background(mask)
    np.testing.assert_allclose(found_in(mask, METHODS["regions"]).basin, distance, rtol=1e-6)
    assert found_in(mask, METHODS["normalised"]).basin.max() == 1
    assert found_in(mask, METHODS["sure_foreground"]).basin.max() == pytest.approx(20, abs=0.6)


@every_method
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (20, 30)])
def test_a_mask_that_fills_the_image_is_one_particle(method: str, shape: tuple[int, int]) -> None:
    labels = found_in(np.ones(shape, bool), replace(METHODS[method], min_diameter_px=0)).labels
    assert labels.shape == shape
    assert (labels == 1).all()


@every_method
def test_an_image_of_one_row_is_split_where_it_is_empty(method: str) -> None:
    mask = np.zeros((1, 60), bool)
    mask[0, 5:20] = mask[0, 30:45] = True
    labels = found_in(mask, replace(METHODS[method], min_diameter_px=0)).labels
    assert n_particles(labels) == 2
    np.testing.assert_array_equal(labels > 0, mask)


@every_method
def test_the_mask_is_not_changed(method: str) -> None:
    mask = draw_mask((100, 116), TOUCHING_PAIR)
    mask.setflags(write=False)
    before = mask.copy()
    found_in(mask, METHODS[method])
    np.testing.assert_array_equal(mask, before)
