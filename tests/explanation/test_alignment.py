"""Particles that differ in turn, place and size alone become the same."""

import cv2
import numpy as np
import pytest

from nanotem.explanation.alignment import aligned, mean_map


def kite(angle_deg: float, size: float, row: float, column: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the crop of a kite whose map is 1 at its sharp end."""
    corners = size * np.array([[-12, 0], [0, 8], [24, 0], [0, -8]])
    tip = size * np.array([[8, 5.3], [24, 0], [8, -5.3]])
    turn = cv2.getRotationMatrix2D((0, 0), angle_deg, 1)[:, :2]
    drawn = [
        cv2.fillPoly(np.zeros((64, 64), np.uint8), [np.rint(shape @ turn.T + (column, row)).astype(np.int32)], 1)
        for shape in (corners, tip)
    ]
    return np.dstack([drawn[0], drawn[0]]).astype(np.float32), drawn[1].astype(np.float32)


@pytest.mark.parametrize("angle_deg", [0, 70, 180, 250])
def test_turned_moved_and_resized_kites_lie_on_each_other(angle_deg: float) -> None:
    one, other = kite(0, 1, 30, 26), kite(angle_deg, 0.8, 33, 30)
    crops, maps = aligned(np.array([one[0], other[0]]), np.array([one[1], other[1]]))
    for layer in (crops[..., 1], maps):
        both, either = np.minimum(*layer).sum(), np.maximum(*layer).sum()
        assert both / either > 0.8
    assert np.argmax(maps[0].sum(axis=0)) > 32


def test_a_crop_without_a_particle_stays_as_it_is() -> None:
    crop, values = np.zeros((1, 64, 64, 2), np.float32), np.ones((1, 64, 64), np.float32)
    np.testing.assert_array_equal(aligned(crop, values)[1], values)


def test_strong_and_weak_maps_count_alike_in_the_mean() -> None:
    left, right = np.zeros((2, 4, 4), np.float32)
    left[:, :2], right[:, 2:] = 1, 100
    np.testing.assert_allclose(mean_map(np.array([left, right])), 1)
    np.testing.assert_allclose(mean_map(np.array([left, 0 * left])), left)
