"""Files of every vendor's kind that is known, built from the public names of their fields."""

import numpy as np
import pytest

from benchmarks.drawn_files import CALIBRATED, UNCALIBRATED, picture
from benchmarks.vendor_footers import outcome
from nanotem.readers import read_micrograph


@pytest.mark.parametrize("kind", CALIBRATED)
def test_the_scale_of_every_kind_is_read(kind):
    assert outcome(kind, seed=101).right


@pytest.mark.parametrize("kind", UNCALIBRATED)
def test_files_without_a_scale_have_none(kind):
    file = UNCALIBRATED[kind](picture(np.random.default_rng(3)), 1.0)
    assert read_micrograph(file.data, file.name).scale is None
