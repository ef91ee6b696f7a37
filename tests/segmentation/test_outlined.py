import cv2
import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.evaluation import evaluate
from nanotem.segmentation import segment
from nanotem.segmentation.params import SegmentParams


@pytest.mark.parametrize("blur_px", [2.0, 3.0])
def test_outlines_of_small_particles_allow_for_the_blur(blur_px: float) -> None:
    image, true = draw((200, 240), disc_grid(5, 6, pitch_px=40, diameter_px=14), particle=100, background=0)
    blurred = cv2.GaussianBlur(image, (0, 0), blur_px)
    told, untold = (
        evaluate(segment(blurred > 30, SegmentParams(), contrast=blurred, blur_px=known_px).labels, true)
        for known_px in (blur_px, 1.0)
    )
    assert (told.n_found, told.f1_50) == (30, 1)
    assert abs(told.diameter_bias) < abs(untold.diameter_bias) - 0.02


def test_unknown_blur_is_that_of_the_default_filter() -> None:
    image, _ = draw((80, 80), disc_grid(2, 2, pitch_px=40, diameter_px=20), particle=100, background=0)
    default, told = (
        segment(image > 30, SegmentParams(), contrast=image, **known).labels for known in ({}, {"blur_px": 1.0})
    )
    np.testing.assert_array_equal(default, told)
