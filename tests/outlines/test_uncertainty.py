import numpy as np
import pytest

from nanotem.outlines.uncertainty import unresolved_px


def test_below_six_blurs_the_diameter_is_lost_with_the_square_of_the_blur() -> None:
    diameters = np.array([60.0, 12.0, 6.0, 3.0])
    relative = unresolved_px(diameters, blur_px=2.0) / diameters
    assert relative == pytest.approx([0.06, 0.06, 0.24, 0.96])
