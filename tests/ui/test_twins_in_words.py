"""What lattice fringes say beside a class that is made of twins."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import nanotem
from nanotem.analysis import Analysis, ScaleRule
from nanotem.synthetic.fringes import Crystal, Grains, draw_crystals
from nanotem.ui.classification.particle_detail import twins_in_words


@cache
def analysed(grains: Grains) -> Analysis:
    crystal = Crystal("Au", (1, 1, 0), 6.0, 85, 85, grains=grains)
    drawn = draw_crystals([crystal], shape=(170, 170), nm_per_px=0.04, rng=np.random.default_rng(2))
    return nanotem.analyse(drawn.micrograph)


@pytest.mark.parametrize("solid", ["DEC", "ICO"])
def test_twins_are_told(solid: str) -> None:
    assert "2 lattices" in twins_in_words(analysed("twin"), 1, solid)[0]
    assert "one lattice" in twins_in_words(analysed("single"), 1, solid)[0]


def test_nothing_is_said_of_other_solids_or_without_fringes_or_a_scale() -> None:
    twin = analysed("twin")
    assert twins_in_words(twin, 1, "CUBO") == []
    assert twins_in_words(twin, 99, "DEC") == []
    assert twins_in_words(replace(twin, scale_rule=ScaleRule.of(None)), 1, "DEC") == []
