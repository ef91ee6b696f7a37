"""The benchmark that changes pictures and not their particles."""

import numpy as np
import pandas as pd
import pytest
from drawing import disc_grid, draw, with_noise

from benchmarks.invariance import CHANGES, compared, summary
from nanotem.segmentation import SegmentParams

BY_NECK = SegmentParams.of("neck_ratio")


def picture(n_columns: int, **grey: float) -> np.ndarray:
    shape = (300, 50 * n_columns + 50)
    return with_noise(draw(shape, disc_grid(5, n_columns, pitch_px=50, diameter_px=28), **grey)[0], 3).round()


def test_discs_are_as_many_and_as_large_whatever_is_done_to_the_picture():
    rows = compared(picture(8), BY_NECK)
    assert [row["change"] for row in rows] == list(CHANGES)
    assert max(row["count"] for row in rows) == 0
    assert max(row["diameter"] for row in rows) < 0.02


def test_few_particles_say_nothing():
    assert compared(picture(1), BY_NECK) == []


def test_a_summary_says_how_many_micrographs_stay_as_they_are():
    rows = [
        {"method": "learned", "change": "turned", "count": 0.0, "diameter": 0.01},
        {"method": "learned", "change": "turned", "count": 0.1, "diameter": 0.03},
    ]
    (line,) = summary(pd.DataFrame(rows)).to_dict("records")
    assert (line["images"], line["count"], line["worst count"], line["within 3 %"]) == (2, 0.05, 0.1, 0.5)
    assert (line["diameter"], line["worst diameter"], line["within 2 %"]) == pytest.approx((0.02, 0.03, 0.5))
