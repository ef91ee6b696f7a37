"""Recipes that tests share."""

from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams

BY_NECK = Recipe(segment=SegmentParams(method="neck_ratio"))
"""For tests that do not care how particles are found: no network is asked, so it takes a fraction of the time."""
