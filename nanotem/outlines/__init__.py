"""Sizes from the edge itself: sub-pixel outlines, how blurred the edges are, and how sure each outline is."""

from nanotem.outlines.clipping import clipped_pixels
from nanotem.outlines.outlines import Outlines, of_labels, rasterise
from nanotem.outlines.profiles import PROFILES, ClassWeights, Family, Profile
from nanotem.outlines.report import EdgeReport, MeanProfile, ProfileScores
from nanotem.outlines.rings import Polygon
from nanotem.outlines.trace import trace_outlines

__all__ = [
    "PROFILES",
    "ClassWeights",
    "EdgeReport",
    "Family",
    "MeanProfile",
    "Outlines",
    "Polygon",
    "Profile",
    "ProfileScores",
    "clipped_pixels",
    "of_labels",
    "rasterise",
    "trace_outlines",
]
