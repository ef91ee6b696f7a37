import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.export.boundaries import boundaries


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - np.roll(x, -1) @ y) / 2


def test_a_square_has_four_corners() -> None:
    labels = np.zeros((6, 8), np.int32)
    labels[1:4, 2:7] = 9
    (square,) = boundaries(labels)[9]
    assert {tuple(corner) for corner in square.tolist()} == {(2, 1), (7, 1), (7, 4), (2, 4)}


def test_a_hole_is_a_polygon_of_its_own_with_negative_area() -> None:
    labels = np.ones((5, 6), np.int32)
    labels[2, 2:4] = 0
    assert [area(ring) for ring in boundaries(labels)[1]] == [30, -2]


def test_pixels_that_touch_at_a_corner_are_one_piece() -> None:
    labels = np.diag([3, 3, 3]).astype(np.int32)
    (outline,) = boundaries(labels)[3]
    assert area(outline) == 3


@pytest.mark.parametrize("seed", range(20))
def test_areas_are_the_numbers_of_pixels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, rng.integers(1, 15, 2)).astype(np.int32)
    areas = {label: sum(map(area, rings)) for label, rings in boundaries(labels).items()}
    assert areas == {label: (labels == label).sum() for label in np.unique(labels[labels > 0])}


def test_neighbours_share_their_border() -> None:
    labels = np.repeat([[1, 1, 2, 2]], 3, axis=0).astype(np.int32)
    left, right = (
        {tuple(corner) for ring in rings for corner in ring.tolist()} for rings in boundaries(labels).values()
    )
    assert left & right == {(2, 0), (2, 3)}


def test_nothing_has_no_outline() -> None:
    assert boundaries(np.zeros((4, 5), np.int32)) == {}


def test_every_label_of_many_is_traced_in_ascending_order() -> None:
    labels = draw((400, 400), disc_grid(20, 20, pitch_px=20, diameter_px=14))[1]
    assert list(boundaries(labels)) == list(range(1, 401))
