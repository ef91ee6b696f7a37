import cv2
import numpy as np
import pytest
from drawing import Particle, draw_mask

from nanotem.segmentation.network.maps import BORDER, DISTANCE, FOREGROUND
from nanotem.training.segmenter.targets import at_half_contrast, borders_of, maps_of


def touching_squares() -> np.ndarray:
    labels = np.zeros((40, 60), np.int32)
    labels[10:30, 10:30] = 5
    labels[10:30, 30:40] = 2
    return labels


def test_the_distance_is_1_in_the_middle_of_every_particle_and_low_between_neighbours() -> None:
    labels = touching_squares()
    maps = maps_of(labels)
    assert np.array_equal(maps[..., FOREGROUND] > 0, labels > 0)
    for label in (5, 2):
        assert maps[..., DISTANCE][labels == label].max() == 1
    assert maps[20, 29:31, DISTANCE].max() < 0.25
    assert not maps[labels == 0].any()


def test_no_particle_gives_empty_maps() -> None:
    assert not maps_of(np.zeros((8, 9), np.int32)).any()


@pytest.mark.parametrize("sign", [1, -1])
def test_outlines_drawn_too_wide_come_to_half_of_the_contrast(sign: int) -> None:
    true = draw_mask((100, 100), [Particle(50, 50, 60)])
    grey = cv2.GaussianBlur(true.astype(np.float32), (0, 0), 1.5) * 80 * sign + 100
    drawn = cv2.dilate(true.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(np.int32) * 3
    corrected = at_half_contrast(drawn, grey)
    assert (drawn > 0).sum() > 1.2 * true.sum()
    assert (corrected > 0).sum() == pytest.approx(true.sum(), rel=0.02)
    assert set(np.unique(corrected)) == {0, 3}


def test_a_particle_without_contrast_keeps_its_outline() -> None:
    drawn = draw_mask((100, 100), [Particle(50, 50, 60)]).astype(np.int32)
    noise = np.random.default_rng(1).normal(0, 1, drawn.shape).astype(np.float32)
    assert np.array_equal(at_half_contrast(drawn, noise), drawn)


def test_the_border_lies_between_neighbours_alone() -> None:
    labels = touching_squares()
    border = maps_of(labels)[..., BORDER] > 0
    assert border[15:25, 29:31].all()
    assert not border[:, :25].any()
    assert not border[:, 36:].any()
    alone = np.where(labels == 5, labels, 0)
    assert not borders_of(alone).any()


def test_the_border_is_wider_between_larger_particles_and_bridges_a_narrow_gap() -> None:
    widths = []
    for side in (12, 60):
        labels = np.zeros((side, 2 * side + 1), np.int32)
        labels[:, :side], labels[:, side + 1 :] = 1, 2
        widths.append(borders_of(labels)[side // 2].sum())
    assert 1 <= widths[0] < widths[1]
    assert widths[1] == pytest.approx(2 * 0.08 * 60, abs=3)
