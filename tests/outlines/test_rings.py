import numpy as np
import pytest

from nanotem.outlines.rings import (
    curvature,
    evenly_spaced,
    inscribed_radius,
    normals,
    perimeter,
    signed_area,
    signed_areas,
    smoothed,
    smoothed_flat,
)


def circle(radius_px, n=96, wobble=0.0):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = radius_px + wobble * np.random.default_rng(0).normal(size=n)
    return np.stack([-radius * np.cos(angle), radius * np.sin(angle)], axis=1)


SQUARE = evenly_spaced([np.array([[0.0, 0], [0, 40], [40, 40], [40, 0]])], [160])[0]


def test_area_is_positive_round_a_particle_and_normals_point_out():
    ring = circle(10)
    assert signed_area(ring) == pytest.approx(100 * np.pi, rel=0.01)
    assert signed_area(ring[::-1]) == pytest.approx(-100 * np.pi, rel=0.01)
    assert (normals(ring) * ring).sum(axis=1) == pytest.approx(10)


def test_smoothing_calms_noise_and_does_not_shrink():
    rough = circle(12, wobble=0.4)[None]
    calm = smoothed(rough, scale_px=np.array([3.0]))
    assert perimeter(calm)[0] == pytest.approx(24 * np.pi, rel=0.01)
    assert perimeter(rough)[0] > 1.1 * perimeter(calm)[0]
    assert signed_area(calm)[0] == pytest.approx(144 * np.pi, rel=0.02)


def test_flat_smoothing_leaves_straight_sides_straight():
    """A square of 60 px keeps its width; a Gaussian of the same scale makes its sides bulge."""
    place = np.linspace(-30, 30, 64, endpoint=False)
    side = np.stack([np.full(64, -30.0), place], axis=1)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    square = np.concatenate([side @ np.linalg.matrix_power(turn, k) for k in range(4)])[None]
    scale_px = np.array([8.0])
    middle = [32 + 64 * k for k in range(4)]
    bulges = [
        float(np.abs(filtered(square, scale_px=scale_px)[0, middle]).max() - 30)
        for filtered in (smoothed, smoothed_flat)
    ]
    assert abs(bulges[1]) < 0.5 * bulges[0]
    rough = circle(12, wobble=0.4)[None]
    assert perimeter(rough)[0] > 1.1 * perimeter(smoothed_flat(rough, scale_px=np.array([3.0])))[0]


@pytest.mark.parametrize("radius_px", [4, 10, 25])
def test_curvature_of_a_circle(radius_px):
    bend = curvature(np.stack([circle(radius_px, 192)]), scale_px=np.array([1.5]))
    assert bend * radius_px == pytest.approx(np.ones((1, 192)), rel=0.05)
    hole = curvature(np.stack([circle(radius_px, 192)[::-1]]), scale_px=np.array([1.5]))
    assert hole * radius_px == pytest.approx(-np.ones((1, 192)), rel=0.05)


def test_curvature_is_none_on_a_side_and_high_at_a_corner():
    bend = curvature(SQUARE[None], scale_px=np.array([2.0]))[0]
    assert bend[20] == pytest.approx(0, abs=0.01)
    assert bend[0] == pytest.approx(0.25 * np.sqrt(8 * np.pi) / 2, rel=0.1)


def test_the_inscribed_circle():
    assert inscribed_radius(SQUARE + 7.3) == pytest.approx(20, abs=0.3)
    assert inscribed_radius(circle(6.4)) == pytest.approx(6.4, abs=0.1)


def test_even_spacing_keeps_small_rings_fine_and_large_ones_coarse():
    rings = evenly_spaced([circle(2), circle(400), circle(30)])
    assert [len(ring) for ring in rings] == [24, 512, 128]
    steps = np.linalg.norm(np.diff(rings[2], axis=0), axis=1)
    assert steps == pytest.approx(steps[0], rel=0.01)
    assert signed_area(rings[1]) == pytest.approx(signed_area(circle(400)), rel=1e-3)
    assert evenly_spaced([]) == []


def test_areas_of_many_rings_are_those_of_each():
    rings = [circle(5), SQUARE + 30, circle(3)[::-1]]
    starts = np.array([0, 96, 256])
    assert signed_areas(np.concatenate(rings), starts) == pytest.approx([float(signed_area(ring)) for ring in rings])
    assert signed_areas(np.empty((0, 2)), np.array([], int)).size == 0
