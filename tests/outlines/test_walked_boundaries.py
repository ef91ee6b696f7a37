import numpy as np
import pytest
from skimage.measure import find_contours

from nanotem.outlines.boundaries import boundaries_of
from nanotem.outlines.rings import signed_area


def labels_from(*rows):
    return np.pad(np.array([[int(one) for one in row] for row in rows], np.int32), 1)


def test_a_pixel_has_a_ring_of_four_clockwise():
    rings = boundaries_of(labels_from("7")).rings(0.5)
    assert rings.labels.tolist() == [7]
    assert rings[0].tolist() == [[1, 1.5], [1.5, 1], [1, 0.5], [0.5, 1]]
    assert rings.areas.tolist() == [0.5]


def test_a_hole_is_a_ring_the_other_way_round():
    rings = boundaries_of(labels_from("333", "303", "333")).rings(0.5)
    assert rings.labels.tolist() == [3, 3]
    assert sorted(rings.areas) == pytest.approx([-0.5, 8.5])
    assert signed_area(rings[rings.outer()[3]]) == pytest.approx(8.5)


def test_pieces_and_corners_are_rings_of_their_own_and_the_largest_comes_first():
    rings = boundaries_of(labels_from("20055", "02055", "00001")).rings(0.5)
    assert rings.labels.tolist() == [2, 5, 2, 1]
    assert {label: rings.areas[number] for label, number in rings.outer().items()} == {1: 0.5, 2: 0.5, 5: 3.5}


def test_an_image_without_particles_has_no_boundaries():
    rings = boundaries_of(np.zeros((4, 5), np.int32)).rings(0.5)
    assert (len(rings.points), rings.areas.size, rings.outer()) == (0, 0, {})


@pytest.mark.parametrize("seed", range(3))
def test_rings_are_those_of_marching_squares(seed):
    mask = np.pad(np.random.default_rng(seed).random((30, 40)) < 0.55, 1)
    rings = boundaries_of(mask.astype(np.int32)).rings(0.5)
    expected = find_contours(mask.astype(float), 0.5)
    found = [rings[number] for number in range(len(rings.starts))]
    assert len(found) == len(expected)
    assert {frozenset(map(tuple, ring)) for ring in found} == {frozenset(map(tuple, ring)) for ring in expected}
    assert sorted(np.abs(rings.areas)) == pytest.approx(sorted(abs(float(signed_area(ring[:-1]))) for ring in expected))
