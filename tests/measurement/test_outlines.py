import numpy as np
import pytest
from drawn_shapes import disc, hexagon, rectangle
from scipy import ndimage

from nanotem.measurement.outlines import measure_outline

TURNS = (0, 10, 22.5, 37, 45)


def circularity(mask):
    return 4 * np.pi * mask.sum() / measure_outline(mask).perimeter_px ** 2


@pytest.mark.parametrize("radius_px", [5, 6.5, 8, 12, 20, 33, 60])
@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5])
def test_a_disc_is_round_to_the_subpixel(radius_px, shift):
    centre = radius_px + 3 + shift
    mask = disc(2 * radius_px, centre=(centre, centre + 0.21), side=int(2 * radius_px) + 8)
    outline = measure_outline(mask)
    assert 0.985 <= circularity(mask) <= 1
    tolerance = 0.6 if radius_px < 20 else 0.01 * 2 * radius_px
    assert outline.feret_max_px == pytest.approx(2 * radius_px, abs=tolerance)
    assert outline.feret_min_px == pytest.approx(2 * radius_px, abs=tolerance)
    assert outline.perimeter_px == pytest.approx(2 * np.pi * radius_px, rel=0.02)


@pytest.mark.parametrize("turn_deg", TURNS)
def test_a_square_keeps_its_corners(turn_deg):
    mask = rectangle(40, 40, turn_deg=turn_deg, centre=(35.3, 34.8), side=70)
    outline = measure_outline(mask)
    assert circularity(mask) == pytest.approx(np.pi / 4, rel=0.03)
    assert outline.feret_max_px == pytest.approx(40 * np.sqrt(2), rel=0.03)
    assert outline.feret_min_px == pytest.approx(40, rel=0.03)
    assert mask.sum() / outline.hull_area_px > 0.97


@pytest.mark.parametrize("turn_deg", TURNS)
def test_a_hexagon_lies_between_square_and_disc(turn_deg):
    mask = hexagon(48, turn_deg=turn_deg, centre=(35.3, 34.8), side=70)
    outline = measure_outline(mask)
    assert circularity(mask) == pytest.approx(0.907, rel=0.02)
    assert outline.feret_max_px == pytest.approx(48 * 2 / np.sqrt(3), rel=0.02)
    assert outline.feret_min_px == pytest.approx(48, rel=0.02)


@pytest.mark.parametrize("turn_deg", TURNS)
def test_a_rod_keeps_length_and_width(turn_deg):
    mask = rectangle(80, 20, turn_deg=turn_deg, centre=(45.3, 44.8), side=92)
    outline = measure_outline(mask)
    assert circularity(mask) == pytest.approx(4 * np.pi * 4 / 100, rel=0.03)
    assert outline.feret_max_px == pytest.approx(20 * np.sqrt(17), rel=0.02)
    assert outline.feret_min_px == pytest.approx(20, rel=0.05)


def test_a_hole_adds_nothing_to_the_outline():
    full = disc(40, centre=(24, 24), side=49)
    ring = full & ~disc(20, centre=(24, 24), side=49)
    assert measure_outline(ring) == measure_outline(full)


def test_two_pieces_share_hull_and_add_perimeters():
    one = disc(20, centre=(14, 14), side=60)
    both = one | disc(20, centre=(14, 44), side=60)
    outline = measure_outline(both)
    assert outline.perimeter_px == pytest.approx(2 * measure_outline(one).perimeter_px)
    assert outline.feret_max_px == pytest.approx(50, rel=0.02)
    assert outline.feret_min_px == pytest.approx(20, rel=0.03)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 2), (1, 30), (3, 40)])
def test_smallest_and_thinnest_shapes_have_plausible_lengths(shape):
    outline = measure_outline(np.ones(shape, bool))
    assert outline.feret_min_px == pytest.approx(shape[0], abs=0.2)
    assert outline.feret_max_px == pytest.approx(np.hypot(*shape), abs=0.9)
    assert outline.perimeter_px == pytest.approx(2 * sum(shape), abs=1)


def test_no_shape_is_rounder_than_a_disc_or_fuller_than_its_hull():
    field = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(400, 400)), 2)
    labels, count = ndimage.label(field > field.std(), np.ones((3, 3)))
    assert count > 200
    for label, window in enumerate(ndimage.find_objects(labels), start=1):
        mask = ndimage.binary_fill_holes(labels[window] == label)
        outline = measure_outline(mask)
        assert circularity(mask) <= 1
        assert mask.sum() <= outline.hull_area_px * (1 + 1e-9)
        assert 4 * mask.sum() <= np.pi * outline.feret_max_px**2
        assert 0 < outline.feret_min_px <= outline.feret_max_px
