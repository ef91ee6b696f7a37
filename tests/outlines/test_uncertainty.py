from dataclasses import fields

import numpy as np
import pytest

from nanotem.outlines.pooled import ParticleEdges
from nanotem.outlines.uncertainty import beyond_px, unresolved_px


def test_below_six_blurs_the_diameter_is_lost_with_the_square_of_the_blur() -> None:
    diameters = np.array([60.0, 12.0, 6.0, 3.0])
    relative = unresolved_px(diameters, blur_px=2.0) / diameters
    assert relative == pytest.approx([0.06, 0.06, 0.24, 0.96])


def test_an_edge_is_less_sure_the_farther_from_its_contour_it_is_sought() -> None:
    values = {field.name: np.zeros(3) for field in fields(ParticleEdges)} | {"shift_px": np.array([0.0, -1.0, 20.0])}
    assert beyond_px(ParticleEdges(**values)).tolist() == pytest.approx([0, 0.1, 2])
